"""Fixtures shared by all tests: real articles in real indexes on disk, with the real embedding model."""

import gc
import ipaddress
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, sync_playwright
from tokenizers import Tokenizer

from assistant.assistant import Assistant
from assistant.check.model import WEIGHTS as CHECKER
from assistant.cli import main
from assistant.read.model import WEIGHTS as READER
from assistant.read.pairs import Pairs
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from index import Index, sync
from index.embed import model, openvino
from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from index.types import Article, article_id, content_hash
from index.web.fetch import Fetcher, Limits
from index.web.public_network import IPAddress, is_public, resolve
from tests.browsing import Visits
from tests.llm_server import ScriptedLLM, scripted_llm
from tests.serving import serving
from tests.web_pages import WORDS, page
from tests.web_server import LIMITS, MakeFetcher, ScriptedSite, scripted_site
from training.data import tokenizer_of

SEEDS = Path(__file__).parent.parent / "seeds"
MakeIndex = Callable[[Path], Path]
Over = Callable[..., Assistant]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that hold slow tests: the other worker has all the rest to do in the meantime."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True, scope="session")
def _no_thread_is_left_behind() -> Iterator[None]:
    """Fail the run when a thread outlives it, of a server or of what waits for one. Made first, it looks last."""
    yield
    gc.collect()
    # An index has its pool for as long as somebody holds it, and pytest holds what the last test was given.
    threads = [one for one in threading.enumerate() if not one.daemon and not one.name.startswith("background_")]
    threads.remove(threading.main_thread())
    for thread in threads:
        thread.join(10)
    assert [thread for thread in threads if thread.is_alive()] == []


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no test see or touch the developer's own index or settings, or the network."""
    for name in [name for name in os.environ if name.startswith(("ASSISTANT_", "OPENAI_", "OLLAMA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(autouse=True, scope="session")
def _load_packaged_models_once() -> Iterator[None]:
    """Let all indexes and assistants of a run share the packaged models, where each would load its own.

    They are the real ones, and safe to share between threads. A model that a test makes or spoils is loaded as ever.
    """
    packaged = model_folder(DEFAULT_MODEL)
    read, hashed, begin = openvino.load_openvino, model.fingerprint, Pairs.__init__
    made: dict[object, Any] = {}

    def load_openvino(folder: Path) -> openvino.OpenVinoBackend | None:
        if folder != packaged:
            return read(folder)
        if "embedding" not in made:
            made["embedding"] = read(folder)
        return cast("openvino.OpenVinoBackend | None", made["embedding"])

    def fingerprint(folder: Path) -> str:
        if folder != packaged:
            return hashed(folder)
        if "fingerprint" not in made:
            made["fingerprint"] = hashed(folder)
        return str(made["fingerprint"])

    def pairs(self: Pairs[Any], embeddings: openvino.OpenVinoBackend, file: Path, *given: Any, half: bool) -> None:
        key = (embeddings, file, *given, half)
        if key not in made:
            begin(self, embeddings, file, *given, half=half)
            if embeddings is made.get("embedding") and file.parent in (READER.parent, CHECKER.parent):
                made[key] = self
        else:
            vars(self).update(vars(made[key]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openvino, "load_openvino", load_openvino)
        patch.setattr(model, "fingerprint", fingerprint)
        patch.setattr(Pairs, "__init__", pairs)
        yield


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
def assistant(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over seeds/, which keeps conversations elsewhere: copies of the index have none."""
    with (
        Assistant(Settings(home=tmp_path_factory.mktemp("assistant")), starter=SEEDS) as made,
        Index(seed_home) as index,
    ):
        made.index = index
        yield made


@pytest.fixture(scope="session")
def address(assistant: Assistant) -> Iterator[str]:
    """The one server over seeds/, with all that a server has: the page, the API, the MCP tool and the docs."""
    with serving(assistant) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of the run. While it is there, the main thread has an event loop that runs."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "the browser tests need Chromium: apt-get install chromium"
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visits]:
    """Open pages, each in a context of its own, of which nothing is left after the test."""
    visits = Visits(browser)
    yield visits
    for context in browser.contexts:
        context.close()
    assert not visits.misdeeds


@pytest.fixture
def home_of_seeds(seed_home: Path, tmp_path: Path) -> Path:
    """A copy of the index over seeds/ that a test may change."""
    return Path(shutil.copytree(seed_home, tmp_path / "copy"))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An index that nothing is in yet, where commands have theirs."""
    with Index(tmp_path / "home") as index:
        yield index


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
def over(seed_home: Path, assistant: Assistant, llm: ScriptedLLM) -> Over:
    """Make an assistant over the starter articles that writes with the scripted LLM."""

    def make(**settings: Any) -> Assistant:
        made = Assistant(Settings(**{"home": seed_home, "llm": llm.setting, **settings}))
        if made.index.home == seed_home:
            made.index = assistant.index  # which has the embedding model loaded
        return made

    return make


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    """No conversations yet."""
    return Conversations(tmp_path / "conversations.db")


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


@pytest.fixture
def fetcher(make_fetcher: MakeFetcher) -> Fetcher:
    """A fetcher that reaches the tests' server."""
    return make_fetcher()


@pytest.fixture
def three(site: ScriptedSite) -> list[str]:
    """The addresses of three pages."""
    return [site.says(f"/{name}", page(f"On the {name}", text)) for name, text in WORDS.items()]


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


def put_article(index: Index, *, title: str, text: str, **fields: Any) -> Article:
    """Put an article into an index as it stands, past the loaders, which take markup out of fields."""
    stored = {"title": title, "text": text, "url": None, **fields}
    article = Article(id=article_id(title), content_hash=content_hash(**stored), **stored)
    with index.writing() as writer:
        writer.write([writer.entry(article, "")])
    return article


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
