"""PDFs as they are found: what becomes of their lines, their pages, and of those that cannot be read."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from assistant.render.markdown import as_markdown
from assistant.render.serialize import as_dict
from assistant.storage.snapshots import article_of, snapshots
from assistant.types import Answer, Citation, Claim, Exchange
from assistant.web.page.html import Markup
from index import Index, sync
from index.errors import EmptyArticle, LoadError
from index.load.loader import load
from index.load.page_marks import mark, pages_of, take_marks
from index.load.pdf_layout import Line, join
from index.types import Article
from tests.conftest import BRIDGE, HARVEST
from tests.papers import LONG, Paper, written

FILE = Path("/articles/a.pdf")


def pages_like(*texts: str) -> list[list[str]]:
    return [[text] for text in texts]


@pytest.fixture(scope="module")
def article() -> Article:
    pages = pages_like(LONG * 3, f"{LONG} The ferry costs nine euros.", f"{LONG} It sails at noon.")
    return load(FILE, written(Paper(), pages, title="A ferry for the harbour"))


def test_headers_and_page_numbers_are_left_out_and_the_headline_is_the_title(article: Article) -> None:
    assert article.title == "A ferry for the harbour"
    assert "Harbour Review" not in article.text
    assert "Page" not in article.text
    assert article.text.startswith("The harbour council met")


def test_the_page_of_a_quote_is_kept(article: Article) -> None:
    for words, page in (("The harbour council", 1), ("nine euros", 2), ("noon", 3)):
        start = article.text.index(words)
        assert pages_of(article.pages, start, start + len(words)) == (page, page)
    assert pages_of(article.pages, 0, len(article.text)) == (1, 3)


def test_the_lines_of_a_paragraph_are_joined_and_paragraphs_stay_apart() -> None:
    first, second = (part.replace("\n", " ") for part in BRIDGE.split("\n\n"))
    article = load(FILE, written(FPDF(), [[first, second]]))
    assert article.text == f"{first}\n\n{second}"


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    paper = FPDF()
    paper.set_auto_page_break(True, margin=250)
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    text = " ".join(LONG.replace("Monday", day).replace("ferry", f"{day} ferry") for day in days)
    article = load(FILE, written(paper, [[text]]))
    assert len(article.pages) > 1
    assert article.text == text


def test_a_word_split_at_the_end_of_a_line_is_mended_and_a_hyphen_of_its_own_stays() -> None:
    lines = [
        "The committee looked at the long-term plans of the port for the coming win-",
        "ter and found that the plan of the council for it, which is a very long-",
        "term one, was sound after all, and that nothing else had to be done about it.",
    ]
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=11)
    for line in lines:
        paper.cell(0, 6, line)
        paper.ln(6)
    article = load(FILE, bytes(paper.output()))
    assert "the coming winter and found" in article.text
    assert "a very long-term one" in article.text


def test_title_author_and_date_come_from_its_metadata_where_they_are_meant() -> None:
    paper = FPDF()
    paper.set_title("The olive year")
    paper.set_author("Ines Duarte")
    paper.set_creation_date(datetime(2024, 11, 2, tzinfo=UTC))
    article = load(FILE, written(paper, pages_like(HARVEST)))
    assert (article.title, article.author, article.published) == ("The olive year", "Ines Duarte", date(2024, 11, 2))
    for name in ("Microsoft Word - draft3.docx", "untitled", "Document1"):
        paper = FPDF()
        paper.set_title(name)
        paper.set_author("Administrator")
        article = load(FILE, written(paper, pages_like(HARVEST), title="Olive harvest falls"))
        assert (article.title, article.author) == ("Olive harvest falls", None)


def test_a_first_line_that_stands_by_itself_is_the_title() -> None:
    article = load(FILE, written(FPDF(), [["Olive harvest falls by a third", HARVEST.partition("\n\n")[2]]]))
    assert article.title == "Olive harvest falls by a third"
    assert article.text.startswith("Growers in Andalusia")


def test_a_table_keeps_its_rows() -> None:
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica", size=11)
    for row in ("Bank Rate", "ECB 2.00", "Fed 4.25"):
        paper.cell(0, 6, row)
        paper.ln(6)
    assert "ECB 2.00\n" in load(FILE, bytes(paper.output())).text


def scan() -> bytes:
    paper = FPDF()
    paper.add_page()
    paper.rect(10, 10, 100, 100)
    return bytes(paper.output())


def locked() -> bytes:
    paper = FPDF()
    paper.set_encryption(owner_password="owner", user_password="reader")
    return written(paper, pages_like(HARVEST))


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (scan(), EmptyArticle, "OCR finds none"),
        (locked(), LoadError, "locked by a password"),
        (written(FPDF(), pages_like(HARVEST))[:-600], LoadError, "end is missing"),
        (b"%PDF-1.7\nnothing\n%%EOF", LoadError, "cannot be read"),
        (b"<html>no such page</html>", LoadError, "is no PDF"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_named_with_the_reason(data: bytes, error: type[LoadError], says: str) -> None:
    with pytest.raises(error) as caught:
        load(FILE, data)
    assert str(FILE) in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def sample(name: str) -> Article:
    return load(FILE, (Path(__file__).parent / "samples" / name).read_bytes())


def test_ragged_lines_are_not_cut_within_a_sentence_and_a_quotation_set_in_stays_a_paragraph() -> None:
    told = "The harbour board of Rosehill decided on Tuesday that the old {} will be restored by volunteers from the "
    told += (
        "sailing club rather than by contractors. The restoration, which begins in April 2026 and is expected to last "
    )
    told += (
        "fourteen months, will cost about two million pounds, most of which comes from a legacy left by the shipowner "
    )
    told += (
        "Ada Quill. Her granddaughter, the engineer Marta Quill, will supervise the notoriously difficult replacement "
    )
    told += "of the cast-iron lantern gallery that was damaged by the hurricane of 1987."
    assert sample("ragged-quote.pdf").text.split("\n\n") == [
        told.format(what) for what in ("pier", "lighthouse", "mill")
    ]


def test_the_lines_of_chinese_are_joined_without_a_space() -> None:
    article = sample("chinese.pdf")
    assert article.title == "石桥市新桥开通"
    assert article.text == (
        "石桥市于二零二四年六月开通了新的跨河大桥。工程历时三年，耗资四千万元。市长王小明称其为全省最长的桥梁。"
        "大桥全长八百米，步行通过大约需要十分钟，桥上设有自行车道和观景平台。"
    )


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["この橋は六月に開通しました。工事には三年", "かかりました。費用は四千万円です。", "市長は橋を渡りました。"],
         "この橋は六月に開通しました。工事には三年かかりました。費用は四千万円です。\n\n市長は橋を渡りました。"),
        (["이 다리는 유월에 개통되었습니다. 공사에는", "삼 년이 걸렸습니다."],
         "이 다리는 유월에 개통되었습니다. 공사에는 삼 년이 걸렸습니다."),
    ],
)  # fmt: skip
def test_the_lines_of_japanese_and_korean_are_joined_as_each_sets_words(texts: list[str], joined: str) -> None:
    lines = [
        Line(text, 1, 72, 72 + 10 * len(text), 700 - 15 * number, 690 - 15 * number, 10, 800)
        for number, text in enumerate(texts)
    ]
    assert join(lines, lambda _: "") == joined


@pytest.mark.parametrize("behind", [b"\n" * 5_000, b"<html>sent by a server</html>" * 1_000, b"\0" * 70_000])
def test_bytes_behind_the_end_of_a_pdf_keep_nothing_out(behind: bytes) -> None:
    assert "ferry" in load(FILE, written(FPDF(), pages_like(LONG)) + behind).text


def test_a_version_that_was_cut_off_behind_the_end_is_named() -> None:
    data = written(FPDF(), pages_like(LONG))
    with pytest.raises(LoadError, match="end is missing"):
        load(FILE, data + b"\n9 0 obj\n<</Type /Page>>\nendobj\n10 0 obj\n<</Len")


@pytest.mark.parametrize("title", ["(anonymous)", "(unspecified)", "untitled"])
def test_a_title_that_a_program_set_is_none(title: str) -> None:
    paper = FPDF()
    paper.set_title(title)
    assert load(FILE, written(paper, pages_like(LONG), "A ferry for the harbour")).title == "A ferry for the harbour"


def test_a_character_that_its_font_gives_no_letter_stands_as_lost() -> None:
    assert sample("code-beyond-unicode.pdf").text == "The pier at Rosehill opened in 1910.\n\n\ufffdcm"


def test_marks_of_pages_are_taken_out_and_lost_ones_filled_in() -> None:
    assert take_marks(f"{mark(1)}one {mark(2)}two{mark(4)} four") == ("one two four", (0, 4, 7, 7))
    assert take_marks("nothing") == ("nothing", ())
    assert pages_of((0, 4, 7, 7), 7, 9) == (4, 4)


def test_an_answer_tells_the_page_everywhere(article: Article, tmp_path: Path, run: Callable[..., Any]) -> None:
    start = article.text.index("The ferry costs")
    citation = Citation(1, article, start, start + 26, article.text[start : start + 26])
    claim = Claim("The ferry costs nine euros.", (citation,), "supported")
    answer = Answer("What does the ferry cost?", "ferry", claim.text, (claim,), (citation,), False, ())
    assert as_dict(answer)["citations"][0]["pages"] == [2]
    assert "page 2" in Markup().source_list(0, answer)
    assert "Seite 2" in Markup("de").source_list(0, answer)
    opened = Markup().cited_article(0, answer, 1)
    assert opened
    assert "page 2" in opened
    there = replace(article, url="https://wire.example/ferry.pdf")
    placed = replace(answer, citations=(replace(citation, article=there),))
    assert 'href="https://wire.example/ferry.pdf#page=2:~:text=' in (Markup().cited_article(0, placed, 1) or "")
    kept = snapshots(answer)[0].fields
    assert article_of(json.loads(json.dumps(kept))) == article
    assert article_of({name: value for name, value in kept.items() if name != "pages"}) == replace(article, pages=())
    exported = as_markdown("Ferry", [Exchange(question=answer.question, answer=answer)])
    assert "page 2" in exported


def test_a_pdf_is_indexed_and_cited_with_its_page(tmp_path: Path, run: Callable[..., Any]) -> None:
    pages = pages_like(BRIDGE.replace("\n", " "), HARVEST)
    (tmp_path / "a.pdf").write_bytes(written(Paper(), pages, title="A bridge opens in Lisbon"))
    assert "1 added" in run("index", tmp_path / "a.pdf").out
    ran = run("ask", "What did growers pick in Andalusia?")
    assert "page 2, characters" in ran.out
    index = Index(tmp_path / "home")
    assert sync(index, [tmp_path / "a.pdf"]).unchanged == 1
