"""Find the sentence that denies or disputes a claim, and says who does.

A wrong denial is worse than none, so three things are required: a cue (`assistant.write.denial_patterns`: "denied",
"rejected this account", "called the report false"), a speaker named in the sentence or its context, and the claim being
what is denied. The words after the cue decide the last: a bare "this" or "the claim" refers to the sentences right
before; anything else must name what the claim names. FactBank (Saurí & Pustejovsky, 2009) and later work on attribution
also describe denials by cue, scope and source.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from assistant.language.context import SentenceCache, points_back
from assistant.language.words import STOP_WORDS, Stems, words
from assistant.read.evidence import Evidence
from assistant.write.denial_patterns import Cue, attributed, cues, has_speaker, names, negated, speaks
from index.text.sentences import Span
from index.types import Article

SentenceKey = tuple[str, Span]
"""An article's id and the span of a sentence."""

# Sentences after a claim within which "this" or "the report" may mean it, and a denial counts as near.
_NEAR = 4
_MIN_SHARED_NEAR = 0.5
_MIN_SHARED = 2 / 3
_MIN_WORDS_FAR = 2
_MIN_WORDS_ELSEWHERE = 3
# Words for the kind of thing denied, not the thing itself.
_EMPTY = frozenset(
    """
    account accounts part role influence involvement claim claims report reports mr mrs ms dr president secretary
    allegation allegations suggestion suggestions truth evidence proof basis indication sign signs any ever never being
    having been done made
    """.split()
)


def is_denial(sentence: str) -> bool:
    """Say whether a sentence denies or disputes something."""
    return bool(cues(sentence))


class Denials:
    """Finds denials of a claim, in its article and among the ranked sentences of others."""

    def __init__(self, ranked: Sequence[Evidence], cache: SentenceCache) -> None:
        self._ranked = ranked
        self._sentences = cache
        self._stems = Stems()
        # Caches: each word is stemmed once, and each sentence matched once.
        self._stem_of: dict[str, str] = {}
        self._cues: dict[SentenceKey, list[Cue]] = {}

    def best(
        self, article: Article, claim: Sequence[Span], shown: Collection[SentenceKey]
    ) -> tuple[Article, list[Span]] | None:
        """Return the best denial of a claim (sentences of `article`) with its context, or None.

        Sentences in `shown` are excluded. The claim's article is preferred, and near sentences over far ones.
        """
        found: list[tuple[int, int, Article, Span]] = []
        for other, span, worded in self._candidates(article):
            if (other.id, span) not in shown and any(
                self._has_speaker(cue, other, span) and self._denies(cue, other, span, article, claim) for cue in worded
            ):
                same = other.id == article.id
                found.append((not same, abs(span[0] - claim[-1][1]) if same else 0, other, span))
        if not found:
            return None
        *_, other, span = min(found, key=lambda one: one[:2])
        return other, self._sentences.with_context(other, span)

    def _candidates(self, article: Article) -> Iterator[tuple[Article, Span, list[Cue]]]:
        """Yield sentences with denials: first of the claim's article, then ranked ones of others."""
        here = ((article, span) for span in self._sentences.sentences(article))
        others = ((e.article, (e.start, e.end)) for e in self._ranked if e.article.id != article.id)
        for other, span in chain(here, others):
            if (other.id, span) not in self._cues:
                self._cues[other.id, span] = cues(other.text[slice(*span)])
            if worded := self._cues[other.id, span]:
                yield other, span, worded

    def _has_speaker(self, cue: Cue, article: Article, span: Span) -> bool:
        before = self._sentences.with_context(article, span)[:-1]
        return has_speaker(cue.speaker) or any(has_speaker(article.text[slice(*one)]) for one in before)

    def _denies(self, cue: Cue, other: Article, span: Span, article: Article, claim: Sequence[Span]) -> bool:
        """Say whether a cue, in a sentence of `other`, denies this claim."""
        last = article.text[slice(*claim[-1])]
        same_speaker = names(cue.speaker) & names(attributed(last)[0])
        distance = self._distance(article, claim, span) if other.id == article.id else None
        if same_speaker or (distance == 1 and not has_speaker(cue.speaker) and speaks(last)):
            return False
        if cue.bare:
            return distance is not None and self._points_at(article, claim, span)
        if is_denial(last):
            return False
        said = self._stemmed(words(" ".join(article.text[slice(*one)] for one in claim)))
        if cue.account:
            return distance is not None and distance > 0 and self._is_account(cue, last, said, distance)
        # "Russia did not hit it" and "Russia denied hitting it" agree.
        return not negated(last) and self._shares(cue, said, distance)

    def _is_account(self, cue: Cue, last: str, said: set[str], distance: int) -> bool:
        """Say whether a claim is the denied account: reported words about the topic of the denial.

        "This account of Mr. Rubio's part" may sum up a whole article; "the IMF's report" is denied close to it.
        """
        about, source = self._stemmed(names(cue.topic)), self._stemmed(names(cue.source))
        speaker, words_given = (self._stemmed(words(part)) for part in attributed(last))
        if not words_given or not self._covers(said, self._topic(cue.topic), _MIN_SHARED_NEAR):
            return False
        if not source <= speaker:
            return False
        told = bool(about) and about <= words_given
        return told or (not about and bool(source) and distance <= _NEAR)

    def _shares(self, cue: Cue, said: set[str], distance: int | None) -> bool:
        """Say whether a claim names what is denied; a far denial must share more words."""
        topic, named = self._topic(cue.topic), self._stemmed(names(cue.topic))
        near = distance is not None and 0 < distance <= _NEAR
        speaker = self._topic(cue.speaker)
        if not named <= said or (cue.own and not (speaker & said if speaker else distance == 1)):
            return False
        least = 1 if near else _MIN_WORDS_FAR if distance is not None and named else _MIN_WORDS_ELSEWHERE
        return len(topic & said) >= least and self._covers(said, topic, _MIN_SHARED_NEAR if near else _MIN_SHARED)

    @staticmethod
    def _covers(said: set[str], topic: set[str], least: float) -> bool:
        return len(topic & said) >= least * len(topic)

    def _topic(self, text: str) -> set[str]:
        return self._stemmed(word for word in words(text) if word not in STOP_WORDS and word not in _EMPTY)

    def _stemmed(self, found: Iterable[str]) -> set[str]:
        every = list(found)
        new = [word for word in dict.fromkeys(every) if word not in self._stem_of]
        self._stem_of.update(zip(new, self._stems.of(new), strict=True))
        return {self._stem_of[word] for word in every}

    def _distance(self, article: Article, claim: Sequence[Span], span: Span) -> int:
        """Return how many sentences after the claim a sentence is; negative before it."""
        order = self._sentences.sentences(article)
        return bisect_left(order, span) - bisect_left(order, claim[-1])

    def _points_at(self, article: Article, claim: Sequence[Span], span: Span) -> bool:
        """Say whether a bare "this" means the claim: only sentences that continue it may stand between.

        Those refer back, are denials themselves, or only introduce the "he" who denies.
        """
        who = self._sentences.with_context(article, span)[:-1]
        order = self._sentences.sentences(article)
        place = bisect_left(order, span)
        before = order[max(0, place - _NEAR) : place]
        for one in reversed(before):
            if one in claim:
                return True
            sentence = article.text[slice(*one)]
            introduces = one in who and not attributed(sentence)[1]
            if not (introduces or points_back(sentence) or is_denial(sentence)):
                return False
        return False
