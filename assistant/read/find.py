"""From a question to what the articles hold on it: hits, and their sentences ranked by whether they answer."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.language.words import STOP_WORDS, words
from assistant.preload import Preloaded
from assistant.question.courtesy import without_courtesy
from assistant.question.followup import refers_back
from assistant.question.framing import ParsedMessage
from assistant.question.request import all_wanted
from assistant.question.understand import absent
from assistant.read.evidence import Evidence, by_evidence
from assistant.retrieve.query import read_query
from assistant.retrieve.rerank import CANDIDATES, postprocessed
from assistant.retrieve.search import search
from assistant.types import Turn
from index.store.index import Index
from index.types import Filter, Hit

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from assistant.read.reading import Reading


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question, best first.

    `searched` is the question as it was searched, `ranked` the sentences of `hits` with the probability that they
    answer. `answerable` says that the best of them reaches `threshold`: where none does, nobody is asked to write.
    `timings` are milliseconds by step; those of a step's parts, some of which go on side by side, are named after it,
    with a slash. `allowed` is which articles it was searched in, `absent` are the telling words of `searched` that no
    article has, and `many` says that all that answers is asked for.
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
    def sureness(self) -> float:
        """How probable it is that the best sentence answers: 0 to 1."""
        return self.ranked[0].probability if self.ranked else 0.0


# What the best hit scores by the retriever at the least where there are many passages; the questions that the
# calibration was fitted on have 7 and more.
_TYPICAL_BEST = 4.0
# What of the threshold is enough for a follow-up that is read alone: it leaves out words that would make it surer, and
# what it is about was found by the whole.
_FOLLOW_UP = 0.5


def _readings(question: str, searched: str) -> list[str]:
    """List the questions to read, the next where the one before finds no answer.

    A follow-up that was put behind an earlier question is read alone first: the earlier one has been answered.
    """
    alone = without_courtesy(question)
    joined = searched != question and alone and searched.endswith(alone)
    says = any(word not in STOP_WORDS for word in words(alone))
    return [alone, searched] if joined and says else [searched]


def _unmatched(passages: int, wanted: int) -> float:
    """Tell what the retriever's scores lack in an index of fewer passages than are wanted.

    They are standard scores over the passages at hand, and among few none can stand out (one alone has zero).
    """
    return _TYPICAL_BEST / max(passages, 1) if passages < wanted else 0.0


class Clock:
    """Takes the milliseconds between steps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """Note how long this step took, which began when the one before it ended."""
        now = time.perf_counter()
        self.laps[step] = round((now - self._last) * 1000, 2)
        self._last = now


class Finder:
    """Finds evidence in one index. Safe to share between threads; the reader is loaded with the first question."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._reading: Preloaded[Reading] = Preloaded(index, _load)
        self._reranking = threading.Lock()

    def find(
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
        """Search for `searched`, which is `question` made to stand alone, among the articles that are allowed.

        `sources` is how many hits are wanted; more are read where that helps. `answered` is the answer before, "" where
        there is none. With `many`, all that answers is looked for, and not only the best.

        Raises:
            ReaderUnusable: the reader's weights are missing, damaged or of another version.
        """
        from assistant.read.reading import candidates

        loading = self._reading.begin()
        query = read_query(self._index, searched, question)
        limit = max(CANDIDATES, sources) if postprocessors else candidates(sources)
        hits = search(self._index, query, limit=limit, allowed=allowed)
        few = _unmatched(query.facts.passages, limit)
        retrieved = [hit.score + few for hit in hits]
        clock.lap("retrieve")
        clock.laps |= {f"retrieve/{part}": took for part, took in query.took.items()}
        if postprocessors:
            # Fast tokenizers are not reentrant, and what users pass in may not be made for threads.
            with self._reranking:
                hits, lifts = postprocessed(hits, searched, postprocessors)
            retrieved = [hit.score + lift + few for hit, lift in zip(hits, lifts, strict=True)][:sources]
            hits = hits[:sources]
            clock.lap("rerank")
        reading = loading.result()
        ranked: list[Evidence] = []
        threshold = reading.threshold
        lacking = tuple(absent(self._index, searched))
        for asked in _readings(question, searched):
            ranked = reading.rank(asked, hits, retrieved, len(lacking), every=many)
            if asked == searched != question:
                # Read together with the question before, what answered that would answer again.
                ranked = [one for one in ranked if one.text not in answered]
            threshold = reading.threshold * (1.0 if asked == searched else _FOLLOW_UP)
            if ranked and ranked[0].probability >= threshold:
                break
        hits = by_evidence(hits, ranked)[:sources]
        clock.lap("read")
        # Of "what is it?" nothing is left to answer once the earlier turns say no more.
        asks = any(word not in STOP_WORDS for word in words(searched))
        answerable = asks and bool(ranked) and ranked[0].probability >= threshold
        return Found(
            question, searched, tuple(hits), tuple(ranked), threshold, answerable, clock.laps, allowed, lacking, many
        )

    def find_asked(
        self,
        question: str,
        understood: ParsedMessage,
        history: Sequence[Turn],
        allowed: Filter,
        sources: int,
        postprocessors: "Sequence[BaseNodePostprocessor]",
        standalone: Callable[[str, Sequence[Turn]], str],
    ) -> Found:
        """Find what answers a message: by its question, made to stand alone, in each way that it can be read.

        `understood` is the message `question` taken apart, `history` are the turns before it, oldest first.
        `standalone` makes a follow-up stand alone. Where the message can be read in two ways, what the reader trusts
        more counts. `sources` is how many hits are wanted.

        Raises:
            ReaderUnusable: the reader's weights are missing, damaged or of another version.
        """
        clock = Clock()
        wanted = all_wanted(understood.asked)
        asked = wanted or understood.asked
        searched = standalone(asked, history)
        clock.lap("condense")
        # Asked once more, a question has the same answer.
        last = history[-1] if history and words(history[-1].question) != words(asked) else None

        def find(searched: str) -> Found:
            answered = last.answer if last else ""
            many = wanted is not None
            return self.find(asked, searched, allowed, sources, postprocessors, clock, answered, many=many)

        # What is said around a question says what it is about, unless the articles answer it only without.
        whole = f"{understood.context} {asked}".strip()
        found = find(whole if searched == asked else searched)
        if not found.answerable and found.searched != searched:
            found = find(searched)
        if searched != asked and any(word not in STOP_WORDS for word in words(asked)) and not refers_back(asked):
            # It may as well begin a new topic.
            alone = find(asked)
            if alone.answerable and (not found.answerable or alone.sureness > found.sureness):
                found = alone
        return replace(found, question=question)


def _load(index: Index) -> "Reading":
    from assistant.read.reading import load_reading

    return load_reading(index.embedding)
