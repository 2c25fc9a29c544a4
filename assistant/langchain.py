"""A LangChain retriever that searches and reads."""

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
    """Find the `limit` passages that best answer a question, best first, as LangChain documents.

    A document has the passage's text and id. Its metadata holds the article's fields, the passage's `start` and `end`
    in the article's text (code points, end exclusive), and a `score`: the probability (0 to 1) that the passage
    answers. Without `read`, passages are searched but not read: faster, and scores do not compare across questions.

    Only articles of these publishers, dates (both inclusive) and ids are searched; `allowed` holds all four in one
    value, instead of them. `invoke` raises what the index raises (`BadFilter`, `IndexClosed` and others).

    Raises:
        BadFilter: from the constructor, if a filter is given twice.
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
        # LangChain's own fields: tags, metadata.
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
    """Turn a hit into a LangChain document: the passage as text, the article's fields as metadata."""
    place = {"start": hit.passage.start, "end": hit.passage.end, "score": hit.score}
    return Document(id=hit.passage.id, page_content=hit.text, metadata=metadata_of(hit) | place)
