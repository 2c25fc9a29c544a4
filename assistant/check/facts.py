"""Numbers, dates and words in quotation marks: where a program is surer than a model, it has the last word.

Summaries and answers get these wrong most (Pagnoni, Balachandran & Tsvetkov, "FRANK", 2021).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from assistant.language.quantities import Amount, amounts, resolved
from assistant.language.words import told_language, words
from index.types import Article

_DAYS = frozenset({"day", "month", "weekday"})
_DATED = frozenset({"year", *_DAYS})
# What stands between quotation marks is somebody's words from so many words on; before that it may be a title.
_MIN_QUOTED = 3
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]{5,400})[\"“”»]|``([^`']{5,400})''")


def missing_facts(claim: str, texts: Sequence[str], around: Sequence[str], articles: Sequence[Article]) -> list[str]:
    """Find the numbers, dates and quoted words of a claim that `texts`, sentences of `articles`, do not have.

    A date may stand in the sentences `around` them, and all in the title. A day may be told by a weekday and the day of
    publishing, a year by the latter alone where the texts name none.
    """
    return [*_missing_amounts(claim, texts, around, articles), *_missing_words(claim, [*texts, *around])]


def _missing_amounts(
    claim: str, texts: Sequence[str], around: Sequence[str], articles: Sequence[Article]
) -> Iterator[str]:
    languages = {article.language for article in articles}

    def told_in(text: str) -> list[Amount]:
        return [one for language in languages for one in amounts(text, language)]

    inside = [told_in(text) for text in texts]
    near = [one for text in around for one in told_in(text) if one.kind in _DATED]
    titles = [one for article in articles for one in amounts(article.title, article.language)]
    told = [*_expanded(chain(*inside, near), articles), *titles]
    years = {str(article.published.year) for article in articles if article.published}
    kinds = [{one.kind for one in some} for some in inside]
    no_year = not any("year" in some for some in kinds) or any(some & _DAYS and "year" not in some for some in kinds)
    for amount in amounts(claim, told_language(claim, filter(None, languages))):
        if amount.weak or any(amount.agrees(one) for one in told):
            continue
        if not (amount.kind == "year" and no_year and amount.forms & years):
            yield claim[amount.start : amount.end]


def _expanded(found: Iterable[Amount], articles: Sequence[Article]) -> Iterator[Amount]:
    """Add what an amount says besides: a day its month and weekday, a weekday the day it was before publishing."""
    for one in found:
        forms = set(one.forms)
        for article in articles:
            forms |= resolved(one, article.published)
        yield Amount(one.start, one.end, frozenset(forms), one.unit, one.weak, one.hedged)


def _missing_words(claim: str, texts: Sequence[str]) -> Iterator[str]:
    told = [f" {' '.join(words(text))} " for text in texts]
    for match in _QUOTED.finditer(claim):
        said = words(match.group())
        if len(said) >= _MIN_QUOTED and not any(f" {' '.join(said)} " in text for text in told):
            yield match.group()
