"""What people choose in the page, on disk: their own, tolerant of other versions, with the LLM beside it."""

import json
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.errors import BadConversations, BadSetting
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from assistant.storage.preferences import KeptPreferences, Preferences
from assistant.web.page.llm_setting import LLMChoice
from tests.llm_server import ScriptedLLM


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


def write(file: Path, owner: str, fields: dict[str, Any]) -> None:
    """Keep fields as another version might have."""
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO preferences VALUES (?, ?)", (owner, json.dumps(fields)))
    connection.close()


def test_what_is_chosen_is_there_after_a_restart_and_each_has_their_own(file: Path) -> None:
    KeptPreferences(file).change("ada", strict=True, sources=12)
    KeptPreferences(file).change("ada", theme="dark")
    assert KeptPreferences(file).read("ada") == Preferences(strict=True, sources=12, theme="dark")
    assert KeptPreferences(file).read("bob") == KeptPreferences(file).read() == Preferences()
    KeptPreferences(file).forget("ada")
    assert KeptPreferences(file).read("ada") == Preferences()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "chosen",
    [
        {"sources": 4},
        {"sources": 21},
        {"sources": 7.5},
        {"sources": True},
        {"strict": 1},
        {"theme": "pink"},
        {"language": "<b>"},
        {"language": ""},
    ],
)
def test_what_may_not_be_chosen_is_refused_and_changes_nothing(file: Path, chosen: dict[str, Any]) -> None:
    kept = KeptPreferences(file)
    kept.change(sources=8)
    with pytest.raises(BadSetting):
        kept.change(**chosen)
    assert kept.read() == Preferences(sources=8)


def test_what_another_version_kept_is_read_as_far_as_it_is_understood_and_stays(file: Path) -> None:
    kept = KeptPreferences(file)
    kept.read()
    write(file, "", {"sources": 900, "theme": "dark", "strict": "often", "font": "large"})
    assert kept.read() == Preferences(theme="dark")
    kept.change(sources=6)
    connection = sqlite3.connect(file)
    (fields,) = connection.execute("SELECT fields FROM preferences").fetchone()
    connection.close()
    assert json.loads(fields) == {"sources": 6, "theme": "dark", "strict": "often", "font": "large"}


def test_a_file_of_an_older_version_gets_what_it_lacks(file: Path) -> None:
    conversations = Conversations(file)
    begun = conversations.begin("What was asked before?")
    connection = sqlite3.connect(file)
    connection.executescript("DROP TABLE preferences; DROP TABLE shared; PRAGMA user_version = 2")
    connection.close()
    KeptPreferences(file).change(theme="light")
    assert KeptPreferences(file).read().theme == "light"
    assert conversations.heading(begun.id)


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    for turn in range(5):
        file = tmp_path / str(turn) / "conversations.db"
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda number, file=file: KeptPreferences(file).read(str(number)), range(8)))
        assert found == [Preferences()] * 8


def test_a_file_that_cannot_be_read_is_named(file: Path) -> None:
    file.write_text("This is no database." * 100)
    with pytest.raises(BadConversations, match=r"the preferences in .*conversations\.db cannot be read"):
        KeptPreferences(file).read()


# ---- The LLM ----


def choice(file: Path, home: Path, *, start: bool = True, **settings: Any) -> tuple[Assistant, LLMChoice]:
    assistant = Assistant(Settings(home=home, **settings))
    chosen = LLMChoice(assistant, KeptPreferences(file), changeable=True)
    if start:
        chosen.restore()
    return assistant, chosen


def test_an_llm_is_tried_then_set_and_taken_up_at_the_next_start(file: Path, tmp_path: Path, llm: ScriptedLLM) -> None:
    llm.says("Hello.")
    assistant, chosen = choice(file, tmp_path)
    assert chosen.attempt(llm.setting).startswith("scripted wrote “Hello.” in ")
    assert assistant.llm is None
    assert chosen.use(f" {llm.setting} ").endswith("It is used from now on.")
    assert assistant.llm
    assert chosen.setting == llm.setting
    again, taken = choice(file, tmp_path)
    assert again.llm
    assert (again.llm.name, taken.problem) == ("scripted", None)
    chosen.use("none")
    assert choice(file, tmp_path)[0].llm is None


def test_what_the_server_is_started_with_stands_above_what_the_page_kept(
    file: Path, tmp_path: Path, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm.says("Hello.")
    choice(file, tmp_path)[1].use(llm.setting)
    assert choice(file, tmp_path, llm="none")[0].llm is None
    named, chosen = choice(file, tmp_path, llm="ollama:m")
    assert named.llm
    assert named.llm.name == "m"
    assert "at its next start --llm or ASSISTANT_LLM comes first" in chosen.use(llm.setting)
    monkeypatch.setenv("ASSISTANT_LLM", "none")
    assert choice(file, tmp_path)[0].llm is None


def test_an_llm_that_does_not_work_leaves_the_old_one(file: Path, tmp_path: Path, llm: ScriptedLLM) -> None:
    llm.says("Hello.")
    assistant, chosen = choice(file, tmp_path)
    chosen.use(llm.setting)
    before = assistant.llm
    llm.fails(401, "who are you?")
    for setting in (llm.setting.replace("scripted", "other"), "gpt", "missing.gguf", "http://user:key@host/v1#m"):
        with pytest.raises(Exception, match=r"refuses the key|not understood|cannot be read|no key or password"):
            chosen.use(setting)
    assert assistant.llm is before
    assert KeptPreferences(file).llm() == llm.setting


def test_a_kept_file_that_is_gone_is_a_problem_that_is_told_and_no_end(file: Path, tmp_path: Path) -> None:
    KeptPreferences(file).keep_llm(str(tmp_path / "gone.gguf"))
    assistant, chosen = choice(file, tmp_path)
    assert assistant.llm is None
    assert chosen.problem
    assert "gone.gguf cannot be read" in chosen.problem


@pytest.mark.parametrize("setting", ["openai:m", "ollama:m", "http://127.0.0.1:1/v1#m"])
def test_an_llm_is_named_as_it_was_set(file: Path, tmp_path: Path, setting: str) -> None:
    assert choice(file, tmp_path, llm=setting)[1].setting == setting
