"""What came back for one question, compared with what settles it: one value a figure.

The same figures serve `assistant eval` and `benchmarks/`, where other ways of finding passages are measured beside the
product: whatever is measured gives a `Response` to each question.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assistant.evaluate.questions import Question
from assistant.language.words import folded
from index.text.sentences import sentences
from index.types import Article

if TYPE_CHECKING:
    from assistant.types import Answer

# A piece of a sentence that settles a question counts from this length on: "He said no." is in many of them.
_MIN_PIECE = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted: its name, what it counts in, and which way is better.

    A "share" and a "rank" run from 0 to 1, a "count" is a number of sentences, "ms" are milliseconds. Figures in
    milliseconds are medians over the questions they are about, all others means.
    """

    name: str
    unit: Literal["share", "rank", "count", "ms"]
    better: Literal["higher", "lower", "neither"] = "higher"


FIGURES = (
    Figure("passage@1", "share"),
    Figure("passage@4", "share"),
    Figure("passage@10", "share"),
    Figure("passage MRR", "rank"),
    Figure("sentence@1", "share"),
    Figure("sentence@3", "share"),
    Figure("token F1", "share"),
    Figure("answer EM", "share"),
    Figure("answer F1", "share"),
    Figure("refusal precision", "share"),
    Figure("refusal recall", "share"),
    Figure("over-refusal", "share", "lower"),
    Figure("sentences shown", "count", "neither"),
    Figure("retrieve + read", "ms", "lower"),
    Figure("whole answer", "ms", "lower"),
)
"""All figures, in the order they are shown; docs/evaluate.md says what each one means."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text that was found, and its article."""

    text: str
    article: Article


@dataclass(frozen=True, slots=True)
class Response:
    """What came back for a question: passages and sentences, best or first one first, and milliseconds.

    `refused` is None for what only ranks and shows nothing; `whole_ms` is None where there is no whole answer. `answer`
    are the words said to answer, "" for none; None for what points at no words.
    """

    passages: Sequence[Found]
    sentences: Sequence[Found]
    refused: bool | None
    search_ms: float
    whole_ms: float | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One question, what was shown and wanted, and its value in each figure; None: it says nothing about that one."""

    key: str
    question: str
    answerable: bool
    refused: bool | None
    shown: tuple[str, ...]
    wanted: tuple[str, ...]
    values: Mapping[str, float | None]


def response_of(answer: "Answer") -> Response:
    """Turn the product's answer into what is measured."""
    return Response(
        # What the catalog answers has no hits: the articles it names are what was found.
        passages=[Found(hit.text, hit.article) for hit in answer.hits]
        or [Found(citation.quote, citation.article) for citation in answer.citations],
        sentences=[Found(claim.text, claim.citations[0].article) for claim in answer.claims if claim.citations],
        refused=answer.refused,
        search_ms=round(answer.timings["retrieve"] + answer.timings["read"], 2),
        whole_ms=round(sum(took for step, took in answer.timings.items() if "/" not in step), 2),
        answer=" ".join(answer.claims[0].answers) if answer.claims else "",
    )


def measure(question: Question, response: Response) -> Result:
    """Compare what came back with what settles the question."""
    values: dict[str, float | None] = dict.fromkeys(figure.name for figure in FIGURES)
    values["retrieve + read"] = response.search_ms
    values["whole answer"] = response.whole_ms
    if response.refused is not None:
        if response.refused:
            values["refusal precision"] = float(not question.answerable)
        else:
            values["sentences shown"] = float(len(response.sentences))
        values["over-refusal" if question.answerable else "refusal recall"] = float(response.refused)
    if question.answerable:
        rank = _first(holds_answer(question, passage) for passage in response.passages)
        values |= {f"passage@{most}": float(rank is not None and rank <= most) for most in (1, 4, 10)}
        values["passage MRR"] = 1 / rank if rank else 0.0
    if question.answerable and (question.sentences or question.answers):
        rank = _first(answers(question, sentence) for sentence in response.sentences)
        values |= {f"sentence@{most}": float(rank is not None and rank <= most) for most in (1, 3)}
    if question.answerable and response.refused is not None and (golds := _golds(question)):
        shown = " ".join(sentence.text for sentence in response.sentences)
        values["token F1"] = max(token_f1(shown, gold) for gold in golds)
    if response.answer is not None and (exact := _exact(question) if question.answerable else [""]):
        # As SQuAD 2.0 counts: of a question without an answer, a refusal is the right one.
        values["answer EM"] = max(float(_tokens(response.answer) == _tokens(gold)) for gold in exact)
        values["answer F1"] = max(token_f1(response.answer, gold) for gold in exact)
    return Result(
        key=question.key,
        question=question.text,
        answerable=question.answerable,
        refused=response.refused,
        shown=tuple(sentence.text for sentence in response.sentences),
        wanted=(question.sentences or question.answers or question.articles) if question.answerable else (),
        values=values,
    )


def answers(question: Question, sentence: Found) -> bool:
    """Say whether a sentence, or several in one text, settles a question.

    It does when it comes from an article that counts and holds an answer or a gold sentence, or is a piece of one:
    where a sentence ends is not the same for everybody. Case and white space do not matter.
    """
    return counts(question, sentence.article) and settles(question, folded(sentence.text))


def settles(question: Question, text: str) -> bool:
    """Do as `answers` does with a text that is already folded, whatever its article."""
    golds = (folded(gold) for gold in question.sentences)
    if any(gold in text or (len(text) >= _MIN_PIECE and text in gold) for gold in golds):
        return True
    return any(_stands_in(folded(answer), text) for answer in question.answers)


def holds_answer(question: Question, passage: Found) -> bool:
    """Say whether a passage holds what settles a question; where only articles are named, whether it is from one."""
    if not counts(question, passage.article):
        return False
    if not (question.sentences or question.answers) or settles(question, folded(passage.text)):
        return True
    return any(settles(question, folded(passage.text[start:end])) for start, end in sentences(passage.text))


def counts(question: Question, article: Article) -> bool:
    """Say whether an article is one of those that a question names, or it names none."""
    return not question.articles or any(_is(article, name) for name in question.articles)


def token_f1(shown: str, gold: str) -> float:
    """Compare two texts word by word, from 0 to 1, as SQuAD does (Rajpurkar et al., 2016).

    Lower case, without punctuation and articles; words count as often as they occur. Two texts without any word are
    alike.
    """
    mine, theirs = _tokens(shown), _tokens(gold)
    if not mine or not theirs:
        return float(mine == theirs)
    same = sum((Counter(mine) & Counter(theirs)).values())
    return 2 * same / (len(mine) + len(theirs))


def _golds(question: Question) -> Sequence[str]:
    return [question.answer] if question.answer else question.sentences or question.answers


def _exact(question: Question) -> Sequence[str]:
    """List the words that answer exactly: those given as such, else the answer in a person's words."""
    return question.answers or ([question.answer] if question.answer else [])


def _is(article: Article, name: str) -> bool:
    """Say whether `name` is the article's title, URL or path, or the end of its path (its file name, at least)."""
    if folded(name) == folded(article.title) or name == article.url:
        return True
    if article.path is None:
        return False
    wanted = Path(name).parts
    return bool(wanted) and Path(article.path).parts[-len(wanted) :] == wanted


def _stands_in(answer: str, text: str) -> bool:
    """Say whether `answer` stands in `text` in whole words: "308" is not in "1308"."""
    return re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", text) is not None


def _first(rights: Iterable[bool]) -> int | None:
    return next((rank for rank, right in enumerate(rights, 1) if right), None)


_PUNCTUATION = str.maketrans("", "", string.punctuation)


def _tokens(text: str) -> list[str]:
    bare = text.lower().translate(_PUNCTUATION)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()
