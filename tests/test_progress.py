"""How far a run is: told of each source by itself, drawn for who looks at a terminal, and for nobody else."""

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index import Index, sync, sync_addresses
from index.ingest.progress import Progress, Stopped
from index.web.fetch import Fetcher
from tests.conftest import write_article
from tests.terminal import Terminal
from tests.web_pages import links_of, page
from tests.web_server import LIMITS, Answer, MakeFetcher, ScriptedSite


class Told:
    """What is told of a run: of all of it, and of each source by its path or address."""

    def __init__(self) -> None:
        self.all: list[tuple[int, int, str]] = []
        self.of: dict[str, list[tuple[int, int, str]]] = {}

    def progress(self, *told: Any) -> None:
        self.all.append(told)

    def begin(self, source: str) -> Progress:
        assert source not in self.of
        mine = self.of[source] = []
        return lambda *told: mine.append(told)


def write(folder: Path, count: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        write_article(folder / f"{number:02}.md", f"{folder.name} {number}", f"Report {number} from the {folder.name}.")
    return folder


def test_each_path_is_told_of_by_itself_and_all_of_them_together(index: Index, tmp_path: Path) -> None:
    north, south = write(tmp_path / "north", 2), write(tmp_path / "south", 1)
    told = Told()
    paths = [north, north / "00.md", south]
    assert sync(index, paths, progress=told.progress, begin=told.begin).added == 3
    # A file that is given twice counts where it is found first.
    assert told.of == {
        str(north): [(0, 2, "00.md"), (1, 2, "01.md"), (2, 2, "")],
        str(south): [(0, 1, "00.md"), (1, 1, "")],
    }
    assert told.all == [(0, 4, "00.md"), (1, 4, "01.md"), (2, 4, "00.md"), (3, 3, "")]


def test_what_a_feed_lists_counts_for_the_feed_and_comes_before_the_next_address(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str]
) -> None:
    feed = links_of(site, "rss", three[:2])
    told = Told()
    given = [feed, three[2]]
    assert sync_addresses(index, given, progress=told.progress, begin=told.begin, fetcher=fetcher).added == 3
    assert told.of == {
        feed: [(0, 1, feed), (1, 3, three[0]), (2, 3, three[1]), (3, 3, "")],
        three[2]: [(0, 1, three[2]), (1, 1, "")],
    }
    assert told.all == [(0, 2, feed), (1, 4, three[0]), (2, 4, three[1]), (3, 4, three[2]), (4, 4, "")]


def test_an_entry_that_is_given_by_itself_too_is_told_of_where_it_was_given(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str]
) -> None:
    told = Told()
    feed = links_of(site, "sitemap", three)
    assert sync_addresses(index, [feed, three[1]], begin=told.begin, fetcher=fetcher).added == 3
    assert [name for _, _, name in told.of[feed]] == [feed, three[0], three[2], ""]
    assert [name for _, _, name in told.of[three[1]]] == [three[1], ""]


def test_a_run_over_several_paths_that_is_stopped_by_one_of_them_keeps_what_was_finished(
    index: Index, tmp_path: Path
) -> None:
    def begin(source: str) -> Progress:
        def stop(done: int, _total: int, _name: str) -> None:
            if source.endswith("south") and done == 1:
                raise KeyboardInterrupt

        return stop

    paths = [write(tmp_path / "north", 2), write(tmp_path / "south", 3)]
    with pytest.raises(Stopped) as stopped:
        sync(index, paths, begin=begin)
    assert stopped.value.summary.added == index.catalog.count()[0] == 3
    assert len(index.unfinished()) == 2
    assert sync(index, paths).added == 2


def test_ctrl_c_while_addresses_are_taken_in_tells_of_the_files_before_them_too(
    run: Any,
    tmp_path: Path,
    make_fetcher: MakeFetcher,
    site: ScriptedSite,
    three: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Where the page is given up before the key is pressed, the signal comes after the command and ends the tests.
    patient = make_fetcher(replace(LIMITS, seconds=60, silence=60))

    def pressed() -> Iterator[bytes]:
        os.kill(os.getpid(), signal.SIGINT)
        yield page("On the storm", "The storm took the roof off the market hall of Brandel.").encode()

    monkeypatch.setattr("index.web.fetch.Fetcher", lambda: patient)
    site.gives("/storm", Answer(pressed))
    ran = run("index", write(tmp_path / "north", 2), f"{site.address}/storm", three[0])
    assert ran.code == 130
    assert "stopped after 3 added, 0 changed" in ran.err
    assert site.fetched() == ["/storm"]


def test_the_terminal_shows_a_bar_for_each_folder_and_never_one_for_each_of_many_files(tmp_path: Path) -> None:
    folders = [write(tmp_path / name, 2) for name in ("north", "east", "south", "west", "centre")]
    files = sorted(write(tmp_path / "single", 30).iterdir())
    given = [str(path) for path in [*folders[:3], *files, *folders[3:]]]
    terminal = Terminal("index", *given, "--home", str(tmp_path / "home"), kind="xterm")
    assert terminal.end() == 0
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.printed)
    for folder in folders:
        assert re.search(rf"/{folder.name} +━+ +2/2 ", shown)
    assert re.search(r"35 paths +━+ +40/40 +[\d.,]+/s +\d\d:\d\d", shown)
    assert not re.search(r"\d\d\.md +━", shown)
    assert re.search(r"\d\d\.md", shown)
    ups = re.findall(r"(?:\x1b\[1A\x1b\[2K)+", terminal.printed)
    assert max(up.count("1A") for up in ups) < 10
    assert "40 added" in shown.split("━")[-1]


def test_nothing_is_drawn_where_nobody_looks(run: Any, tmp_path: Path) -> None:
    ran = run("index", write(tmp_path / "north", 2), write(tmp_path / "south", 2))
    assert (ran.code, ran.err) == (0, "")
    assert "north" not in ran.out
