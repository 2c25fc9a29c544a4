"""Which sentence denies or disputes a claim, and says who does.

A wrong denial is worse than none, so three things must come together: a cue (`assistant.write.denial_patterns`:
"denied", "rejected this account", "called the report false"), a speaker named in the sentence or in the one it leans
on, and the claim being what is denied. The last goes by what stands after the cue. A bare "this" or "the claim" points
at the sentences right before it; anything else must name what the claim names. Cue, scope and source are the parts by
which FactBank (Saurí & Pustejovsky, 2009) and work on attribution since describe who denies what.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from assistant.language.context import Reading, points_back
from assistant.language.words import STOP_WORDS, Stems, words
from assistant.read.evidence import Evidence
from assistant.write.denial_patterns import Cue, attributed, cues, has_speaker, names, negated, speaks
from index.text.sentences import Span
from index.types import Article

Place = tuple[str, Span]
"""An article's id and a sentence of it."""

# How many sentences after a claim "this" and "the report" may still mean it, and a denial is near it.
_NEAR = 4
_MIN_SHARED_NEAR = 0.5
_MIN_SHARED = 2 / 3
_MIN_WORDS_FAR = 2
_MIN_WORDS_ELSEWHERE = 3
# Words that say what sort of thing is denied, not which.
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
    """Finds denials among the sentences of the articles that are shown and of the other hits."""

    def __init__(self, ranked: Sequence[Evidence], reading: Reading) -> None:
        self._ranked = ranked
        self._reading = reading
        self._stems = Stems()
        # Each word is stemmed once, and each sentence read once for its cues.
        self._stem_of: dict[str, str] = {}
        self._worded: dict[Place, list[Cue]] = {}

    def best(
        self, article: Article, claim: Sequence[Span], shown: Collection[Place]
    ) -> tuple[Article, list[Span]] | None:
        """Find the sentence that most plainly denies a claim (sentences of `article`), with those it needs; or None.

        Sentences in `shown` are left out. The same article comes before others, and nearer before farther.
        """
        found: list[tuple[int, int, Article, Span]] = []
        for other, span, worded in self._candidates(article):
            if (other.id, span) not in shown and any(
                self._has_speaker(cue, other, span) and self._meets(cue, other, span, article, claim) for cue in worded
            ):
                same = other.id == article.id
                found.append((not same, abs(span[0] - claim[-1][1]) if same else 0, other, span))
        if not found:
            return None
        *_, other, span = min(found, key=lambda one: one[:2])
        return other, self._reading.with_context(other, span)

    def _candidates(self, article: Article) -> Iterator[tuple[Article, Span, list[Cue]]]:
        """Go through the sentences that deny something: of the claim's article, then those ranked from others."""
        here = ((article, span) for span in self._reading.sentences(article))
        others = ((e.article, (e.start, e.end)) for e in self._ranked if e.article.id != article.id)
        for other, span in chain(here, others):
            if (other.id, span) not in self._worded:
                self._worded[other.id, span] = cues(other.text[slice(*span)])
            if worded := self._worded[other.id, span]:
                yield other, span, worded

    def _has_speaker(self, cue: Cue, article: Article, span: Span) -> bool:
        before = self._reading.with_context(article, span)[:-1]
        return has_speaker(cue.speaker) or any(has_speaker(article.text[slice(*one)]) for one in before)

    def _meets(self, cue: Cue, other: Article, span: Span, article: Article, claim: Sequence[Span]) -> bool:
        """Say whether what the cue denies, in a sentence of `other`, is this claim."""
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
        """Say whether a claim is the account that is denied: others are reported to say it of whom it is about.

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
        """Say whether a claim names what is denied; the farther off, the more of it."""
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
        """Count how many sentences after the claim a sentence stands; negative before it."""
        order = self._reading.sentences(article)
        return bisect_left(order, span) - bisect_left(order, claim[-1])

    def _points_at(self, article: Article, claim: Sequence[Span], span: Span) -> bool:
        """Say whether a bare "this" means the claim: it stands right before, or what stands between goes on with it.

        What goes on: a sentence that points back, another denial, and one that only says who "he" who denies is.
        """
        who = self._reading.with_context(article, span)[:-1]
        order = self._reading.sentences(article)
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
