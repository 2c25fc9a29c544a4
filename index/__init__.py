"""Articles in, passages out: load, clean, split, embed and store articles, and find their passages again."""

from importlib import import_module
from typing import TYPE_CHECKING

from index.errors import (
    ArticleNotFound,
    BadFilter,
    EmptyArticle,
    FetchError,
    IndexBusy,
    IndexClosed,
    IndexDamaged,
    IndexingError,
    LoadError,
    ModelError,
    ModelMismatch,
    NotFollowed,
    UnknownType,
)
from index.ingest.files import sync
from index.ingest.report import Summary
from index.ingest.web import sync_addresses
from index.store.index import Index
from index.types import Article, Copy, Filter, Hit, Passage

if TYPE_CHECKING:
    from index.embed.model import SentenceEmbedding
    from index.llama_index import LlamaEmbedding

__all__ = [
    "Article",
    "ArticleNotFound",
    "BadFilter",
    "Copy",
    "EmptyArticle",
    "FetchError",
    "Filter",
    "Hit",
    "Index",
    "IndexBusy",
    "IndexClosed",
    "IndexDamaged",
    "IndexingError",
    "LlamaEmbedding",
    "LoadError",
    "ModelError",
    "ModelMismatch",
    "NotFollowed",
    "Passage",
    "SentenceEmbedding",
    "Summary",
    "UnknownType",
    "sync",
    "sync_addresses",
]

# Imported when they are first asked for: LlamaIndex takes a second, and few need it.
_LATER = {"LlamaEmbedding": "index.llama_index", "SentenceEmbedding": "index.embed.model"}

if not TYPE_CHECKING:  # To a type checker, a module with this function has every name there is.

    def __getattr__(name: str) -> object:
        if name in _LATER:
            return getattr(import_module(_LATER[name]), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
