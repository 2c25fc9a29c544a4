"""The built-in answerer: one to three sentences of the articles, word for word, each with its citation.

A sentence that opens on "He" or "The company" brings the sentence before it, which says who that is.
"""

import re
from collections.abc import Sequence

from assistant.evidence import Evidence
from assistant.values import Citation, Claim
from index.article import Article
from index.sentences import Span, sentences

_MOST_SENTENCES = 3
# A further sentence is shown when its probability comes this near to the best one's.
_NEAR_BEST = 0.5
# How many sentences back the one that names somebody is looked for.
_MOST_BACK = 2

_POINTS_BACK = re.compile(
    r"""["“'‘(]*(?:(?:but|and|also|so|yet|still|however|instead|then|meanwhile|in\s+(?:addition|turn|response)),?\s+)?
    (?: (?:he|she|they|it|his|her|hers|their|theirs|its|him|them|this|these|those|that|both|such)\b
      | the\s+(?:former|latter|same|company|firm|group|bank|agency|organi[sz]ation|official|minister|president|pair|two
        |two\s+(?:men|women|sides|countries)|man|woman|deal|move|decision|plan|proposal|source|report|study)\b )""",
    re.IGNORECASE | re.VERBOSE,
)


def quote(ranked: Sequence[Evidence], threshold: float) -> list[Claim]:
    """Answer with the sentences that answer best, in reading order; [] when none reaches `threshold`.

    `ranked` comes most probable first. The article of the best sentence comes first, then the others by rank.
    Returns claims whose text is their quote; numbers follow the order.
    """
    if not ranked or ranked[0].probability < threshold:
        return []
    chosen: dict[tuple[str, Span], Article] = {}
    for evidence in ranked[:_MOST_SENTENCES]:
        if evidence.probability < max(threshold, _NEAR_BEST * ranked[0].probability):
            break
        needed = _with_context(evidence)
        new = [span for span in needed if (evidence.article.id, span) not in chosen]
        if chosen and len(chosen) + len(new) > _MOST_SENTENCES:
            continue
        chosen |= {(evidence.article.id, span): evidence.article for span in new}
    articles = list(dict.fromkeys(id_ for id_, _ in chosen))
    order = sorted(chosen, key=lambda place: (articles.index(place[0]), place[1]))
    return [_claim(number, chosen[place], place[1]) for number, place in enumerate(order, 1)]


def _claim(number: int, article: Article, span: Span) -> Claim:
    text = article.text[slice(*span)]
    return Claim(text, (Citation(number, article, *span, text),), "supported")


def _with_context(evidence: Evidence) -> list[Span]:
    """Find the sentences needed to read one: itself, last, and those before it that say who is meant."""
    spans = sentences(evidence.article.text)
    at = next((n for n, span in enumerate(spans) if span[0] >= evidence.start), 0)
    needed = [(evidence.start, evidence.end)]
    for back in range(1, _MOST_BACK + 1):
        if at - back < 0 or not points_back(evidence.article.text[slice(*needed[0])]):
            break
        needed.insert(0, spans[at - back])
    return needed


def points_back(sentence: str) -> bool:
    """Say whether a sentence opens on somebody or something that an earlier sentence names."""
    return _POINTS_BACK.match(sentence) is not None
