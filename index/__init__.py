"""Articles in, passages out: load, clean, split, embed and store articles, and find their passages again."""

from index.errors import IndexingError
from index.ingest.files import sync
from index.ingest.report import Summary
from index.ingest.web import sync_addresses
from index.store.index import Index
from index.types import Article, Filter, Hit, Passage

__all__ = ["Article", "Filter", "Hit", "Index", "IndexingError", "Passage", "Summary", "sync", "sync_addresses"]
