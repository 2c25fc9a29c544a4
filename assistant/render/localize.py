"""Say in another language what an answer says of the program's own accord: all but quotes and an LLM's words."""

from collections.abc import Iterable
from dataclasses import replace

from assistant.render.i18n import language_named, translator
from assistant.translatable import Translatable
from assistant.types import REFUSAL, Answer


def in_language(answer: Answer, language: str | None) -> Answer:
    """Return an answer with the program's own sentences in a language, named by its code; English if it is unknown.

    They are the refusal, the note, why it was stopped, and claims that are no quotes, such as "There are 3 articles."
    """
    _ = translator(language_named(language))
    own = {place: _(one.text) for place, one in enumerate(answer.claims) if isinstance(one.text, Translatable)}
    claims = tuple(replace(one, text=own.get(place, one.text)) for place, one in enumerate(answer.claims))
    pairs = ((before.text, after.text) for before, after in zip(answer.claims, claims, strict=True))
    return replace(
        answer,
        text=_(REFUSAL) if answer.refused else _replaced(answer.text, pairs),
        claims=claims,
        note=_(answer.note) if answer.note else answer.note,
        stopped=_(answer.stopped) if answer.stopped else answer.stopped,
    )


def _replaced(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a text with the first of each pair, which follow each other in it, replaced by the second."""
    done = ""
    for before, after in pairs:
        head, found, text = text.partition(before)
        done += head + (after if found else "")
    return done + text
