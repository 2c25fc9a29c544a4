"""The values of the index side: what an article, a passage and a hit are, and how an article is recognised again.

Value types only; storing, loading and searching live in their own modules. The text beside the type of a field says
what it holds; the description of the API has it from here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from index.errors import BadFilter

if TYPE_CHECKING:
    pass

FoundBy = Literal["dense", "lexical", "both"]

# Part of every content hash: raise it when loading, cleaning or splitting changes what is stored, and the next run of
# `assistant index` takes every article in again.
PIPELINE = "1"
# Part of every raw hash: raise its own number when more of a file is read than before, and the next run reads every
# file again, to take in those that come out otherwise.
READING = f"4.{PIPELINE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One cleaned article.

    `text` is what passages tile and quotes are cut from; offsets everywhere are code points into it. `path` is
    the absolute path of the file it came from, `url` the address it was published at; either may be missing. `tags`
    are the words it was filed under, each once. `pages` are the offsets at which its pages begin, from page 1 on, where
    it has pages. `first_seen` and `updated` are the catalog's to say, and no part of the content hash.
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
    language: str | None = None
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

    @classmethod
    def of(
        cls,
        allowed: "Filter",
        publishers: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        articles: Sequence[str] = (),
    ) -> "Filter":
        """Make one filter of what a caller gave: a whole one, or its fields one by one. A name may stand alone.

        Raises:
            BadFilter: both were given, and which of them counts is not said.
        """
        names, ids = ((given,) if isinstance(given, str) else tuple(given) for given in (publishers, articles))
        fields = cls(names, since, until, ids)
        if allowed and fields:
            raise BadFilter("a filter is given whole and by its fields as well; put all of it into `allowed`")
        return allowed or fields


EVERYTHING = Filter()


# The order is part of the hash.
_HASHED_BY_PLACE = ("title", "text", "url", "author", "publisher", "published", "language")


def article_id(identity: str) -> str:
    """Turn what identifies an article (its absolute path or its URL) into a short, stable id: 12 hex digits."""
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def text_hash(text: str) -> str:
    """Hash a text alone (64 hex digits), to find it again wherever it stands."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def content_hash(**stored: object) -> str:
    """Hash all that is stored of an article (64 hex digits), so that any change of it is noticed.

    `stored` are the fields of `Article` by name, but for its id, its path and what the catalog adds.
    """
    tags, pages = stored.pop("tags", ()), stored.pop("pages", ())
    assert isinstance(tags, tuple)
    parts = [PIPELINE, *(_hashed(stored.pop(name, None)) for name in _HASHED_BY_PLACE), *tags]
    # Named, and only where they are there: an article without them has the hash it always had.
    later = {"subtitle": None, "section": None, "image": None, "pages": pages and str(pages), **stored}
    parts += [f"\x1e{name}\x1e{_hashed(value)}" for name, value in later.items() if value]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _hashed(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def passage_id(article: Article, number: int) -> str:
    """Name passage `number` (from 0) of this version of an article.

    The content hash is in the name, so the vectors of an article's old and new version never share an id: the
    old ones keep answering until the catalog commits the new ones.
    """
    return f"{article.id}.{article.content_hash[:12]}.{number}"
