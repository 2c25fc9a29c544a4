"""Sentences altered by rule so that they are no longer true.

Each rule takes a sentence and gives another one, or None where it does not apply or the outcome would be doubtful. They
find names and numbers by patterns of their own, not with the code they are there to measure.
"""

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from benchmarks.rewordings import AUXILIARY, CALENDAR, SMALL_WORDS, WORD_NUMBERS, joined
from index.text.sentences import sentences

Rule = Callable[[str, "Material"], str | None]

_NUMBER = re.compile(r"(?<![\w.,:/–-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w:/–-]|[.,]\d)")
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(WORD_NUMBERS)})\b")
_NAME = re.compile(
    r"(?<![\w'’.])(?:[A-Z][\w'’-]*[a-z][\w’-]*|[A-Z]{2,})(?:\s(?:of\s|the\s)?[A-Z][\w’-]*[a-z]\w*)*(?![\w'’])"
)
_NEGATED = re.compile(
    r"\b(?:not|n['’]t|never|no|none|nor|neither|without|nobody|nothing|cannot|hardly|few|little|only)\b", re.I
)
_DEPENDENT = re.compile(
    r"\b(?:which|who|whom|whose|that|when|while|if|where|because|although|though|since|as|after|before|than|whether|until)\b"
    r"|[;:(\"“`]",
    re.I,
)
# Between two names, these say the same in both directions, or nothing that would turn round.
_BOTH_WAYS = re.compile(
    r"\b(?:and|or|nor|with|between|met|married|versus|vs|against|like|near|alongside|including|such|as|meaning|called|known"
    r"|aka|is|are|was|were|than|along|joined)\b|[;:()\"“`/&|]",
    re.I,
)
_SUBJECT = re.compile(
    r"(?P<subject>[A-Z][^,;:()]{2,60}?) (?P<verb>was|were|is|are|has|had|have|can|could|will|would|became|began|may)"
    r" (?P<rest>.+)$"
)
_OPPOSITES = {
    one: other
    for pair in """
    increased:decreased increase:decrease rose:fell higher:lower high:low largest:smallest large:small before:after
    won:lost began:ended started:ended north:south northern:southern east:west eastern:western above:below more:fewer
    most:fewest early:late earlier:later first:last oldest:youngest old:new allowed:forbade accepted:rejected
    supported:opposed gained:lost bought:sold male:female father:mother son:daughter inside:outside upper:lower
    positive:negative strong:weak strongest:weakest rich:poor maximum:minimum best:worst better:worse inner:outer
    public:private always:never easy:difficult majority:minority success:failure successful:unsuccessful
    """.split()
    for a, b in [pair.split(":")]
    for one, other in ((a, b), (b, a))
}
_SMALL = frozenset("of the in on at to by for from a an his her its their into near de la".split())


class Material:
    """What alterations may draw on: chance with a fixed seed, the passage a sentence is from, and names elsewhere."""

    def __init__(self, seed: str, passage: str, elsewhere: Sequence[str], sentences: Sequence[str] = ()) -> None:
        self.chance = random.Random(seed)
        self.sentences = sentences
        self.passage = passage
        self.elsewhere = elsewhere


def names_in(text: str) -> list[re.Match[str]]:
    """Find the names of a sentence that do not open it."""
    found = []
    for match in _NAME.finditer(text):
        opens = not text[: match.start()].strip(" \"“'`(") or text[: match.start()].rstrip()[-1] in '.!?:;"“`|•'
        first = match.group().split()[0].lower()
        if not opens and first not in SMALL_WORDS and not set(match.group().split()) & set(CALENDAR):
            found.append(match)
    return found


def number_altered(sentence: str, material: Material) -> str | None:
    """Put another number in the place of one; the new one is nowhere in the passage."""
    found = [*_NUMBER.finditer(sentence), *_WORD_NUMBER.finditer(sentence)]
    if not found:
        return None
    match = material.chance.choice(found)
    for _ in range(20):
        new = _another(match.group(), material.chance)
        if not re.search(rf"(?<![\d.,]){re.escape(new)}(?![\d.,]*\d)", f"{material.passage} {sentence}"):
            return _put(sentence, match, new)
    return None


def number_from_passage(sentence: str, material: Material) -> str | None:
    """Put another number of the passage, as long as the old one, in the place of one of the sentence."""
    found = list(_NUMBER.finditer(sentence))
    here = {match.group() for match in found}
    there = sorted({match.group() for match in _NUMBER.finditer(material.passage)} - here)
    pairs = [(old, new) for old in found for new in there if len(new) == len(old.group())]
    return _put(sentence, *material.chance.choice(pairs)) if pairs else None


def numbers_swapped(sentence: str, material: Material) -> str | None:
    """Let two numbers of a sentence change places."""
    found = list(_NUMBER.finditer(sentence))
    pairs = [
        (one, other)
        for n, one in enumerate(found)
        for other in found[n + 1 :]
        if one.group() != other.group() and len(sentence[one.end() : other.start()].split()) >= 2
    ]
    return _swap(sentence, *material.chance.choice(pairs)) if pairs else None


def name_from_passage(sentence: str, material: Material) -> str | None:
    """Put another name of the passage in the place of one of the sentence."""
    return _renamed(sentence, [match.group() for match in names_in(material.passage)], material)


def name_from_elsewhere(sentence: str, material: Material) -> str | None:
    """Put a name that is not in the passage in the place of one of the sentence."""
    return _renamed(sentence, [name for name in material.elsewhere if name not in material.passage], material)


def names_swapped(sentence: str, material: Material) -> str | None:
    """Let two names change places where a verb stands between them that does not say the same both ways."""
    found = names_in(sentence)
    opening = _NAME.match(sentence)
    if opening and re.search(rf"[a-z,] {re.escape(opening.group())}\b", material.passage):
        found.insert(0, opening)
    pairs = [
        (one, other)
        for one, other in pairwise(found)
        if not _alike(one.group(), other.group()) and _has_verb(sentence[one.end() : other.start()])
    ]
    return _swap(sentence, *material.chance.choice(pairs)) if pairs else None


def negation_added(sentence: str, material: Material) -> str | None:
    """Say that the main clause is not so."""
    del material
    match = AUXILIARY.search(sentence)
    if not match or _NEGATED.search(sentence) or _DEPENDENT.search(sentence[: match.start()]):
        return None
    return f"{sentence[: match.end()]} not{sentence[match.end() :]}"


def negation_removed(sentence: str, material: Material) -> str | None:
    """Take the "not" out of a sentence that has one of them and no other negation."""
    del material
    if len(_NEGATED.findall(sentence)) != 1 or re.search(
        r"\bnot (?:only|just|necessarily|all|every|until)\b", sentence
    ):
        return None
    plain = re.sub(r"\b(\w+) (?:not|never) ", r"\1 ", sentence, count=1)
    plain = plain if plain != sentence else re.sub(r"\bcannot\b", "can", sentence)
    plain = plain if plain != sentence else re.sub(r"\b(has|have|had|was|were|is|are) no ", r"\1 a ", sentence)
    return plain if plain != sentence else None


def opposite(sentence: str, material: Material) -> str | None:
    """Say the opposite of a word that has one."""
    found = [match for match in re.finditer(r"\b[a-z]+\b", sentence) if match.group() in _OPPOSITES]
    if not found or _NEGATED.search(sentence):
        return None
    match = material.chance.choice(found)
    return _put(sentence, match, _OPPOSITES[match.group()])


def spliced(sentence: str, material: Material) -> str | None:
    """Say of what a sentence is about what another sentence of the passage says of something else."""
    mine = _SUBJECT.match(sentence)
    if not mine or not _is_subject(mine["subject"]):
        return None
    told, here = _long_words(mine["subject"]), _long_words(sentence)
    others = []
    for start, end in sentences(material.passage):
        other = _SUBJECT.match(material.passage[start:end])
        fits = other and _is_subject(other["subject"]) and 5 <= len(other["rest"].split()) <= 30
        # Whose subject has a word of this sentence may be the same thing by another name.
        if other and fits and not _long_words(other["subject"]) & here and not told & _long_words(other["rest"]):
            others.append(other)
    if not others:
        return None
    other = material.chance.choice(others)
    return f"{mine['subject']} {other['verb']} {other['rest']}"


def half_true(sentence: str, material: Material) -> str | None:
    """Add a sentence of another article."""
    return joined(sentence, material.chance.choice(material.sentences)) if material.sentences else None


FALSE: dict[str, Rule] = {
    "number altered": number_altered,
    "number of the passage": number_from_passage,
    "numbers swapped": numbers_swapped,
    "name of the passage": name_from_passage,
    "name from elsewhere": name_from_elsewhere,
    "names swapped": names_swapped,
    "negation added": negation_added,
    "negation removed": negation_removed,
    "opposite said": opposite,
    "spliced": spliced,
    "half true": half_true,
}
"""The rules that make a true sentence false, by the name of what they do."""


def _another(number: str, chance: random.Random) -> str:
    """Make up a number of the same kind: a year near a year, a count of the same size, as it is written."""
    if number in WORD_NUMBERS:
        return chance.choice([word for word in WORD_NUMBERS if word != number])
    bare = number.replace(",", "")
    whole, _, decimals = bare.partition(".")
    value = int(whole)
    if len(bare) == 4 and bare[0] in "12" and "," not in number:
        return str(value + chance.choice([-30, -12, -7, -3, -1, 1, 2, 5, 11]))
    value += chance.choice([-1, 1]) * chance.randint(1, max(2, value // 2))
    text = f"{max(value, 1):,}" if "," in number else str(max(value, 1))
    return f"{text}.{decimals}" if decimals else text


def _renamed(sentence: str, names: Sequence[str], material: Material) -> str | None:
    found = names_in(sentence)
    if not found:
        return None
    match = material.chance.choice(found)
    others = sorted({name for name in names if not any(_alike(name, one) for one in (match.group(), sentence))})
    return _put(sentence, match, material.chance.choice(others)) if others else None


def _alike(one: str, other: str) -> bool:
    """Say whether two names share the beginning of a word, and so may be forms of one name."""
    starts = [{word[:4].lower() for word in re.findall(r"\w{2,}", name) if word[0].isupper()} for name in (one, other)]
    return bool(starts[0] & starts[1])


def _long_words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"\w{4,}", text)}


def _is_subject(text: str) -> bool:
    """Say whether what stands before a verb names something: no pronoun, no clause of its own."""
    first = text.split()[0].lower()
    pronouns = {
        "he",
        "she",
        "it",
        "they",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "his",
        "her",
        "their",
        "its",
    }
    return (
        first not in pronouns
        and not _DEPENDENT.search(text)
        and not re.match(
            r"(?:In|On|At|By|For|From|With|During|However|Of|To|One|Some|Many|Other|Another|Both|All|Most)\b", text
        )
    )


def _has_verb(between: str) -> bool:
    found = between.split()
    told = [word for word in found if word.islower() and word not in _SMALL and len(word) > 3]
    return bool(told) and not _BOTH_WAYS.search(between) and "," not in between and len(found) <= 10


def _put(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]


def _swap(sentence: str, one: re.Match[str], other: re.Match[str]) -> str:
    between = sentence[one.end() : other.start()]
    return sentence[: one.start()] + other.group() + between + one.group() + sentence[other.end() :]
