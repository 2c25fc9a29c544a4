"""Sentences reworded by rule so that they stay true.

Each rule gives another sentence, or None where it does not apply.
"""

import re

WORD_NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
CALENDAR = (
    "January February March April May June July August September October November December Monday Tuesday Wednesday"
    " Thursday Friday Saturday Sunday"
).split()
SMALL_WORDS = frozenset(
    """
    the a an i it its he she they his her their this that these those in on at by for from with after before during when
    while since as if although though because there here we you our your some many most all both each other another one
    two three first however and but or so mr mrs ms dr sir king queen president prime minister bc ad ce bce
    """.split()
)
AUXILIARY = re.compile(r"\b(was|were|is|are|has|have|had|can|could|will|would|may|must|should)\b(?!n['’]t)")
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(WORD_NUMBERS)})\b")
_MONTHS = "|".join(CALENDAR[:12])
_SYNONYMS = {
    "began": "started", "approximately": "about", "about": "roughly", "many": "numerous", "large": "big",
    "built": "constructed", "constructed": "built", "located": "situated", "often": "frequently",
    "also": "as well",
    "said": "stated", "including": "among them", "however": "though", "during": "in the course of",
    "several": "a number of", "because": "since", "main": "principal", "created": "made", "received": "got",
    "used": "employed", "became": "turned into", "children": "kids", "help": "assist", "died": "passed away",
    "important": "significant", "usually": "normally", "primarily": "mainly", "over": "more than", "begin": "start",
    "begins": "starts", "ended": "came to an end", "shows": "displays", "show": "display", "area": "region",
    "major": "big", "various": "different", "obtain": "get", "required": "needed", "called": "named",
}  # fmt: skip


def reworded(sentence: str) -> str | None:
    """Reword a sentence by all light rules that apply, in the order of `_LIGHT`; None when none does."""
    said = sentence
    for rule in _LIGHT:
        said = rule(said) or said
    return said if said != sentence else None


def cut(sentence: str) -> str | None:
    """Keep the first clause of a sentence, or what it says without an insertion."""
    for pattern in (r",\s+(?:and|but|while|which|who|where)\s.*$", r"\s*;\s.*$"):
        short = re.sub(pattern, ".", sentence, count=1)
        if (
            short != sentence
            and len(short.split()) >= 6
            and AUXILIARY.search(short)
            and not re.match(r"(?:if|when|while|although|as|in|on|after|before|since|because)\b", short, re.I)
        ):
            return short.replace(" .", ".")
    return None


def joined(sentence: str, other: str) -> str | None:
    """Make one sentence of two."""
    if not sentence.rstrip().endswith(".") or not 30 < len(other) < 220 or len(sentence) > 220:
        return None
    low = other[0].lower() + other[1:] if other.split()[0].lower() in SMALL_WORDS and other.split()[0] != "I" else other
    return f"{sentence.rstrip(' .')}, and {low}"


def _without_insertion(sentence: str) -> str | None:
    short = re.sub(r"\s*\([^()]{2,120}\)", "", sentence, count=1)
    return short if short != sentence and len(short.split()) >= 5 else None


def _without_adverb(sentence: str) -> str | None:
    short = re.sub(
        r"(?<=[a-z]) (?!only|early|family|supply|apply|partly|nearly|hardly|rarely|likely|holy)[a-z]{3,}ly(?= [a-z])",
        "",
        sentence,
        count=1,
    )
    return short if short != sentence else None


def _number_as_word(sentence: str) -> str | None:
    def spell(match: re.Match[str]) -> str:
        return WORD_NUMBERS[int(match.group()) - 2]

    said = re.sub(
        r"(?<=[a-z] )(?:[2-9]|1[0-2])(?= [a-z]{3})(?! (?:million|billion|thousand|percent|per))",
        spell,
        sentence,
    )
    if said != sentence:
        return said
    said = _WORD_NUMBER.sub(lambda match: str(WORD_NUMBERS.index(match.group()) + 2), sentence)
    return said if said != sentence else None


def _number_reformatted(sentence: str) -> str | None:
    said = re.sub(r"\b(\d+(?:\.\d+)?) (?:per cent|percent)\b", r"\1%", sentence)
    said = re.sub(r"(?<=\d) ?%", " per cent", said) if said == sentence else said
    said = re.sub(r"\b(\d{1,3}),000,000\b", r"\1 million", said)
    return re.sub(r"\b(\d{1,3}),(\d{3})\b(?!,)", r"\1\2", said)


def _date_reformatted(sentence: str) -> str | None:
    said = re.sub(rf"\b({_MONTHS}) (\d{{1,2}})\b(?:\s?,)?(?= \d{{4}}|\b)(?! \d{{2}}\b)", r"\2 \1", sentence)
    if said == sentence:
        said = re.sub(rf"\b(\d{{1,2}}) ({_MONTHS})\b", r"\2 \1", sentence)
    return said if said != sentence else None


def _synonym(sentence: str) -> str | None:
    count = 0

    def swap(match: re.Match[str]) -> str:
        nonlocal count
        new = _SYNONYMS.get(match.group())
        count += new is not None
        return new if new is not None and count <= 2 else match.group()

    said = re.sub(r"(?<=\s)[a-z]+(?=[\s,.])", swap, sentence)
    return said if said != sentence else None


def _moved(sentence: str) -> str | None:
    """Put a date that opens a sentence at its end."""
    match = re.match(
        r"((?:In|On|By|During) [^,]{3,30}\d[^,]{0,10}?)\s?, ((?:the|a|an|he|she|it|they)\s[^.;]*?)\s?\.$", sentence
    )
    if not match:
        return None
    return f"{match[2][0].upper()}{match[2][1:]} {match[1][0].lower()}{match[1][1:]}."


_LIGHT = (
    _without_insertion, _without_adverb, _number_as_word, _number_reformatted, _date_reformatted, _moved, _synonym
)  # fmt: skip
