"""From a question to what the articles hold on it: hits, and their sentences ranked by whether they answer."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.evidence import Evidence, Ranker, Weights, by_evidence
from assistant.hints import lifts_of
from assistant.query import read_query
from assistant.rerank import CANDIDATES, postprocessed
from assistant.search import search
from assistant.words import STOP_WORDS, words
from index.article import Filter, Hit
from index.store import Index

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question, best first.

    `searched` is the question as it was searched, `ranked` the sentences of `hits` with the probability that they
    answer. `answerable` says that the best of them reaches `threshold`: where none does, nobody is asked to write.
    `timings` are milliseconds by step; those of a step's parts, some of which go on side by side, are named after it,
    with a slash. `allowed` is which articles it was searched in.
    """

    question: str
    searched: str
    hits: tuple[Hit, ...]
    ranked: tuple[Evidence, ...]
    threshold: float
    answerable: bool
    timings: Mapping[str, float]
    allowed: Filter


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
    """Finds evidence in one index. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._weights = Weights.read()
        self._ranker = Ranker(index, self._weights)
        self._reranking = threading.Lock()

    def find(
        self,
        question: str,
        searched: str,
        allowed: Filter,
        sources: int,
        postprocessors: "Sequence[BaseNodePostprocessor]",
        clock: Clock,
    ) -> Found:
        """Search for `searched`, which is `question` made to stand alone, among the articles that are allowed.

        `sources` is how many passages are looked at.
        """
        query = read_query(self._index, searched, question)
        limit = max(CANDIDATES, sources) if postprocessors else sources
        hits = search(self._index, query, limit=limit, allowed=allowed)
        lifts = [0.0] * len(hits)
        clock.lap("retrieve")
        clock.laps |= {f"retrieve/{part}": took for part, took in query.took.items()}
        if postprocessors:
            # Fast tokenizers are not reentrant, and what users pass in may not be made for threads.
            with self._reranking:
                hits, lifts = postprocessed(hits, searched, postprocessors)
            hits, lifts = hits[:sources], lifts[:sources]
            clock.lap("rerank")
        hinted = lifts_of([hit.article for hit in hits], query.hints)
        ranked = self._ranker.rank(query, hits, [lift + hint for lift, hint in zip(lifts, hinted, strict=True)])
        hits = by_evidence(hits, ranked)
        clock.lap("evidence")
        # Of "what is it?" nothing is left to answer once the earlier turns say no more.
        asks = any(word not in STOP_WORDS for word in words(searched))
        threshold = self._weights.threshold
        answerable = asks and bool(ranked) and ranked[0].probability >= threshold
        return Found(question, searched, tuple(hits), tuple(ranked), threshold, answerable, clock.laps, allowed)
