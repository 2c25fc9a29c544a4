"""Articles in, passages out: load, clean, split, embed and store articles, and find their passages again."""

from index.article import Article, Filter, Hit, Passage
from index.errors import IndexingError
from index.store import Index
from index.summary import Summary
from index.sync import sync
from index.sync_web import sync_addresses

__all__ = ["Article", "Filter", "Hit", "Index", "IndexingError", "Passage", "Summary", "sync", "sync_addresses"]
