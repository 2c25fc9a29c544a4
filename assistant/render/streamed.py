"""Stream a growing answer as text: what has been sent cannot be taken back.

All chunks together are `assistant.render.text.marked` of the whole answer, in the same language. Words of the
unfinished sentence are sent as they arrive, except those that may still change or be dropped: the last words, and the
beginning of what may be a repetition, a refusal or framing.
"""

import re

from assistant.language.phrases import may_be_dropped
from assistant.language.words import folded
from assistant.render.i18n import Translate
from assistant.render.text import afterword, claim_text, separator
from assistant.types import Answer, Claim

# A sentence is finished when so many characters of the next have arrived: enough to recognise "U.S. officials".
NEXT_BEGUN = 12


class TextStream:
    """Tracks what has been sent of an answer, and returns what to send next."""

    def __init__(self, translate: Translate = str) -> None:
        self._translate = translate
        self._claims: list[Claim] = []
        self._open = ""

    def more(self, answer: Answer) -> list[str]:
        """Return what is new in a snapshot: finished sentences with marks, and words of the unfinished one."""
        closed = [self._close(answer, claim) for claim in answer.claims[len(self._claims) :]]
        return [text for text in (*closed, self._words(answer)) if text]

    def end(self, answer: Answer) -> list[str]:
        """Return what is left to send of the complete answer."""
        closed = self.more(answer)
        return [
            text for text in (*closed, "" if self._claims else answer.text, afterword(answer, self._translate)) if text
        ]

    def _close(self, answer: Answer, claim: Claim) -> str:
        whole = self._separator(answer, claim.text) + claim_text(claim, self._translate)
        self._claims.append(claim)
        sent, self._open = self._open, ""
        # If its words were split otherwise before, the sentence is sent again, on a line of its own.
        return whole[len(sent) :] if whole.startswith(sent) else f"\n{whole.lstrip()}"

    def _words(self, answer: Answer) -> str:
        # The last words may belong to the next sentence; of the rest, only whole words are final.
        ready = answer.draft[:-NEXT_BEGUN].rpartition(" ")[0]
        if self._may_be_dropped(ready):
            return ""
        whole = self._separator(answer, ready) + ready
        if not whole.startswith(self._open):
            return ""
        new, self._open = whole[len(self._open) :], whole
        return new

    def _may_be_dropped(self, words: str) -> bool:
        lines = words.split("\n")
        if not re.search(r"\w", words) or any(map(may_be_dropped, lines)):
            return True
        # A heading above a repetition is dropped with it.
        begun = {folded(words), folded(lines[-1])}
        closed = {folded(text) for claim in self._claims for text in (claim.text, claim.text.rpartition("\n")[2])}
        return any(text.startswith(one) for text in closed for one in begun)

    def _separator(self, answer: Answer, text: str) -> str:
        return separator(answer, self._claims[-1].text if self._claims else None, text)
