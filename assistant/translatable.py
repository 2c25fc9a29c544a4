"""English texts of the program's own that can be said in other languages, whenever they are shown.

`N_` and `ngettext` mark the messages that `pybabel extract` collects, as gettext's functions of these names do.
`assistant.render.i18n` translates them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias, cast

from index.errors import BadFilter

Value: TypeAlias = "str | int | date | tuple[Value, ...]"
"""What stands for a placeholder: names and quotes as they are, numbers, days, other translatable texts, or several of
these with commas between them."""


class Translatable(str):
    """An English text, a plain string to all who just use it, with what it takes to say it in another language.

    `message` is the text with `{placeholders}`, as the translations list it, and `values` is what they stand for.
    `plural` is the message for other numbers than one, "" for none, and `number` the one that decides. `is_sentence`
    says that the text begins with a capital and has a final stop, though the message does not.
    """

    __slots__ = ("is_sentence", "message", "number", "plural", "values")
    message: str
    values: Mapping[str, Value]
    plural: str
    number: int
    is_sentence: bool

    def __new__(
        cls,
        text: str,
        message: str = "",
        values: Mapping[str, Value] | None = None,
        plural: str = "",
        number: int = 0,
        is_sentence: bool = False,
    ) -> "Translatable":
        """Return a text; without a message it is one itself."""
        made = super().__new__(cls, text)
        made.message, made.values, made.plural = message or text, values or {}, plural
        made.number, made.is_sentence = number, is_sentence
        return made

    def filled(self, **values: Value) -> "Translatable":
        """Return a message with its placeholders filled in."""
        return Translatable(_filled(self.message, values), self.message, values)


def N_(message: str, /, **values: Value) -> Translatable:  # noqa: N802
    """Return a message as a translatable text, with its placeholders filled in if there are values."""
    return Translatable(_filled(message, values) if values else message, message, values)


def ngettext(one: str, many: str, number: int, /, **values: Value) -> Translatable:
    """Return a message that depends on a number, with its placeholders filled in."""
    return Translatable(_filled(one if number == 1 else many, values), one, values, many, number)


def grouped(number: int) -> Translatable:
    """Return a number with separators: 1,234."""
    return Translatable(f"{number:,}", "{number}", {"number": number})


def quoted(text: str) -> Translatable:
    """Return a text in quotation marks."""
    return N_("“{text}”", text=text)


def alternatives(texts: "tuple[Value, ...]") -> Value:
    """Return texts with "or" between them."""
    first, *others = texts
    for other in others:
        first = N_("{first} or {second}", first=first, second=other)
    return first


def together(*sentences: str | None) -> str | None:
    """Return sentences as one text, each to be translated by itself; None for none."""
    given = dict.fromkeys(filter(None, sentences))
    if len(given) < 2:
        return next(iter(given), None)
    values: dict[str, Value] = {f"sentence{number}": sentence for number, sentence in enumerate(given, 1)}
    message = " ".join(f"{{{name}}}" for name in values)
    return Translatable(_filled(message, values), message, values)


def as_sentence(text: str) -> str:
    """Return a text capitalised, and with a final stop."""
    sentence = text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
    if isinstance(text, Translatable):
        return Translatable(sentence, text.message, text.values, text.plural, text.number, is_sentence=True)
    return sentence


def message_of(error: BaseException) -> str:
    """Return what an error says, translatable where it is."""
    if isinstance(error, BadFilter):
        return Translatable(str(error), error.message, cast("Mapping[str, Value]", error.values))
    said = error.args[0] if error.args else None
    return said if isinstance(said, Translatable) else str(error)


def in_english(value: Any) -> str:
    """Return a value as it stands in an English text."""
    return ", ".join(map(in_english, value)) if isinstance(value, tuple) else str(value)


def _filled(message: str, values: Mapping[str, Value]) -> str:
    return message.format(**{name: in_english(value) for name, value in values.items()})
