"""Rules of the design that no single module can keep."""

import ast
import graphlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import assistant
import index
from benchmarks.house import imports as imports_among
from benchmarks.house import modules

ROOT = Path(__file__).parent.parent
FILES = modules(ROOT)
MODULES = sorted(FILES.values())
OWNERS = {
    "chromadb": {"index/store/vectors.py"},
    "feedparser": {"index/web/feeds.py"},
    "httpcore": {"index/web/fetch.py", "index/web/public_network.py", "index/web/response.py"},
    "lxml": {"index/load/html.py", "index/load/xml.py", "index/load/archive.py"},
    "mammoth": {"index/load/docx.py"},
    "langchain_core": {"assistant/langchain.py"},
    "openai": {"assistant/llm/failures.py", "assistant/llm/model.py"},
    "pypdfium2": {"index/load/pdf.py"},
    "protego": {"index/web/robots.py"},
    "py3langid": {"index/text/language.py"},
    "sqlalchemy": {
        "assistant/storage/conversations.py",
        "assistant/storage/database.py",
        "assistant/storage/preferences.py",
        "assistant/storage/tables.py",
        "assistant/storage/users.py",
        "index/store/address_table.py",
        "index/store/article_table.py",
        "index/store/catalog.py",
        "index/store/copy_table.py",
        "index/store/failure_table.py",
        "index/store/file_table.py",
        "index/store/follow_table.py",
        "index/store/full_text.py",
        "index/store/listing.py",
        "index/store/migrations.py",
        "index/store/near_duplicate_table.py",
        "index/store/schema.py",
        "index/store/sqlite.py",
    },
    "argon2": {"assistant/storage/passwords.py"},
    "limits": {"assistant/web/server/rate_limits.py"},
    "llama_index": {
        "assistant/assistant.py",
        "assistant/read/find.py",
        "assistant/llm/model.py",
        "assistant/retrieve/nodes.py",
        "assistant/retrieve/rerank.py",
    }
    | {"assistant/llama_index.py", "index/llama_index.py"},
    "sentence_transformers": {"assistant/check/cross_encoder.py", "index/embed/pytorch.py"},
    "openvino": {"index/embed/bert.py"},
    "sentencex": {"index/text/sentences.py"},
    "Stemmer": {"assistant/language/words.py", "index/text/terms.py"},
    "stop_words": {"assistant/language/words.py"},
    "torch": {"assistant/check/cross_encoder.py", "index/embed/pytorch.py"},
    "trafilatura": {"index/load/html_page.py"},
    "xllamacpp": {"assistant/llm/llama_cpp.py"},
}


# From the lowest: a package imports from those before its own line, and from itself.
LAYERS = {
    "index": ["errors", "types urls", "text", "load embed", "web", "store", "ingest", "maintain", "llama_index"],
    "assistant": [
        "translatable",
        "types errors preload",
        "settings",
        "language",
        "llm render",
        "storage question",
        "retrieve",
        "read",
        "check",
        "compose",
        "write",
        "suggest",
        "assistant llama_index langchain",
        "evaluate web",
        "cli",
    ],
    "assistant.web": ["server", "api page", "serve"],
}


@cache
def imports(file: Path, *, top_level: bool = False) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nodes = tree.body if top_level else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


# `Answer.to_dict()` and `str(answer)`: a value that writes itself asks those who write, when it is asked.
WRITES_ITSELF = {"assistant.types": {"assistant.render.serialize", "assistant.render.markdown"}}


@cache
def imported_modules(name: str) -> set[str]:
    """The modules of the project that one imports, at its top or later, or for its types alone."""
    return imports_among(FILES[name], set(FILES)) - WRITES_ITSELF.get(name, set())


@pytest.mark.parametrize("root", LAYERS)
def test_a_package_imports_from_those_below_it_only(root: str) -> None:
    floor = {name: number for number, names in enumerate(LAYERS[root]) for name in names.split()}
    depth = root.count(".") + 1
    wrong = []
    for name, file in FILES.items():
        parts = file.with_suffix("").relative_to(ROOT).parts
        if ".".join(parts[:depth]) != root or parts[depth].startswith("__"):
            continue
        own = parts[depth]
        for module in imported_modules(name):
            if module.startswith(f"{root}."):
                other = module.split(".")[depth]
                if other != own and floor[other] >= floor[own]:
                    wrong.append(f"{name} imports {module}")
    assert not wrong


def test_no_modules_import_each_other_in_a_circle() -> None:
    graphlib.TopologicalSorter({name: imported_modules(name) for name in FILES}).prepare()


def test_the_index_side_never_imports_the_ask_side() -> None:
    assert not [file for file in MODULES if file.is_relative_to(ROOT / "index") and "assistant" in imports(file)]


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_known_to_the_one_module_whose_job_it_is(library: str) -> None:
    users = {file.relative_to(ROOT).as_posix() for file in MODULES if library in imports(file)}
    assert users == OWNERS[library]


@pytest.mark.parametrize(
    "library",
    [
        "torch",
        "sentence_transformers",
        "openvino",
        "gradio",
        "chromadb",
        "trafilatura",
        "py3langid",
        "pypdfium2",
        "mammoth",
    ],
)
def test_no_module_imports_a_heavy_library_at_its_top(library: str) -> None:
    # Panes and tool are Gradio through and through; `assistant.web.page.app` imports them when a page is made.
    panes = [file for file in MODULES if file.parent.name == "page" and file.name != "app.py"]
    panes.append(ROOT / "assistant/web/api/mcp.py")
    allowed = panes if library == "gradio" else []
    assert not [file for file in MODULES if library in imports(file, top_level=True) and file not in allowed]


def test_no_test_imports_from_another_ones_module() -> None:
    # What several tests need is a fixture of conftest.py, or stands in a module that holds no tests.
    importing = []
    for file in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                named = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            else:
                continue
            importing += [f"{file.name}: {name}" for name in named if name.startswith("tests.test_")]
    assert importing == []


def test_what_the_packages_export_is_sorted_and_there() -> None:
    for package in (assistant, index):
        assert package.__all__ == sorted(package.__all__, key=lambda name: (not name.isupper(), name))
        assert all(hasattr(package, name) for name in package.__all__)
        assert not hasattr(package, "nothing_of_this_name")


def test_the_packages_export_all_their_errors() -> None:
    for package, errors in ((assistant, assistant.errors), (index, index.errors)):
        # `Unreachable` is the end of a sentence, and never leaves the module that raises it.
        told = {name for name, one in vars(errors).items() if isinstance(one, type)} - {"Unreachable"}
        assert told <= set(package.__all__)


def test_to_import_the_packages_imports_nothing_heavy() -> None:
    code = (
        "import assistant, index, sys\n"
        "heavy = {'torch', 'openvino', 'chromadb', 'llama_index', 'sqlalchemy', 'numpy', 'pydantic'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))\n"
        "from assistant import HybridRetriever, Settings\n"
        "from index import LlamaEmbedding, SentenceEmbedding\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in run.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['assistant', '--help']\n"
        "from assistant.cli import main\n"
        "import assistant.web.page.app\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'rich', 'torch', 'gradio', 'chromadb', 'llama_index', 'sqlalchemy', 'numpy', 'pydantic'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "HEAVY []" in run.stdout
    assert "Usage" in run.stdout
