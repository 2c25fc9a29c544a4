"""The languages of the page: English, which the code is written in, and one for each `.po` file in languages/.

The files are read as translators write them, so that a copied one counts at the next start; docs/translating.md says
how. What has no translation is said in English.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.support import NullTranslations

ENGLISH = "en"
Said = Callable[[str], str]
"""Returns an English text of the page in another language."""
_DAY_FIRST = {ENGLISH: "en_GB"}
_LONGEST_HEADER = 1_000
_PREFERRED = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


def N_(text: str) -> str:  # noqa: N802
    """Mark a text for translation where it is translated later; `pybabel extract` knows the name."""
    return text


# What the page takes over from other modules, which stay English; the tests hold that it is still what they say.
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
# What it takes over besides, of what an LLM's answer is told with.
OF_AN_LLM = (
    N_("The LLM was stopped, for it said the same over and over."),
    N_("The LLM was cut off while it was still thinking; ASSISTANT_LLM_OUTPUT sets how many tokens it may write."),
    N_("The LLM began thoughts or code that have no end; they are not shown."),
    N_("What is in another language than the articles was not checked against them."),
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the page: its code, as "de" or "pt_BR", and the name that it has in itself."""

    code: str
    name: str


@cache
def languages() -> tuple[Language, ...]:
    """Return the languages there are, English first, then by their names."""
    folder = files("assistant.web.page").joinpath("languages")
    codes = [file.name.removesuffix(".po") for file in folder.iterdir() if file.name.endswith(".po")]
    return _language(ENGLISH), *sorted((_language(code) for code in codes), key=lambda one: one.name)


def _language(code: str) -> Language:
    from babel import Locale

    name = Locale.parse(code).get_display_name() or code
    return Language(code, name[:1].upper() + name[1:])


@cache
def texts(code: str) -> "NullTranslations":
    """Return what translates into a language, by its `gettext` and `ngettext`; English for one that is not there."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import NullTranslations, Translations

    if code == ENGLISH or code not in (one.code for one in languages()):
        return NullTranslations()
    compiled = BytesIO()
    with files("assistant.web.page").joinpath("languages", f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Translations(compiled)


def said(code: str) -> Said:
    """Return what says a text of the page, and nothing else, in a language; any other text stays as it is."""
    translations = texts(code)
    # The empty text is the file's header.
    return lambda text: translations.gettext(text) if text else ""


@lru_cache(maxsize=256)
def chosen(accept_language: str | None) -> str:
    """Return the code of the language that suits a browser best, by its Accept-Language; English if none does."""
    from babel import negotiate_locale

    wanted = []
    for part in (accept_language or "")[:_LONGEST_HEADER].split(","):
        found = _PREFERRED.fullmatch(part)
        weight = float(found[2] or 1) if found else 0
        if found and weight:
            wanted.append((-weight, found[1].replace("-", "_").lower()))
    codes = {one.code.lower(): one.code for one in languages()}
    best = negotiate_locale([name for _, name in sorted(wanted, key=lambda one: one[0])], list(codes))
    return codes.get(best or "", ENGLISH)


def long_date(day: date, code: str) -> str:
    """Write a date out as a language does: 24 October 2025, 24. Oktober 2025."""
    from babel.dates import format_date

    return format_date(day, format="long", locale=_DAY_FIRST.get(code, code))


def month(day: date, code: str, pattern: str = "LLLL y") -> str:
    """Write a month out, October 2025, or by another pattern of Unicode's for dates."""
    from babel.dates import format_date

    return format_date(day, format=pattern, locale=code)


def number(value: int, code: str) -> str:
    """Write a number with the separators of a language: 1,234 or 1.234."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=code)
