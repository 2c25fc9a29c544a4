"""The languages of the page: English, in which the code is written, and one per `.po` file in languages/.

The files are read uncompiled, so that a new one is available at the next start; see docs/translating.md. Missing
translations fall back to English.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.translatable import N_, Translatable, Value, as_sentence

if TYPE_CHECKING:
    from babel.support import NullTranslations

ENGLISH = "en"
Translate = Callable[[str], str]
"""Translates an English text of the program's own."""
_DAY_FIRST = {ENGLISH: "en_GB"}
_MAX_HEADER_LENGTH = 1_000
_PREFERRED = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


# Texts of other modules that the page shows; a test verifies that they are equal.
TAKEN_OVER = (
    N_("Not in these articles."),
    N_("Disputed:"),
    N_("to be compared"),
    N_("contradicted by the articles"),
    N_("not supported by the articles"),
    N_("You stopped it."),
    N_("The LLM was cut off at the length an answer may have."),
    N_("The LLM wrote nothing of use, so this is what the articles say."),
    N_("It was left while it was written."),
    N_("This has no answer: it was left before there was one, or another tab is still waiting for it; ask it again."),
    N_("Something went wrong while answering; the terminal that runs the page has the details."),
    N_("Something went wrong; the terminal that runs the page has the details."),
    N_("The name or the password is not right."),
    N_("Adding"),
    N_("Reading again"),
    N_("Removing"),
    N_("Putting back"),
    N_("Chat"),
    N_("Library"),
    N_("Settings"),
    N_("Saved"),
    N_("Trying it …"),
)
# The same, for notes of an LLM's answer.
OF_AN_LLM = (
    N_("The LLM was stopped, for it said the same over and over."),
    N_("The LLM was cut off while it was still thinking; ASSISTANT_LLM_OUTPUT sets how many tokens it may write."),
    N_("The LLM began thoughts or code that have no end; they are not shown."),
    N_("What is in another language than the articles was not checked against them."),
)
# The same, for errors of `index`.
OF_THE_INDEX = (
    N_("nothing is both since {since} and until {until}; swap the two dates"),
    N_("no article is published by {name}; publishers here: none"),
    N_("no article is published by {name}; publishers here: {publishers}"),
    N_("no article has the id {id}; `assistant articles` lists them"),
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the page: its code, such as "de" or "pt_BR", and its own name."""

    code: str
    name: str


@cache
def languages() -> tuple[Language, ...]:
    """Return the available languages, English first, then by name."""
    folder = files("assistant.render").joinpath("languages")
    codes = [file.name.removesuffix(".po") for file in folder.iterdir() if file.name.endswith(".po")]
    return _language(ENGLISH), *sorted((_language(code) for code in codes), key=lambda one: one.name)


def _language(code: str) -> Language:
    from babel import Locale

    name = Locale.parse(code).get_display_name() or code
    return Language(code, name[:1].upper() + name[1:])


def is_available(code: str) -> bool:
    """Say whether there are translations into a language."""
    return code != ENGLISH and code in (one.code for one in languages())


@cache
def texts(code: str) -> "NullTranslations":
    """Return a language's translations, with `gettext` and `ngettext`; English if it is not available."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import NullTranslations, Translations

    if not is_available(code):
        return NullTranslations()
    compiled = BytesIO()
    with files("assistant.render").joinpath("languages", f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Translations(compiled)


def translator(code: str) -> Translate:
    """Return a function that translates the program's own texts into a language; other texts are unchanged.

    Those are texts that the translations list as they are, and `Translatable` ones with what stands in them.
    """
    translations, english = texts(code), not is_available(code)

    def translate(text: str) -> str:
        if english or not text:  # The empty text is the file's header.
            return str(text)
        if isinstance(text, Translatable):
            return _said(text, translations, code)
        said: str = translations.gettext(text)
        return said

    return translate


def _said(text: Translatable, translations: "NullTranslations", code: str) -> str:
    message: str
    if text.plural:
        message = translations.ngettext(text.message, text.plural, text.number)
    else:
        message = translations.gettext(text.message)
    try:
        said = message.format(**_values(text.values, translations, code)) if text.values else message
    except (LookupError, ValueError):  # A message that was kept by another version.
        return str(text)
    return as_sentence(said) if text.is_sentence else said


def _values(values: Mapping[str, Value], translations: "NullTranslations", code: str) -> dict[str, str]:
    def said(value: Value) -> str:
        if isinstance(value, tuple):
            return ", ".join(map(said, value))
        if isinstance(value, date):
            return long_date(value, code)
        if isinstance(value, int):
            return number(value, code)
        return _said(value, translations, code) if isinstance(value, Translatable) else value

    return {name: said(value) for name, value in values.items()}


@lru_cache(maxsize=256)
def negotiated_language(accept_language: str | None) -> str:
    """Return the code of the best language for an Accept-Language header; English if none matches."""
    from babel import negotiate_locale

    wanted = []
    for part in (accept_language or "")[:_MAX_HEADER_LENGTH].split(","):
        found = _PREFERRED.fullmatch(part)
        weight = float(found[2] or 1) if found else 0
        if found and weight:
            wanted.append((-weight, found[1].replace("-", "_").lower()))
    codes = {one.code.lower(): one.code for one in languages()}
    best = negotiate_locale([name for _, name in sorted(wanted, key=lambda one: one[0])], list(codes))
    return codes.get(best or "", ENGLISH)


def language_named(name: str | None) -> str:
    """Return the code of the language that a program or a user names, such as "de" or "pt-BR"; English if unknown."""
    return negotiated_language((name or "").replace("_", "-"))


def language_name(code: str, *, shown_in: str) -> str:
    """Return the name of a language of articles, an ISO 639 code, in a language of the page; the code if unknown."""
    from babel import Locale

    return str(Locale.parse(shown_in).languages.get(code, code))


def long_date(day: date, code: str) -> str:
    """Return a date in a language: 24 October 2025, 24. Oktober 2025."""
    from babel.dates import format_date

    return format_date(day, format="long", locale=_DAY_FIRST.get(code, code))


def month(day: date, code: str, pattern: str = "LLLL y") -> str:
    """Return a month in a language: October 2025, or as another Unicode date pattern says."""
    from babel.dates import format_date

    return format_date(day, format=pattern, locale=code)


def number(value: int, code: str) -> str:
    """Return a number with the separators of a language: 1,234 or 1.234."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=code)
