"""The built-in answerer: one to three claims in the articles' own words, each with its citations.

A claim is the sentence that answers, with the sentences before it that say who is meant. The best comes first. A
sentence that denies or disputes a claim is shown right after it (`assistant.write.denials`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.language.context import Reading, runs
from assistant.language.words import folded
from assistant.read.evidence import Evidence
from assistant.types import Citation, Claim
from assistant.write.denials import Denials, is_denial
from index.text.sentences import Span
from index.types import Article

# Of claims, and of the sentences in them: for one answer, and where all that answers is asked for.
_MAX_CLAIMS = (3, 5)
_MAX_SENTENCES = (5, 8)
_MAX_DENIALS = 2
# How many of the best sentences are looked at to find so many.
_LOOKED_AT = (6, 16)
# A further sentence is shown when its probability comes this near to the best one's: a half showed the answer to 2 to 8
# questions in 100 fewer (tune halves of the sets), a quarter to hardly any more.
_NEAR_BEST = (1 / 3, 1 / 4)


@dataclass(frozen=True, slots=True)
class _Block:
    """Sentences of one article that are shown as one claim, in reading order; `answers` are the ones chosen.

    `confidence` is the probability of the most probable of them, and `words` those in it that answer; None and
    none for a denial, which nobody asked for.
    """

    article: Article
    spans: tuple[Span, ...]
    answers: frozenset[Span]
    words: Span | None = None
    confidence: float | None = None
    denies: bool = False

    @classmethod
    def of(cls, article: Article, needed: Sequence[Span]) -> "_Block":
        """Make the block of a sentence, which stands last, and those it needs."""
        return cls(article, tuple(needed), frozenset(needed[-1:]))

    @classmethod
    def answered(cls, evidence: Evidence, reading: Reading) -> "_Block":
        """Make the block of a sentence that answers."""
        block = cls.of(evidence.article, reading.with_context(evidence.article, (evidence.start, evidence.end)))
        return replace(block, words=evidence.answer, confidence=evidence.probability)

    def overlaps(self, other: "_Block") -> bool:
        return self.article.id == other.article.id and not set(self.spans).isdisjoint(other.spans)

    def follows(self, other: "_Block") -> bool:
        """Say whether this block goes on where the other ends."""
        between = self.article.text[other.spans[-1][1] : self.spans[0][0]]
        return self.article.id == other.article.id and other.spans[-1][1] <= self.spans[0][0] and not between.strip()

    def joined(self, other: "_Block") -> "_Block":
        spans = sorted({*self.spans, *other.spans})
        surer = max(self, other, key=lambda one: one.confidence or 0.0)
        return replace(
            self,
            spans=tuple(spans),
            answers=self.answers | other.answers,
            words=surer.words,
            confidence=surer.confidence,
        )

    def texts(self) -> Iterator[str]:
        return (self.article.text[slice(*span)] for span in self.spans)

    def answering(self) -> Iterator[str]:
        return (self.article.text[slice(*span)] for span in self.answers)


def quote(ranked: Sequence[Evidence], threshold: float, *, many: bool = False) -> list[Claim]:
    """Answer with the sentences that answer best, best first; [] when none reaches `threshold`.

    `ranked` comes most probable first. At most three claims of together five sentences, more where `many` are asked
    for, and up to two denials beside them. A claim that goes on where a shown one ends is shown next to it. The text of
    a claim is that of its quotes, and each quote is `article.text[start:end]`; numbers follow the order.
    """
    if not ranked or ranked[0].probability < threshold:
        return []
    reading = Reading()
    blocks = _with_denials(_chosen(ranked, threshold, reading, many), ranked, reading)
    claims: list[Claim] = []
    for block in blocks:
        claims.append(_claim(block, 1 + sum(len(claim.citations) for claim in claims)))
    return claims


def _chosen(ranked: Sequence[Evidence], threshold: float, reading: Reading, many: bool) -> list[_Block]:
    """Choose what is shown as claims, best first."""
    best, *others = ranked
    blocks: list[_Block] = []
    for evidence in [best, *(other for other in others if many or not _is_list_item(other))][: _LOOKED_AT[many]]:
        if evidence.probability < max(threshold, _NEAR_BEST[many] * best.probability):
            break
        # Two publishers may print the same sentence: it is shown once.
        if folded(evidence.text) in {folded(text) for block in blocks for text in block.texts()}:
            continue
        added = _added(blocks, _Block.answered(evidence, reading))
        sentences = sum(len(block.spans) for block in added)
        if len(added) <= _MAX_CLAIMS[many] and sentences <= _MAX_SENTENCES[many]:
            blocks = added
    return blocks


def _added(blocks: Sequence[_Block], new: _Block) -> list[_Block]:
    """Put a block behind those that are shown: merged with one it overlaps, or next to one where it goes on."""
    overlapped = [place for place, block in enumerate(blocks) if block.overlaps(new)]
    for place in overlapped:
        new = blocks[place].joined(new)
    if overlapped:
        kept = [block for place, block in enumerate(blocks) if place not in overlapped[1:]]
        kept[overlapped[0]] = new
        return kept
    after = next((place for place, block in enumerate(blocks, 1) if new.follows(block)), len(blocks))
    return [*blocks[:after], new, *blocks[after:]]


def _with_denials(blocks: Sequence[_Block], ranked: Sequence[Evidence], reading: Reading) -> list[_Block]:
    """Put the sentences that deny a shown claim right after it, also those that were to be claims of their own."""
    denials = Denials(ranked, reading)
    shown = list(blocks)
    found = 0
    for block in blocks:
        if found == _MAX_DENIALS or block not in shown or any(map(is_denial, block.answering())):
            continue
        # What another claim needs as its context stays where it is, and is not shown again.
        bound = [
            (b.article.id, span) for b in shown for span in b.spans if b == block or b.denies or b.answers != {span}
        ]
        denial = denials.best(block.article, block.spans, bound)
        if denial is None:
            continue
        place, needed = denial
        shown = [b for b in shown if b == block or not (b.article.id == place.id and b.answers == {needed[-1]})]
        taken = {(b.article.id, span) for b in shown for span in b.spans}
        fresh = [span for span in needed if (place.id, span) not in taken]
        shown.insert(shown.index(block) + 1, replace(_Block.of(place, fresh), denies=True))
        found += 1
    return shown


def _claim(block: _Block, first: int) -> Claim:
    """Make a claim of a block; between quotes that stand apart in the article, its text has a line end."""
    text = block.article.text
    quotes = runs(text, block.spans)
    citations = (Citation(n, block.article, *span, text[slice(*span)]) for n, span in enumerate(quotes, first))
    said, answering = "", []
    for start, end in block.spans:
        if said:
            said += "\n" if any(start == first for first, _ in quotes) else " "
        if block.words and start <= block.words[0] < block.words[1] <= end:
            shift = len(said) - start
            answering.append((block.words[0] + shift, block.words[1] + shift))
        said += text[start:end]
    confidence = None if block.confidence is None else round(block.confidence, 4)
    return Claim(said, tuple(citations), "supported", block.denies, confidence, answering=tuple(answering))


def _is_list_item(evidence: Evidence) -> bool:
    """Say whether a sentence is a list item: a key point says less than the sentence it was made from."""
    return evidence.article.text[max(0, evidence.start - 4) : evidence.start].rstrip(" ").endswith(("•", "-"))
