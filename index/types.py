"""The value types of `index` (articles, passages, hits, filters), and the ids and hashes of articles.

Loading, storing and searching live in their own modules. The text in an annotated field is its description in the API.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from index.errors import BadFilter

FoundBy = Literal["dense", "lexical", "both"]

# Part of every content hash: raise it when loading, cleaning or splitting changes what is stored, and the next run of
# `assistant index` indexes every article again.
PIPELINE = "1"
# Part of every raw hash: raise its first number when more of a file is read than before, and the next run reads every
# file again and indexes those whose articles have changed.
READING = f"5.{PIPELINE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One cleaned article.

    `text` is split into passages and quoted; all offsets are code points into it. `path` is the absolute path of the
    file it came from, `url` the address it was published at; either may be missing. `tags` are its tags or keywords,
    each once. `pages` are the offsets at which its pages begin, from page 1, if it has pages. `first_seen` and
    `updated` are set by the catalog, and not part of the content hash.
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
    dated_by: Annotated[
        str | None,
        'Where the day of publication was read: "JSON-LD", "meta", "time", "address", "byline", "front matter", '
        '"metadata" (of a document), "mail", "export" or "feed".',
    ] = None
    ocr_confidence: Annotated[float | None, "How sure OCR is of its text, 0 to 1; None where it has one."] = None
    language: Annotated[str | None, "The language of its text as a code of ISO 639-1, such as de."] = None
    tags: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    subtitle: Annotated[str | None, "What stands under its headline."] = None
    section: Annotated[str | None, "The part of the paper it stood in."] = None
    image: Annotated[str | None, "The address of its lead picture, which is never loaded here."] = None
    first_seen: Annotated[datetime | None, "When the index first took it in (UTC)."] = None
    updated: Annotated[datetime | None, "When it last came out differently (UTC)."] = None


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

    `score` orders the hits of one search, higher is better. From a retriever it is a sum of standard scores, which
    cannot be compared across queries; in an answer it is the probability (0 to 1) that the passage's best sentence
    answers.
    """

    passage: Passage
    article: Article
    score: float
    found_by: FoundBy

    @property
    def text(self) -> str:
        """The passage's text, cut from its article."""
        return self.article.text[self.passage.start : self.passage.end]


@dataclass(frozen=True, slots=True)
class Copy:
    """Another source of an article's text: a file at `path` or an address `url`, with its own title and publisher."""

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

    @classmethod
    def of(
        cls,
        allowed: "Filter",
        publishers: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        articles: Sequence[str] = (),
    ) -> "Filter":
        """Return a filter given as a whole, or by its fields; a single name or id need not be in a list.

        Raises:
            BadFilter: both are given.
        """
        names, ids = ((given,) if isinstance(given, str) else tuple(given) for given in (publishers, articles))
        fields = cls(names, since, until, ids)
        if allowed and fields:
            raise BadFilter("a filter is given whole and by its fields as well; put all of it into `allowed`")
        return allowed or fields


EVERYTHING = Filter()


# Their order is part of the hash.
_HASHED_IN_ORDER = ("title", "text", "url", "author", "publisher", "published", "language")


def article_id(identity: str) -> str:
    """Return the id of an article, 12 hex digits, given its identity: an absolute path or an address."""
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def text_hash(text: str) -> str:
    """Hash a text (64 hex digits), to find articles with the same text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def content_hash(**stored: object) -> str:
    """Hash everything stored about an article (64 hex digits), so that any change is noticed.

    `stored` are the fields of `Article` by name, except its id, its path and what the catalog sets.
    """
    tags, pages = stored.pop("tags", ()), stored.pop("pages", ())
    assert isinstance(tags, tuple)
    parts = [PIPELINE, *(_hashed(stored.pop(name, None)) for name in _HASHED_IN_ORDER), *tags]
    # Hashed with their names, and only if present, so that articles without them keep the hash of older versions.
    later = {"subtitle": None, "section": None, "image": None, "pages": pages and str(pages), **stored}
    parts += [f"\x1e{name}\x1e{_hashed(value)}" for name, value in later.items() if value]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _hashed(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def passage_id(article: Article, number: int) -> str:
    """Return the id of passage `number` (from 0) of this version of an article.

    It contains the content hash, so the vectors of an article's old and new version never share an id: the old ones
    stay in use until the catalog commits the new version.
    """
    return f"{article.id}.{article.content_hash[:12]}.{number}"
