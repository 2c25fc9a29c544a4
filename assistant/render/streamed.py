"""An answer that grows, as text to send: what has been sent cannot be taken back.

Put together, everything sent is `present.marked` of the whole answer. Words of the sentence that is being written are
sent as they come, but only those that will stay: not what may turn out to be a repetition, a refusal or no words at
all, which are dropped, and not the last words, which may yet turn out otherwise.
"""

import re

from assistant.language.phrases import may_be_dropped
from assistant.language.words import folded
from assistant.render.text import afterword, gap, said
from assistant.types import Answer, Claim

# A sentence counts as finished when so many characters of the next have come: enough to tell "U.S. officials" apart.
NEXT_BEGUN = 12


class Speech:
    """What of an answer has been sent, and what is to be sent next."""

    def __init__(self) -> None:
        self._claims: list[Claim] = []
        self._open = ""

    def more(self, answer: Answer) -> list[str]:
        """Return what is new in a snapshot: each sentence that has closed, with marks, and words of the open one."""
        closed = [self._close(answer, claim) for claim in answer.claims[len(self._claims) :]]
        return [text for text in (*closed, self._words(answer)) if text]

    def end(self, answer: Answer) -> list[str]:
        """Return what is left to send of the whole answer."""
        closed = self.more(answer)
        return [text for text in (*closed, "" if self._claims else answer.text, afterword(answer)) if text]

    def _close(self, answer: Answer, claim: Claim) -> str:
        whole = self._gap(answer, claim.text) + said(claim)
        self._claims.append(claim)
        sent, self._open = self._open, ""
        # A sentence that was cut in another way before is said again, on a line of its own.
        return whole[len(sent) :] if whole.startswith(sent) else f"\n{whole.lstrip()}"

    def _words(self, answer: Answer) -> str:
        # The last words may already be the next sentence; of the one before them, only whole words are sure.
        ready = answer.draft[:-NEXT_BEGUN].rpartition(" ")[0]
        if self._may_be_dropped(ready):
            return ""
        whole = self._gap(answer, ready) + ready
        if not whole.startswith(self._open):
            return ""
        new, self._open = whole[len(self._open) :], whole
        return new

    def _may_be_dropped(self, words: str) -> bool:
        begun = folded(words)
        closed = (folded(claim.text) for claim in self._claims)
        if not re.search(r"\w", words) or any(map(may_be_dropped, words.split("\n"))):
            return True
        return any(text.startswith(begun) for text in closed)

    def _gap(self, answer: Answer, text: str) -> str:
        return gap(answer, self._claims[-1].text if self._claims else None, text)
