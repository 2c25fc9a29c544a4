"""Claims with evidence, for the checker: true ones in other words, and false ones that differ in a word or two.

What is measured (`benchmarks/statements.jsonl`, `benchmarks/claims.py`) is not used, and neither are the rules that
alter claims there. A claim knows which of its characters are not borne out, where that is known: one word changed in a
copy is a small part of a claim, and a model that is told where it stands learns to compare word with word.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.text.sentences import Span, sentences
from training import forms
from training.alike import Alike
from training.alter import NAME, NUMBER, OTHERS, About, altered
from training.data import Asked, Source
from training.written import otherwise

Label = Literal["supported", "contradicted", "not said"]
LABELS: tuple[Label, ...] = ("supported", "contradicted", "not said")


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """A claim with one to three sentences of evidence under a header.

    `false` are the stretches of the claim that the evidence does not bear out; None where nobody knows which they are.
    """

    claim: str
    header: str
    evidence: str
    label: Label
    false: tuple[Span, ...] | None


def of_sentences(source: Source, many: int, alike: Alike, rng: random.Random) -> Iterator[ClaimPair]:
    """Make claims of sentences of passages: true ones reworded, false ones with something exchanged, others' ones."""
    while many:
        number = rng.randrange(len(source.passages))
        text = source.passages[number]
        spans = [span for span in sentences(text) if 30 < span[1] - span[0] < 320]
        if not spans:
            continue
        at = rng.randrange(len(spans))
        start, end = spans[at]
        evidence = text[
            spans[max(0, at - rng.choice((0, 0, 1)))][0] : spans[min(len(spans) - 1, at + rng.choice((0, 0, 1)))][1]
        ]
        claim = otherwise(_reworded(text[start:end], alike, rng), rng)
        header = forms.header(source.titles[number], rng, 0.5)
        kind = rng.random()
        if kind < 0.38:
            yield ClaimPair(claim, header, evidence, "supported", ())
        elif kind < 0.84:
            near = source.passages[max(0, number - 4) : number + 5]
            changed = altered(claim, About(evidence, " ".join(near), alike, rng))
            if changed is None:
                continue
            yield ClaimPair(changed[0], header, evidence, "contradicted", changed[1])
        else:
            other = source.passages[min(max(0, number + rng.choice((-2, -1, 1, 2))), len(source.passages) - 1)]
            said = [other[slice(*span)] for span in sentences(other) if 30 < span[1] - span[0] < 320]
            said = [one for one in said if one not in evidence]
            if not said or other == text:
                continue
            added = rng.choice(said)
            if kind < 0.92:
                yield ClaimPair(added, header, evidence, "not said", None)
            else:
                yield _extended(claim, added, header, evidence)
        many -= 1


def of_judged(judged: Sequence[ClaimPair], alike: Alike, rng: random.Random) -> Iterator[ClaimPair]:
    """Alter what people said in words of their own and others found true: not every rewording is true."""
    for one in judged:
        if one.label == "supported" and (
            changed := altered(otherwise(one.claim, rng), About(one.evidence, one.evidence, alike, rng))
        ):
            yield ClaimPair(changed[0], one.header, one.evidence, "contradicted", changed[1])


def of_splits(file: Path, alike: Alike, rng: random.Random) -> Iterator[ClaimPair]:
    """Make claims of sentences that people split in two (WikiSplit: Botha et al., 2018), a line each, tokenised.

    A long sentence merges what two say, and says what each of them does.
    """
    for line in file.read_text(encoding="utf-8").splitlines():
        whole, parts = (detokenised(part) for part in line.split("\t"))
        first, _, second = parts.partition(" <::::> ")
        evidence, claim = (f"{first} {second}", whole) if rng.random() < 0.6 else (whole, rng.choice((first, second)))
        claim = otherwise(_reworded(claim, alike, rng), rng)
        if rng.random() < 0.5:
            yield ClaimPair(claim, "", evidence, "supported", ())
        elif changed := altered(claim, About(evidence, evidence, alike, rng)):
            yield ClaimPair(changed[0], "", evidence, "contradicted", changed[1])


def of_questions(source: Source, asked: Sequence[Asked], alike: Alike, rng: random.Random) -> Iterator[ClaimPair]:
    """Make claims of questions and answers: people wrote the questions in words of their own.

    "Who won the cup?" and "Ajax" is "Ajax won the cup."; other questions stand before their answer, as they do where
    a claim of a word or two is checked together with the question it answers.
    """
    for one in asked:
        if not one.golds:
            continue
        number = min(one.golds)
        text = source.passages[number]
        a, b = one.golds[number][0]
        spans = sentences(text)
        holding = next((n for n, (start, end) in enumerate(spans) if start <= a and b <= end), None)
        if holding is None:
            continue
        first, last = max(0, holding - rng.choice((0, 1, 1))), min(len(spans) - 1, holding + rng.choice((0, 0, 1)))
        evidence = text[spans[first][0] : spans[last][1]]
        answer = text[a:b]
        false = rng.random() < 0.55
        if false:
            others = [*_kin(answer, source.passages[max(0, number - 3) : number + 4])]
            others = [other for other in others if other.lower() not in evidence.lower()] or [
                other for other in _kin(answer, [evidence]) if other.lower() != answer.lower()
            ]
            like = alike.of_kind(answer, others)
            if not like:
                continue
            answer = rng.choice(like)
        claim, place = _stated(one.question, answer, _leading(text, a))
        header = forms.header(source.titles[number], rng, 0.5)
        yield ClaimPair(claim, header, evidence, "contradicted" if false else "supported", (place,) if false else ())


def of_pairs(file: Path) -> Iterator[ClaimPair]:
    """Read pairs that people wrote and judged."""
    labels: dict[str, Label] = {
        "entailment": "supported",
        "contradiction": "contradicted",
        "neutral": "not said",
        "partial": "not said",
    }
    for line in gzip.decompress(file.read_bytes()).decode("utf-8").splitlines():
        item = json.loads(line)
        label = labels[item["label"]]
        yield ClaimPair(item["claim"], "", item["premise"], label, () if label == "supported" else None)


_SUBJECT = re.compile(
    r"(?:Who (?=(?!did|does|do|is|are|was|were|has|have|had|can|will|would)\w+)"
    r"|(?:What|Which) (?:\w+ ){1,3}?(?=\w{2,}ed |(?:became|won|led|made|said|wrote|held|took|gave|began|came|went) ))"
)
_ELSE = re.compile(r"(?:When|Where|In (?:what|which) \w+|On (?:what|which) \w+|What|Who|Whom) (?:did|does|do) ")
_LEADING = re.compile(r"\b(?:in|on|at|by|from|to|for|with|of|since|until|during)(?: the| a| an)? $")


def _leading(text: str, start: int) -> str:
    """Return the preposition and article right before an answer, if any."""
    found = _LEADING.search(text[:start])
    return found[0] if found else ""


def _stated(question: str, answer: str, leading: str) -> tuple[str, Span]:
    """Put an answer into its question; where that needs an inflection, the bare verb has to do."""
    rest = question.rstrip("?. ")
    if found := _SUBJECT.match(question):
        start = answer[:1].upper() + answer[1:]
        return f"{start} {rest[found.end() :]}.", (0, len(start))
    if (found := _ELSE.match(question)) and len(rest) > found.end():
        said = rest[found.end()].upper() + rest[found.end() + 1 :] + " " + leading
        return f"{said}{answer}.", (len(said), len(said) + len(answer))
    return f"{rest}? {answer}.", (len(rest) + 2, len(rest) + 2 + len(answer))


def _extended(claim: str, added: str, header: str, evidence: str) -> ClaimPair:
    """Say more than the evidence does: one part of the claim is true, and one is not there."""
    first = claim.rstrip(" .") + ", and "
    second = added[0].lower() + added[1:] if added.split()[0] in ("The", "It", "In", "A", "This", "They") else added
    return ClaimPair(first + second, header, evidence, "not said", ((len(first), len(first) + len(second)),))


def _kin(answer: str, texts: Sequence[str]) -> list[str]:
    """List what could stand in an answer's place: numbers for a number, names for a name."""
    pattern = NUMBER if NUMBER.search(answer) else NAME if answer[:1].isupper() else None
    if pattern is None:
        return []
    found = dict.fromkeys(match[0] for text in texts for match in pattern.finditer(text))
    if pattern is NUMBER:
        number = NUMBER.search(answer)
        assert number
        return [
            answer.replace(number[0], other) for other in found if len(other) == len(number[0]) and other != number[0]
        ]
    return [name for name in found if name.lower() not in answer.lower()]


def detokenised(text: str) -> str:
    """Join what was cut into tokens: `Ireland 's ( small ) towns .` is `Ireland's (small) towns.`."""
    text = text.replace("`` ", '"').replace(" ''", '"').replace("-LRB- ", "(").replace(" -RRB-", ")")
    return re.sub(r" (?=[,.;:?!%)\]]|['’]\w|n't)|(?<=[(\[$£€]) ", "", text).strip()


def _reworded(sentence: str, alike: Alike, rng: random.Random) -> str:
    """Say a sentence in other words: those that mean much the same, without an insertion, in another order."""
    share = rng.choice((0.0, 0.0, 0.1, 0.25, 0.4))

    def other(found: re.Match[str]) -> str:
        near = alike.near(found[0]) if found[0] not in OTHERS and rng.random() < share else ()
        return rng.choice(near[:3]) if near else found[0]

    said = re.sub(r"(?<![\w’'-])[a-z]{4,}(?![\w’'-])", other, sentence)
    if rng.random() < 0.3:
        said = re.sub(r" \([^()]*\)|, (?:which|who) [^,]{5,60},", "", said, count=1)
    if rng.random() < 0.25 and (
        found := re.match(r"((?:In|On|At|After|Before|During|By|Since) [^,]{3,50}), (.+?)([.!?]?)$", said)
    ):
        first = found[1][0].lower() + found[1][1:]
        said = f"{found[2][0].upper()}{found[2][1:]} {first}{found[3] or '.'}"
    if rng.random() < 0.25:
        # The first of two clauses alone.
        short = re.sub(r"[,;] (?:and|but|while|which|where|although) .*$", ".", said)
        said = short if len(short) > 30 else said
    return said
