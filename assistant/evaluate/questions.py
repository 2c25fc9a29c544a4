"""A user's questions, with what should come out: one JSON object a line (docs/evaluate.md says how to write them).

The file is not ours, so every line is checked, and what is wrong is said with its number.
"""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from assistant.assistant import MAX_CHARACTERS
from assistant.errors import BadQuestionsFile
from assistant.language.words import folded

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _listed(value: object) -> object:
    """Take a single text for a list of one, and null for none."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


_Texts = Annotated[tuple[_Text, ...], BeforeValidator(_listed)]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what settles it.

    `sentences` are sentences of the articles any of which answers, `answers` strings that such a sentence holds,
    `articles` names (file name, path, URL or title) of the only articles that count, () for all; `answer` is the
    answer in a person's own words. `id` tells the question from others with the same text.
    """

    text: str
    answerable: bool = True
    sentences: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    answer: str | None = None
    id: str | None = None

    @property
    def key(self) -> str:
        """What names the question from one run to the next: its id, else its text, folded."""
        return self.id or folded(self.text)


class _Line(BaseModel):
    """One line of the file as it is written."""

    # A misspelt field would lower the figures without a word, so none is let through.
    model_config = ConfigDict(extra="forbid", strict=True)

    question: Annotated[_Text, Field(max_length=MAX_CHARACTERS)]
    answerable: bool = True
    sentence: _Text | None = None
    also: _Texts = ()
    answers: _Texts = ()
    article: _Texts = ()
    answer: _Text | None = None
    id: Annotated[_Text | None, BeforeValidator(lambda value: str(value) if type(value) is int else value)] = None
    note: str | None = None

    def question_asked(self) -> Question:
        sentences = (*([self.sentence] if self.sentence else []), *self.also)
        return Question(self.question, self.answerable, sentences, self.answers, self.article, self.answer, self.id)


def read_questions(file: Path) -> list[Question]:
    """Read a questions file, in its order; empty lines are skipped.

    Raises:
        BadQuestionsFile: the file cannot be read, holds no question, or has a line that is not one.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadQuestionsFile(f"{file} cannot be read ({reason}); give a file with a question a line") from error
    except UnicodeDecodeError as error:
        raise BadQuestionsFile(f"{file} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    found: dict[str, int] = {}
    questions = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        question = _read(line, f"{file}, line {number}")
        if question.key in found:
            raise BadQuestionsFile(
                f"{file}, line {number} has the id or question of line {found[question.key]}; "
                "give each an id of its own, or take one out"
            )
        found[question.key] = number
        questions.append(question)
    if not questions:
        raise BadQuestionsFile(f"{file} holds no question; write one a line, as docs/evaluate.md says")
    return questions


def _read(line: str, where: str) -> Question:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadQuestionsFile(f"{where} is not JSON ({error}); write one JSON object a line") from error
    if not isinstance(fields, dict):
        raise BadQuestionsFile(f'{where} is not a JSON object; write {{"question": …}}')
    try:
        question = _Line.model_validate(fields).question_asked()
    except ValidationError as error:
        raise BadQuestionsFile(f"{where}: {_explained(error.errors()[0])}") from error
    if question.answerable and not (question.sentences or question.answers or question.articles):
        raise BadQuestionsFile(
            f"{where} does not say what answers it; add sentence, answers or article, "
            'or "answerable": false where nothing does'
        )
    if not question.answerable and (question.sentences or question.answers):
        raise BadQuestionsFile(f'{where} has an answer and is "answerable": false; take one of the two out')
    return question


def _explained(error: Any) -> str:
    """Put what pydantic found into a sentence."""
    place: Sequence[object] = error["loc"]
    name = str(place[0]) if place else "the line"
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, _Line.model_fields, 1)
        hint = f"did you mean {near[0]}" if near else f"known: {', '.join(_Line.model_fields)}"
        return f"{name!r} is not a field ({hint}); correct it or take it out"
    if error["type"] == "missing":
        return f"the field {name!r} is missing; add it"
    said = str(error["msg"])
    return f"{name}: {said[:1].lower() + said[1:]}; correct it"
