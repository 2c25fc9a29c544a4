"""Each sentence that an LLM writes, checked against all articles: first where it should stand, then everywhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.search import search
from assistant.support import Support
from assistant.values import Claim
from index.article import EVERYTHING, Filter, Hit

if TYPE_CHECKING:
    from index.store import Index

_ORDER = ("unsupported", "partly supported", "supported")
# How many passages a claim finds for itself; each costs some milliseconds to read.
_SEARCHED = 6


class Checker:
    """Checks claims against the articles that are allowed. One for an answer, and one thread.

    What was found for the question is looked at first. A claim that it does not bear out whole is searched as a query
    of its own: an LLM may know from one passage what another says, and an article may say it where nobody asked.
    """

    def __init__(self, index: "Index", hits: Sequence[Hit], allowed: Filter = EVERYTHING) -> None:
        self._index = index
        self._allowed = allowed
        self._known = {hit.passage.id for hit in hits}
        self._found = Support(index, hits)

    def claim(self, sentence: str) -> Claim:
        """Find what bears out one sentence, plain and without marks: see `Support.claim`."""
        claim = self._found.claim(sentence)
        if claim.status == "supported":
            return claim
        hits = search(self._index, sentence, limit=_SEARCHED, allowed=self._allowed)
        if all(hit.passage.id in self._known for hit in hits):
            return claim
        other = Support(self._index, hits).claim(sentence)
        return other if _ORDER.index(other.status) > _ORDER.index(claim.status) else claim
