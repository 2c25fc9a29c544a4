"""Word documents: mammoth turns them into HTML, and that becomes text; lists and tables stay readable."""

import re
from io import BytesIO
from typing import Any

from index.errors import EmptyArticle, LoadError
from index.load.archive import Zip, parse_xml, unzipped
from index.load.dates import day_in
from index.load.docx_xml import with_all_text
from index.load.html_document import block_text
from index.load.parsed import Draft

_OLD = b"\xd0\xcf\x11\xe0"  # The container of .doc, and of what is encrypted.
_CORE = "docProps/core.xml"
# What templates and programs put there by themselves.
_NOBODY = re.compile(r"(?i)python-docx|microsoft office user|admin(?:istrator)?|user|owner|author|unknown")
_NO_TITLE = re.compile(r"(?i)untitled.*|(?:word\s+)?document\s*\d*|.*\.docx?")


def load_docx(source: object, data: bytes) -> Draft:
    """Read a Word document.

    Raises:
        EmptyArticle: there is no text in it.
        LoadError: it is none, damaged, or unpacks to too much.
    """
    if data.startswith(_OLD):
        raise LoadError(f"{source} is locked by a password, or of Word before 2007; save it as .docx without one")
    with unzipped(source, BytesIO(data), "a Word document (.docx)") as archive:
        if "word/document.xml" not in archive.names:
            raise LoadError(f"{source} is a zip, but no Word document (.docx); give it its right ending or remove it")
        # Each part once, so that none unpacks to too much, and none declares entities: Word never does.
        for name in archive.names:
            if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(name):
                raise LoadError(f"{source}, {name} declares a document type, which Word never does; remove the file")
        core = _core(source, archive)
        data = with_all_text(source, data, archive)
    heading, text = block_text(_html(source, data))
    if not text:
        raise EmptyArticle(f"{source} holds no text; write the article into it or remove it")
    title, author = core.get("title", ""), core.get("creator", "")
    return Draft(
        text=text,
        title=heading if not title or _NO_TITLE.fullmatch(title) else title,
        author=None if _NOBODY.fullmatch(author) else author,
        published=day_in(core.get("created")),
        language=core.get("language"),
        tags=core.get("keywords"),
    )


def _html(source: object, data: bytes) -> str:
    import mammoth

    try:
        # Pictures would be carried along as text.
        converted = mammoth.convert_to_html(
            BytesIO(data), convert_image=lambda _image: [], style_map="p[style-name='Title'] => h1:fresh"
        )
    except Exception as error:  # mammoth has no errors of its own: what is broken shows where it is missed.
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise LoadError(f"{source} is a Word document that cannot be read ({said}); save it anew") from error
    html: str = converted.value
    return html


def _core(source: object, archive: Zip) -> dict[str, str]:
    """Read what a document says of itself; nothing where it says nothing."""
    if _CORE not in archive.names:
        return {}
    root: Any = parse_xml(source, _CORE, archive.read(_CORE))
    said = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root}
    return {name: value for name, value in said.items() if value}
