"""Find where else a quote occurs: in copies and near-duplicates of its article."""

from dataclasses import replace

from assistant.language.words import folded
from assistant.types import Answer, Citation
from index.store.index import Index
from index.types import Article, Copy


class AlsoIn:
    """Adds to an answer's citations where else their quotes occur; caches what it looks up."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._copies: dict[str, list[Copy]] = {}
        self._alike: dict[str, list[Article]] = {}

    def annotated(self, answer: Answer) -> Answer:
        """Return the answer with `also_in` of its citations filled in."""
        if not answer.citations:
            return answer
        known = {citation: replace(citation, also_in=self._of(citation)) for citation in answer.citations}
        claims = (
            replace(claim, citations=tuple(known.get(citation, citation) for citation in claim.citations))
            for claim in answer.claims
        )
        return replace(answer, claims=tuple(claims), citations=tuple(known.values()))

    def _of(self, citation: Citation) -> tuple[Copy, ...]:
        id_ = citation.article.id
        if id_ not in self._alike:
            catalog = self._index.catalog
            alike = catalog.near_duplicates.of([id_]).get(id_, [])
            self._copies |= catalog.copies.of([id_, *alike])
            self._alike[id_] = [article for other in alike if (article := catalog.article(other))]
        wanted = folded(citation.quote)
        found = list(self._copies.get(id_, []))
        for article in self._alike[id_]:
            if wanted in folded(article.text):
                found.append(Copy(article.id, article.title, article.publisher, article.path, article.url))
                found += self._copies.get(article.id, [])
        return tuple(found)
