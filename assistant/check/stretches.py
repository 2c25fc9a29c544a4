"""What a claim is compared with: sentences of the passages found, alone and with those beside them."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from assistant.language.context import MAX_BACK, SentenceCache, is_heading, join_adjacent
from assistant.language.injection import gives_orders
from assistant.read.sequence import header_of
from index.text.sentences import Span, sentences
from index.types import Article, Hit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.types import Citation
    from index.embed.model import SentenceEmbedding

    Vector = NDArray[np.float32]

NEAREST = 3
"""How many sentences a claim is compared with, those most like it by the embedding model."""
JOINED = 2
"""How many of them are read as one text too, for a claim may put together what stands apart."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences of articles that are read as one text: `places`, in order, and how like the claim it is.

    `likeness` is near 0 for what speaks of something else, and 1 for the same (`SentenceEmbedding.likeness`).
    """

    places: tuple[tuple[Article, Span], ...]
    likeness: float

    @property
    def texts(self) -> list[str]:
        """What stands at each place."""
        return [article.text[slice(*span)] for article, span in self.places]

    @property
    def header(self) -> str:
        """What stands above it as it is read: title, publisher and day of the first article."""
        article = self.places[0][0]
        return header_of(article.title, article.publisher, article.published)

    def behind(self, citations: "Sequence[Citation]") -> "Stretch":
        """Return it with these quotes before it, those that it does not have."""
        quoted = [(one.article, (one.start, one.end)) for one in citations]
        return Stretch((*(place for place in quoted if place not in self.places), *self.places), self.likeness)

    @property
    def articles(self) -> list[Article]:
        """Its articles, each once."""
        return list({article.id: article for article, _ in self.places}.values())


class Stretches:
    """The sentences of passages. One for an answer, and one thread."""

    def __init__(self, embedding: "SentenceEmbedding") -> None:
        self._embedding = embedding
        self._reading = SentenceCache()
        self._places: dict[tuple[str, Span], tuple[Article, int]] = {}
        self._vectors: Vector = np.zeros((0, embedding.dimension), np.float32)

    def add(self, hits: Sequence[Hit]) -> "list[tuple[str, Span]]":
        """Take in the sentences of passages, and return the keys of all of them.

        Headings say nothing, and what gives orders to a model bears nothing out.
        """
        new: dict[tuple[str, Span], Article] = {}
        keys = []
        for hit in hits:
            for start, end in sentences(hit.text, hit.article.language):
                span = (hit.passage.start + start, hit.passage.start + end)
                key = hit.article.id, span
                if is_heading(hit.text[start:end]) or gives_orders(hit.article.text, *span):
                    continue
                keys.append(key)
                if key not in self._places:
                    new[key] = hit.article
        if new:
            vectors = self._embedding.encode_kept([article.text[slice(*span)] for (_, span), article in new.items()])
            for row, (key, article) in enumerate(new.items(), len(self._vectors)):
                self._places[key] = article, row
            self._vectors = np.concatenate([self._vectors, vectors])
        return list(dict.fromkeys(keys))

    def text(self, key: tuple[str, Span]) -> str:
        """Return a sentence."""
        return self._places[key][0].text[slice(*key[1])]

    def place(self, key: tuple[str, Span]) -> tuple[Article, Span]:
        """Return where a sentence stands."""
        return self._places[key][0], key[1]

    def near(self, claim: "Vector", keys: "Sequence[tuple[str, Span]]") -> list[Stretch]:
        """Return the stretches to compare a claim with, given its vector: of sentences most like it, most like first.

        Each sentence comes with those that are needed to read it, and with both that stand beside it.
        """
        rows = [self._places[key][1] for key in keys]
        likeness = self._embedding.likeness(self._vectors[rows] @ claim) if rows else np.zeros(0, np.float32)
        best = [keys[n] for n in np.argsort(-likeness)[:NEAREST].tolist()]
        like = dict(zip(keys, likeness.tolist(), strict=True))
        found: dict[tuple[tuple[str, Span], ...], Stretch] = {}
        for key in best:
            article = self._places[key][0]
            for span in self._around(article, key[1]):
                found.setdefault(((article.id, span),), Stretch(((article, span),), like[key]))
        if len(best) >= JOINED:
            places = tuple(self.place(key) for key in sorted(best[:JOINED], key=lambda key: key[1]))
            found.setdefault(tuple(best[:JOINED]), Stretch(places, like[best[0]]))
        return list(found.values())

    def before(self, article: Article, span: Span) -> list[str]:
        """Return the sentences right before a place that say what it is about, or when."""
        every = self._reading.sentences(article)
        place = bisect_right(every, span[0], key=itemgetter(1))
        return [article.text[slice(*one)] for one in every[max(0, place - MAX_BACK) : place]]

    def shown(self, article: Article, span: Span) -> Span:
        """Return a sentence's place with those right before it that are needed to read it."""
        return join_adjacent(article.text, self._reading.with_context(article, span))[-1]

    def _around(self, article: Article, span: Span) -> list[Span]:
        """Return a sentence with what it needs, and with both neighbours; neither with an order to a model in it."""
        every = self._reading.sentences(article)
        place = bisect_left(every, span)
        found = [self.shown(article, span)]
        if place < len(every) and every[place] == span:
            found.append((every[max(0, place - 1)][0], every[min(len(every) - 1, place + 1)][1]))
        return [one for one in dict.fromkeys(found) if not gives_orders(article.text, *one)]
