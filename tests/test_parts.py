"""Files that hold several articles, as a user meets them: what is taken in, what goes, and what is named."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index import Index, sync
from index.errors import LoadError
from index.load.jsonl import names_of
from index.load.loader import load_parts
from index.load.parsed import article_of_part
from tests.conftest import BRIDGE, HARVEST, RAIL

BRIDGE_LINE = {"id": "bridge", "title": "A bridge opens", "text": BRIDGE, "date": "2024-03-05", "tags": ["rivers"]}
RAIL_LINE = {"url": "https://rail.example/night", "title": "Night trains return", "body": RAIL}
HARVEST_LINE = {"title": "Olive harvest falls", "content": HARVEST}


def write_lines(file: Path, *lines: object) -> Path:
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(written) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "export.jsonl", BRIDGE_LINE, RAIL_LINE, HARVEST_LINE)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path / "home") as index:
        yield index


def titles(index: Index) -> list[str]:
    return sorted(article.title for article in index.catalog.articles())


def test_each_line_of_an_export_is_an_article_with_its_fields(export: Path, index: Index) -> None:
    assert sync(index, [export]).added == 3
    found = {article.title: article for article in index.catalog.articles()}
    bridge, rail = found["A bridge opens"], found["Night trains return"]
    assert (str(bridge.published), bridge.tags, bridge.path) == ("2024-03-05", ("rivers",), str(export))
    assert (rail.url, rail.text) == ("https://rail.example/night", rail.text)
    assert "69 euros" in rail.text


def test_an_export_that_has_not_changed_is_not_read_again(
    export: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(index, [export])
    revision = index.catalog.revision()
    monkeypatch.setattr("index.ingest.multi_article.load_parts", lambda *_: pytest.fail("the file was parsed"))
    assert sync(index, [export]).unchanged == 3
    assert index.catalog.revision() == revision


def test_a_line_put_before_the_others_leaves_them_as_they_are(export: Path, index: Index) -> None:
    sync(index, [export])
    before = {article.id for article in index.catalog.articles()}
    write_lines(export, {"title": "New", "text": "Something new happened."}, BRIDGE_LINE, RAIL_LINE, HARVEST_LINE)
    summary = sync(index, [export])
    assert (summary.added, summary.changed, summary.unchanged) == (1, 0, 3)
    assert before < {article.id for article in index.catalog.articles()}


def test_a_changed_line_is_changed_and_a_line_that_is_gone_is_removed(export: Path, index: Index) -> None:
    sync(index, [export])
    write_lines(export, {**BRIDGE_LINE, "text": "The footbridge closed after a storm."}, RAIL_LINE)
    summary = sync(index, [export])
    assert (summary.changed, summary.unchanged, summary.removed) == (1, 1, 1)
    assert titles(index) == ["A bridge opens", "Night trains return"]
    assert not index.lexical(["olives"], 10)


def test_a_broken_line_is_named_each_time_and_stops_no_other(export: Path, index: Index) -> None:
    lines = [{"id": f"{number}", "title": f"Note {number}", "text": f"Note {number}."} for number in range(6)]
    write_lines(export, *lines, '{"title": "cut off', HARVEST_LINE)
    for _ in range(2):
        summary = sync(index, [export])
        assert len(index.catalog.at_path(str(export))) == 7
        (problem,) = summary.failed
        assert f"{export}, line 7 is not JSON" in problem.reason
    assert summary.unchanged == 7


def test_of_very_many_broken_lines_some_are_named_and_the_others_counted(export: Path, index: Index) -> None:
    write_lines(export, *["no json"] * 1_000, HARVEST_LINE)
    summary = sync(index, [export])
    assert summary.added == 1
    assert len(summary.failed) == 101
    assert "900 more parts" in summary.failed[-1].reason


def test_a_line_that_turns_bad_keeps_the_article_it_was(export: Path, index: Index) -> None:
    sync(index, [export])
    write_lines(export, BRIDGE_LINE, {**RAIL_LINE, "date": "someday"}, "no json")
    summary = sync(index, [export])
    assert len(summary.failed) == 2
    # The olives may be the line that cannot be read.
    assert len(titles(index)) == 3


def test_of_two_lines_with_one_id_the_first_is_taken_and_the_second_named(export: Path, index: Index) -> None:
    write_lines(export, BRIDGE_LINE, {**HARVEST_LINE, "id": "bridge"})
    summary = sync(index, [export])
    assert summary.added == 1
    assert "line 2 has the same id or address as line 1" in summary.skipped[0].reason


def test_two_articles_with_the_same_title_are_two_articles(export: Path, index: Index) -> None:
    write_lines(export, {"title": "Daily", "text": "Rain fell."}, {"title": "Daily", "text": "The sun shone."})
    assert sync(index, [export]).added == 2


def test_json_lines_that_are_no_articles_are_passed_over(export: Path, index: Index) -> None:
    write_lines(export, {"question": "Who led the team?", "answer": "Rosa Mendes"})
    summary = sync(index, [export])
    assert (summary.added, summary.failed) == (0, [])
    assert "--map text=FIELD" in summary.skipped[0].reason


def test_other_names_of_fields_are_given_once_and_kept(export: Path, index: Index, run: Callable[..., Any]) -> None:
    write_lines(export, {"headline_1": "Olives", "story": {"words": HARVEST}})
    ran = run("index", export, "--map", "title=headline_1", "--map", "text=story.words")
    assert "1 added" in ran.out
    assert titles(index) == ["Olives"]
    # Read again without them, as the library does.
    write_lines(export, {"headline_1": "Olives", "story": {"words": "A poor year."}})
    summary = sync(index, [export])
    assert (summary.added, summary.removed, summary.failed) == (0, 0, [])
    assert index.lexical(["poor"], 10)
    # Other names, and the same bytes are read anew.
    assert sync(index, [export], names={"title": "story.words", "text": "story.words"}).added == 1


def test_an_address_that_is_none_and_odd_values_stop_nothing(export: Path, index: Index) -> None:
    odd = {"id": ["a", 1], "url": "http://[::1", "text": "Odd \ud800 words.", "author": {"x": 1}, "date": 1e300}
    write_lines(export, odd, {**odd, "date": None}, {"id": 7, "title": 7, "text": "Seven.", "date": True}, HARVEST_LINE)
    summary = sync(index, [export])
    assert (summary.added, len(summary.failed), len(summary.skipped)) == (1, 2, 1)


def test_what_was_written_for_a_page_is_read_as_one(export: Path) -> None:
    said = "The mayor said: &ldquo;We&#8217;ll build it&rdquo; &amp; left <b>at once</b>.\n\nIf a < b &amp; c > d."
    plain = "If a < b & c > d, then &c. <b> is bold."
    write_lines(
        export,
        {"title": "Tom &amp; Ann", "text": said, "authors": [{"name": "Ada Quill"}, {"name": "Bo &Eacute;"}]},
        {"title": "R&D; AT&T", "text": plain},
    )
    first, second = (article_of_part(export, part) for part in load_parts(export, {}))
    assert (first.title, first.author) == ("Tom & Ann", "Ada Quill, Bo É")
    assert first.text == "The mayor said: “We’ll build it” & left at once.\n\nIf a < b & c > d."
    assert (second.title, second.text) == ("R&D; AT&T", plain)


def test_a_name_for_a_field_that_articles_do_not_have_is_refused(export: Path, run: Callable[..., Any]) -> None:
    ran = run("index", export, "--map", "colour=blue")
    assert ran.code == 2
    assert "--map 'colour=blue'" in ran.err
    with pytest.raises(LoadError, match="FIELD=NAME"):
        names_of(["title"])


def test_an_article_of_an_export_that_was_removed_comes_back_with_the_next_run(export: Path, index: Index) -> None:
    sync(index, [export])
    index.remove(index.catalog.at_path(str(export))[:1])
    summary = sync(index, [export])
    assert (summary.added, summary.unchanged) == (1, 2)


def test_articles_whose_export_is_gone_go_when_told_to(export: Path, index: Index) -> None:
    sync(index, [export.parent])
    export.unlink()
    assert sync(index, [export.parent]).vanished == 3
    assert sync(index, [export.parent], prune=True).removed == 3


@pytest.mark.parametrize(
    ("given", "read"),
    [(1709596800, "2024-03-05"), (1709596800000, "2024-03-05"), ("Tue, 05 Mar 2024 09:00:00 +0100", "2024-03-05")],
)
def test_a_date_is_read_as_programs_write_it(export: Path, given: object, read: str) -> None:
    write_lines(export, {**HARVEST_LINE, "published": given})
    (part,) = load_parts(export, {})
    assert not isinstance(part.draft, LoadError)
    assert str(part.draft.published) == read


def test_markup_in_an_export_becomes_text(export: Path, index: Index) -> None:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in BRIDGE.split("\n\n"))
    write_lines(export, {"title": "A bridge opens", "html": f"<article>{paragraphs}</article>"})
    sync(index, [export])
    (article,) = index.catalog.articles()
    assert article.text.startswith("The footbridge over the Tagus")
    assert "<p>" not in article.text
