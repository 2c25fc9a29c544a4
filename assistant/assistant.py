"""The flow from question to answer: understand, retrieve, read, write (quotes or an LLM), verify."""

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assistant.errors import BadQuestion, BadSetting, NothingIndexed
from assistant.preload import Preloaded
from assistant.translatable import N_, grouped, together
from assistant.types import MAX_SOURCES, Answer, Turn
from index.store.index import Index
from index.text.clean import plain
from index.types import EVERYTHING, Filter

if TYPE_CHECKING:
    from concurrent.futures import Future

    from llama_index.core.llms import LLM
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from assistant.check.judge import Judge
    from assistant.llm.model import LanguageModel
    from assistant.question.framing import ParsedMessage
    from assistant.read.find import EvidenceFinder, Found
    from assistant.settings import Settings

MAX_CHARACTERS = 2_000
"""Longest question, in characters."""

WROTE_NOTHING = N_("The LLM wrote nothing of use, so this is what the articles say.")


class Assistant:
    """Answers questions over one index. Create one and reuse it; it is thread-safe.

    The first question loads the embedding model, which takes seconds; later ones take a fraction of a second. Changes
    that another process makes to the index take effect with the next question.

    `postprocessors` are LlamaIndex node postprocessors that reorder or filter the hits, in this order, after the
    reranker of the settings. `llm` is any LlamaIndex LLM, in place of the one in the settings. The attribute `llm` may
    be set to another `LanguageModel` or None at any time; running answers keep theirs.

    It owns threads and open files: `close` it, or use it in a `with` block. Answers remain valid afterwards.

    Raises:
        IndexClosed: from any method that uses the index, after `close`.
        BadSetting: from the constructor, when the environment holds an unknown setting, or the LLM is not understood.
        IndexDamaged: from any method, when the index cannot be read.
    """

    def __init__(
        self,
        settings: "Settings | None" = None,
        *,
        starter: Path | None = None,
        postprocessors: "Sequence[BaseNodePostprocessor]" = (),
        llm: "LLM | None" = None,
    ) -> None:
        from assistant.llm.model import connect
        from assistant.settings import load_settings

        self.settings = settings or load_settings()
        self.index = Index(self.settings.home, self.settings.model)
        self.llm: LanguageModel | None = connect(self.settings, llm)
        self._starter = starter
        self._finder: EvidenceFinder | None = None
        self._judge: Preloaded[Judge] | None = None
        self._given = tuple(postprocessors)
        self._reranker: BaseNodePostprocessor | None = None
        self._reranking = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index and release the models; closing twice is harmless.

        Answers running in other threads are waited for, or end with `IndexClosed`.
        """
        self.index.close()
        self._finder = self._judge = self._reranker = self.llm = None

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        publishers: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        articles: Sequence[str] = (),
        allowed: Filter = EVERYTHING,
        strict: bool | None = None,
        sources: int | None = None,
        language: str | None = None,
    ) -> Answer:
        """Answer a question from the articles, or refuse.

        `history` are the turns before it, oldest first. Only articles of these publishers, dates (both inclusive) and
        ids are used; `allowed` holds all four in one value, such as the `allowed` of an earlier answer, instead of
        them. `strict` leaves out an LLM's sentences that the articles do not support, `sources` is the number of
        passages used (1 to 50); None is as in the settings. `language` is a code such as "de": what is neither a quote
        nor an LLM's is said in it, as the refusal is; None and unknown ones are English. Every citation of the answer
        satisfies `citation.article.text[citation.start:citation.end] == citation.quote`.

        Raises:
            BadQuestion: the question is empty or longer than `MAX_CHARACTERS`.
            BadSetting: `sources` is not from 1 to 50.
            NothingIndexed: there are no articles.
            BadFilter: a filter names an unknown publisher or article, or is given twice.
            LLMError: the LLM cannot be reached, or failed before it wrote a word.
            WeightsUnusable: the weights of the reader, or of the checker if an LLM writes, cannot be used.
            ModelMismatch: the index was built with another embedding model.
        """
        allowed = Filter.of(allowed, publishers, since, until, articles)
        *_, whole = self.stream(question, history, allowed=allowed, strict=strict, sources=sources, language=language)
        return whole

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        publishers: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        articles: Sequence[str] = (),
        allowed: Filter = EVERYTHING,
        strict: bool | None = None,
        sources: int | None = None,
        stop: threading.Event | None = None,
        language: str | None = None,
    ) -> Iterator[Answer]:
        """Answer as `answer` does, and yield the answer as it grows; the last one is complete.

        Finished sentences are claims, already checked; `Answer.draft` has the words of the next. Setting `stop`, from
        any thread, ends the writing at once: the last answer then keeps what there is, and `Answer.stopped` says so.
        Closing the iterator ends the writing too. Errors of `answer` are raised by the first step, an `LLMError`
        possibly by the second.
        """
        from assistant.render.localize import in_language

        allowed = Filter.of(allowed, publishers, since, until, articles)
        with closing(self._stream(question, history, allowed, strict, sources, stop)) as growing:
            for whole in growing:
                yield in_language(whole, language) if language else whole

    def _stream(
        self,
        question: str,
        history: Sequence[Turn],
        allowed: Filter,
        strict: bool | None,
        sources: int | None,
        stop: threading.Event | None,
    ) -> Generator[Answer, None, None]:
        # Imported here, since numpy and SQLAlchemy are slow to import.
        from assistant.compose.collection import collection_answer, greeting
        from assistant.compose.compose import compose
        from assistant.question.collection import is_talk
        from assistant.question.understand import MAX_PARTS, understand
        from assistant.write.also_in import AlsoIn
        from assistant.write.quoted import quoted_answer

        question = plain(question).strip()
        sources = self.settings.sources if sources is None else sources
        self._check(question, sources)
        llm = self.llm  # Read once: it may be replaced while this answer is written.
        self.index.follow_model()
        index, understood, today = self.index, understand(self.index, question), date.today()
        asked = understood.asked
        if llm is None and 1 < len(understood.parts) <= MAX_PARTS:
            yield self._several(question, understood.parts, history, allowed, sources)
            return
        if is_talk(question):
            yield greeting(question, self.count(), self.examples())
            return
        if from_catalog := collection_answer(index, question, asked, history, allowed, today, sure=True):
            yield from_catalog
            return
        judge = self._judging() if llm else None
        if composed := compose(index, question, asked, history, allowed, sources, today):
            quoted, found = composed
        else:
            found = self._found(question, understood, history, allowed, sources, llm, stop)
            if not found.answerable and (
                from_catalog := collection_answer(index, question, asked, history, allowed, today, sure=False)
            ):
                yield from_catalog
                return
            quoted = quoted_answer(found)
        also_in = AlsoIn(self.index)
        if llm is None or judge is None or not found.answerable:
            yield also_in.annotated(quoted)
            return
        from assistant.check.checker import Checker
        from assistant.write.generate import STOPPED, write

        checker = Checker(self.index, judge.result(), found.hits, allowed)
        strict = self.settings.strict if strict is None else strict
        for whole in write(found, llm, checker, strict=strict, stop=stop):
            yield also_in.annotated(whole)
        if not whole.claims and not whole.refused and whole.stopped != STOPPED:
            quoted = also_in.annotated(quoted)
            yield replace(quoted, note=together(WROTE_NOTHING, whole.note, whole.stopped))

    def suggest(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """Return up to three follow-up suggestions that the articles `answer` could use do answer.

        `history` are the turns before it. Each suggestion is searched first, which takes as long as asking it; no LLM
        is used. () if no sentence near the answer makes a question.
        """
        from assistant.question.framing import ParsedMessage
        from assistant.suggest.suggest import suggest

        def found(question: str) -> "Found":
            return self._found(
                question, ParsedMessage((question,), ""), (), answer.allowed, self.settings.sources, None, None
            )

        return suggest(answer, history, found)

    def count(self) -> int:
        """Return the number of articles currently indexed."""
        return self.index.catalog.count()[0]

    def publishers(self) -> list[str]:
        """Return the publishers of the articles currently indexed, sorted."""
        return self.index.catalog.publishers()

    def titles(self, articles: Sequence[str]) -> dict[str, str]:
        """Return the titles of articles by id, without unknown ones."""
        return {origin.id: origin.title for origin in self.index.catalog.listing.origins(articles)}

    def examples(self) -> tuple[str, ...]:
        """Return up to four example questions; () if nothing is indexed."""
        from assistant.suggest.examples import examples

        return examples(self.index, self._starter)

    def _check(self, question: str, sources: int) -> None:
        if not question:
            raise BadQuestion(N_("the question is empty; type what you want to know"))
        if len(question) > MAX_CHARACTERS:
            asked, most = grouped(len(question)), grouped(MAX_CHARACTERS)
            raise BadQuestion(
                N_("the question has {number} characters; ask in at most {most}", number=asked, most=most)
            )
        if self.index.catalog.is_empty():
            raise NothingIndexed(
                N_(
                    "no articles are indexed in {folder} yet; run `assistant index FOLDER` first",
                    folder=str(self.settings.home),
                )
            )
        if not 1 <= sources <= MAX_SOURCES:
            raise BadSetting(f"sources is {sources}; give a number from 1 to {MAX_SOURCES}")

    def _several(
        self, question: str, parts: Sequence[str], history: Sequence[Turn], allowed: Filter, sources: int
    ) -> Answer:
        """Answer the questions of one message one by one; later ones may be follow-ups of earlier ones."""
        from assistant.compose.several import combined

        turns, answers = list(history), list[Answer]()
        for part in parts:
            found = self.answer(part, turns, allowed=allowed, sources=sources)
            answers.append(found)
            turns.append(Turn(part, found.text))
        return combined(question, answers)

    def _judging(self) -> "Future[Judge]":
        """Load the checker in the background, while the evidence is found."""
        # A race between threads makes two; either will do.
        self._judge = self._judge or Preloaded(self.index, partial(_load_judge, named=self.settings.checker))
        return self._judge.begin()

    def _found(
        self,
        question: str,
        understood: "ParsedMessage",
        history: Sequence[Turn],
        allowed: Filter,
        sources: int,
        llm: "LanguageModel | None",
        stop: threading.Event | None,
    ) -> "Found":
        from assistant.question.rewrite import standalone
        from assistant.read.find import EvidenceFinder

        def alone(asked: str, before: Sequence[Turn]) -> str:
            return standalone(asked, before, llm, stop)

        # A race between threads makes two; either will do.
        finder = self._finder = self._finder or EvidenceFinder(self.index)
        return finder.find(question, understood, history, allowed, sources, self._postprocessors(), alone)

    def _postprocessors(self) -> "tuple[BaseNodePostprocessor, ...]":
        with self._reranking:
            if self.settings.reranker and self._reranker is None:
                from assistant.retrieve.rerank import cross_encoder

                self._reranker = cross_encoder(self.settings.reranker)
        return (self._reranker, *self._given) if self._reranker else self._given


def _load_judge(index: Index, named: str | None) -> "Judge":
    from assistant.check.model import load_judge

    return load_judge(index.embedding, named)


def answer(
    question: str,
    history: Sequence[Turn] = (),
    *,
    settings: "Settings | None" = None,
    publishers: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    articles: Sequence[str] = (),
    allowed: Filter = EVERYTHING,
    strict: bool | None = None,
    sources: int | None = None,
    language: str | None = None,
) -> Answer:
    """Answer one question from the articles, or refuse, as `Assistant.answer` does.

    `settings` default to those of the environment. Each call loads the models: for more than one question, keep an
    `Assistant`.

    Raises:
        BadSetting: as well when the environment holds an unknown setting, or the LLM is not understood.
    """
    allowed = Filter.of(allowed, publishers, since, until, articles)
    with Assistant(settings) as assistant:
        return assistant.answer(question, history, allowed=allowed, strict=strict, sources=sources, language=language)
