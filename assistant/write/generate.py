"""Have an LLM write the answer from the evidence, and check each sentence as it streams in."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.check.checker import Checker
from assistant.check.citations import citations_of, verify
from assistant.errors import sentence
from assistant.language.phrases import is_foreign, is_refusal, language_of, without_framing
from assistant.language.words import folded, stop_word_language
from assistant.llm.failures import EndedEarly
from assistant.llm.model import LanguageModel
from assistant.llm.stream import GenerationFailed
from assistant.read.find import Found
from assistant.render.text import CUT_OFF, UNCHECKED, spaced
from assistant.translatable import N_, grouped, together
from assistant.types import REFUSAL, Answer, Claim, Status
from assistant.write.prompt import answer_prompt
from assistant.write.stream_parser import MAX_CHARACTERS, Sentence, StreamParser
from index.text.sentences import Span
from index.types import Article

STOPPED = N_("You stopped it.")
CUT = N_("The LLM was cut off at the length an answer may have.")
RAMBLED = N_("The LLM was stopped after {number} characters.", number=grouped(MAX_CHARACTERS))
LOOPED = N_("The LLM was stopped, for it said the same over and over.")
CUT_THINKING = N_(
    "The LLM was cut off while it was still thinking; ASSISTANT_LLM_OUTPUT sets how many tokens it may write."
)
NEVER_ENDED = N_("The LLM began thoughts or code that have no end; they are not shown.")
FOREIGN = N_("What is in another language than the articles was not checked against them.")
_REPEATED = 3
# Words arrive faster than anybody reads: the shown answer is refreshed at this interval.
_REFRESH_SECONDS = 0.1


def write(
    found: Found, llm: LanguageModel, checker: Checker, *, strict: bool, stop: threading.Event | None
) -> Iterator[Answer]:
    """Have an LLM answer from the evidence, and yield the answer as it grows; the last one is complete.

    Every sentence is checked when it is finished. With `strict`, only supported sentences stay, and words are not shown
    before their sentence is checked. An answer that is stopped, by the user or by a failure, keeps what there is and
    says why (`Answer.stopped`). An answer without claims means that the LLM wrote nothing of use.

    Raises:
        LLMError: the LLM failed before it wrote a word.
    """
    began = time.perf_counter()
    whole = Answer(
        question=found.question,
        searched=found.searched,
        text="",
        claims=(),
        citations=(),
        refused=False,
        hits=found.hits,
        timings=found.timings,
        written_by=llm.name,
        allowed=found.allowed,
    )
    yield whole
    known = () if checker.knows_every_language else (language_of(hit.text) for hit in found.hits)
    languages = frozenset(filter(None, known))
    prompt = answer_prompt(found.searched, found.hits, found.ranked, llm.context, llm.max_output)
    # It answers in the language of the question.
    parser = StreamParser(
        stop_word_language(found.question, filter(None, (hit.article.language for hit in found.hits)))
    )
    checked = _CheckedAnswer(checker, strict=strict, numbered=prompt.numbered, languages=languages)
    stopped: str | None = None
    shown = 0.0
    generation = llm.write(prompt.messages, llm.limit(prompt.tokens), stop)
    try:
        for words in generation:
            parser.add(words)
            if parser.is_ramble:
                stopped = RAMBLED
                break
            now = time.perf_counter()
            if now - shown < _REFRESH_SECONDS:
                continue
            # The time before checking: words that arrive meanwhile are shown at once.
            shown = now
            sentences, rest = parser.read()
            checked.take(sentences)
            if checked.refuses:
                break
            if checked.is_loop or parser.is_loop:
                stopped = LOOPED
                break
            whole = checked.answer(whole, "" if strict else rest)
            yield whole
    except GenerationFailed as failure:
        error = failure.error
        explained = llm.explained(error)
        if isinstance(error, EndedEarly):
            early = N_("The LLM ended it early ({reason}).", reason=str(error.reason))
            stopped = CUT if error.reason == "length" else early
        elif explained is error:
            raise
        elif not checked.sentences and not parser.read(finished=True)[0]:
            raise explained from error
        else:
            stopped = sentence(explained)
    finally:
        generation.close()
    if generation.stopped:
        stopped = STOPPED
    sentences, _ = parser.read(finished=True)
    if stopped == LOOPED and sentences and not sentences[-1].ends:
        sentences.pop()  # An unfinished sentence is part of the loop.
    checked.take(sentences, broken_off=stopped is not None)
    if parser.is_open and stopped == CUT:
        stopped = CUT_THINKING
    note = together(
        NEVER_ENDED if parser.is_open and stopped is None else None, FOREIGN if checked.is_foreign else None
    )
    took = {"write": _milliseconds(began), "write/verify": round(checked.checking, 2)}
    whole = checked.answer(whole, "")
    whole = replace(whole, stopped=stopped, note=note, timings={**found.timings, **took})
    yield checked.refusal(whole) if checked.refuses else whole


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


class _CheckedAnswer:
    """The sentences of an LLM's answer, each checked once; `checking` is the time spent on it, in milliseconds.

    `numbered` are the sentences shown to the LLM, in the order of their numbers. `languages` are those of the articles:
    sentences in other languages are not checked, and set `is_foreign`; without them, all sentences are.
    """

    def __init__(
        self,
        checker: Checker,
        *,
        strict: bool,
        numbered: Sequence[tuple[Article, Span]] = (),
        languages: frozenset[str] = frozenset(),
    ) -> None:
        self.checking = 0.0
        self._numbered = numbered
        self._checker = checker
        self._strict = strict
        self._languages = languages
        self._begin()

    def _begin(self) -> None:
        self.sentences: list[Sentence] = []
        self.refuses = False
        self.is_foreign = False
        self._claims: list[Claim] = []
        self._before: Claim | None = None
        self._seen: set[str] = set()
        self._repeated = 0
        # Headings and opening lines whose first sentence was dropped: they go above the next.
        self._above: tuple[str, ...] = ()

    @property
    def is_loop(self) -> bool:
        """Say whether the answer only repeats itself."""
        return self._repeated >= _REPEATED

    def take(self, sentences: list[Sentence], *, broken_off: bool = False) -> None:
        """Check new sentences. Small models repeat themselves: a sentence counts once.

        If earlier sentences changed, for example because they were a thought, all are checked anew. In an answer that
        was `broken_off`, the last sentence may be cut off.
        """
        began = time.perf_counter()
        if sentences[: len(self.sentences)] != self.sentences:
            self._begin()
        for number in range(len(self.sentences), len(sentences)):
            self.sentences.append(sentences[number])
            self._check(sentences[number], cut=broken_off and number + 1 == len(sentences))
        self.checking += _milliseconds(began)

    def _check(self, sentence: Sentence, *, cut: bool) -> None:
        cut = cut and not sentence.ends
        said = without_framing(sentence.says)
        if is_refusal(said):
            # After claims, a refusal only says that the rest is not there.
            self.refuses = self.refuses or not self._claims
        elif not said or self.refuses:
            return
        elif folded(said) in self._seen or (cut and any(seen.startswith(folded(said)) for seen in self._seen)):
            self._repeated += 1
        else:
            self._repeated = 0
            self._seen.add(folded(said))
            self._claim(sentence, said, cut=cut)

    def _claim(self, sentence: Sentence, said: str, *, cut: bool) -> None:
        # An item that is no sentence has a meaning only together with the line that opens its list.
        lead = "" if sentence.ends else without_framing(sentence.lead)
        named = [self._numbered[number - 1] for number in sentence.named if 0 < number <= len(self._numbered)]
        claim = self._checker.claim(f"{lead} {said}".strip(), named, self._before)
        self._before = claim if sentence.ends else None
        above = tuple(line for line in (*self._above, *sentence.above) if without_framing(line))
        self._above = above
        if claim.status != "supported" and is_foreign(said, self._languages):
            self.is_foreign = True
            claim = Claim(said, (), "unsupported", missing=(UNCHECKED,))
        else:
            # Headings and opening lines need not be sentences, but must name nothing that the articles do not.
            titles = (line for line in above if line != lead and not line.startswith("| "))
            wrong = [word for line in titles for word in self._checker.unknown(line)]
            claim = _doubted(claim, (*wrong, CUT_OFF) if cut else tuple(wrong))
        if not self._strict or claim.status == "supported":
            shown = sentence.text.replace(sentence.says, said)
            self._claims.append(replace(claim, text="\n".join((*above, shown))))
            self._above = ()

    def answer(self, whole: Answer, draft: str) -> Answer:
        """Return the answer so far, with the words of the unfinished sentence."""
        claims = verify(self._claims, verbatim=False)
        grown = replace(whole, claims=tuple(claims))
        return replace(
            grown,
            text="".join(space + claim.text for space, claim in spaced(grown)),
            citations=citations_of(claims),
            draft="" if is_refusal(draft) else "\n".join(filter(None, map(without_framing, draft.split("\n")))),
        )

    def refusal(self, whole: Answer) -> Answer:
        """Return the answer of an LLM that refused."""
        return replace(whole, text=REFUSAL, claims=(), citations=(), refused=True, stopped=None, note=None)


def _doubted(claim: Claim, missing: tuple[str, ...]) -> Claim:
    """Return a claim with words that the articles lack: they are `missing`, and it is no longer supported."""
    if not missing:
        return claim
    status: Status = "to be compared" if claim.status == "supported" else claim.status
    return replace(claim, status=status, missing=tuple(dict.fromkeys((*claim.missing, *missing))))
