"""An index and an assistant have threads and files, and can be told to let go of them."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.settings import Settings
from index import Index, sync
from index.errors import IndexClosed
from index.maintain.rebuild import rebuild
from tests.conftest import MakeIndex

QUESTION = "How long is the footbridge?"


def open_below(folder: Path) -> list[str]:
    """List the files below a folder that this process has open."""
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    found = [os.readlink(link) for link in links if link.is_symlink()]
    return [file for file in found if file.startswith(str(folder.resolve()))]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed there on Linux alone")
def test_a_closed_assistant_has_no_thread_and_no_file_open_and_its_answer_stays(
    make_index: MakeIndex, folder: Path
) -> None:
    home = make_index(folder)
    before = set(threading.enumerate())
    with Assistant(Settings(home=home)) as assistant:
        found = assistant.answer(QUESTION)
        assert open_below(home)
        assert [thread for thread in threading.enumerate() if thread.name.startswith("beside") and thread not in before]
    assert not open_below(home)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("beside") and thread not in before]
    assert "412 metres" in found.text
    assert found.citations[0].article.text[found.citations[0].start : found.citations[0].end]


def test_using_an_assistant_after_it_was_closed_is_one_clear_error_and_closing_it_twice_none(
    make_index: MakeIndex, folder: Path
) -> None:
    assistant = Assistant(Settings(home=make_index(folder)))
    assistant.answer(QUESTION)
    assistant.close()
    assistant.close()
    for use in (lambda: assistant.answer(QUESTION), assistant.count, assistant.publishers, assistant.examples):
        with pytest.raises(IndexClosed, match="is closed; open the index anew"):
            use()


def test_an_index_that_was_never_used_can_be_closed_and_whatever_is_asked_of_it_then_is_refused(
    make_index: MakeIndex, folder: Path
) -> None:
    home = make_index(folder)
    with Index(home) as index:
        pass
    index.close()
    uses = (
        index.facts,
        index.vectors,
        index.check_model,
        index.unfinished,
        lambda: index.embedding,
        lambda: index.article("nope"),
        lambda: index.lexical(["bridge"], 3),
        lambda: index.beside(lambda: None),
        lambda: index.catalog.followed.all(),
        lambda: index.remove(["nope"]),
        lambda: sync(index, [folder]),
        lambda: rebuild(index),
    )
    for use in uses:
        with pytest.raises(IndexClosed, match="open"):
            use()
    with Index(home) as again:
        assert sync(again, [folder]).unchanged == 3


def test_vectors_that_were_opened_before_an_index_was_closed_are_closed_with_it(
    make_index: MakeIndex, folder: Path
) -> None:
    with Index(make_index(folder)) as index:
        vectors = index.vectors()
        search = index.dense_search()
        vector = index.embedding.encode([QUESTION])[0]
        assert search(vector, 3)
    with pytest.raises(IndexClosed):
        vectors.count()
    with pytest.raises(IndexClosed):
        search(vector, 3)


def test_what_another_thread_is_at_ends_in_an_answer_or_in_that_error(make_index: MakeIndex, folder: Path) -> None:
    assistant = Assistant(Settings(home=make_index(folder)))
    assistant.answer(QUESTION)
    ended: list[object] = []
    asked = threading.Event()

    def ask() -> None:
        try:
            while True:
                assert "412" in assistant.answer(QUESTION).text
                asked.set()
        except Exception as error:
            ended.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert asked.wait(60)
    assistant.close()
    for thread in threads:
        thread.join(60)
    assert [type(error) for error in ended] == [IndexClosed] * 3, ended


def test_eight_threads_of_a_process_that_has_loaded_nothing_yet_may_ask_at_once(seed_home: Path) -> None:
    code = (
        "import threading, traceback\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from assistant import answer\n"
        "together = threading.Barrier(8)\n"
        "def ask(_):\n"
        "    together.wait()\n"
        "    return answer('who drove the policy shift?').text\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    found = list(pool.map(ask, range(8)))\n"
        "assert len(set(found)) == 1 and 'Marco Rubio' in found[0], found\n"
    )
    environment = {**os.environ, "ASSISTANT_HOME": str(seed_home)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
