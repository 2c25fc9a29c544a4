from datetime import date
from pathlib import Path

import pytest

from index.errors import EmptyArticle, LoadError
from index.load.discover import find, unsupported
from index.load.loader import load
from tests.web_pages import PAGE

SCRAPED = """Example.com Logo

Minister's Tax Turn: What Changed

6 min read
Table of Contents

The minister dropped the tax on Monday. "It was wrong," he said.

His party had asked for it for months."It is a start," one member said.


Risk Warning: this article is the author's view only.Trading carries risk.

Related Articles
Another headline
"""


def test_markdown_keeps_what_its_front_matter_says() -> None:
    article = load(
        Path("/a/x.md"),
        b"---\ntitle: 'A: B'\nauthor: [One, Two]\npublisher: Desk\npublished: 2025-10-24\nurl: https://e.org/x\n---\n"
        b"Some *bold* [link](https://e.org) text.\n\n- one\n- two\n",
    )
    assert (article.title, article.author, article.publisher) == ("A: B", "One, Two", "Desk")
    assert (article.published, article.url) == (date(2025, 10, 24), "https://e.org/x")
    assert article.text == "Some bold link text.\n\n• one\n• two"


def test_markdown_keeps_its_subtitle_section_and_image() -> None:
    front = "---\ntitle: T\nstandfirst: 'Nights: warmer'\nsection: Climate\nimage: https://e.org/a.jpg\n---\n"
    article = load(Path("/a/x.md"), f"{front}Text.".encode())
    assert (article.subtitle, article.section, article.image) == ("Nights: warmer", "Climate", "https://e.org/a.jpg")
    assert load(Path("/a/x.md"), front.replace("https:", "javascript:").encode() + b"Text.").image is None


def test_markdown_without_front_matter_takes_its_heading_as_title() -> None:
    article = load(Path("/a/x.md"), b"# The Title\n\nThe text.\n")
    assert (article.title, article.text) == ("The Title", "The text.")


def test_a_table_in_markdown_stays_readable() -> None:
    article = load(Path("/a/x.md"), b"Rates:\n\n| Bank | Rate |\n|---|---|\n| ECB | 2.00% |\n")
    assert article.text == "Rates:\n\nBank | Rate\nECB | 2.00%"


def test_scraped_text_loses_what_the_page_left_around_it() -> None:
    article = load(Path("/a/scraped.txt"), SCRAPED.encode())
    assert article.title == "Minister's Tax Turn: What Changed"
    assert article.text == (
        'The minister dropped the tax on Monday. "It was wrong," he said.\n\n'
        'His party had asked for it for months."It is a start," one member said.'
    )


def test_a_first_sentence_that_ends_in_a_quotation_mark_is_no_title() -> None:
    said = 'The chief executive said on Monday: "We lost 400 million dollars this year."'
    article = load(Path("/a/results.txt"), f"{said}\n\nShares fell 8% after that.".encode())
    assert article.title == "results"
    assert article.text.startswith(said)


def test_text_between_two_rules_is_no_front_matter() -> None:
    article = load(Path("/a/story.md"), b"---\n\nThe opening: a man walked in.\n\n---\n\nThe second paragraph.")
    assert article.text == "The opening: a man walked in.\n\nThe second paragraph."


def test_a_heading_that_differs_from_the_title_stays_in_the_text() -> None:
    article = load(Path("/a/x.md"), b"---\ntitle: One\n---\n# Another heading\n\nText.")
    assert (article.title, article.text) == ("One", "Another heading\n\nText.")


def test_hard_wrapped_lines_are_joined_and_lists_are_not() -> None:
    wrapped = "This line was wrapped by an editor at some sixty characters\nand goes on here.\n\n- one\n- two"
    article = load(Path("/a/x.txt"), f"Title\n\n{wrapped}".encode())
    assert article.text == (
        "This line was wrapped by an editor at some sixty characters and goes on here.\n\n- one\n- two"
    )


def test_a_web_page_gives_its_article_and_its_metadata() -> None:
    article = load(Path("/a/page.html"), PAGE.encode())
    assert (article.title, article.publisher, article.published) == ("Heat record", "The Wire", date(2024, 7, 23))
    assert article.url == "https://wire.example/heat"
    assert article.text.count("\n\n") == 2
    assert "Subscribe" not in article.text
    assert "World" not in article.text


def test_a_short_text_in_an_old_encoding_is_read_right() -> None:
    assert load(Path("/a/x.txt"), "Le président a été réélu à Paris".encode("cp1252")).text.startswith("Le président")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_file_is_found(encoding: str) -> None:
    text = "Überschrift\n\nDie Bürger hörten schöne Grüße aus Köln, während es regnete. Später kam die Straßenbahn."
    assert "schöne Grüße" in load(Path("/a/x.txt"), text.encode(encoding)).text


@pytest.mark.parametrize(
    ("name", "data", "error", "says"),
    [
        ("empty.md", b"", EmptyArticle, "is empty"),
        ("blank.txt", b" \n\t\n", EmptyArticle, "is empty"),
        ("menu.txt", b"Home\n\nMenu\n\nSearch\n", EmptyArticle, "no article text"),
        ("picture.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), LoadError, "binary data"),
        ("broken.md", b"---\ntitle: [unclosed\n---\ntext", LoadError, "front matter that is not YAML"),
        ("date.md", b"---\npublished: someday\n---\ntext", LoadError, "YYYY-MM-DD"),
        ("shell.html", b"<html><body></body></html>", EmptyArticle, "no article"),
    ],
)
def test_what_is_no_article_is_refused_in_one_sentence_that_names_it(
    name: str, data: bytes, error: type[LoadError], says: str
) -> None:
    with pytest.raises(error) as caught:
        load(Path("/articles") / name, data)
    message = str(caught.value)
    assert name in message
    assert says in message
    assert "\n" not in message


def test_a_folder_is_read_recursively_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("b.md", "sub/a.md", ".hidden.md", ".git/x.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [file.name for file in find(tmp_path, lambda *_: None)] == ["b.md", "a.md"]


def test_a_readme_is_only_taken_when_it_is_named() -> None:
    assert unsupported(Path("/a/README.md"), named=False)
    assert unsupported(Path("/a/README.md"), named=True) is None
    assert unsupported(Path("/a/picture.gif"), named=True)


def test_front_matter_between_pluses_is_read_as_hugo_does() -> None:
    front = '+++\n# of the site\ntitle = "A: B"\ndate = 2025-10-24T23:30:00-05:00\ntags = ["one", "two"]\n[params]\n'
    front += 'author = {name = "Ada Quill"}\ntitle = "No"\n+++\n'
    article = load(Path("/a/x.md"), f"{front}\nText.\n".encode())
    assert (article.title, article.author, article.tags) == ("A: B", "Ada Quill", ("one", "two"))
    assert (article.published, article.text) == (date(2025, 10, 24), "Text.")
    with pytest.raises(LoadError, match=r"x.md has front matter that is not TOML \(.*line 1.*\)"):
        load(Path("/a/x.md"), b"+++\ntitle = A\n+++\nText.")
    assert load(Path("/a/x.md"), b"+++\n\nNo fields, but words.\n\n+++\n").text.startswith("+++")


def test_an_author_that_is_an_object_is_called_by_its_name() -> None:
    front = "---\nauthors:\n- name: Ada Quill\n  url: https://e.org\n- Bo Reed\n- {}\n---\n"
    assert load(Path("/a/x.md"), f"{front}Text.".encode()).author == "Ada Quill, Bo Reed"


def test_blocks_of_html_in_markdown_are_read_and_pictures_within_a_sentence_leave_their_words() -> None:
    table = "<table><tr><td>Ember</td><td>12</td></tr></table>"
    text = f"# Ferry\n\nThe toll is ![4 pounds](t.png) for a car.\n\n{table}\n\n![Alone](a.png)\n"
    assert load(Path("/a/x.md"), text.encode()).text == "The toll is 4 pounds for a car.\n\nEmber | 12"
