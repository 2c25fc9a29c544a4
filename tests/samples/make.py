"""Make the samples again, one of each kind of file, out of an article of seeds/: python -m tests.samples.make."""

import json
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from docx import Document
from fpdf import FPDF

FOLDER = Path(__file__).parent
ARTICLE = Path(__file__).parents[2] / "seeds" / "louvre-jewel-theft.md"
TITLE = "Seven arrests, no jewels"
WHEN = datetime(2025, 10, 31, 9, tzinfo=UTC)
LIST = ("an emerald necklace and earrings", "a sapphire set", "a tiara and a bow brooch")
TABLE = (("Who", "Detained"), ("The first two", "Oct. 25"), ("Five more", "Oct. 29"))

CONTAINER = """<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
CHAPTER = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>
<body><h1>{title}</h1>{paragraphs}</body></html>"""
BOOK = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">louvre</dc:identifier>
<dc:title>The Louvre Theft</dc:title><dc:creator>Newsroom</dc:creator><dc:publisher>Europe Desk</dc:publisher>
<dc:date>2025-10-31</dc:date><dc:language>en</dc:language></metadata><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{items}</manifest>
<spine>{spine}</spine></package>"""
NAV = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>
<nav epub:type="toc"><ol>{entries}</ol></nav></body></html>"""


def sections() -> dict[str, list[str]]:
    """Read the article: its sections by their headings, each a list of paragraphs."""
    found: dict[str, list[str]] = {"The theft": []}
    for block in ARTICLE.read_text(encoding="utf-8").split("---\n", 2)[2].split("\n\n"):
        if block.startswith("## "):
            found[block.removeprefix("## ").strip()] = []
        elif block.strip():
            found[list(found)[-1]].append(block.strip())
    return found


def make(folder: Path = FOLDER) -> None:
    """Write all samples to a folder."""
    _pdf(folder / "louvre.pdf")
    _docx(folder / "louvre.docx")
    write_epub(
        folder / "louvre.epub",
        {heading: "".join(f"<p>{one}</p>" for one in paragraphs) for heading, paragraphs in sections().items()},
    )
    (folder / "louvre.eml").write_bytes(bytes(_mail()))
    lines = [
        {"id": number, "title": heading, "text": "\n\n".join(paragraphs), "date": "2025-10-31", "site": "Europe Desk"}
        for number, (heading, paragraphs) in enumerate(sections().items(), 1)
    ]
    (folder / "louvre.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def write_epub(file: Path, chapters: dict[str, str]) -> Path:
    """Write a book of chapters, HTML by their titles."""
    items = "".join(
        f'<item id="c{number}" href="c{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in range(len(chapters))
    )
    entries = "".join(f'<li><a href="c{number}.xhtml">{title}</a></li>' for number, title in enumerate(chapters))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
        book.writestr("OPS/book.opf", BOOK.format(items=items, spine=spine))
        book.writestr("OPS/nav.xhtml", NAV.format(entries=entries))
        for number, (title, paragraphs) in enumerate(chapters.items()):
            book.writestr(f"OPS/c{number}.xhtml", CHAPTER.format(title=title, paragraphs=paragraphs))
    return file


class _Paper(FPDF):
    def header(self) -> None:
        self.set_font("Times", "I", 9)
        self.cell(0, 5, "Europe Desk")
        self.ln(10)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Times", size=9)
        self.cell(0, 5, f"Page {self.page_no()}", align="C")


def _pdf(file: Path) -> None:
    paper = _Paper(format=(148, 210))
    paper.set_author("Newsroom")
    paper.set_creation_date(WHEN)
    paper.add_page()
    paper.set_font("Times", "B", 20)
    paper.multi_cell(0, 9, TITLE, new_x="LMARGIN", new_y="NEXT")
    for heading, paragraphs in sections().items():
        paper.ln(4)
        paper.set_font("Times", "B", 13)
        paper.multi_cell(0, 7, heading, new_x="LMARGIN", new_y="NEXT")
        paper.set_font("Times", size=11)
        for paragraph in paragraphs:
            paper.multi_cell(0, 5, paragraph.replace("€", "EUR "), align="J", new_x="LMARGIN", new_y="NEXT")
            paper.ln(2)
    paper.output(str(file))


def _docx(file: Path) -> None:
    document = Document()
    document.add_heading(TITLE, 0)
    for heading, paragraphs in sections().items():
        document.add_heading(heading, 1)
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
    for one in LIST:
        document.add_paragraph(one, style="List Bullet")
    table = document.add_table(rows=0, cols=2)
    for row in TABLE:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    about = document.core_properties
    about.title, about.author, about.created, about.language = TITLE, "Newsroom", WHEN, "en"
    document.save(str(file))


def _mail() -> EmailMessage:
    paragraphs = [paragraph for section in sections().values() for paragraph in section]
    mail = EmailMessage()
    mail["From"] = "Europe Desk <news@europe.example>"
    mail["To"] = "reader@mail.example"
    mail["Subject"] = f"Die Woche: {TITLE} – für Sie"
    mail["Date"] = WHEN
    mail.set_content("\n\n".join(paragraphs))
    body = "".join(f"<tr><td><p>{paragraph}</p></td></tr>" for paragraph in paragraphs)
    mail.add_alternative(
        '<html><body><p><a href="https://europe.example/1">View in browser</a></p>'
        f"<table><tr><td><h1>{TITLE}</h1></td></tr>{body}</table>"
        "<p>You are receiving this because you signed up.</p><p><a href='#'>Unsubscribe</a></p></body></html>",
        subtype="html",
        charset="iso-8859-15",
        cte="quoted-printable",
    )
    return mail


if __name__ == "__main__":
    make()
