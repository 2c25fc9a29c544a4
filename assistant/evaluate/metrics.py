"""Compute the figures of one question by comparing the response with the gold answer.

`assistant eval` and `benchmarks/` share these figures; benchmarks also measure other retrievers, each of which returns
a `Response` per question.
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

# Shortest part of a gold sentence that counts: "He said no." is in many sentences.
_MIN_PIECE = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name, its unit, and whether higher or lower is better.

    A "share" and a "rank" are from 0 to 1, a "count" is a number of sentences, "ms" are milliseconds. Figures in
    milliseconds are medians over their questions, all others means.
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
class FoundText:
    """A passage or sentence that was found, and its article."""

    text: str
    article: Article


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a question: passages and sentences, best or first one first, and milliseconds.

    `refused` is None for a retriever that composes no answer, as is `whole_ms`. `answer` are the answering words, ""
    for none; None if the system marks no words.
    """

    passages: Sequence[FoundText]
    sentences: Sequence[FoundText]
    refused: bool | None
    search_ms: float
    whole_ms: float | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One question with what was shown and expected, and its value in each figure; None if it does not apply."""

    key: str
    question: str
    answerable: bool
    refused: bool | None
    shown: tuple[str, ...]
    wanted: tuple[str, ...]
    values: Mapping[str, float | None]


def response_of(answer: "Answer") -> Response:
    """Return an answer as a `Response`."""
    return Response(
        # Answers from the catalog have no hits: the articles that they name count as found.
        passages=[FoundText(hit.text, hit.article) for hit in answer.hits]
        or [FoundText(citation.quote, citation.article) for citation in answer.citations],
        sentences=[FoundText(claim.text, claim.citations[0].article) for claim in answer.claims if claim.citations],
        refused=answer.refused,
        # An answer that is put together of several sentences is searched for, not read for.
        search_ms=round(answer.timings.get("retrieve", 0.0) + answer.timings.get("read", 0.0), 2),
        whole_ms=round(sum(took for step, took in answer.timings.items() if "/" not in step), 2),
        answer=" ".join(answer.claims[0].answers) if answer.claims else "",
    )


def measure(question: Question, response: Response) -> Result:
    """Return the figures of a response to a question."""
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
        rank = _first_rank(holds_answer(question, passage) for passage in response.passages)
        values |= {f"passage@{most}": float(rank is not None and rank <= most) for most in (1, 4, 10)}
        values["passage MRR"] = 1 / rank if rank else 0.0
    if question.answerable and (question.sentences or question.answers):
        rank = _first_rank(answers(question, sentence) for sentence in response.sentences)
        values |= {f"sentence@{most}": float(rank is not None and rank <= most) for most in (1, 3)}
    if question.answerable and response.refused is not None and (golds := _gold_texts(question)):
        shown = " ".join(sentence.text for sentence in response.sentences)
        values["token F1"] = max(token_f1(shown, gold) for gold in golds)
    if response.answer is not None and (exact := _exact_answers(question) if question.answerable else [""]):
        # As in SQuAD 2.0, a refusal is the right answer to an unanswerable question.
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


def answers(question: Question, sentence: FoundText) -> bool:
    """Say whether a text of one or several sentences answers a question.

    It does if it is from an article that counts, and contains an answer or a gold sentence, or is part of one: sentence
    boundaries may differ. Case and white space do not matter.
    """
    return counts(question, sentence.article) and settles(question, folded(sentence.text))


def settles(question: Question, text: str) -> bool:
    """Do the same as `answers` for a folded text, whatever its article."""
    golds = (folded(gold) for gold in question.sentences)
    if any(gold in text or (len(text) >= _MIN_PIECE and text in gold) for gold in golds):
        return True
    return any(_stands_in(folded(answer), text) for answer in question.answers)


def holds_answer(question: Question, passage: FoundText) -> bool:
    """Say whether a passage contains the answer or, if only articles are named, is from one of them."""
    if not counts(question, passage.article):
        return False
    if not (question.sentences or question.answers) or settles(question, folded(passage.text)):
        return True
    spans = sentences(passage.text, passage.article.language)
    return any(settles(question, folded(passage.text[start:end])) for start, end in spans)


def counts(question: Question, article: Article) -> bool:
    """Say whether an article is one that the question names, or it names none."""
    return not question.articles or any(_is_called(article, name) for name in question.articles)


def token_f1(shown: str, gold: str) -> float:
    """Return the token F1 of two texts, from 0 to 1, as in SQuAD (Rajpurkar et al., 2016).

    Texts are lower-cased, without punctuation and articles; words count as often as they occur. Two texts without words
    have 1.
    """
    mine, theirs = _tokens(shown), _tokens(gold)
    if not mine or not theirs:
        return float(mine == theirs)
    same = sum((Counter(mine) & Counter(theirs)).values())
    return 2 * same / (len(mine) + len(theirs))


def _gold_texts(question: Question) -> Sequence[str]:
    return [question.answer] if question.answer else question.sentences or question.answers


def _exact_answers(question: Question) -> Sequence[str]:
    """Return the exact answers: those given as such, else the answer in a person's words."""
    return question.answers or ([question.answer] if question.answer else [])


def _is_called(article: Article, name: str) -> bool:
    """Say whether `name` is the article's title, URL or path, or the last parts of its path."""
    if folded(name) == folded(article.title) or name == article.url:
        return True
    if article.path is None:
        return False
    wanted = Path(name).parts
    return bool(wanted) and Path(article.path).parts[-len(wanted) :] == wanted


def _stands_in(answer: str, text: str) -> bool:
    """Say whether `text` contains `answer` as whole words: "308" is not in "1308"."""
    return re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", text) is not None


def _first_rank(rights: Iterable[bool]) -> int | None:
    return next((rank for rank, right in enumerate(rights, 1) if right), None)


_PUNCTUATION = str.maketrans("", "", string.punctuation)


def _tokens(text: str) -> list[str]:
    bare = text.lower().translate(_PUNCTUATION)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()
