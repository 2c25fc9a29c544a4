"""Loaders fed with damaged files: an article or one sentence comes out of each, and nothing else.

The same files each time. More of them: FUZZ=1000 pytest tests/test_fuzz.py.
"""

import logging
import os
import random
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from index.errors import LoadError
from index.load.loader import load, load_document, load_page, load_parts
from index.load.parsed import article_of_part
from index.types import Article
from index.web.feeds import read_feed
from tests.conftest import HARVEST
from tests.samples.make import CONTAINER
from tests.web_pages import ATOM, FROM, JSON, PAGE, RSS

SAMPLES = Path(__file__).parent / "samples"
MANY = int(os.environ.get("FUZZ", "25"))
AT = "https://wire.example/heat"
LINKED = """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Heat record",
"url": "https://wire.example/heat", "author": [{"@type": "Person", "name": "A. Quill"}], "image": {"url": "/a.jpg"},
"datePublished": "2024-07-23T08:00:00+09:00", "keywords": ["heat", "climate"]}]}</script></head>"""
RICH = PAGE.replace("</head>", LINKED).replace(
    "<article>",
    '<article><p class="byline">By <a rel="author" href="/q">A. Quill</a>, <time datetime="2024-07-23">23 July</time>'
    '</p><ul><li>one</li></ul><table><tr><th>a</th><td colspan="2">b</td></tr></table>'
    "<p>So <math><mi>t</mi></math>.</p>",
)
FRONT = "---\ntitle: 'A: B'\nauthor: [One, {name: Two}]\ndate: 2025-10-24\ntags: &x [a, b]\n---\n# Head\n\n"
FRONT += "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
SITEMAP = (
    '<urlset xmlns="x"><url><loc>https://wire.example/a?b=1&amp;c</loc><lastmod>2024-01-01</lastmod></url></urlset>'
)
# What breaks something somewhere, more often than chance would find it.
PIECES = [
    *(b"\0", b"\xff", b"\xe2\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xfe\xff", b"\r", b"\n\n", b"\x1b[2J"),
    *(b"99999999999999999999", b"-1", b"1e999", b"NaN", b"null", b"{}", b"[[", b'"', b"'", b"&#x110000;", b"&#xD800;"),
    *(b"<", b">", b"</", b"/>", b"<!--", b"]]>", b"<![CDATA[", b"<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", b"<?xml?>"),
    *(b'=""', b" rel=''", b" itemprop", b" hidden", b" datetime='0000-00-00'", b"http://[", b"https://x:y@", b"://"),
    *(b"charset=hex", b"charset=utf-16", b"boundary=", b"\nContent-Type: multipart/mixed\n", b"=?x?b?=?=", b"--"),
]

Read = Callable[[bytes], object]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Change a few places of some bytes: written over, put in, taken out, doubled, or cut off there."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at, length = chance.randrange(len(made) + 1), chance.choice((1, 4, 30, 300))
        match chance.randrange(6):
            case 0:
                made[at : at + length] = chance.randbytes(length)
            case 1:
                del made[at : at + length]
            case 2:
                made[at:at] = made[at : at + length] * 3
            case 3 if chance.random() < 0.2:
                del made[at:]
            case _:
                piece = chance.choice(PIECES)
                made[at : at + chance.choice((0, len(piece)))] = piece
    return bytes(made)


def damaged_zip(data: bytes, chance: random.Random) -> bytes:
    """Change what a zip holds, or now and then the zip itself."""
    if chance.random() < 0.2:
        return damaged(data, chance)
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        hit = chance.choice([name for name in names if name.endswith(("xml", "opf", "rels", "html"))])
        for name in names:
            new.writestr(name, damaged(old.read(name), chance) if name == hit else old.read(name))
    return made.getvalue()


def parts_of(folder: Path, name: str, data: bytes) -> list[object]:
    file = folder / name
    file.write_bytes(data)
    found: list[object] = []
    for part in load_parts(file, {}):
        try:
            found.append(article_of_part(file, part))
        except LoadError as error:
            found.append(error)
    return found


def sample(ending: str) -> bytes:
    data = (SAMPLES / f"louvre{ending}").read_bytes()
    return _without_styles(data) if ending == ".docx" else data


def _without_styles(data: bytes) -> bytes:
    """Make a Word document that is read a hundred times faster than with the styles of all its program knows."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if "styles" not in name and "theme" not in name:
                new.writestr(name, old.read(name))
    return made.getvalue()


def readers(folder: Path) -> dict[str, tuple[bytes, Read]]:
    """Each way in, with what it reads while nothing is wrong."""
    files = {".md": FRONT.encode() + HARVEST.encode(), ".txt": HARVEST.encode(), ".html": RICH.encode()}
    files |= {ending: sample(ending) for ending in (".docx", ".eml", ".pdf")}
    found: dict[str, tuple[bytes, Read]] = {
        ending: (data, partial(load, Path(f"/a/x{ending}"))) for ending, data in files.items()
    }
    for ending in (".epub", ".jsonl"):
        found[ending] = sample(ending), partial(parts_of, folder, f"x{ending}")
    for ending in (".pdf", ".docx", ".eml"):
        found[f"web {ending}"] = sample(ending), partial(load_document, AT, ending)
    for kind, data in (("text/html", RICH), ("text/plain", HARVEST), ("text/markdown", FRONT + HARVEST)):
        found[kind] = data.encode(), partial(_page, kind)
    for name, text in (("rss", RSS), ("atom", ATOM), ("json", JSON), ("sitemap", SITEMAP), ("xml", CONTAINER)):
        found[name] = text.encode(), partial(read_feed, FROM)
    return found


def _page(kind: str, data: bytes) -> Article:
    return load_page(AT, data, kind, "utf-8")


@pytest.mark.parametrize("name", readers(Path()))
def test_whatever_is_wrong_with_an_input_an_article_or_one_sentence_comes_out(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data, read = readers(tmp_path)[name]
    read(data)
    zipped = data.startswith(b"PK")
    for number in range(MANY):
        chance = random.Random(f"{name} {number}")
        bad = damaged_zip(data, chance) if zipped else damaged(data, chance)
        try:
            found = read(bad)
        except LoadError as error:
            found = error
        for one in found if isinstance(found, list) else [found]:
            if isinstance(one, LoadError):
                assert "\n" not in str(one)
            elif isinstance(one, Article):
                assert one.text.strip()
                one.text.encode("utf-8")
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    unforeseen = [record.getMessage() for record in errors if record.name.startswith("index.")]
    assert not unforeseen, "a loader should foresee these"
