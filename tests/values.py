"""Values to build on: an article, and an answer that quotes it."""

from datetime import date
from typing import Any

from assistant.types import Answer, Citation, Claim
from index.types import Article, Hit, Passage


def article_of(title: str, text: str, **fields: Any) -> Article:
    fields = {"published": date(2025, 10, 24), **fields}
    return Article(id=f"id of {title}", title=title, text=text, content_hash="hash", **fields)


def answer_from(article: Article, *quotes: tuple[int, int], **fields: Any) -> Answer:
    """Answer with these offsets of an article as quotes, its whole text as the one hit."""
    citations = tuple(
        Citation(number, article, start, end, article.text[start:end]) for number, (start, end) in enumerate(quotes, 1)
    )
    claims = tuple(Claim(citation.quote, (citation,), "supported") for citation in citations)
    given: dict[str, Any] = {
        "question": "q",
        "searched": "q",
        "text": " ".join(claim.text for claim in claims),
        **fields,
    }
    whole = Hit(Passage("p", article.id, 0, len(article.text)), article, 1.0, "both")
    return Answer(claims=claims, citations=citations, refused=False, hits=(whole,), **given)
