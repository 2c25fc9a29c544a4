"""Retrieval as LangChain knows it: a retriever for its chains and agents, searching and reading."""

from collections.abc import Sequence
from datetime import date
from typing import Any

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as error:
    if error.name != "langchain_core":
        raise
    raise ModuleNotFoundError(
        "assistant.langchain needs the extra `langchain`: pip install 'article-assistant[langchain]'",
        name=error.name,
    ) from error
from pydantic import PrivateAttr

from assistant.read.retriever import Retriever
from assistant.retrieve.metadata import metadata_of
from index.store.index import Index
from index.types import EVERYTHING, Filter, Hit


class ArticleRetriever(BaseRetriever):
    """Finds the passages that answer a question: `limit` of them, best first, as documents of LangChain.

    A document's text is its passage, its id the passage's. Its metadata tells of the article, of where the passage
    stands in its text (`start` and `end`, in code points, the end not included), and has a `score`: the probability (0
    to 1) that the passage answers. Without `read`, passages are searched and not read: faster, and scores do not
    compare across questions.

    Only articles of these publishers, of these dates (both inclusive) and with these ids are searched; `allowed` is all
    four in one value, in place of them. What the index raises (`BadFilter`, `IndexClosed` and others) `invoke` raises.

    Raises:
        BadFilter: from the constructor, where a filter is given twice.
        ReaderUnusable: from the constructor, when the reader's weights are missing, damaged or of another version.
    """

    _retriever: Retriever = PrivateAttr()

    def __init__(
        self,
        index: Index,
        *,
        limit: int = 10,
        publishers: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        articles: Sequence[str] = (),
        allowed: Filter = EVERYTHING,
        read: bool = True,
        **given: Any,
    ) -> None:
        # What is given besides are LangChain's own fields: tags, metadata.
        super().__init__(**given)
        allowed = Filter.of(allowed, publishers, since, until, articles)
        self._retriever = Retriever(index, limit=limit, allowed=allowed, read=read)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - given by name
    ) -> list[Document]:
        return [as_document(hit) for hit in self._retriever.hits(query)]


def as_document(hit: Hit) -> Document:
    """Turn a hit into a document of LangChain: its passage as text, what is known of its article as metadata."""
    place = {"start": hit.passage.start, "end": hit.passage.end, "score": hit.score}
    return Document(id=hit.passage.id, page_content=hit.text, metadata=metadata_of(hit) | place)
