"""Answer with quotes: one to three claims in the articles' own words, with citations.

A claim is a sentence that answers, preceded by the sentences it needs as context. The best comes first. A sentence that
denies or disputes a claim directly follows it (`assistant.write.denials`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.language.context import SentenceCache, join_adjacent
from assistant.language.words import folded
from assistant.read.evidence import Evidence
from assistant.types import Citation, Claim
from assistant.write.denials import Denials, is_denial
from index.text.sentences import Span
from index.types import Article

# Most claims, and sentences in them: normally, and if all answers are wanted.
_MAX_CLAIMS = (3, 5)
_MAX_SENTENCES = (5, 8)
_MAX_DENIALS = 2
# Most of the best sentences that are considered.
_CONSIDERED = (6, 16)
# A further sentence is shown if its probability is at least this share of the best one's. With 1/2, the answer was
# shown for 2 to 8 questions in 100 fewer (tune halves of the sets), with 1/4 for hardly any more.
_NEAR_BEST = (1 / 3, 1 / 4)


@dataclass(frozen=True, slots=True)
class _Block:
    """Sentences of one article that form one claim, in reading order; `answers` are the chosen ones, without context.

    `confidence` is the highest probability of these, and `words` the span of that one's answering words; both are None
    for a denial.
    """

    article: Article
    spans: tuple[Span, ...]
    answers: frozenset[Span]
    words: Span | None = None
    confidence: float | None = None
    denies: bool = False

    @classmethod
    def of(cls, article: Article, needed: Sequence[Span]) -> "_Block":
        """Make a block of a sentence (the last of `needed`) and its context."""
        return cls(article, tuple(needed), frozenset(needed[-1:]))

    @classmethod
    def answered(cls, evidence: Evidence, cache: SentenceCache) -> "_Block":
        """Make a block of a sentence that answers and its context."""
        block = cls.of(evidence.article, cache.with_context(evidence.article, (evidence.start, evidence.end)))
        return replace(block, words=evidence.answer, confidence=evidence.probability)

    def overlaps(self, other: "_Block") -> bool:
        return self.article.id == other.article.id and not set(self.spans).isdisjoint(other.spans)

    def follows(self, other: "_Block") -> bool:
        """Say whether this block directly follows the other in the article."""
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
    """Return the best sentences as claims, best first; [] if none reaches `threshold`.

    `ranked` comes most probable first. At most three claims with five sentences in all (more with `many`), and up to
    two denials. A claim that directly follows another in the article is placed after it. A claim's text is that of its
    quotes, each quote is `article.text[start:end]`, and numbers follow the order.
    """
    if not ranked or ranked[0].probability < threshold:
        return []
    cache = SentenceCache()
    blocks = _with_denials(_chosen(ranked, threshold, cache, many), ranked, cache)
    claims: list[Claim] = []
    for block in blocks:
        claims.append(_claim(block, 1 + sum(len(claim.citations) for claim in claims)))
    return claims


def _chosen(ranked: Sequence[Evidence], threshold: float, cache: SentenceCache, many: bool) -> list[_Block]:
    """Return the blocks to show as claims, best first."""
    best, *others = ranked
    blocks: list[_Block] = []
    for evidence in [best, *(other for other in others if many or not _is_list_item(other))][: _CONSIDERED[many]]:
        if evidence.probability < max(threshold, _NEAR_BEST[many] * best.probability):
            break
        # Two publishers may print the same sentence: it is shown once.
        if folded(evidence.text) in {folded(text) for block in blocks for text in block.texts()}:
            continue
        added = _added(blocks, _Block.answered(evidence, cache))
        sentences = sum(len(block.spans) for block in added)
        if len(added) <= _MAX_CLAIMS[many] and sentences <= _MAX_SENTENCES[many]:
            blocks = added
    return blocks


def _added(blocks: Sequence[_Block], new: _Block) -> list[_Block]:
    """Add a block: merged with those that it overlaps, after one that it directly follows, or else last."""
    overlapped = [place for place, block in enumerate(blocks) if block.overlaps(new)]
    for place in overlapped:
        new = blocks[place].joined(new)
    if overlapped:
        kept = [block for place, block in enumerate(blocks) if place not in overlapped[1:]]
        kept[overlapped[0]] = new
        return kept
    after = next((place for place, block in enumerate(blocks, 1) if new.follows(block)), len(blocks))
    return [*blocks[:after], new, *blocks[after:]]


def _with_denials(blocks: Sequence[_Block], ranked: Sequence[Evidence], cache: SentenceCache) -> list[_Block]:
    """Insert denials right after the claims that they deny, also denials that were claims of their own."""
    denials = Denials(ranked, cache)
    shown = list(blocks)
    found = 0
    for block in blocks:
        if found == _MAX_DENIALS or block not in shown or any(map(is_denial, block.answering())):
            continue
        # Context of another claim stays there, and is not shown twice.
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
    """Return a block as a claim; line ends in its text separate quotes that are not adjacent in the article."""
    text = block.article.text
    quotes = join_adjacent(text, block.spans)
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
    """Say whether a sentence is a list item: a key point says less than the sentence that it sums up."""
    return evidence.article.text[max(0, evidence.start - 4) : evidence.start].rstrip(" ").endswith(("•", "-"))
