"""Every kind of file that an article comes in: one sample of each comes out right, a broken one is named."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from index import Index, sync
from index.errors import EmptyArticle, LoadError
from index.load.formats import KINDS
from index.load.loader import load, load_parts
from index.load.parsed import article_of_part
from index.types import Article
from tests.conftest import BRIDGE, HARVEST
from tests.samples import SAID, SAMPLES
from tests.samples.make import CONTAINER, write_epub


def read(name: str) -> list[Article]:
    file = SAMPLES / name
    kind = KINDS[file.suffix]
    return [article_of_part(file, part) for part in load_parts(file, {})] if kind.several else [load_sample(name)]


def load_sample(name: str) -> Article:
    return load(SAMPLES / name, (SAMPLES / name).read_bytes())


@pytest.mark.parametrize("ending", ["docx", "eml", "epub", "jsonl", "pdf"])
def test_a_sample_of_each_kind_comes_out_whole_with_its_date(ending: str) -> None:
    articles = read(f"louvre.{ending}")
    text = "\n\n".join(article.text for article in articles)
    assert all(said in text for said in SAID)
    assert all(article.published == date(2025, 10, 31) for article in articles)
    assert "<" not in text
    assert [article.path for article in articles] == [str(SAMPLES / f"louvre.{ending}")] * len(articles)


def test_a_word_document_keeps_its_fields_lists_and_tables() -> None:
    article = load_sample("louvre.docx")
    assert (article.title, article.author, article.language) == ("Seven arrests, no jewels", "Newsroom", "en")
    assert "• a sapphire set\n• a tiara and a bow brooch" in article.text
    assert "Who | Detained\nThe first two | Oct. 25" in article.text


def test_the_chapters_of_a_book_are_articles_named_after_the_book_and_its_contents() -> None:
    articles = read("louvre.epub")
    assert [article.title for article in articles] == [
        "The Louvre Theft: The theft",
        "The Louvre Theft: What is missing",
        "The Louvre Theft: Arrests",
        "The Louvre Theft: A museum under fire",
    ]
    assert {(article.author, article.publisher) for article in articles} == {("Newsroom", "Europe Desk")}
    assert articles[1].text.startswith("The eight pieces all date from the 19th century.")
    assert len({article.id for article in articles}) == 4


def test_a_newsletter_keeps_sender_and_subject_and_loses_its_furniture() -> None:
    article = load_sample("louvre.eml")
    assert (article.title, article.publisher) == ("Die Woche: Seven arrests, no jewels – für Sie", "Europe Desk")
    assert "€88m" in article.text
    assert not [word for word in ("Unsubscribe", "View in browser", "receiving this", "|") if word in article.text]


def test_a_newsletter_in_plain_text_is_read_in_its_own_encoding() -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "news@olives.example", "Fwd: Olive harvest"
    mail.set_content(f"{HARVEST}\n\nGrüße aus Jaén.\n\nUnsubscribe here", charset="iso-8859-1", cte="quoted-printable")
    article = load(Path("/a/x.eml"), bytes(mail))
    assert (article.title, article.publisher) == ("Olive harvest", "olives.example")
    assert article.text.endswith("Grüße aus Jaén.")


def test_a_chapter_that_changes_or_goes_is_changed_or_goes(tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    book = write_epub(tmp_path / "book.epub", {"Bridge": f"<p>{BRIDGE}</p>", "Olives": f"<p>{HARVEST}</p>"})
    assert sync(index, [book]).added == 2
    assert sync(index, [book]).unchanged == 2
    write_epub(book, {"Bridge": "<p>The footbridge closed after a storm.</p>"})
    summary = sync(index, [book])
    assert (summary.changed, summary.removed) == (1, 1)
    assert not index.lexical(["olives"], 10)
    assert index.lexical(["storm"], 10)


def epub(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        for name, words in parts.items():
            archive.writestr(f"OPS/{name.replace('_', '.')}", words)
    return made.getvalue()


def docx(**parts: bytes) -> bytes:
    made = io.BytesIO()
    Document().save(made)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, words in parts.items():
            archive.writestr(f"word/{name}.xml", words)
    return made.getvalue()


BOOK = """<package xmlns="http://www.idpf.org/2007/opf"><metadata/><manifest>
<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine>{}</spine></package>"""
BOMB = b"<x>" + b" " * 40_000_000 + b"</x>"
NESTED = "<div>" * 10_000 + f"<p>{BRIDGE}</p>" + "</div>" * 10_000
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut.pdf": (lambda: (SAMPLES / "louvre.pdf").read_bytes()[:-500], "whose end is missing"),
    "cut.docx": (lambda: (SAMPLES / "louvre.docx").read_bytes()[:-500], "not a Word document (.docx), or cut off"),
    "none.docx": (lambda: b"This is plain text.", "not a Word document (.docx), or cut off"),
    "old.docx": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "locked by a password"),
    "other.docx": (lambda: (SAMPLES / "louvre.epub").read_bytes(), "but no Word document"),
    "empty.docx": (docx, "holds no text"),
    "bomb.docx": (lambda: docx(extra=BOMB), "word/extra.xml unpacks to more than 16 MB"),
    "entity.docx": (lambda: docx(extra=ENTITY.encode()), "word/extra.xml declares a document type"),
    "none.epub": (lambda: b"This is plain text.", "not an EPUB, or cut off"),
    "other.epub": (lambda: (SAMPLES / "louvre.docx").read_bytes(), "lacks META-INF/container.xml"),
    "spineless.epub": (lambda: epub(book_opf=BOOK.format("")), "without a spine"),
    "bomb.epub": (
        lambda: epub(book_opf=BOOK.format('<itemref idref="a"/>'), a_xhtml=BOMB.decode()),
        "a.xhtml unpacks to more than 16 MB",
    ),
    "blank.epub": (
        lambda: epub(book_opf=BOOK.format('<itemref idref="a"/>'), a_xhtml="<html><body/></html>"),
        "without text",
    ),
    "broken.epub": (lambda: epub(book_opf="<package"), "OPS/book.opf is not XML"),
    "none.eml": (lambda: b"This is plain text.\n\nNothing else.", "is no mail"),
    "blank.eml": (lambda: b"Subject: Nothing\n\n", "without text"),
    "long.txt": (lambda: b"word " * 10_000_000, "longer than 16 MB"),
    "long.jsonl": (lambda: b'{"text": "' + b"word " * 10_000_000 + b'"}', "line 1 is longer than 16 MB"),
    "deep.jsonl": (lambda: b"[" * 100_000, "line 1 is not JSON"),
    "nested.html": (lambda: f"<html><body>{NESTED}</body></html>".encode(), "nested too deep"),
}


def test_broken_files_are_each_named_in_one_sentence_and_the_others_are_taken(
    folder: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    for name, (make, _) in BROKEN.items():
        (folder / name).write_bytes(make())
    began = time.perf_counter()
    ran = run("index", folder)
    assert "3 added" in ran.out
    assert time.perf_counter() - began < 60
    for name, (_, says) in BROKEN.items():
        (named,) = [line for line in ran.out.splitlines() if line.startswith("failed") and f"/{name}" in line]
        assert says in named
    assert f"{len(BROKEN)} failed" in ran.out


def test_no_entity_of_a_book_is_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    entity = f'<!DOCTYPE html [<!ENTITY a SYSTEM "file://{tmp_path}/secret">]>'
    book = BOOK.format('<itemref idref="a"/>').replace("<metadata/>", "<metadata><title>&a;</title></metadata>")
    page = f"{entity}<html><body><p>Words. &a;</p></body></html>"
    (tmp_path / "x.epub").write_bytes(epub(book_opf=entity + book, a_xhtml=page))
    (article,) = [article_of_part(tmp_path / "x.epub", part) for part in load_parts(tmp_path / "x.epub", {})]
    assert "Words." in article.text
    assert "the secret" not in article.title + article.text


def test_a_book_locked_by_its_publisher_is_named(tmp_path: Path) -> None:
    book = write_epub(tmp_path / "book.epub", {"Bridge": f"<p>{BRIDGE}</p>"})
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("META-INF/encryption.xml", '<e><CipherReference URI="OPS/c0.xhtml"/></e>')
    with pytest.raises(LoadError, match="DRM"):
        list(load_parts(book, {}))


def test_a_damaged_chapter_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    book = write_epub(tmp_path / "book.epub", {"Bridge": f"<p>{BRIDGE}</p>", "Olives": f"<p>{HARVEST}</p>"})
    data = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        place = archive.getinfo("OPS/c0.xhtml").header_offset
    data[place + 60 : place + 90] = b"\xff" * 30
    book.write_bytes(bytes(data))
    summary = sync(Index(tmp_path / "home"), [book])
    assert summary.added == 1
    (problem,) = summary.failed
    assert "book.epub, OPS/c0.xhtml is damaged" in problem.reason


def test_a_file_without_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmptyArticle, match="is empty"):
        load(tmp_path / "x.docx", b"")


def test_every_format_has_what_loads_it() -> None:
    for ending, kind in KINDS.items():
        if kind.loader:
            module, _, name = kind.loader.partition(":")
            assert callable(getattr(import_module(module), name))
        else:
            assert kind.several or ending in load.__globals__["_FROM_TEXT"]
