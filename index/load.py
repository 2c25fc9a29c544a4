"""Files to articles: Markdown with front matter, plain text, and HTML.

`find` names the files below a path; `load` turns the bytes of one into an article, or says in one sentence why it
cannot.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from index.article import Article, article_id, content_hash
from index.clean import clean, plain
from index.errors import EmptyArticle, LoadError, UnknownType
from index.markdown import markdown_to_text

_LONGEST_TITLE = 200
# Lines between two rules are front matter when the first of them is a key; else they are text between two rules.
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(?:[ \t]*#.*\r?\n|[ \t]*\r?\n)*[A-Za-z][\w-]*[ \t]*:(?:[ \t]|\r?\n)")
_LONGEST_TAG = 60
_MOST_TAGS = 30
_SHORT_FOR_GUESSING = 400
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
    text, heading = clean(draft.text), clean_line(draft.title)
    if not text:
        raise EmptyArticle(f"{path} holds no article text; check that it is the article and not a shell around it")
    first, _, rest = text.partition("\n")
    if heading and rest.strip() and first.strip() == heading:
        text = rest.strip()
    title = heading or clean_line(path.stem.replace("-", " ").replace("_", " ")) or path.name
    fields: dict[str, Any] = {
        "title": title,
        "text": text,
        "url": clean_line(draft.url),
        "author": clean_line(draft.author),
        "publisher": clean_line(draft.publisher),
        "published": draft.published,
        "language": clean_line(draft.language),
        "tags": _tags(draft.tags),
    }
    return Article(id=article_id(str(path)), path=str(path), content_hash=content_hash(**fields), **fields)


def decode(path: Path, data: bytes) -> str:
    """Read bytes as text: by byte order mark, as UTF-8, else by the best guess of charset-normalizer.

    Raises:
        LoadError: the bytes are not text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" not in data[:65536]:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            from charset_normalizer import from_bytes

            # Told from a few letters, every one-byte encoding looks alike: the common one goes first there.
            preferred = ["cp1252"] if len(data) < _SHORT_FOR_GUESSING else None
            if best := (from_bytes(data, cp_isolation=preferred).best() or from_bytes(data).best()):
                return str(best)
    raise LoadError(f"{path} is not text but binary data; give it its right ending or remove it")


def clean_line(text: str | None) -> str | None:
    """Make a one-line field plain; None when nothing is left of it."""
    return re.sub(r"\s+", " ", plain(text)).strip() or None if text else None


def _load_markdown(path: Path, text: str) -> _Draft:
    import frontmatter
    import yaml

    try:
        fields, body = frontmatter.parse(text) if _FRONT_MATTER.match(text) else ({}, text)
    except (yaml.YAMLError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" near line {where.line + 2}" if where else ""
        raise LoadError(f"{path} has front matter that is not YAML{line}; correct it between the --- lines") from error
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
        published=_as_date(path, fields.get("published") or fields.get("date")),
        language=_first(fields, "language", "lang"),
        tags=[fields.get(name) for name in ("tags", "keywords", "categories")],
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

    def take(part: object) -> None:
        if isinstance(part, list | tuple):
            for inner in part:
                take(inner)
        elif part is not None and not isinstance(part, dict):
            for word in re.split(r"[,;]", str(part)):
                if tag := clean_line(word):
                    found.setdefault(tag.casefold(), tag[:_LONGEST_TAG])

    take(value)
    return tuple(found.values())[:_MOST_TAGS]


def _as_date(path: Path, value: object) -> date | None:
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
    raise LoadError(f"{path} gives the date {text!r}, which is none; write it as YYYY-MM-DD")


def _load_text(_path: Path, text: str) -> _Draft:
    """Read plain text; a short first line that is no sentence is the title."""
    body = clean(text)
    first, _, rest = body.partition("\n")
    is_title = (
        rest.strip() and len(first) <= _LONGEST_TITLE and not re.search(r"""[.!?;:,…。！？]["'”’»)\]]*$""", first)
    )
    return _Draft(text=rest, title=first) if is_title else _Draft(text=body)


def _load_html(path: Path, text: str) -> _Draft:
    from trafilatura import bare_extraction

    found = bare_extraction(text, include_comments=False, include_tables=True, with_metadata=True)
    if found is None or isinstance(found, dict) or not found.text:
        raise EmptyArticle(f"{path} holds no article that can be told from the page around it; save the page again")
    return _Draft(
        text=found.text.replace("\n", "\n\n"),
        title=found.title,
        url=found.url,
        author=found.author,
        publisher=found.sitename,
        published=_as_date(path, found.date),
        language=found.language,
        tags=[found.tags, found.categories],
    )


_LOADERS: dict[str, Callable[[Path, str], _Draft]] = {
    ".md": _load_markdown,
    ".markdown": _load_markdown,
    ".txt": _load_text,
    ".text": _load_text,
    ".html": _load_html,
    ".htm": _load_html,
}
