"""Each sentence that an LLM writes, checked against all articles: whether they bear it out, and where it says so.

That asks of each claim whether it is attributable to its source (AIS: Rashkin et al., "Measuring Attribution in Natural
Language Generation Models", 2023). What stands in an article word for word is certain; of the rest a trained model
(`assistant.check.model`) says how probable it is, and "supported" is said only where that is nearly always right. What
is neither that nor clearly contradicted is shown beside what comes nearest, for the reader to compare.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.check.facts import missing_facts
from assistant.check.stretches import Stretch, Stretches
from assistant.language.context import points_back
from assistant.language.injection import gives_orders
from assistant.language.words import Stems, folded, names, stop_word_language, word_spans, words
from assistant.retrieve.query import read_query
from assistant.retrieve.search import search
from assistant.types import Citation, Claim, Status
from index.embed.packaged import MULTILINGUAL_MODEL
from index.text.sentences import Span
from index.types import EVERYTHING, Article, Filter, Hit

if TYPE_CHECKING:
    from assistant.check.judge import Judge, Judgement
    from index.store.index import Index

# How many passages a claim finds for itself; each costs some milliseconds to read.
_SEARCHED = 4
# In characters. What is longer is no sentence, and would take long to compare.
_MAX_CLAIM = 1_500
# How like a claim a sentence must be (`SentenceEmbedding.likeness`) to be worth comparing with it.
_MIN_LIKENESS = 0.45
MIN_COPIED = 0.5
"""The score from which a claim is supported whose words all stand in a stretch in their order. Such a claim may leave
words out, a "not" among them, so that its words alone are not enough."""
# Without these two sentences are still the same.
_ARTICLES = frozenset({"a", "an", "the"})
# "According to the articles, …" is about the answer, not of it.
_LEAD = re.compile(
    r"^(?:according to|based on|as (?:stated|mentioned|described|noted|reported) in|in) (?:the )?"
    r"(?:provided |given |above )?"
    r"(?:articles?|passages?|contexts?|documents?|sources?|texts?|information)(?: provided| above)?,\s*"
    r"|^(?:yes|no|however|additionally|in addition|furthermore|moreover|for (?:example|instance)|also|overall),\s+"
    r"|^\s*(?:\d{1,2}[.)]|[-*•–])\s+"
    r"|^the (?:articles?|passages?|documents?|sources?|texts?) (?:says?|states?|mentions?|notes?|reports?) that\s+",
    re.I,
)

_Key = tuple[str, Span]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim with its status, and how sure it is that the articles bear it out, and contradict it: 0 to 1."""

    claim: Claim
    score: float
    against: float = 0.0


class Checker:
    """Checks claims against the articles that are allowed. One for an answer, and one thread.

    A claim is searched as a query of its own in the whole index: what was found for the question (`hits`) is only where
    to look first. An LLM may know from one passage what another says, and an article may say it where nobody asked.
    """

    def __init__(self, index: "Index", judge: "Judge", hits: Sequence[Hit], allowed: Filter = EVERYTHING) -> None:
        self._index = index
        self._judge = judge
        self._allowed = allowed
        self._stretches = Stretches(index.embedding)
        self._stems = Stems()
        self._bare: dict[_Key, list[str]] = {}
        self._found: list[_Key] = self._stretches.add(hits)

    @property
    def knows_every_language(self) -> bool:
        """Whether a claim in another language than the articles can be put beside what comes nearest to it."""
        return self._index.embedding.name == MULTILINGUAL_MODEL

    def check(self, sentence: str, named: Sequence[tuple[Article, Span]] = (), before: Claim | None = None) -> Verdict:
        """Tell what the articles make of one sentence: its status, its citations, and the words that are not there.

        `sentence` is plain, without marks, and is given back as the claim's text. `named` are the sentences that
        whoever wrote it says it rests on: they are looked at as well, together. `before` is the claim before it: a
        sentence that opens on "he" or "the company" says something only behind it. The citations of "supported" and
        "contradicted" settle it; those of "to be compared" are what comes nearest, and "unsupported" has none.
        """
        said = _LEAD.sub("", sentence.strip())
        if not words(said) or len(said) > _MAX_CLAIM:
            return Verdict(Claim(sentence, (), "unsupported"), 0.0)
        if verbatim := self._verbatim(said, self._found):
            return Verdict(self._claimed(sentence, [verbatim], "supported"), 1.0)
        led = before.text.rsplit("\n", 1)[-1] if before is not None and points_back(said) else ""
        whole = f"{led} {said}".strip()
        query = read_query(self._index, whole)
        hits = search(self._index, query, limit=_SEARCHED, allowed=self._allowed)
        keys = list(dict.fromkeys([*self._found, *self._stretches.add(hits)]))
        if verbatim := self._verbatim(said, keys):
            return Verdict(self._claimed(sentence, [verbatim], "supported"), 1.0)
        vector = query.vector if whole == said else self._index.embedding.encode([said])[0]
        stretches = self._stretches.near(vector, keys)
        # What gives orders to a model bears nothing out, least of all where one that obeys it says so.
        meant = tuple((article, span) for article, span in named if not gives_orders(article.text, *span))
        if meant:
            stretches.insert(0, Stretch(meant, 1.0))
        if led and before is not None:
            stretches = [one.behind(before.citations) for one in stretches]
        near = [one for one in stretches if one.likeness >= _MIN_LIKENESS]
        if not near:
            return Verdict(Claim(sentence, (), "unsupported"), 0.0)
        return self._judged(sentence, said, whole, near)

    def unknown(self, line: str) -> list[str]:
        """Find the names and numbers of a heading that no article has; it need not be a sentence."""
        language = stop_word_language(line, self._index.statistics().languages)
        telling = set(names(line, language))
        found = [(word, line[start:end]) for word, start, end in word_spans(line) if word in telling]
        mentioned = self._index.catalog.mentions([word for word, _ in found])
        return [written for (_, written), there in zip(found, mentioned, strict=True) if not there]

    def claim(self, sentence: str, named: Sequence[tuple[Article, Span]] = (), before: Claim | None = None) -> Claim:
        """Return what `check` finds, without how sure it is."""
        return self.check(sentence, named, before).claim

    def _judged(self, sentence: str, said: str, whole: str, near: Sequence[Stretch]) -> Verdict:
        """Judge `said`, read as `whole`: with what stands before it where it says nothing alone."""
        judgements = self._judge.judge(whole, [(one.header, " ".join(one.texts)) for one in near])
        missing = [self._missing(said, stretch) for stretch in near]
        compared = list(zip(near, judgements, missing, strict=True))
        score = max((judgement.score for _, judgement, lacking in compared if not lacking), default=0.0)
        bearing = [one for one, judgement, lacking in compared if not lacking and self._bears(said, one, judgement)]
        if bearing:
            # The least that is enough is quoted.
            shortest = min(bearing, key=lambda one: (len(one.places), sum(map(len, one.texts))))
            return Verdict(self._claimed(sentence, shortest.places, "supported"), score)
        # What is most like the claim speaks of the same thing: if that does not agree, the claim is wrong.
        alike = max(compared, key=lambda one: one[0].likeness)
        against = alike[1].contradicted
        status: Status = "contradicted" if against >= self._judge.thresholds.contradicted else "to be compared"
        shown = alike if status == "contradicted" else max(compared, key=lambda one: one[1].score)
        stretch, judgement, lacking = shown
        doubted = tuple(dict.fromkeys([*lacking, *judgement.doubted(whole)]))
        return Verdict(self._claimed(sentence, stretch.places, status, doubted), score, against)

    def _bears(self, said: str, stretch: Stretch, judgement: "Judgement") -> bool:
        """Say whether a stretch scores enough to bear a claim out; for a copy of it, less is enough."""
        supported = self._judge.thresholds.supported
        return judgement.score >= supported or (judgement.score >= MIN_COPIED and self._is_copy(said, stretch))

    def _is_copy(self, said: str, stretch: Stretch) -> bool:
        """Say whether the words of a claim stand in a stretch in their order, whatever stands between them."""
        told = iter(self._stems.of(_bare(" ".join(stretch.texts))))
        return all(stem in told for stem in self._stems.of(_bare(said)))

    def _claimed(
        self, sentence: str, places: Sequence[tuple[Article, Span]], status: Status, missing: tuple[str, ...] = ()
    ) -> Claim:
        """Cite places; a sentence that opens on "he" is quoted with those right before it that say who."""
        spans = dict.fromkeys((article.id, self._stretches.shown(article, span)) for article, span in places)
        articles = {article.id: article for article, _ in places}
        citations = (Citation(0, articles[key], *span, articles[key].text[slice(*span)]) for key, span in spans)
        return Claim(sentence, tuple(citations), status, missing=missing)

    def _verbatim(self, said: str, keys: Sequence[_Key]) -> tuple[Article, Span] | None:
        """Find a sentence that is the claim, but for marks, white space, capitals and "the"."""
        bare = _bare(said)
        for key in keys:
            if key not in self._bare:
                self._bare[key] = _bare(self._stretches.text(key))
        return next((self._stretches.place(key) for key in keys if self._bare[key] == bare), None)

    def _missing(self, said: str, stretch: Stretch) -> list[str]:
        around = [text for place in stretch.places for text in self._stretches.before(*place)]
        return missing_facts(said, stretch.texts, around, stretch.articles)


def _bare(sentence: str) -> list[str]:
    return [word for word in words(folded(sentence)) if word not in _ARTICLES]
