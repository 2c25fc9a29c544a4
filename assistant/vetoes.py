"""What keeps a claim from being supported, however similar its quotes are: numbers, names and negation.

Each function finds the words of a claim that its quotes do not bear out. They are the mistakes that similarity passes
over and that summaries make most (Kryściński et al., "Evaluating the Factual Consistency of Abstractive Text
Summarization", 2020; Pagnoni, Balachandran & Tsvetkov, "FRANK", 2021).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from assistant.amounts import Amount, resolved
from assistant.worded import Word, Worded
from index.article import Article

# What a nation is called besides forms of its name and its initials.
_ALSO = (
    {"us", "usa", "united", "states", "america", "american", "americans", "washington"},
    {"uk", "united", "kingdom", "britain", "british", "briton", "britons", "london"},
    {"france", "french"},
    {"spain", "spanish", "spaniard", "spaniards"},
    {"netherlands", "dutch", "holland"},
    {"switzerland", "swiss"},
    {"wales", "welsh"},
    {"greece", "greek", "greeks"},
    {"poland", "polish", "pole", "poles"},
    {"denmark", "danish", "dane", "danes"},
    {"turkey", "turkish", "türkiye"},
    {"germany", "german", "germans"},
    {"russia", "russian", "russians", "moscow", "kremlin"},
    {"ukraine", "ukrainian", "ukrainians", "kyiv", "kiev"},
    {"china", "chinese", "beijing"},
)
# Two nations and an organisation have it: alone it tells none of them.
_SHARED = frozenset({"united"})
# They may stand for their nation; what is said of the nation has not happened in its capital.
_SEATS = frozenset("washington london moscow kremlin kyiv kiev beijing".split())
# Endings by which forms of one name differ: "Russia" and "Russian", "Normandy" and "Normans".
_ENDINGS = frozenset(("", *"n an ian ans ians ese ish s es i ic ics e y ies a ia ine er ers man men al als 's".split()))
_PRONOUN = re.compile(
    r"\b(?:he|she|they|it|his|her|hers|their|theirs|its|him|them|the\s+(?:company|firm|group"
    r"|bank|agency|two|pair|former|latter|country|city|president|minister|team|film|show|series|song|book|game|band))\b",
    re.I,
)
# Words that deny something without a "not".
_NEGATIVE = re.compile(
    r"\b(?:fail|lack|except|ban|prohibit|forb|prevent|cancel|abandon|avoid|exclud|stop|ceas|rare|seldom|scarce|oppos"
    r"|miss|unable|impossib|unlike|unclear|unknown|unusual|absen|few|little|free of|differ)\w*"
    r"|\bun\w+(?:ed|able|ible)\b|\w{3,}less\b",
    re.I,
)
_NOT_MEANT = re.compile(
    r"\bnot\s+(?:only|just|least|merely|simply|limited|to\s+mention)\b|\bno\s+(?:less|doubt|fewer|sooner|matter|more\s+than)\b"
    r"|\bnothing\s+but\b|\bNo\.\s*\d|\bneither\s+here\b",
    re.I,
)
_DAYS = frozenset({"day", "month", "weekday"})
_CLAUSE_END = re.compile(r"[;:.!?()]|,|\b(?:but|because|since|although|while|whereas|which|who)\b", re.I)
_MOST_SCOPE = 4
# What stands between quotation marks is somebody's words from so many words on; before that it may be a title.
_LEAST_QUOTED = 3
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]{5,400})[\"“”»]|``([^`']{5,400})''")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a claim is compared with: the sentences quoted, those right before them, and their articles."""

    quotes: Sequence[Worded]
    before: Sequence[Worded]
    articles: Sequence[Article]
    titles: Sequence[Worded] = field(default=())


def missing_amounts(claim: Worded, ground: Ground) -> list[str]:
    """Find the numbers and dates of a claim that no quote has.

    A day may be told by a weekday and the day of publishing, a year by the latter alone where the quotes name none.
    Dates may stand in the sentence before, all in the title.
    """
    found = [one for quote in ground.quotes for one in quote.amounts]
    around = [one for text in ground.before for one in text.amounts if one.kind in ("year", "month", "day", "weekday")]
    titles = [one for text in ground.titles for one in text.amounts]
    told = list(chain(expanded(found, ground.articles), expanded(around, ground.articles), titles))
    years = {str(article.published.year) for article in ground.articles if article.published}
    kinds = [{one.kind for one in quote.amounts} for quote in ground.quotes]
    no_year = not any("year" in some for some in kinds) or any(some & _DAYS and "year" not in some for some in kinds)
    missing = []
    for amount in claim.amounts:
        if amount.weak or any(amount.agrees(one) for one in told):
            continue
        if amount.kind == "year" and no_year and amount.forms & years:
            continue
        missing.append(claim.text[amount.start : amount.end])
    return missing


def expanded(found: Iterable[Amount], articles: Sequence[Article]) -> Iterator[Amount]:
    """Add what an amount says besides: a day its month and weekday, a weekday the day it was before publishing."""
    for one in found:
        forms = set(one.forms)
        for form in one.forms:
            kind, _, value = form.partition(":")
            if kind == "day":
                forms.add(f"month:{value.partition('-')[0]}")
        for article in articles:
            forms |= resolved(one, article.published)
        yield Amount(one.start, one.end, frozenset(forms), one.unit, one.weak, one.hedged)


def missing_names(claim: Worded, ground: Ground) -> list[str]:
    """Find the names of a claim, word by word, that neither its quotes nor what says who is meant in them has.

    That is the title, the author and the publisher, the sentence before where the quote has a pronoun, and for a first
    name the article: who is "Marco Rubio" anywhere in it is so where it says "Mr. Rubio".
    """
    known = {word.lower for text in chain(ground.quotes, ground.titles) for word in text.words}
    for article in ground.articles:
        known |= set(re.findall(r"\w+", f"{article.author or ''} {article.publisher or ''}".lower()))
    if any(_PRONOUN.search(quote.text) for quote in ground.quotes):
        known |= {word.lower for text in ground.before for word in text.words}
    texts = [*ground.quotes, *ground.titles, *ground.before]
    known = {word.replace(".", "") for word in known}
    short = frozenset[str]().union(*(text.abbreviated for text in texts))
    initials = frozenset[str]().union(*(text.initials for text in texts))
    missing = []
    for run in claim.names:
        lacking = [n for n in run if not _is_known(claim.words[n], known, initials)]
        if not lacking or claim.initials_of(run) in short:
            continue
        whole = " ".join(claim.words[n].written for n in run)
        inside = len(lacking) < len(run) and any(_stands(whole, article) for article in ground.articles)
        missing += [] if inside else [claim.words[n].written for n in lacking]
    return missing


def is_named(claim: Worded, run: Sequence[int], n: int, quote: Worded) -> bool:
    """Say whether a word of a claim's name stands in a quote in another form: "ECB", "Russian", "the U.S."."""
    return claim.initials_of(run) in quote.abbreviated or _is_known(claim.words[n], quote.bare, quote.initials)


def _is_known(word: Word, known: Collection[str], initials: Collection[str]) -> bool:
    name = word.lower.replace(".", "")
    if name in known or (word.written.isupper() and name in initials):
        return True
    if any(name in also - _SEATS and any(other in known for other in also - _SHARED) for also in _ALSO):
        return True
    return any(_are_forms(name, other) for other in known if other[:3] == name[:3])


def _are_forms(name: str, other: str) -> bool:
    shared = next((n for n, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other)))
    return shared >= 4 and name[shared:] in _ENDINGS and other[shared:] in _ENDINGS


def _stands(name: str, article: Article) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", article.text) is not None


def missing_words(claim: Worded, ground: Ground) -> list[str]:
    """Find what a claim gives as somebody's words, between quotation marks, and no quote has word for word."""
    told = [f" {' '.join(word.lower for word in text.words)} " for text in chain(ground.quotes, ground.before)]
    missing = []
    for match in _QUOTED.finditer(claim.text):
        inside = [word.lower for word in claim.words if match.start() < word.start < match.end()]
        if len(inside) >= _LEAST_QUOTED and not any(f" {' '.join(inside)} " in text for text in told):
            missing.append(match.group())
    return missing


def wrong_negation(claim: Worded, ground: Ground) -> list[str]:
    """Find where a claim says "not" and its quotes do not, or the other way round; then ["not"], or the word denied."""
    mine, its = list(_denied(claim)), [list(_denied(quote)) for quote in ground.quotes]
    denied_there = {stem for found in its for _, scope in found for stem in scope}
    said_there = {stem for quote in ground.quotes for stem in quote.stems}
    missing = []
    for written, scope in mine:
        if not scope or set(scope) & denied_there:
            continue
        if scope[0] in said_there or not any(
            _NEGATIVE.search(quote.text) or quote.negations for quote in ground.quotes
        ):
            missing.append(written)
    denied_here = {stem for _, scope in mine for stem in scope}
    for quote, found in zip(ground.quotes, its, strict=True):
        for written, scope in ((written, scope) for written, scope in found if scope):
            others = [one for one in ground.quotes if one is not quote]
            shared = sum(stem in claim.stems for stem in scope) * 2 >= len(scope)
            if not shared:
                continue
            if scope[0] in claim.stems - denied_here and not any(scope[0] in one.stems for one in others):
                missing.append(written)
    return list(dict.fromkeys(missing))


def _denied(sentence: Worded) -> Iterator[tuple[str, list[str]]]:
    """Find each "not" of a sentence, as it is written, and the stems of what it denies, the nearest first."""
    for start, end in sentence.negations:
        if _NOT_MEANT.match(sentence.text, start):
            continue
        stop = _CLAUSE_END.search(sentence.text, end)
        close = stop.start() if stop else len(sentence.text)
        scope = [sentence.words[n].stem for n in sentence.content if end <= sentence.words[n].start < close]
        yield sentence.text[start:end], scope[:_MOST_SCOPE]
