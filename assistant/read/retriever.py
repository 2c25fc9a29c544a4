"""Retrieve passages for a question without composing an answer; the base of the other frameworks' retrievers."""

from typing import TYPE_CHECKING

from assistant.question.understand import absent
from assistant.read.evidence import by_evidence
from assistant.read.reading import candidates, load_ranker
from assistant.retrieve.query import Query, read_query
from assistant.retrieve.search import search
from index.types import EVERYTHING, Filter, Hit

if TYPE_CHECKING:
    from index.store.index import Index


class Retriever:
    """Find the `limit` passages that best answer a question, among the `allowed` articles, best first.

    A hit's score is the probability (0 to 1) that its passage answers. Without `read`, passages are searched but not
    read: faster, with the order and scores of `assistant.retrieve.search.search`. Thread-safe.

    Raises:
        ReaderUnusable: the reader's weights, which are loaded here, are missing, damaged or of another version.
    """

    def __init__(self, index: "Index", *, limit: int = 10, allowed: Filter = EVERYTHING, read: bool = True) -> None:
        self._index = index
        self._limit = limit
        self._allowed = allowed
        self._ranker = load_ranker(index.embedding) if read else None

    def hits(self, question: str | Query) -> list[Hit]:
        """Return the passages found, best first.

        Raises:
            BadFilter: the filter names a publisher or article that is not there.
            ModelMismatch, IndexDamaged, IndexClosed: the index cannot be searched.
        """
        if self._ranker is None:
            return search(self._index, question, limit=self._limit, allowed=self._allowed)
        query = read_query(self._index, question) if isinstance(question, str) else question
        found = search(self._index, query, limit=candidates(self._limit), allowed=self._allowed)
        lacking = len(absent(self._index, query.text))
        ranked = self._ranker.rank(query.text, found, [hit.score for hit in found], lacking)
        return by_evidence(found, ranked)[: self._limit]
