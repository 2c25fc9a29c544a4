"""Find evidence for a question: hits, and their sentences ranked by the probability that they answer."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.language.words import STOP_WORDS, content_words, words
from assistant.preload import Preloaded
from assistant.question.condense import joined_with_last
from assistant.question.courtesy import without_courtesy
from assistant.question.followup import refers_back
from assistant.question.framing import ParsedMessage
from assistant.question.language import is_across, question_language
from assistant.question.request import all_wanted
from assistant.question.understand import absent
from assistant.read.evidence import Evidence, by_evidence
from assistant.retrieve.query import read_query
from assistant.retrieve.rerank import CANDIDATES, postprocessed
from assistant.retrieve.search import search
from assistant.types import Turn
from index.embed.packaged import MULTILINGUAL_MODEL
from index.store.index import Index
from index.text.terms import ENGLISH
from index.types import Filter, Hit

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from assistant.read.reading import Ranker


@dataclass(frozen=True, slots=True)
class Found:
    """The hits and evidence for a question, best first.

    `searched` is the question as searched, `ranked` the sentences of `hits` with the probability that they answer.
    `answerable` says that the best of them reaches `threshold`; if not, the answer is a refusal. `timings` are
    milliseconds by step, and by "step/part" for its parts, some of which run in parallel. `allowed` is the filter that
    was used, `absent` are the distinctive words of `searched` that no article has, and `many` says that all answers are
    wanted.
    """

    question: str
    searched: str
    hits: tuple[Hit, ...]
    ranked: tuple[Evidence, ...]
    threshold: float
    answerable: bool
    timings: Mapping[str, float]
    allowed: Filter
    absent: tuple[str, ...] = ()
    many: bool = False

    @property
    def confidence(self) -> float:
        """The probability (0 to 1) that the best sentence answers."""
        return self.ranked[0].probability if self.ranked else 0.0


# A low retriever score for the best of many passages; in the questions that the calibration was fitted on it is 7 or
# more.
_TYPICAL_BEST = 4.0
# A question in another language with at most so many words of content may be a follow-up.
_MAX_CONTINUING = 3
# The share of the threshold that suffices for a follow-up read alone: it lacks words that would raise the probability,
# and the search with the whole has found its topic.
_FOLLOW_UP = 0.5
# The same for a question in another language than the articles: its words say less, and the reader is less sure. With
# it 1 to 7 % of what the articles answer is refused (`python -m benchmarks.languages DATA`).
_ACROSS = 0.5


def _questions_to_read(question: str, searched: str) -> list[str]:
    """Return the questions to read in turn until one has an answer.

    A follow-up with earlier questions before it is read alone first: those have been answered.
    """
    alone = without_courtesy(question)
    joined = searched != question and alone and searched.endswith(alone)
    says = any(word not in STOP_WORDS for word in words(alone))
    return [alone, searched] if joined and says else [searched]


def _score_offset(passages: int, wanted: int) -> float:
    """Return what to add to the retriever's scores if the index has fewer passages than wanted, else 0.

    Scores are standardised over the candidates, and among few of them none can stand out (a single one scores 0).
    """
    return _TYPICAL_BEST / max(passages, 1) if passages < wanted else 0.0


class Clock:
    """Measures the milliseconds between steps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """Record the time since the previous step as this step's."""
        now = time.perf_counter()
        self.laps[step] = round((now - self._last) * 1000, 2)
        self._last = now


class EvidenceFinder:
    """Find evidence in one index. Thread-safe; the reader is loaded with the first question."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._ranker: Preloaded[Ranker] = Preloaded(index, _load)
        self._reranking = threading.Lock()

    def search_and_read(
        self,
        question: str,
        searched: str,
        allowed: Filter,
        sources: int,
        postprocessors: "Sequence[BaseNodePostprocessor]",
        clock: Clock,
        answered: str = "",
        *,
        many: bool = False,
    ) -> Found:
        """Search the allowed articles for `searched`, which is `question` made to stand alone, and read the hits.

        `sources` is the number of hits returned; more may be read. `answered` is the previous answer, "" if there is
        none. With `many`, all answers are looked for, not only the best.

        Raises:
            ReaderUnusable: the reader's weights are missing, damaged or of another version.
        """
        from assistant.read.reading import candidates

        loading = self._ranker.begin()
        query = read_query(self._index, searched, question)
        limit = max(CANDIDATES, sources) if postprocessors else candidates(sources)
        hits = search(self._index, query, limit=limit, allowed=allowed)
        offset = _score_offset(query.facts.passages, limit)
        retrieved = [hit.score + offset for hit in hits]
        clock.lap("retrieve")
        clock.laps |= {f"retrieve/{part}": took for part, took in query.timings.items()}
        if postprocessors:
            # Fast tokenizers are not reentrant, and postprocessors of users may not be thread-safe.
            with self._reranking:
                hits, boosts = postprocessed(hits, searched, postprocessors)
            retrieved = [hit.score + boost + offset for hit, boost in zip(hits, boosts, strict=True)][:sources]
            hits = hits[:sources]
            clock.lap("rerank")
        ranker = loading.result()
        ranked: list[Evidence] = []
        threshold = ranker.threshold
        lacking, across = tuple(absent(self._index, searched)), is_across(self._index, searched)
        for asked in _questions_to_read(question, searched):
            ranked = ranker.rank(asked, hits, retrieved, len(lacking), every=many)
            if asked == searched != question:
                # Read together with the previous question, its answer would be found again.
                ranked = [one for one in ranked if one.text not in answered]
            threshold = ranker.threshold * (1.0 if asked == searched else _FOLLOW_UP)
            threshold *= _ACROSS if across else 1.0
            if ranked and ranked[0].probability >= threshold:
                break
        hits = by_evidence(hits, ranked)[:sources]
        clock.lap("read")
        # "What is it?" asks nothing unless an earlier turn says what.
        asks = any(word not in STOP_WORDS for word in words(searched))
        answerable = asks and bool(ranked) and ranked[0].probability >= threshold
        return Found(
            question, searched, tuple(hits), tuple(ranked), threshold, answerable, clock.laps, allowed, lacking, many
        )

    def find(
        self,
        question: str,
        understood: ParsedMessage,
        history: Sequence[Turn],
        allowed: Filter,
        sources: int,
        postprocessors: "Sequence[BaseNodePostprocessor]",
        standalone: Callable[[str, Sequence[Turn]], str],
    ) -> Found:
        """Find evidence for the message `question`, made to stand alone.

        `understood` is the parsed message, `history` are the turns before it, oldest first. `standalone` makes a
        follow-up stand alone. If the message may also begin a new topic, the reading with the higher confidence counts.
        `sources` is the number of hits returned.

        Raises:
            ReaderUnusable: the reader's weights are missing, damaged or of another version.
        """
        clock = Clock()
        wanted = all_wanted(understood.asked)
        asked = wanted or understood.asked
        searched = standalone(asked, history)
        if searched == asked and self._may_continue(asked):
            searched = joined_with_last(asked, history)
        clock.lap("condense")
        # A repeated question may have the same answer again.
        last = history[-1] if history and words(history[-1].question) != words(asked) else None

        def find_for(searched: str) -> Found:
            answered = last.answer if last else ""
            many = wanted is not None
            return self.search_and_read(asked, searched, allowed, sources, postprocessors, clock, answered, many=many)

        # Context helps the search, unless the articles answer the question only without it.
        whole = f"{understood.context} {asked}".strip()
        found = find_for(whole if searched == asked else searched)
        if not found.answerable and found.searched != searched:
            found = find_for(searched)
        if searched != asked and any(word not in STOP_WORDS for word in words(asked)) and not refers_back(asked):
            # It may also begin a new topic.
            alone = find_for(asked)
            if alone.answerable and (not found.answerable or alone.confidence > found.confidence):
                found = alone
        return replace(found, question=question)

    def _may_continue(self, question: str) -> bool:
        """Say whether a question is in another language than English, and says so little that it may be a follow-up.

        The rules for follow-ups know English alone; of both readings the one that the reader trusts more is taken.
        """
        if self._index.embedding.name != MULTILINGUAL_MODEL:
            return False
        language = question_language(self._index, question)
        return language != ENGLISH and len(content_words(question, [language])) <= _MAX_CONTINUING


def _load(index: Index) -> "Ranker":
    from assistant.read.reading import load_ranker

    return load_ranker(index.embedding)
