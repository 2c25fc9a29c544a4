"""The built-in answerer: one to three sentences of the articles, word for word, each with its citation.

A sentence that opens on "He" or "The company" brings the sentence before it, which says who that is.
"""

import re
from collections.abc import Sequence

from assistant.evidence import Evidence, is_heading
from assistant.values import Citation, Claim
from index.article import Article
from index.sentences import Span, sentences

_MOST_SENTENCES = 3
# How many of the best sentences are looked at to find so many.
_LOOKED_AT = 6
# A further sentence is shown when its probability comes this near to the best one's.
_NEAR_BEST = 0.5
# How many sentences back the one that names somebody is looked for.
_MOST_BACK = 2

_POINTS_BACK = re.compile(
    r"""["“'‘(]*(?:(?:but|and|also|so|yet|still|however|instead|then|meanwhile|in\s+(?:addition|turn|response)),?\s+)?
    (?: (?:he|she|they|his|her|hers|their|theirs|its|him|them|such)\b
      | it\b(?!\s+(?:is|was|has\s+been|will\s+be)\s+\w+\s+(?:for|to|that)\b)
      | (?:this|that|these)\b(?!\s+(?:week|month|year|time|morning|afternoon|evening|weekend|summer|winter))
      | (?:those|both)\b(?!\s+(?:who|in|of|from|with|(?-i:[A-Z])))
      | the\s+(?:former|latter|same|pair|two)\b
      | the\s+(?:company|firm|group|bank|agency|organi[sz]ation|official|minister|president|man|woman|deal|move|decision
        |plan|proposal|source|report|study)\b(?!\s+(?:of|by|for|from|between|in|on|who|that|which|to|(?-i:[A-Z]))) )""",
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
    said: set[str] = set()
    best, *others = ranked
    for evidence in [best, *(other for other in others if not _is_list_item(other))][:_LOOKED_AT]:
        if evidence.probability < max(threshold, _NEAR_BEST * best.probability):
            break
        needed = _with_context(evidence)
        new = [span for span in needed if (evidence.article.id, span) not in chosen]
        # Two publishers may print the same sentence: it is shown once.
        if _folded(evidence.text) in said or (chosen and len(chosen) + len(new) > _MOST_SENTENCES):
            continue
        chosen |= {(evidence.article.id, span): evidence.article for span in new}
        said |= {_folded(evidence.article.text[slice(*span)]) for span in new}
    articles = list(dict.fromkeys(id_ for id_, _ in chosen))
    order = sorted(chosen, key=lambda place: (articles.index(place[0]), place[1]))
    return [_claim(number, chosen[place], place[1]) for number, place in enumerate(order, 1)]


def _claim(number: int, article: Article, span: Span) -> Claim:
    text = article.text[slice(*span)]
    return Claim(text, (Citation(number, article, *span, text),), "supported")


def _with_context(evidence: Evidence) -> list[Span]:
    """Find the sentences needed to read one: itself, last, and those before it that say who is meant."""
    text = evidence.article.text
    needed = [(evidence.start, evidence.end)]
    before = [span for span in sentences(text) if span[1] <= evidence.start and not is_heading(text[slice(*span)])]
    while before and len(needed) <= _MOST_BACK and points_back(text[slice(*needed[0])]):
        needed.insert(0, before.pop())
    return needed


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_list_item(evidence: Evidence) -> bool:
    """Say whether a sentence is a list item: a key point says less than the sentence it was made from."""
    return evidence.article.text[max(0, evidence.start - 4) : evidence.start].rstrip(" ").endswith(("•", "-"))


def points_back(sentence: str) -> bool:
    """Say whether a sentence opens on somebody or something that an earlier sentence names."""
    return _POINTS_BACK.match(sentence) is not None
