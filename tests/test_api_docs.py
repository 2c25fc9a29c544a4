"""docs/api.md tells the truth: its commands, its code and its configurations work against a running server."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from assistant.web.server.origin_check import MAX_BODY_BYTES
from tests.docs import ROOT, blocks
from tests.mcp_client import connected

DOCS = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SHOWN = "http://127.0.0.1:7860"
CHAT, *CURLS = blocks("sh", DOCS)


@pytest.mark.parametrize("command", CURLS)
def test_a_curl_of_the_docs_gets_an_answer(command: str, address: str) -> None:
    assert command.startswith("curl ")
    words = shlex.split(command.replace(SHOWN, address).replace("\\\n", " "))
    found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout)
    answer = found.get("answer", found)
    assert answer["citations"]


@pytest.mark.parametrize("code", blocks("python", DOCS))
def test_the_code_of_the_docs_prints_an_answer_and_its_citations(code: str, address: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", code.replace(SHOWN, address)], capture_output=True, text=True, check=True, timeout=60
    )
    assert re.search(r"\[1\].*\n\[1\] .+: .+", ran.stdout, re.DOTALL)


@pytest.mark.parametrize("configuration", blocks("json", DOCS))
def test_a_configuration_of_the_docs_names_an_address_where_the_tool_is(configuration: str, address: str) -> None:
    ((_, servers),) = json.loads(configuration).items()
    named = servers["articles"].get("url") or servers["articles"]["args"][-1]
    assert named == f"{SHOWN}/gradio_api/mcp/"
    (tool,) = connected(address, lambda session: session.list_tools()).tools
    assert tool.name == "answer"


def test_every_address_of_the_docs_is_there_and_the_figures_are_right(address: str) -> None:
    described = httpx.get(f"{address}/openapi.json").json()["paths"]
    for path in re.findall(r"`(/(?:v1|api)/[\w/]+)`", DOCS):
        assert path in described
    assert httpx.get(f"{address}/docs").status_code == 200
    assert f"{MAX_BODY_BYTES // 1024**2} MiB" in DOCS


def test_the_command_of_the_docs_prints_where_programs_ask(home_of_seeds: Path) -> None:
    words = shlex.split(CHAT.replace("--port 7860 ", ""))
    assert words == ["assistant", "chat", "--no-browser"]
    environment = {**os.environ, "ASSISTANT_HOME": str(home_of_seeds), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as chat:
        try:
            assert chat.stdout
            page = re.search(r"http://\S+", chat.stdout.readline())
            assert page
            programs = chat.stdout.readline()
            named = re.findall(rf"{re.escape(page[0])}(/\S+?)(?:,|\s|$)", programs)
            assert named == ["/v1", "/gradio_api/mcp/", "/docs"]
            assert httpx.get(f"{page[0]}/v1/models").json()["data"]
        finally:
            chat.terminate()
