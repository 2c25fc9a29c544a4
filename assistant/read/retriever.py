"""Passages for a question, without an answer made of them: what the retrievers of other frameworks stand on."""

from typing import TYPE_CHECKING

from assistant.question.understand import absent
from assistant.read.evidence import by_evidence
from assistant.read.reading import candidates, load_reading
from assistant.retrieve.query import Query, read_query
from assistant.retrieve.search import search
from index.types import EVERYTHING, Filter, Hit

if TYPE_CHECKING:
    from index.store.index import Index


class Retriever:
    """Finds the passages that answer a question: `limit` of them, among articles that are `allowed`, best first.

    A hit's score is the probability (0 to 1) that its passage answers. Without `read`, passages are searched and not
    read: faster, in the order of `assistant.retrieve.search.search`, with its scores. Safe to share between threads.

    Raises:
        ReaderUnusable: the reader's weights, which are loaded here, are missing, damaged or of another version.
    """

    def __init__(self, index: "Index", *, limit: int = 10, allowed: Filter = EVERYTHING, read: bool = True) -> None:
        self._index = index
        self._limit = limit
        self._allowed = allowed
        self._reading = load_reading(index.embedding) if read else None

    def hits(self, question: str | Query) -> list[Hit]:
        """Find passages, best first.

        Raises:
            BadFilter: the filter names a publisher or article that is not there.
            ModelMismatch, IndexDamaged, IndexClosed: the index cannot be searched.
        """
        if self._reading is None:
            return search(self._index, question, limit=self._limit, allowed=self._allowed)
        query = read_query(self._index, question) if isinstance(question, str) else question
        found = search(self._index, query, limit=candidates(self._limit), allowed=self._allowed)
        lacking = len(absent(self._index, query.text))
        ranked = self._reading.rank(query.text, found, [hit.score for hit in found], lacking)
        return by_evidence(found, ranked)[: self._limit]
