"""Files and web pages to articles: Markdown with front matter, plain text, and HTML.

`find` names the files below a path; `load` turns the bytes of one into an article, and `load_page` those of a web
page, or they say in one sentence why they cannot.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from index.address import canonical, host_of, identity, name_of
from index.article import Article, article_id, content_hash
from index.clean import clean, plain
from index.decode import decode
from index.errors import EmptyArticle, LoadError, UnknownType
from index.markdown import markdown_to_text
from index.markup import canonical_link
from index.page import read_page
from index.page_metadata import web_address

_LONGEST_TITLE = 200
# Lines between two rules are front matter when the first of them is a key; else they are text between two rules.
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(?:[ \t]*#.*\r?\n|[ \t]*\r?\n)*[A-Za-z][\w-]*[ \t]*:(?:[ \t]|\r?\n)")
_LONGEST_TAG = 60
_MOST_TAGS = 30
_DEEPEST_TAGS = 3
_DATE_FORMATS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%b. %d, %Y", "%Y/%m/%d", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a loader read, before cleaning."""

    text: str
    title: str | None = None
    url: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    tags: object = None
    subtitle: str | None = None
    section: str | None = None
    image: str | None = None


def find(path: Path, failed: Callable[[Path, str], None]) -> Iterator[Path]:
    """Yield the files below `path` in a stable order, or `path` itself when it is a file.

    Hidden files and folders are passed over; `failed` is told of folders below `path` that cannot be read, and why.

    Raises:
        LoadError: nothing is at `path`, or it cannot be read.
    """
    try:
        if path.is_file():
            yield path.resolve()
            return
        if not path.is_dir():
            raise LoadError(f"{path} does not exist; give a file or a folder of articles")
        below = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
        folders = {entry for entry in below if entry.is_dir()}
    except OSError as error:
        raise LoadError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    for entry in below:
        try:
            if entry not in folders:
                yield entry.resolve()
            elif not entry.is_symlink():
                yield from find(entry, failed)
        except LoadError as error:
            failed(entry, str(error))
        except RuntimeError:
            failed(entry, f"{entry} is a link that leads back to itself; remove it")


def unsupported(path: Path, *, named: bool) -> str | None:
    """Say why a file is no article by its name, or None when it may be one.

    `named` tells that the user named this very file, rather than a folder above it: a README describes the folder
    it lies in and is only taken when named.
    """
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8; rename it"
    if path.suffix.lower() not in _LOADERS:
        return f"no loader for {path.suffix or 'files without an ending'}; known: {', '.join(sorted(_LOADERS))}"
    if not named and path.stem.lower() == "readme":
        return "describes its folder; name the file itself to index it"
    return None


def load(path: Path, data: bytes) -> Article:
    """Turn the bytes of the file at `path` (absolute) into a cleaned article.

    Raises:
        UnknownType: no loader for this kind of file.
        EmptyArticle: the file is empty, or nothing but page furniture is in it.
        LoadError: the file is not what its name says (binary, broken front matter, no date where one is given).
    """
    if reason := unsupported(path, named=True):
        raise UnknownType(f"{path}: {reason}")
    if not data.strip():
        raise EmptyArticle(f"{path} is empty; write the article into it or remove it")
    draft = _LOADERS[path.suffix.lower()](path, decode(path, data))
    name = clean_line(path.stem.replace("-", " ").replace("_", " ")) or path.name
    return _article(path, draft, identity=str(path), name=name, path=str(path))


def load_page(
    address: str, data: bytes, media_type: str, charset: str | None = None, published: date | None = None
) -> Article:
    """Turn what stands at a web address into a cleaned article, known by its canonical address.

    `charset` is what the server said, `published` what a feed said; what the page itself says goes first, where it can
    be read.

    Raises:
        EmptyArticle: nothing is there, or nothing but page furniture.
        LoadError: it is not text.
    """
    if not data.strip():
        raise EmptyArticle(f"{address} is empty; give the address of an article")
    marked_up = "html" in media_type or "xml" in media_type
    text = decode(address, data, charset, marked_up=marked_up)
    if marked_up:
        draft = _load_html(address, text)
    elif "markdown" in media_type or address.endswith((".md", ".markdown")):
        draft = _load_markdown(address, text)
    else:
        draft = _load_text(address, text)
    known_by = canonical(address, canonical_link(text) if marked_up else None)
    draft = replace(
        draft,
        url=known_by,
        publisher=draft.publisher or host_of(known_by),
        published=draft.published or published,
    )
    return _article(address, draft, identity=identity(known_by), name=name_of(known_by), path=None)


def _article(source: object, draft: _Draft, *, identity: str, name: str, path: str | None) -> Article:
    text, heading = clean(draft.text), clean_line(draft.title)
    if not text:
        raise EmptyArticle(f"{source} holds no article text; check that it is the article and not a shell around it")
    first, _, rest = text.partition("\n")
    if heading and rest.strip() and first.strip() == heading:
        text = rest.strip()
    fields: dict[str, Any] = {
        "title": heading or name,
        "text": text,
        "url": clean_line(draft.url),
        "author": clean_line(draft.author),
        "publisher": clean_line(draft.publisher),
        "published": draft.published,
        "language": clean_line(draft.language),
        "tags": _tags(draft.tags),
        "subtitle": clean_line(draft.subtitle),
        "section": clean_line(draft.section),
        "image": web_address(draft.image),
    }
    return Article(id=article_id(identity), path=path, content_hash=content_hash(**fields), **fields)


def clean_line(text: str | None) -> str | None:
    """Make a one-line field plain; None when nothing is left of it."""
    return re.sub(r"\s+", " ", plain(text)).strip() or None if text else None


def _load_markdown(source: object, text: str) -> _Draft:
    import frontmatter
    import yaml

    try:
        fields, body = frontmatter.parse(text) if _FRONT_MATTER.match(text) else ({}, text)
    except (yaml.YAMLError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" near line {where.line + 2}" if where else ""
        raise LoadError(
            f"{source} has front matter that is not YAML{line}; correct it between the --- lines"
        ) from error
    heading, body = markdown_to_text(body)
    title = _first(fields, "title", "headline")
    if title and heading and clean_line(title) != clean_line(heading):
        body = f"{heading}\n\n{body}"
    return _Draft(
        text=body,
        title=title or heading,
        url=_first(fields, "url", "link", "canonical", "source"),
        author=_first(fields, "author", "authors", "byline"),
        publisher=_first(fields, "publisher", "site", "source_name"),
        published=_as_date(source, fields.get("published") or fields.get("date")),
        language=_first(fields, "language", "lang"),
        tags=[fields.get(name) for name in ("tags", "keywords", "categories")],
        subtitle=_first(fields, "subtitle", "standfirst", "description"),
        section=_first(fields, "section"),
        image=_first(fields, "image"),
    )


def _first(fields: dict[str, object], *names: str) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, list):
            return ", ".join(str(item) for item in value)
        if value is not None and str(value).strip():
            return str(value)
    return None


def _tags(value: object) -> tuple[str, ...]:
    """Read tags out of whatever a file gives: lists, lists of lists, words between commas; each is kept once."""
    found: dict[str, str] = {}

    def take(part: object, depth: int = 0) -> None:
        if isinstance(part, list | tuple):
            # YAML can name a list inside itself, many times over.
            for inner in part[:_MOST_TAGS] if depth < _DEEPEST_TAGS else ():
                take(inner, depth + 1)
        elif part is not None and not isinstance(part, dict):
            for word in re.split(r"[,;]", str(part)):
                if tag := clean_line(word):
                    found.setdefault(tag.casefold(), tag[:_LONGEST_TAG])

    take(value)
    return tuple(found.values())[:_MOST_TAGS]


def _as_date(source: object, value: object) -> date | None:
    if value is None or isinstance(value, datetime):
        return value.date() if isinstance(value, datetime) else None
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        for pattern in _DATE_FORMATS:
            try:
                return datetime.strptime(text, pattern).date()
            except ValueError:
                continue
    raise LoadError(f"{source} gives the date {text!r}, which is none; write it as YYYY-MM-DD")


def _load_text(_source: object, text: str) -> _Draft:
    """Read plain text; a short first line that is no sentence is the title."""
    body = clean(text)
    first, _, rest = body.partition("\n")
    is_title = (
        rest.strip() and len(first) <= _LONGEST_TITLE and not re.search(r"""[.!?;:,…。！？]["'”’»)\]]*$""", first)
    )
    return _Draft(text=rest, title=first) if is_title else _Draft(text=body)


def _load_html(source: object, text: str) -> _Draft:
    page = read_page(text, source if isinstance(source, str) else None)
    if page is None:
        raise EmptyArticle(
            f"{source} holds no article that can be told from the page around it; give the page of one article"
        )
    return _Draft(
        text=page.text,
        title=page.title,
        url=page.url,
        author=page.said.author,
        publisher=page.said.publisher,
        published=page.said.published,
        language=page.said.language,
        tags=page.tags,
        subtitle=page.said.subtitle,
        section=page.said.section,
        image=page.said.image,
    )


_LOADERS: dict[str, Callable[[object, str], _Draft]] = {
    ".md": _load_markdown,
    ".markdown": _load_markdown,
    ".txt": _load_text,
    ".text": _load_text,
    ".html": _load_html,
    ".htm": _load_html,
}
