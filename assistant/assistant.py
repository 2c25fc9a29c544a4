"""The flow: understand, retrieve, read, answer (quotes, or an LLM's words), verify."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from assistant.errors import BadQuestion, BadSetting, NothingIndexed
from assistant.preload import Beside
from assistant.types import MAX_SOURCES, REFUSAL, Answer, Turn
from index.store.index import Index
from index.text.clean import plain
from index.types import EVERYTHING, Filter

if TYPE_CHECKING:
    from concurrent.futures import Future

    from llama_index.core.llms import LLM
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from assistant.check.judge import Judge
    from assistant.llm.model import LanguageModel
    from assistant.question.framing import Framed
    from assistant.read.find import Finder, Found
    from assistant.settings import Settings

MAX_CHARACTERS = 2_000
"""How long a question may be."""

WROTE_NOTHING = "The LLM wrote nothing of use, so this is what the articles say."


class Assistant:
    """Answers questions over one index. Make one and keep it; threads may share it.

    The first question loads the embedding model (some seconds); later ones take a fraction of one. Whatever another
    process indexes or removes in the meantime counts from the next question on.

    `postprocessors` are LlamaIndex node postprocessors that order or thin out the passages found, in their order,
    after the reranker of the settings. `llm` is any LlamaIndex LLM, in place of the one the settings name. The
    attribute `llm` may be set to another `LanguageModel` or None at any time: answers under way keep theirs.

    It has threads and open files: `close` it, or use it in a `with` block. Answers are values, and stay.

    Raises:
        IndexClosed: from any method that asks the index, after `close`.
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
        self._finder: Finder | None = None
        self._judge: Beside[Judge] | None = None
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
        """Close the index and let go of the models; to close it again does nothing.

        Answers that other threads are at end with `IndexClosed`, or are waited for.
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
    ) -> Answer:
        """Answer a question from the articles, or refuse.

        `history` are the turns before it, oldest first. The filters leave only articles of these publishers, of
        these dates (both inclusive) and with these ids; `allowed` is all four in one value, such as the `allowed` of an
        earlier answer, in place of them. `strict` leaves out an LLM's sentences that the articles do not support,
        `sources` is how many passages are looked at (1 to 50); None is what the settings say. Every citation of the
        answer satisfies `citation.article.text[citation.start:citation.end] == citation.quote`.

        Raises:
            BadQuestion: the question is empty or longer than `MAX_CHARACTERS`.
            BadSetting: `sources` is not from 1 to 50.
            NothingIndexed: there are no articles.
            BadFilter: a filter names a publisher or article that is not there, or is given twice.
            LLMError: the LLM cannot be reached, or failed before it wrote a word.
            WeightsUnusable: the weights of the reader, or of the checker where an LLM is to write, cannot be used.
            ModelMismatch: the index was built with another embedding model.
        """
        allowed = Filter.of(allowed, publishers, since, until, articles)
        *_, whole = self.stream(question, history, allowed=allowed, strict=strict, sources=sources)
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
    ) -> Iterator[Answer]:
        """Answer as `answer` does, and yield the answer while it grows; the last one is whole.

        Sentences that are finished are claims, already checked; `Answer.draft` has the words of the next. Setting
        `stop`, from any thread, ends the writing at once: the last answer then keeps what there is, and says so in
        `Answer.stopped`. Closing the iterator ends the writing too. What `answer` raises is raised by the first step,
        but an `LLMError` may come with the second.
        """
        from assistant.question.understand import MAX_PARTS, understand
        from assistant.write.also_in import AlsoIn

        allowed = Filter.of(allowed, publishers, since, until, articles)
        question = plain(question).strip()
        self._check(question)
        sources = self.settings.sources if sources is None else sources
        if not 1 <= sources <= MAX_SOURCES:
            raise BadSetting(f"sources is {sources}; give a number from 1 to {MAX_SOURCES}")
        llm = self.llm  # Once: it may be exchanged while this answer is under way.
        understood = understand(self.index, question)
        if llm is None and 1 < len(understood.parts) <= MAX_PARTS:
            yield self._several(question, understood.parts, history, allowed, sources)
            return
        if told := self._told(question, understood.asked, history, allowed, sure=True):
            yield told
            return
        judge = self._judging() if llm else None
        composed = self._composed(question, understood.asked, history, allowed, sources)
        if composed:
            quoted, found = composed
        else:
            found = self._found(question, understood, history, allowed, sources, llm, stop)
            if not found.answerable and (told := self._told(question, understood.asked, history, allowed, sure=False)):
                yield told
                return
            quoted = _quoted(found)
        also_in = AlsoIn(self.index)
        if llm is None or judge is None or not found.answerable:
            yield also_in.told(quoted)
            return
        from assistant.check.checker import Checker
        from assistant.write.generate import STOPPED, write

        checker = Checker(self.index, judge.result(), found.hits, allowed)
        strict = self.settings.strict if strict is None else strict
        for whole in write(found, llm, checker, strict=strict, stop=stop):
            yield also_in.told(whole)
        if not whole.claims and not whole.refused and whole.stopped != STOPPED:
            quoted = also_in.told(quoted)
            yield replace(quoted, note=" ".join(filter(None, (WROTE_NOTHING, whole.note, whole.stopped))))

    def suggest(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """Offer up to three questions to go on with, each answered by the articles that `answer` could use.

        `history` are the turns before it. Each question is searched before it is offered, which takes as long as
        asking it; an LLM is not asked. () where nothing near the answer makes a question.
        """
        from assistant.question.framing import Framed
        from assistant.suggest.suggest import suggest

        def found(question: str) -> "Found":
            return self._found(question, Framed((question,), ""), (), answer.allowed, self.settings.sources, None, None)

        return suggest(answer, history, found)

    def count(self) -> int:
        """Count the articles that are indexed right now."""
        return self.index.catalog.count()[0]

    def publishers(self) -> list[str]:
        """List the publishers of the articles indexed right now, by name."""
        return self.index.catalog.publishers()

    def titles(self, articles: Sequence[str]) -> dict[str, str]:
        """Tell the titles of articles by id; those that are not there are left out."""
        return {origin.id: origin.title for origin in self.index.catalog.listing.origins(articles)}

    def examples(self) -> tuple[str, ...]:
        """Offer up to four questions to start with; () when nothing is indexed."""
        from assistant.suggest.examples import examples

        return examples(self.index, self._starter)

    def _check(self, question: str) -> None:
        if not question:
            raise BadQuestion("the question is empty; type what you want to know")
        if len(question) > MAX_CHARACTERS:
            raise BadQuestion(f"the question has {len(question):,} characters; ask in at most {MAX_CHARACTERS:,}")
        if self.index.catalog.is_empty():
            raise NothingIndexed(
                f"no articles are indexed in {self.settings.home} yet; run `assistant index FOLDER` first"
            )

    def _several(
        self, question: str, parts: Sequence[str], history: Sequence[Turn], allowed: Filter, sources: int
    ) -> Answer:
        """Answer the questions of one message one by one; a later one may lean on those before it."""
        from assistant.compose.several import together

        turns, answers = list(history), list[Answer]()
        for part in parts:
            found = self.answer(part, turns, allowed=allowed, sources=sources)
            answers.append(found)
            turns.append(Turn(part, found.text))
        return together(question, answers)

    def _told(
        self, question: str, asked: str, history: Sequence[Turn], allowed: Filter, *, sure: bool
    ) -> Answer | None:
        """Answer what is asked of the collection, or say hello; None where the articles are to be asked.

        With `sure`, only what can hardly be a question about what an article says.
        """
        from assistant.compose.collection import greeting, told
        from assistant.question.collection import about_articles, is_talk
        from assistant.question.condense import condense

        if sure and is_talk(question):
            return greeting(question, self.count(), self.examples())
        about = about_articles(condense(asked, history), self.index.facts().publishers, date.today())
        if about is None or about.sure != sure:
            return None
        return told(self.index, question, about, allowed, date.today())

    def _judging(self) -> "Future[Judge]":
        """Load the checker beside what else an LLM's first answer needs."""
        # Two threads that come here first at once make two alike; either will do.
        self._judge = self._judge or Beside(self.index, partial(_load_judge, named=self.settings.checker))
        return self._judge.begin()

    def _composed(
        self, question: str, asked: str, history: Sequence[Turn], allowed: Filter, sources: int
    ) -> "tuple[Answer, Found] | None":
        """Put together a summary, a comparison or a timeline, with its evidence; None where none is asked for."""
        from assistant.question.condense import condense
        from assistant.question.request import read_request

        began = time.perf_counter()
        publishers, today = self.index.facts().publishers, date.today()
        read = (read_request(condense(one, history), publishers, today) for one in (asked, question))
        # As it was typed too, for a word of the form may have been taken for a misspelt one of the articles.
        request = next(filter(None, read), None)
        if request is None:
            return None
        from assistant.compose.compose import as_found, composed, gather

        gathered = gather(self.index, request, allowed, sources, today)
        if gathered is None:
            return None
        return composed(question, request, gathered, allowed, began), as_found(question, gathered, allowed)

    def _found(
        self,
        question: str,
        understood: "Framed",
        history: Sequence[Turn],
        allowed: Filter,
        sources: int,
        llm: "LanguageModel | None",
        stop: threading.Event | None,
    ) -> "Found":
        # LlamaIndex and numpy load here: importing this module stays quick.
        from assistant.language.words import STOP_WORDS, words
        from assistant.question.followup import points
        from assistant.question.request import all_wanted
        from assistant.question.rewrite import standalone
        from assistant.read.find import Clock, Finder

        clock = Clock()
        wanted = all_wanted(understood.asked)
        asked = wanted or understood.asked
        searched = standalone(asked, history, llm, stop)
        clock.lap("condense")
        # Two threads that come here first at once make two alike; either will do.
        finder = self._finder = self._finder or Finder(self.index)

        # Asked once more, a question has the same answer.
        last = history[-1] if history and words(history[-1].question) != words(asked) else None

        def find(searched: str) -> "Found":
            said = last.answer if last else ""
            rerank = self._postprocessors()
            return finder.find(asked, searched, allowed, sources, rerank, clock, said, many=wanted is not None)

        # What is said around a question says what it is about, unless the articles answer it only without.
        whole = f"{understood.context} {asked}".strip()
        found = find(whole if searched == asked else searched)
        if not found.answerable and found.searched != searched:
            found = find(searched)
        if searched != asked and any(word not in STOP_WORDS for word in words(asked)) and not points(asked):
            # It may as well begin a new topic: what the reader trusts more counts.
            alone = find(asked)
            if alone.answerable and (not found.answerable or alone.sureness > found.sureness):
                found = alone
        return replace(found, question=question)

    def _postprocessors(self) -> "tuple[BaseNodePostprocessor, ...]":
        with self._reranking:
            if self.settings.reranker and self._reranker is None:
                from assistant.retrieve.rerank import cross_encoder

                self._reranker = cross_encoder(self.settings.reranker)
        return (self._reranker, *self._given) if self._reranker else self._given


def _load_judge(index: Index, named: str | None) -> "Judge":
    from assistant.check.model import load_judge

    return load_judge(index.embedding, named)


def _quoted(found: "Found") -> Answer:
    """Answer in the articles' own words, or refuse."""
    from assistant.check.citations import citations_of, verify
    from assistant.question.understand import unmentioned
    from assistant.write.quote import quote

    began = time.perf_counter()
    quoted = quote(found.ranked, found.threshold, many=found.many) if found.answerable else []
    checked = time.perf_counter()
    claims = verify(quoted)
    ended = time.perf_counter()
    took = {"answer": round((ended - began) * 1000, 2), "answer/verify": round((ended - checked) * 1000, 2)}
    return Answer(
        question=found.question,
        searched=found.searched,
        text=" ".join(claim.text for claim in claims) or REFUSAL,
        claims=tuple(claims),
        citations=citations_of(claims),
        refused=not claims,
        hits=found.hits,
        timings={**found.timings, **took},
        note=None if claims else unmentioned(found.absent),
        allowed=found.allowed,
    )


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
) -> Answer:
    """Answer one question from the articles, or refuse: takes, returns and raises what `Assistant.answer` does.

    `settings` are those of the environment unless they are given. Loads the models anew at each call: for more than
    one question, keep an `Assistant`.

    Raises:
        BadSetting: as well when the environment holds an unknown setting, or the LLM is not understood.
    """
    allowed = Filter.of(allowed, publishers, since, until, articles)
    with Assistant(settings) as assistant:
        return assistant.answer(question, history, allowed=allowed, strict=strict, sources=sources)
