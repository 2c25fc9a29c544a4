"""What other frameworks keep beside the text of a hit."""

from typing import Any

from index.types import Hit


def metadata_of(hit: Hit) -> dict[str, Any]:
    """Return a hit's article, but for its text, and how it was found, as plain data."""
    article = hit.article
    return {
        "article_id": article.id,
        "title": article.title,
        "publisher": article.publisher,
        "author": article.author,
        "published": article.published.isoformat() if article.published else None,
        "url": article.url,
        "found_by": hit.found_by,
    }
