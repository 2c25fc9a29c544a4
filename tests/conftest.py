"""Fixtures shared by all tests: real articles in real indexes on disk, with the real embedding model."""

import gc
import ipaddress
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from assistant.assistant import Assistant
from assistant.cli import main
from assistant.settings import Settings
from index import Index, sync
from index.embed.model import DEFAULT_MODEL, model_folder
from index.web.fetch import Fetcher, Limits
from index.web.public_network import IPAddress, is_public, resolve
from tests.llm_server import ScriptedLLM, scripted_llm
from tests.web_server import LIMITS, MakeFetcher, ScriptedSite, scripted_site
from training.data import tokenizer_of

SEEDS = Path(__file__).parent.parent / "seeds"
MakeIndex = Callable[[Path], Path]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no test see or touch the developer's own index or settings, or the network."""
    for name in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_", "OLLAMA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True, scope="module")
def _let_go_of_indexes() -> Iterator[None]:
    """Close the files of indexes that earlier tests opened: Chroma's clients refer to themselves, and wait for this."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def seed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Index seeds/ once; tests only read it."""
    home = tmp_path_factory.mktemp("seed-home")
    with Index(home) as index:
        summary = sync(index, [SEEDS])
    assert not summary.failed
    return home


@pytest.fixture(scope="session")
def assistant(seed_home: Path) -> Iterator[Assistant]:
    """An assistant over seeds/."""
    with Assistant(Settings(home=seed_home), starter=SEEDS) as assistant:
        yield assistant


@pytest.fixture
def home_of_seeds(seed_home: Path, tmp_path: Path) -> Path:
    """A copy of the index over seeds/ that a test may change."""
    return Path(shutil.copytree(seed_home, tmp_path / "copy"))


@pytest.fixture
def make_index(tmp_path: Path) -> MakeIndex:
    """Make an index of a folder in a fresh home."""

    def make(folder: Path) -> Path:
        home = tmp_path / f"home-of-{folder.name}"
        with Index(home) as index:
            sync(index, [folder])
        return home

    return make


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """The embedding model's tokenizer, as training uses it."""
    return tokenizer_of(model_folder(DEFAULT_MODEL))


@pytest.fixture(scope="session")
def questions() -> list[dict[str, Any]]:
    """The questions over seeds/."""
    return [json.loads(line) for line in (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three short articles."""
    made = tmp_path / "articles"
    made.mkdir()
    write_article(
        made / "bridge.md", "A bridge opens in Lisbon", BRIDGE, publisher="River Desk", published="2024-03-05"
    )
    write_article(made / "rail.md", "Night trains return", RAIL, publisher="Rail Desk", published="2025-01-20")
    (made / "harvest.txt").write_text(HARVEST, encoding="utf-8")
    return made


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    """A server that plays an LLM, and says what the test tells it to."""
    with scripted_llm() as llm:
        yield llm


@pytest.fixture
def site() -> Iterator[ScriptedSite]:
    with scripted_site() as site:
        yield site


@pytest.fixture
def pauses() -> list[float]:
    """The pauses a fetcher would have made."""
    return []


@pytest.fixture
def make_fetcher(pauses: list[float]) -> Iterator[MakeFetcher]:
    """Make a fetcher to which the tests' server is public, and nothing else of this machine is.

    wire.example is the server; other names are looked up as always.
    """
    made: list[Fetcher] = []

    def known(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host.endswith("wire.example") else resolve(host, port)

    def allowed(address: IPAddress) -> bool:
        return address == ipaddress.ip_address("127.0.0.1") or is_public(address)

    def fetcher(limits: Limits = LIMITS, **given: object) -> Fetcher:
        made.append(Fetcher(limits, **{"resolve": known, "allowed": allowed, "sleep": pauses.append, **given}))  # type: ignore[arg-type]
        return made[-1]

    yield fetcher
    for one in made:
        one.close()


class Ran:
    """What a command printed, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run a command of the assistant in this process."""
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return command


def write_article(file: Path, title: str, text: str, **fields: str) -> Path:
    """Write a Markdown article with front matter."""
    front = "".join(f"{name}: {json.dumps(value)}\n" for name, value in {"title": title, **fields}.items())
    file.write_text(f"---\n{front}---\n\n{text}\n", encoding="utf-8")
    return file


BRIDGE = """The footbridge over the Tagus inlet opened on March 3 after four years of work. It is 412 metres long.

Engineer Rosa Mendes led the design team. She chose weathering steel because it needs no paint. The city paid
EUR 38 million for it."""

RAIL = """The sleeper service between Brussels and Prague runs three nights a week. A ticket in a shared compartment
costs 69 euros.

The operator cancelled the earlier plan for a daily train since carriages were scarce."""

HARVEST = """Olive harvest falls by a third

Growers in Andalusia picked 660,000 tonnes of olives, a third less than the year before. The drought was to blame.

Prices at the mill rose to 8.4 euros a kilo."""
