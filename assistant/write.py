"""The answer that an LLM writes: asked with the evidence, checked sentence by sentence while it comes."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from assistant.check.checker import Checker
from assistant.draft import MOST_CHARACTERS, Draft
from assistant.find import Found
from assistant.generation import GenerationFailed
from assistant.llm import EndedEarly, LanguageModel
from assistant.prompt import answer_prompt, output_limit
from assistant.values import REFUSAL, Answer, Claim
from assistant.verify import citations_of, verify
from assistant.words import folded

STOPPED = "You stopped it."
CUT = "The LLM was cut off at the length an answer may have."
RAMBLED = f"The LLM was stopped after {MOST_CHARACTERS:,} characters."
# Words come faster than anybody reads: what is shown is renewed so often, in seconds.
_RENEWED = 0.1


def write(
    found: Found, llm: LanguageModel, checker: Checker, *, strict: bool, stop: threading.Event | None
) -> Iterator[Answer]:
    """Have an LLM answer from what was found, and yield the answer as it grows; the last one is whole.

    Every sentence is checked as it closes. With `strict`, those that nothing supports are left out, and words are not
    shown before their sentence is checked. An answer that is broken off, by the reader or by a failure, keeps what
    there is and says why (`Answer.stopped`). An answer without claims is an LLM that wrote nothing of use.

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
    draft, page = Draft(), _Page(checker, strict=strict)
    stopped: str | None = None
    shown = 0.0
    prompt = answer_prompt(found.searched, found.hits, found.ranked, llm.context)
    generation = llm.write(prompt, output_limit(llm.context), stop)
    try:
        for words in generation:
            draft.add(words)
            if draft.is_ramble:
                stopped = RAMBLED
                break
            if time.perf_counter() - shown < _RENEWED:
                continue
            sentences, rest = draft.read()
            page.take(sentences)
            if page.refuses:
                break
            whole = page.answer(whole, "" if strict else rest)
            yield whole
            shown = time.perf_counter()
    except GenerationFailed as failure:
        error = failure.error
        explained = llm.explained(error)
        if isinstance(error, EndedEarly):
            stopped = CUT if error.reason == "length" else f"The LLM ended it early ({error.reason})."
        elif explained is error:
            raise
        elif not page.sentences and not draft.read(finished=True)[0]:
            raise explained from error
        else:
            stopped = _sentence(str(explained))
    finally:
        generation.close()
    if generation.stopped:
        stopped = STOPPED
    page.take(draft.read(finished=True)[0])
    took = {"write": _milliseconds(began), "write/verify": round(page.checking, 2)}
    whole = replace(page.answer(whole, ""), stopped=stopped, timings={**found.timings, **took})
    yield page.refusal(whole) if page.refuses else whole


def _milliseconds(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


class _Page:
    """The sentences of an answer, each checked once; `checking` says how many milliseconds that took."""

    def __init__(self, checker: Checker, *, strict: bool) -> None:
        self.sentences: list[str] = []
        self.refuses = False
        self.checking = 0.0
        self._checker = checker
        self._strict = strict
        self._claims: list[Claim] = []
        self._seen: set[str] = set()

    def take(self, sentences: list[str]) -> None:
        """Check the sentences that are new. Small models repeat themselves: a sentence counts once.

        Where what was read before turns out otherwise, as when it was a thought, all is checked anew.
        """
        began = time.perf_counter()
        self._check(sentences)
        self.checking += _milliseconds(began)

    def _check(self, sentences: list[str]) -> None:
        if sentences[: len(self.sentences)] != self.sentences:
            self.sentences, self._claims, self._seen, self.refuses = [], [], set(), False
        for sentence in sentences[len(self.sentences) :]:
            self.sentences.append(sentence)
            if _is_refusal(sentence):
                # After claims, it says no more than that the rest is not there.
                self.refuses = self.refuses or not self._claims
            elif not self.refuses and folded(sentence) not in self._seen:
                self._seen.add(folded(sentence))
                claim = self._checker.claim(sentence)
                if not self._strict or claim.status != "unsupported":
                    self._claims.append(claim)

    def answer(self, whole: Answer, draft: str) -> Answer:
        """Return the answer as it stands, with the words of the sentence that is being written."""
        claims = verify(self._claims, verbatim=False)
        return replace(
            whole,
            text=" ".join(claim.text for claim in claims),
            claims=tuple(claims),
            citations=citations_of(claims),
            draft="" if _is_refusal(draft) else draft,
        )

    def refusal(self, whole: Answer) -> Answer:
        """Return the answer of an LLM that says it is not there."""
        return replace(whole, text=REFUSAL, claims=(), citations=(), refused=True, stopped=None)


def _is_refusal(sentence: str) -> bool:
    bare = folded(sentence).strip("\"'“”*. ")
    return bool(bare) and bare.startswith(folded(REFUSAL).rstrip(". "))


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + "."
