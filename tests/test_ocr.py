"""Scans and pictures of text are read by OCR, with their pages and how sure it is; without the extra it is named."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from index import Index, sync
from index.errors import EmptyArticle, LoadError
from index.load.loader import load
from index.load.page_marks import pages_of

FIRST = ("The pier at Rosehill opened in 1910 and was", "rebuilt after the storm of 1953.")
SECOND = ("Two ferries a day leave from it in summer,", "and one in winter.")


def picture(lines: Sequence[str]) -> Image.Image:
    made = Image.new("RGB", (900, 300), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(made).text((60, 60 + 50 * number), line, fill="black", font=ImageFont.load_default(32))
    return made


def written(kind: str, *pages: Sequence[str]) -> bytes:
    first, *others = map(picture, pages)
    made = BytesIO()
    if kind == "PDF":
        first.save(made, kind, save_all=True, append_images=others)
    else:
        first.save(made, kind)
    return made.getvalue()


@pytest.mark.parametrize(("ending", "kind"), [(".png", "PNG"), (".jpg", "JPEG"), (".tiff", "TIFF")])
def test_a_picture_of_text_is_read(ending: str, kind: str) -> None:
    article = load(Path(f"/a/x{ending}"), written(kind, FIRST))
    assert article.text == " ".join(FIRST)
    assert article.ocr_confidence is not None
    assert 0.9 < article.ocr_confidence <= 1


def test_the_pages_of_a_scan_are_known() -> None:
    article = load(Path("/a/x.pdf"), written("PDF", FIRST, SECOND))
    begins = article.text.index("Two ferries")
    assert article.text.split() == " ".join((*FIRST, *SECOND)).split()
    assert pages_of(article.pages, 0, 20) == (1, 1)
    assert pages_of(article.pages, begins, begins + 20) == (2, 2)


def test_a_picture_without_text_says_so_and_what_is_none_is_named() -> None:
    with pytest.raises(EmptyArticle, match="OCR finds none"):
        load(Path("/a/x.png"), written("PNG", ()))
    with pytest.raises(LoadError, match="cannot be read"):
        load(Path("/a/x.png"), b"no picture")


@pytest.mark.parametrize(("ending", "kind"), [(".png", "PNG"), (".pdf", "PDF")])
def test_without_the_extra_the_reason_names_it(ending: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.load.ocr.find_spec", lambda _: None)
    with pytest.raises(LoadError, match=r"article-assistant\[ocr\]"):
        load(Path(f"/a/x{ending}"), written(kind, FIRST))


def test_a_picture_in_a_folder_is_passed_over_and_taken_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(written("PNG", FIRST))
    index = Index(tmp_path / ".home")
    assert "name the file itself" in sync(index, [tmp_path]).skipped[0].reason
    assert sync(index, [tmp_path / "x.png"]).added == 1
