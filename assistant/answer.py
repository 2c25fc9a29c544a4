"""The flow: condense, retrieve, rank evidence, answer, verify."""

import threading
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.condense import condense
from assistant.errors import BadQuestion, NothingIndexed
from assistant.values import REFUSAL, Answer, Turn
from assistant.verify import verify
from index.article import Filter
from index.clean import plain
from index.store import Index

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from assistant.evidence import Ranker, Weights
    from assistant.settings import Settings

MOST_CHARACTERS = 2_000
"""How long a question may be."""

_HITS = 10


class Assistant:
    """Answers questions over one index. Make one and keep it; threads may share it.

    The first question loads the embedding model (some seconds); later ones take a fraction of one. Whatever another
    process indexes or removes in the meantime counts from the next question on.

    `postprocessors` are LlamaIndex node postprocessors that order or thin out the passages found, in their order,
    after the reranker of the settings.

    Raises:
        BadSetting: from the constructor, when the environment holds an unknown setting.
        IndexDamaged: from any method, when the index cannot be read.
    """

    def __init__(
        self,
        settings: "Settings | None" = None,
        *,
        starter: Path | None = None,
        postprocessors: "Sequence[BaseNodePostprocessor]" = (),
    ) -> None:
        from assistant.settings import load_settings

        self.settings = settings or load_settings()
        self.index = Index(self.settings.home, self.settings.model)
        self._starter = starter
        self._ranked_by: tuple[Weights, Ranker] | None = None
        self._given = tuple(postprocessors)
        self._reranker: BaseNodePostprocessor | None = None
        self._reranking = threading.Lock()

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        publishers: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        articles: Sequence[str] = (),
    ) -> Answer:
        """Answer a question from the articles, or refuse.

        `history` are the turns before it, oldest first. The filters leave only articles of these publishers, of
        these dates (both inclusive) or with these ids. Every citation of the answer satisfies
        `citation.article.text[citation.start:citation.end] == citation.quote`.

        Raises:
            BadQuestion: the question is empty or longer than `MOST_CHARACTERS`.
            NothingIndexed: there are no articles.
            BadFilter: a filter names a publisher or article that is not there.
            ModelMismatch: the index was built with another embedding model.
        """
        question = plain(question).strip()
        self._check(question)
        # LlamaIndex and numpy load here: importing this module stays quick.
        from assistant.evidence import by_evidence
        from assistant.hints import lifts_of
        from assistant.query import read_query
        from assistant.quote import quote
        from assistant.rerank import CANDIDATES, postprocessed
        from assistant.retrieve import HybridRetriever
        from assistant.words import STOP_WORDS, words

        allowed = Filter(tuple(publishers), since, until, tuple(articles))
        clock = _Clock()
        searched = condense(question, history)
        clock.lap("condense")
        weights, ranker = self._evidence()
        query = read_query(self.index, searched, question)
        rerankers = self._postprocessors()
        retriever = HybridRetriever(self.index, limit=CANDIDATES if rerankers else _HITS, allowed=allowed)
        found = retriever.hits(query)
        lifts = [0.0] * len(found)
        clock.lap("retrieve")
        if rerankers:
            # Fast tokenizers are not reentrant, and what users pass in may not be made for threads.
            with self._reranking:
                found, lifts = postprocessed(found, searched, rerankers)
            found, lifts = found[:_HITS], lifts[:_HITS]
            clock.lap("rerank")
        hinted = lifts_of([hit.article for hit in found], query.hints)
        ranked = ranker.rank(query, found, [lift + hint for lift, hint in zip(lifts, hinted, strict=True)])
        hits = by_evidence(found, ranked)
        clock.lap("evidence")
        # Of "what is it?" nothing is left to answer once the earlier turns say no more.
        asks = any(word not in STOP_WORDS for word in words(searched))
        claims = verify(quote(ranked, weights.threshold)) if asks else []
        clock.lap("answer")
        citations = {citation.number: citation for claim in claims for citation in claim.citations}
        return Answer(
            question=question,
            searched=searched,
            text=" ".join(claim.text for claim in claims) or REFUSAL,
            claims=tuple(claims),
            citations=tuple(citations[number] for number in sorted(citations)),
            refused=not claims,
            hits=tuple(hits),
            timings=clock.laps,
        )

    def count(self) -> int:
        """Count the articles that are indexed right now."""
        return self.index.catalog.count()[0]

    def examples(self) -> tuple[str, ...]:
        """Offer up to four questions to start with; () when nothing is indexed."""
        from assistant.examples import examples

        return examples(self.index, self._starter)

    def _check(self, question: str) -> None:
        if not question:
            raise BadQuestion("the question is empty; type what you want to know")
        if len(question) > MOST_CHARACTERS:
            raise BadQuestion(f"the question has {len(question):,} characters; ask in at most {MOST_CHARACTERS:,}")
        if self.index.catalog.is_empty():
            raise NothingIndexed(
                f"no articles are indexed in {self.settings.home} yet; run `assistant index FOLDER` first"
            )

    def _postprocessors(self) -> "tuple[BaseNodePostprocessor, ...]":
        with self._reranking:
            if self.settings.reranker and self._reranker is None:
                from assistant.rerank import cross_encoder

                self._reranker = cross_encoder(self.settings.reranker)
        return (self._reranker, *self._given) if self._reranker else self._given

    def _evidence(self) -> "tuple[Weights, Ranker]":
        from assistant.evidence import Ranker, Weights

        # Two threads that come here first at once make two alike; either will do.
        if self._ranked_by is None:
            weights = Weights.read()
            self._ranked_by = weights, Ranker(self.index, weights)
        return self._ranked_by


class _Clock:
    """Takes the milliseconds between steps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] = round((now - self._last) * 1000, 2)
        self._last = now


def answer(
    question: str,
    history: Sequence[Turn] = (),
    *,
    settings: "Settings | None" = None,
    publishers: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    articles: Sequence[str] = (),
) -> Answer:
    """Answer one question from the articles, or refuse; see `Assistant.answer`.

    Loads the embedding model anew at each call: for more than one question, keep an `Assistant`.
    """
    assistant = Assistant(settings)
    return assistant.answer(question, history, publishers=publishers, since=since, until=until, articles=articles)
