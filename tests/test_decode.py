"""Bytes of any encoding become the same text wherever they stand: in files, pages, mails, books and exports."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.errors import LoadError
from index.load.encoding import decode
from index.load.loader import load, load_page, load_parts
from index.load.parsed import article_of_part
from index.web.feeds import read_feed
from tests.samples.make import write_epub

GERMAN = "Die Stadt Grünau eröffnete im März die längste Fußgängerbrücke Österreichs."
RUSSIAN = "Мост через реку Каменка откроют в июне, и по нему можно будет пройти пешком."
CZECH = "Město otevřelo nový most přes řeku. Žáci šli po něm první."
CURLY = "The council’s “long walk” bridge opened — a first."
LOST = "\ufffd"


def html(text: str, head: str = "", encoding: str = "utf-8") -> bytes:
    body = f"<article><h1>T</h1><p>{text}</p></article>"
    return f"<html><head>{head}<title>T</title></head><body>{body}</body></html>".encode(encoding)


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, CURLY])
@pytest.mark.parametrize("odd", [b"\xe2\x80", b"\xe9", b"\xf4\x90", b"\xff"])
def test_an_odd_byte_is_replaced_and_the_text_around_it_stays(text: str, odd: bytes) -> None:
    read = decode("it", text.encode() + b" caf" + odd + b" here.")
    assert read.startswith(f"{text} caf{LOST}")
    assert read.endswith(f"{LOST} here.")


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN])
def test_a_last_character_that_is_cut_off_is_replaced(text: str) -> None:
    assert decode("it", (text + "é").encode()[:-1]) == text + LOST
    assert decode("it", (text + "€").encode()[:-1], "utf-8") == text + LOST


def test_a_byte_that_does_not_fit_what_is_declared_leaves_the_rest_as_it_is() -> None:
    japanese = "橋は六月に開通した。工事には三年かかった。"
    assert decode("it", japanese.encode("shift_jis") + b"\x81", "shift_jis") == japanese + LOST
    assert decode("it", "新桥开通".encode("gb18030") + b"\x81", "gb2312") == "新桥开通" + LOST


def test_text_of_an_old_encoding_that_declares_another_is_still_told() -> None:
    assert decode("it", GERMAN.encode("cp1252"), "utf-8") == GERMAN
    assert decode("it", CURLY.encode("cp1252"), "utf-8", marked_up=True) == CURLY


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
        (b"\xef\xbb\xbf", "utf-8"),
    ],
)
def test_a_byte_order_mark_goes_before_what_is_declared(mark: bytes, encoding: str) -> None:
    assert decode("it", mark + RUSSIAN.encode(encoding), "windows-1252") == RUSSIAN


@pytest.mark.parametrize("said", ["hex", "base64", "rot13", "utf-7", "x-unknown", "", '"utf-8"'])
def test_what_is_no_encoding_of_text_counts_for_nothing(said: str) -> None:
    assert decode("it", GERMAN.encode(), said) == GERMAN


def test_a_nul_byte_is_left_out_and_binary_data_are_refused() -> None:
    assert decode("it", GERMAN.encode() + b"\0\0" + b" Ende." * 50) == GERMAN + " Ende." * 50
    for data in (b"\x89PNG\0", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), bytes(range(1, 256)) * 20):
        with pytest.raises(LoadError, match="binary data"):
            decode("it", data)


def test_what_a_page_declares_counts_in_a_file_as_on_the_web() -> None:
    head = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">'
    data = html(CZECH, head, "cp1250")
    for article in (load(Path("/a/x.html"), data), load_page("https://wire.example/x", data, "text/html")):
        assert article.text == CZECH


def with_odd_byte(text: str) -> bytes:
    return text.replace("@", "\0").encode().replace(b"\0", b"\xe2\x80")


def in_markdown(_: Path) -> str:
    return load(Path("/a/x.md"), with_odd_byte(f"# T\n\n{RUSSIAN} @ end.")).text


def in_page(_: Path) -> str:
    data = html(f"{RUSSIAN} @ end.").replace(b"@", b"\xe2\x80")
    return load_page("https://wire.example/x", data, "text/html", "utf-8").text


def in_mail(_: Path) -> str:
    mail = EmailMessage()
    mail["Subject"] = "T"
    mail.set_content(f"{RUSSIAN} @ end.", cte="8bit")
    return load(Path("/a/x.eml"), bytes(mail).replace(b"@", b"\xe2\x80")).text


def in_book(folder: Path) -> str:
    import zipfile

    book = write_epub(folder / "x.epub", {"T": f"<p>{RUSSIAN} @ end.</p>"})
    with zipfile.ZipFile(book) as old:
        parts = {name: old.read(name).replace(b"@", b"\xe2\x80") for name in old.namelist()}
    with zipfile.ZipFile(book, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return article_of_part(book, next(load_parts(book, {}))).text


def in_export(folder: Path) -> str:
    file = folder / "x.jsonl"
    line = json.dumps({"title": "T", "text": f"{RUSSIAN} @ end."}, ensure_ascii=False)
    file.write_bytes(with_odd_byte(line))
    return article_of_part(file, next(load_parts(file, {}))).text


def in_feed(_: Path) -> str:
    item = f"<item><title>{RUSSIAN} @ end.</title><link>https://wire.example/x</link></item>"
    feed = read_feed("https://wire.example/f", with_odd_byte(f'<rss version="2.0"><channel>{item}</channel></rss>'))
    assert feed
    return feed.entries[0].title


@pytest.mark.parametrize("way", [in_markdown, in_page, in_mail, in_book, in_export, in_feed])
def test_an_odd_byte_is_replaced_in_every_kind_and_told(
    way: Callable[[Path], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert way(tmp_path) == f"{RUSSIAN} {LOST} end."
    if way is not in_feed:
        (record,) = caplog.records
        assert f"{LOST} stands in its text for what is lost, " in record.getMessage()


def test_a_nul_byte_in_a_page_keeps_nothing_out() -> None:
    data = html(GERMAN + "@").replace(b"@", b"\0")
    assert load(Path("/a/x.html"), data).text == GERMAN


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("koi8-r", "Мост через реку Каменка откроют в июне 2024 года, и по нему можно будет пройти пешком. "),
        ("cp1251", "Мост через реку Каменка откроют в июне 2024 года, и по нему можно будет пройти пешком. "),
        ("cp1252", "Die Brücke öffnet im Juni und kostet vierzig Millionen. "),
        ("cp1256", "افتتح الجسر في يونيو وكلف أربعين مليون جنيه. "),
        ("shift_jis", "石橋市は新しい橋を開通させた。工事は三年かかった。"),
    ],
)
@pytest.mark.parametrize("times", [2, 12])
def test_a_guess_is_one_of_the_encodings_of_the_web(encoding: str, text: str, times: int) -> None:
    assert decode("x", (text * times).encode(encoding)) == text * times


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_nuls(encoding: str) -> None:
    text = "Die Brücke öffnet im März. Zweiter Satz."
    assert decode("x", text.encode(encoding)) == text


def test_text_that_is_utf_8_is_read_so_though_it_declares_an_encoding_that_any_bytes_fit() -> None:
    page = '<meta charset="iso-8859-1"><p>Café in Grünau</p>'
    assert decode("x", page.encode(), marked_up=True) == page
    assert decode("x", page.encode("latin-1"), marked_up=True) == page


def test_several_nuls_in_a_short_text_are_left_out() -> None:
    assert decode("x", b"The pier\0 of Ember.\0 It is long. " * 3) == "The pier of Ember. It is long. " * 3
