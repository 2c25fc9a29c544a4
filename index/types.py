"""The values of the index side: what an article, a passage and a hit are, and how an article is recognised again.

Value types only; storing, loading and searching live in their own modules.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from index.embed.tokens import Numbers

FoundBy = Literal["dense", "lexical", "both"]

# Part of every content hash: raise it when loading, cleaning or splitting changes what is stored, and the next run of
# `assistant index` takes every article in again.
PIPELINE = "1"
# Part of every raw hash: raise its own number when more of a file is read than before, and the next run reads every
# file again, to take in those that come out otherwise.
READING = f"5.{PIPELINE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One cleaned article.

    `text` is what passages tile and quotes are cut from; offsets everywhere are code points into it. `path` is
    the absolute path of the file it came from, `url` the address it was published at; either may be missing. `tags`
    are the words it was filed under, each once. `pages` are the offsets at which its pages begin, from page 1 on, where
    it has pages. `subtitle` is what stands under its headline, `section` the part of the paper, `image` the http
    address of its lead picture. `dated_by` says where the day of publication was read: "JSON-LD", "meta", "time",
    "address", "byline", "front matter", "metadata" (of a document), "mail", "export" or "feed". `ocr_confidence` (0 to
    1) is how sure OCR is of a text that it read. `first_seen` and
    `updated` are when the index took it in first, and when it last came out differently (UTC); both are the catalog's
    to say, and no part of the content hash.
    """

    id: str
    title: str
    text: str
    content_hash: str
    url: str | None = None
    path: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    dated_by: str | None = None
    ocr_confidence: float | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    subtitle: str | None = None
    section: str | None = None
    image: str | None = None
    first_seen: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: `article.text[start:end]`, offsets in code points."""

    id: str
    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, its article, and how it was found.

    `score` orders the hits of one search, best first. From a retriever it is a sum of standard scores, which does not
    compare across queries; in an answer it is the probability (0 to 1) that the passage's best sentence answers.
    """

    passage: Passage
    article: Article
    score: float
    found_by: FoundBy

    @property
    def text(self) -> str:
        """The passage's own words, cut from its article."""
        return self.article.text[self.passage.start : self.passage.end]


@dataclass(frozen=True, slots=True)
class Copy:
    """Where an article stands as well: the file at `path`, or the address `url`, under its own title and publisher."""

    id: str
    title: str
    publisher: str | None = None
    path: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles a search may use; an empty field allows all. Dates are inclusive."""

    publishers: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    articles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != EVERYTHING


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as it is to be written: with its passages, and the hash of what it was loaded from.

    `tokens` are those of its passages, by id, as the embedding model is to read them, where they are known: their
    numbers in its vocabulary.
    """

    article: Article
    passages: Sequence[Passage]
    raw_hash: str
    tokens: "Mapping[str, Numbers]" = field(default_factory=dict)


def article_id(identity: str) -> str:
    """Turn what identifies an article (its absolute path or its URL) into a short, stable id: 12 hex digits."""
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def text_hash(text: str) -> str:
    """Hash a text alone (64 hex digits), to find it again wherever it stands."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def content_hash(
    *,
    title: str,
    text: str,
    url: str | None,
    author: str | None,
    publisher: str | None,
    published: date | None,
    language: str | None,
    tags: tuple[str, ...] = (),
    pages: tuple[int, ...] = (),
    subtitle: str | None = None,
    section: str | None = None,
    image: str | None = None,
    dated_by: str | None = None,
    ocr_confidence: float | None = None,
) -> str:
    """Hash all that is stored of an article (64 hex digits), so that any change of it is noticed."""
    fields = [PIPELINE, title, text, url, author, publisher, published and published.isoformat(), language, *tags]
    # Named, and only where they are there: an article without them has the hash it always had.
    later: dict[str, str | tuple[int, ...] | None] = {
        "subtitle": subtitle,
        "section": section,
        "image": image,
        "pages": pages and str(pages),
    }
    later["dated_by"] = dated_by
    later["ocr_confidence"] = str(ocr_confidence) if ocr_confidence is not None else None
    fields += [f"\x1e{name}\x1e{value}" for name, value in later.items() if value]
    return hashlib.sha256("\x1f".join(field or "" for field in fields).encode("utf-8", "surrogatepass")).hexdigest()


def passage_id(article: Article, number: int) -> str:
    """Name passage `number` (from 0) of this version of an article.

    The content hash is in the name, so the vectors of an article's old and new version never share an id: the
    old ones keep answering until the catalog commits the new ones.
    """
    return f"{article.id}.{article.content_hash[:12]}.{number}"
