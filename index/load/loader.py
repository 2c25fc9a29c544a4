"""Files and web pages to articles.

`load` turns the bytes of a file into an article, `load_page` those of a web page, `load_document` those of a document
on the web, and `load_parts` reads the articles of a file that holds several, or they say in one sentence why they
cannot: whatever is wrong with an input, they raise LoadError and nothing else.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

from index.errors import EmptyArticle, LoadError, UnknownType
from index.load.discover import unsupported
from index.load.encoding import decode
from index.load.epub import chapters
from index.load.formats import KINDS
from index.load.front_matter import front_matter
from index.load.html import canonical_link, too_deep
from index.load.html_document import block_text
from index.load.html_page import read_page
from index.load.jsonl import Names, lines
from index.load.mail import load_mail
from index.load.markdown import markdown_to_text
from index.load.parsed import Draft, Part, article_of, as_date, clean_line, first
from index.load.unexpected import failing_as_one
from index.text.clean import clean
from index.types import Article
from index.urls import canonical, host_of, identity, name_of

_MAX_TITLE = 200
# Where less of a fragment than this is told to be the article, all of it is.
_MIN_SHARE = 0.4


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
    with failing_as_one(path):
        return _load(path, data)


def _load(path: Path, data: bytes) -> Article:
    ending = path.suffix.lower()
    marked_up = ending in (".html", ".htm")
    try:
        if ending in _FROM_TEXT:
            draft = _FROM_TEXT[ending](path, decode(path, data, marked_up=marked_up))
        else:
            draft = _from_bytes(ending, path, data)
    except EmptyArticle as error:
        if marked_up and too_deep(decode(path, data, marked_up=True)):
            raise LoadError(f"{path} has elements nested too deep to be read; make the page anew") from error
        raise
    name = clean_line(path.stem.replace("-", " ").replace("_", " ")) or path.name
    return article_of(path, draft, identity=str(path), name=name, path=str(path))


def load_parts(path: Path, names: Names) -> Iterator[Part]:
    """Read the articles of a file (absolute) of a kind that holds several, one at a time.

    `names` says what an export calls its fields.

    Raises:
        UnknownType: it is of such a kind, but holds no articles.
        LoadError: the file is not what its name says, or cannot be read.
    """
    with failing_as_one(path):
        if path.suffix.lower() == ".epub":
            yield from chapters(path)
        else:
            yield from lines(path, names, read_html=_load_fragment, read_text=_load_text)


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
    with failing_as_one(address):
        return _load_page(address, data, media_type, charset, published)


def _load_page(address: str, data: bytes, media_type: str, charset: str | None, published: date | None) -> Article:
    marked_up = "html" in media_type or "xml" in media_type
    text = decode(address, data, charset, marked_up=marked_up)
    if marked_up:
        draft = _load_html(address, text)
    elif "markdown" in media_type or address.endswith((".md", ".markdown")):
        draft = _load_markdown(address, text)
    else:
        draft = _load_text(address, text)
    return _article_at(canonical(address, canonical_link(text) if marked_up else None), address, draft, published)


def load_document(address: str, ending: str, data: bytes, published: date | None = None) -> Article:
    """Turn the document at a web address into a cleaned article, known by that address.

    `ending` is what a file of its kind has, ".pdf", ".docx" or ".eml"; `published` is what a feed said.

    Raises:
        EmptyArticle: nothing is there, or it has no text, as scans do.
        LoadError: it is damaged, cut off, or locked by a password.
    """
    if not data.strip():
        raise EmptyArticle(f"{address} is empty; give the address of an article")
    with failing_as_one(address):
        return _article_at(canonical(address, None), address, _from_bytes(ending, address, data), published)


def _article_at(known_by: str, address: str, draft: Draft, published: date | None) -> Article:
    draft = replace(
        draft,
        url=known_by,
        publisher=draft.publisher or host_of(known_by),
        published=draft.published or published,
        dated_by=draft.dated_by if draft.published else "feed",
    )
    return article_of(address, draft, identity=identity(known_by), name=name_of(known_by), path=None)


def _load_markdown(source: object, text: str) -> Draft:
    fields, body = front_matter(source, text)
    heading, body = markdown_to_text(body)
    title = first(fields, "title", "headline")
    if title and heading and clean_line(title) != clean_line(heading):
        body = f"{heading}\n\n{body}"
    return Draft(
        text=body,
        title=title or heading,
        url=first(fields, "url", "link", "canonical", "source"),
        author=first(fields, "author", "authors", "byline"),
        publisher=first(fields, "publisher", "site", "source_name"),
        published=as_date(
            source, fields.get("published") or fields.get("date"), body, first(fields, "language", "lang")
        ),
        dated_by="front matter",
        language=first(fields, "language", "lang"),
        tags=[fields.get(name) for name in ("tags", "keywords", "categories")],
        subtitle=first(fields, "subtitle", "standfirst", "description"),
        section=first(fields, "section"),
        image=first(fields, "image"),
    )


def _load_text(_source: object, text: str) -> Draft:
    """Read plain text; a short first line that is no sentence is the title."""
    body = clean(text)
    opening, _, rest = body.partition("\n")
    is_title = (
        rest.strip() and len(opening) <= _MAX_TITLE and not re.search(r"""[.!?;:,…。！？]["'”’»)\]]*$""", opening)
    )
    return Draft(text=rest, title=opening) if is_title else Draft(text=body)


def _load_html(source: object, text: str) -> Draft:
    page = read_page(text, source if isinstance(source, str) else None)
    if page is None:
        raise EmptyArticle(
            f"{source} holds no article that can be told from the page around it; give the page of one article"
        )
    return Draft(
        text=page.text,
        title=page.title,
        url=page.url,
        author=page.said.author,
        publisher=page.said.publisher,
        published=page.said.published,
        dated_by=page.said.dated_by,
        language=page.said.language,
        tags=page.tags,
        subtitle=page.said.subtitle,
        section=page.said.section,
        image=page.said.image,
    )


def _load_fragment(source: object, text: str) -> Draft:
    """Read HTML that may be no whole page: all of it, where no article can be told from the rest."""
    whole = block_text(text)[1]
    try:
        draft = _load_html(source, text)
    except EmptyArticle:
        if not whole:
            raise
        return Draft(text=whole)
    return draft if len(draft.text) > _MIN_SHARE * len(whole) else replace(draft, text=whole)


def load_eml(source: object, data: bytes) -> Draft:
    """Read a mail, whose text parts are read as text files are.

    Raises:
        LoadError: it is no mail, or has no text.
    """
    return load_mail(source, data, _load_text)


def _from_bytes(ending: str, source: object, data: bytes) -> Draft:
    module, _, name = (KINDS[ending].loader or "").partition(":")
    draft: Draft = getattr(import_module(module), name)(source, data)
    return draft


_FROM_TEXT: dict[str, Callable[[object, str], Draft]] = {
    ".md": _load_markdown,
    ".markdown": _load_markdown,
    ".txt": _load_text,
    ".text": _load_text,
    ".html": _load_html,
    ".htm": _load_html,
}
