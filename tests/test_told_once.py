"""Copies of one report by several publishers: found to be alike, retrieved once, and named beside each citation."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.assistant import Assistant, answer
from assistant.llama_index import HybridRetriever
from assistant.render.markdown import as_markdown, as_plain
from assistant.render.serialize import as_dict
from assistant.settings import Settings
from assistant.storage.snapshots import answer_of, article_of, snapshots, stored
from assistant.types import Exchange
from index import Index, sync
from index.text.near_duplicates import ALIKE, keys, likeness, runs
from index.types import Filter, Hit
from tests.conftest import Ran, write_article

REPORT = [
    "A fire at a transformer cut off power to 48,000 homes in the east of the city on Sunday, the operator said.",
    "The fire broke out at 6.40 p.m. and was put out after two hours. Nobody was hurt.",
    "Power came back to most homes before midnight. Some 3,200 had to wait until Monday noon, for a cable under the "
    "river was damaged as well.",
    "Trams stood still on four lines, and the hospital in the east ran on its own generators for five hours.",
    "The operator believes that a fault in the insulation was to blame. The transformer, built in 1979, was to be "
    "replaced in two years.",
    "It was the third failure in the east since June. The council has asked for a report by the end of the month.",
    "Shops on the market square threw away what had thawed, and asked the operator to pay for it.",
]
QUESTION = "How many homes lost power in the fire at the transformer?"
OTHER = """Farmers in the delta are planting rice that stands in salt water, after two harvests were lost to the sea.

The variety was bred over nine years from a wild grass of the coast."""


def body(*changes: tuple[str, str]) -> str:
    text = "\n\n".join(REPORT)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def wires(tmp_path: Path) -> Path:
    """One report three times, each printed a little otherwise, and an article on something else."""
    folder = tmp_path / "wires"
    folder.mkdir()
    papers = {
        "wire": ("Wire A", "2026-03-01", body()),
        "paper": ("Paper B", "2026-03-02", body(("put out after two hours", "put out two hours later"))),
        "gazette": ("Gazette C", "2026-03-03", body(("threw away what had thawed", "threw away all that had thawed"))),
    }
    for name, (publisher, published, text) in papers.items():
        write_article(folder / f"{name}.md", "Fire cuts power", text, publisher=publisher, published=published)
    write_article(folder / "rice.md", "Rice in salt water", OTHER, publisher="Delta Review")
    return folder


@pytest.fixture
def index(wires: Path, tmp_path: Path) -> Index:
    index = Index(tmp_path / "home")
    assert sync(index, [wires]).added == 4
    return index


def alike(index: Index) -> set[tuple[str, str]]:
    """The pairs that are marked, by file name."""
    names = {id_: Path(path).stem for id_, path in index.catalog.paths()}
    found = index.catalog.alike.of(list(names))
    return {
        (names[one], names[other]) for one, others in found.items() for other in others if names[one] < names[other]
    }


def publishers(hits: list[Hit]) -> set[str | None]:
    return {hit.article.publisher for hit in hits if "Fire" in hit.article.title}


# --- which texts are alike


def test_a_lightly_edited_copy_is_alike_and_an_article_on_the_same_matter_is_not() -> None:
    whole = runs(body())
    for edited in (
        body(("put out after two hours", "put out two hours later")),
        body() + " This report was taken from a wire.",
        body(("4", "4")).upper(),
        "\n\n".join(REPORT[:-1]),
    ):
        assert likeness(whole, runs(edited)) >= ALIKE
        assert set(keys(whole)) & set(keys(runs(edited)))
    rewritten = " ".join(f"{part} More on this was to be told." for part in REPORT[:4])
    assert likeness(whole, runs(rewritten)) < ALIKE
    assert likeness(whole, runs(OTHER)) == 0
    assert keys(runs("A few words say nothing.")) == []


def test_likeness_is_the_share_of_the_runs_of_three_words_that_both_have() -> None:
    # Runs: abc bcd cde against abc bcd cdx.
    assert likeness(runs("a b c d e"), runs("A, b. C d x")) == pytest.approx(2 / 4)
    assert likeness(runs(""), runs("")) == 0


def test_marks_come_and_go_with_articles(index: Index, wires: Path) -> None:
    copies = {("gazette", "paper"), ("gazette", "wire"), ("paper", "wire")}
    assert alike(index) == copies
    revision = index.catalog.revision()
    sync(index, [wires])
    assert (alike(index), index.catalog.revision()) == (copies, revision)
    write_article(wires / "paper.md", "Fire cuts power", f"{OTHER} It is eaten everywhere.", publisher="Paper B")
    sync(index, [wires])
    assert ("gazette", "wire") in alike(index)
    assert not {pair for pair in alike(index) if "paper" in pair and "rice" not in pair}
    (wires / "wire.md").unlink()
    sync(index, [wires], prune=True)
    assert not {pair for pair in alike(index) if "wire" in pair or "gazette" in pair}


def test_an_index_of_an_older_version_learns_what_is_alike(index: Index) -> None:
    before = alike(index)
    with closing(sqlite3.connect(index.home / "catalog.db")) as connection, connection:
        for statement in ("DROP TABLE alike", "DROP TABLE like_keys", "UPDATE articles SET text_hash = NULL"):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 3")
    assert alike(Index(index.home)) == before


# --- retrieved once


def test_copies_of_a_report_are_retrieved_once_as_the_one_published_first(index: Index) -> None:
    hits = HybridRetriever(index).hits(QUESTION)
    assert publishers(hits) == {"Wire A"}
    assert len({hit.passage.id for hit in hits}) == len(hits)
    assert any(hit.article.publisher == "Delta Review" for hit in hits)
    assert all(hit.text == hit.article.text[hit.passage.start : hit.passage.end] for hit in hits)


def test_the_copy_that_a_question_names_stands_for_the_others(index: Index) -> None:
    assert publishers(HybridRetriever(index).hits(f"According to Paper B, {QUESTION}")) == {"Paper B"}
    only = HybridRetriever(index, allowed=Filter(publishers=("Gazette C",)))
    assert publishers(only.hits(QUESTION)) == {"Gazette C"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("48,000 homes", "58,000 homes"),
        ("Nobody was hurt", "Nobody was hurt, the mayor of Lund said"),
        ("was to", "was not to"),
    ],
)
def test_a_copy_that_says_something_else_is_retrieved_as_well(index: Index, wires: Path, old: str, new: str) -> None:
    write_article(wires / "paper.md", "Fire cuts power", body((old, new)), publisher="Paper B", published="2026-03-02")
    sync(index, [wires])
    assert ("paper", "wire") in alike(index)
    hits = HybridRetriever(index).hits(QUESTION)
    assert any(new in hit.text for hit in hits)
    assert any(old in hit.text and new not in hit.text for hit in hits)


def test_copies_never_crowd_out_what_else_there_is(index: Index, wires: Path) -> None:
    for number in range(40):
        text = body(("third failure", f"third failure, as {'ab'[number % 2] * (number + 1)} said,"))
        write_article(wires / f"copy{number}.md", "Fire cuts power", text, publisher=f"Copy {number}")
    sync(index, [wires])
    hits = HybridRetriever(index, limit=5).hits(QUESTION)
    assert len(hits) == 5 or {hit.article.publisher for hit in hits} >= {"Delta Review"}
    assert len({hit.text for hit in hits}) == len(hits)


# --- told with each citation


def test_a_citation_names_the_others_that_have_its_words(index: Index, wires: Path, run: object) -> None:
    write_article(wires / "twin.md", "Power is back", body(), publisher="Twin D", published="2026-03-04")
    sync(index, [wires])
    whole = Assistant(Settings(home=index.home)).answer(QUESTION)
    first = whole.citations[0]
    assert (first.article.publisher, "48,000" in first.quote) == ("Wire A", True)
    assert {copy.publisher for copy in first.also_in} == {"Paper B", "Gazette C", "Twin D"}
    assert whole.claims[0].citations[0] == first
    told = as_dict(whole)["citations"][0]["also_in"]
    assert {one["publisher"] for one in told} == {"Paper B", "Gazette C", "Twin D"}
    assert "; also in: " in as_plain(whole)
    assert "; also in: " in as_markdown("T", [Exchange(QUESTION, whole)])
    ran: Ran = run("ask", QUESTION, "--home", index.home)  # type: ignore[operator]
    assert "also in: " in ran.out
    articles = {kept.key: article_of(json.loads(json.dumps(kept.fields))) for kept in snapshots(whole)}
    again = answer_of(json.loads(json.dumps(stored(whole))), articles)
    assert again.citations == whole.citations


def test_who_changed_the_words_is_not_named_beside_them(index: Index, wires: Path) -> None:
    text = body(("48,000 homes", "58,000 homes"))
    write_article(wires / "paper.md", "Fire cuts power", text, publisher="Paper B", published="2026-03-02")
    sync(index, [wires])
    whole = answer(QUESTION, settings=Settings(home=index.home))
    cited = {citation.article.publisher: citation for citation in whole.citations if "48,000" in citation.quote}
    assert {copy.publisher for copy in cited["Wire A"].also_in} == {"Gazette C"}
