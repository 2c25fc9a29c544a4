"""What could not be taken in is kept with its reason, tried again by itself, and forgotten when it is mended."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.web.page import library_jobs as runs
from assistant.web.page.uploads import Upload
from index import Index
from index.ingest.progress import silent
from index.web.fetch import Fetcher
from tests.conftest import write_article
from tests.web_pages import WORDS, links_of, page
from tests.web_server import MakeFetcher, ScriptedSite


@pytest.fixture(autouse=True)
def fetcher(make_fetcher: MakeFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands reach the tests' server."""

    def fresh() -> Fetcher:
        return make_fetcher()

    monkeypatch.setattr("index.web.fetch.Fetcher", fresh)


def test_a_file_that_failed_is_listed_until_it_is_mended(run: Any, folder: Path) -> None:
    assert "Nothing has failed" in run("failures").out
    bad = folder / "empty.md"
    bad.touch()
    run("index", folder)
    run("index", folder)
    (failure,) = run("failures", "--json").data
    assert (failure["source"], failure["tries"]) == (str(bad), 2)
    assert "is empty" in failure["reason"]
    assert failure["first"] <= failure["last"]
    assert "empty; write the article into it" in run("failures").out
    write_article(bad, "Not empty", "Here it is.")
    run("index", folder)
    assert run("failures", "--json").data == []


def test_a_line_that_failed_is_listed_by_its_number_until_it_is_mended(run: Any, tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    line = json.dumps({"title": "A ferry for the harbour", "text": "The ferry costs nine euros."})
    export.write_text(f"{line}\nno json\n")
    run("index", export)
    assert "  line 2 is not JSON" in run("failures").out
    export.write_text(f"{line}\n")
    run("index", export)
    assert run("failures", "--json").data == []


def test_a_run_forgets_no_failure_where_it_did_not_look(run: Any, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "empty.md").touch()
    run("index", folder, other)
    run("index", folder)
    assert len(run("failures", "--json").data) == 1
    (other / "empty.md").unlink()
    run("index", other)
    assert run("failures", "--json").data == []


@pytest.mark.parametrize("command", ["sync", "index"])
def test_only_what_failed_is_tried_again_files_and_addresses_alike(
    run: Any, folder: Path, site: ScriptedSite, command: str
) -> None:
    pages = [site.says(f"/{name}", page(name, text)) for name, text in WORDS.items()]
    feed = links_of(site, "rss", pages)
    site.fails("/flood", 404, times=1)
    (folder / "empty.md").touch()
    (folder / "picture.md").write_bytes(b"\x89PNG\0")
    (folder / "later.md").touch()
    assert run("follow", folder, feed).code == 1
    assert len(run("failures", "--json").data) == 4
    write_article(folder / "empty.md", "Not empty", "Here it is.")
    write_article(folder / "rail.md", "Night trains return", "It changed, and did not fail.")
    (folder / "later.md").unlink()
    site.forget()
    ran = run(command, "--retry-failed", "--json")
    assert ran.code == 1
    assert (ran.data["added"], ran.data["changed"], len(ran.data["failed"])) == (2, 0, 1)
    assert site.fetched() == ["/flood"]
    left = {Path(one["source"]).name: one["tries"] for one in run("failures", "--json").data}
    assert left == {"picture.md": 2}
    assert run("failures", "--clear").out == "Forgot 1 failure.\n"
    assert run(command, "--retry-failed").code == 0
    assert run("sync", "--json").data["changed"] == 1


def test_a_followed_folder_that_was_gone_is_mended_when_it_is_back(run: Any, folder: Path) -> None:
    run("follow", folder)
    folder.rename(folder.with_name("away"))
    assert run("sync").code == 1
    assert run("sync", "--retry-failed").code == 1
    assert [one["source"] for one in run("failures", "--json").data] == [str(folder)]
    folder.with_name("away").rename(folder)
    assert run("sync").code == 0
    assert run("failures", "--json").data == []


def test_an_upload_that_failed_is_no_failure_of_the_index(tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sent = tmp_path / "sent.md"
    sent.write_bytes(b"\x89PNG\0")
    assert runs.add(index, [Upload("sent.md", sent)], silent).failed
    assert index.catalog.failures.all() == []
