"""The precision of many texts: bfloat16 only where it is faster, and says the same."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Index, sync
from index.embed.backend import MIN_COSINE, Backend, TimedEncode, choose_precision, timed_encode
from index.embed.bert import has_bfloat16
from index.embed.model import BFLOAT16, SentenceEmbedding, model_folder
from index.embed.openvino import load_openvino
from index.embed.packaged import DEFAULT_MODEL
from index.embed.pytorch import PyTorchBackend
from tests.conftest import write_article

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.tokens import TokenIds

pytestmark = pytest.mark.slow

SENTENCES = ["The central bank raised rates by a quarter point on Thursday.", "Who drove the policy shift?"]


@pytest.fixture(scope="module")
def whole() -> Backend:
    backend = load_openvino(model_folder(DEFAULT_MODEL))
    assert backend
    return backend


@pytest.fixture(scope="module", params=["OpenVINO", "PyTorch"])
def half(request: pytest.FixtureRequest) -> Backend:
    folder = model_folder(DEFAULT_MODEL)
    if request.param == "PyTorch":
        return PyTorchBackend(folder, DEFAULT_MODEL, bfloat16=True)
    backend = load_openvino(folder)
    assert backend
    if not has_bfloat16():
        pytest.skip("OpenVINO has no bfloat16 on this processor, and computes in float32 instead")
    return backend.in_bfloat16()


@pytest.fixture(scope="module")
def texts(whole: Backend) -> "list[TokenIds]":
    return [tokens.ids for tokens in whole.tokenise(SENTENCES)]


def taking(whole: Backend, of_whole: list[float], of_half: list[float]) -> TimedEncode:
    """Read with the real models, on a processor that takes so long for each pass of the one and of the other."""
    left: dict[bool, Iterator[float]] = {True: iter(of_whole), False: iter(of_half)}
    return lambda backend, texts: (next(left[backend is whole]), timed_encode(backend, texts)[1])


def test_half_the_bits_are_taken_where_they_are_faster_and_say_the_same(
    whole: Backend, half: Backend, texts: "list[TokenIds]"
) -> None:
    assert choose_precision(whole, half, texts, taking(whole, [1.0] * 3, [0.9, 0.5, 0.5])) is half
    exact, rounded = whole.encode(SENTENCES), half.encode(SENTENCES)
    cosines = (exact * rounded).sum(axis=1)
    assert cosines.min() > MIN_COSINE
    assert not np.allclose(exact, rounded, atol=1e-6)


def test_a_little_gain_does_not_change_the_precision(whole: Backend, half: Backend, texts: "list[TokenIds]") -> None:
    assert choose_precision(whole, half, texts, taking(whole, [1.0] * 7, [0.9] * 7)) is whole


def test_what_slows_a_pass_for_a_moment_does_not_decide(whole: Backend, half: Backend, texts: "list[TokenIds]") -> None:
    assert choose_precision(whole, half, texts, taking(whole, [1.0] * 4, [0.9, 2.0, 2.0, 0.5])) is half
    assert choose_precision(whole, half, texts, taking(whole, [1.0, 3.0] + [1.0] * 5, [0.9] * 7)) is whole


def test_a_processor_that_is_slow_at_it_is_not_tried_again(
    whole: Backend, half: Backend, texts: "list[TokenIds]"
) -> None:
    assert choose_precision(whole, half, texts, taking(whole, [1.0, 1.0], [1.0, 4.0])) is whole


def test_vectors_that_come_out_otherwise_are_not_taken_however_fast(
    whole: Backend, half: Backend, texts: "list[TokenIds]"
) -> None:
    def turned(backend: Backend, texts: "Sequence[TokenIds]") -> "tuple[float, NDArray[np.float32]]":
        seconds, vectors = timed_encode(backend, texts)
        return (seconds, vectors) if backend is whole else (0.0, vectors[:, ::-1])

    assert choose_precision(whole, half, texts, turned) is whole


@pytest.mark.parametrize("has", [True, False])
def test_many_texts_are_tried_with_half_the_bits_where_the_processor_has_instructions_for_them(
    has: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Backend] = []

    def soonest(_whole: Backend, given: Backend, _texts: "Sequence[TokenIds]") -> Backend:
        tried.append(given)
        return given

    monkeypatch.setattr("index.embed.bert.has_bfloat16", lambda: has)
    monkeypatch.setattr("index.embed.backend.choose_precision", soonest)
    monkeypatch.setattr("index.embed.model._TRIAL_AFTER", 20)
    # Of a build that PyTorch reads: it can compute in bfloat16 on any processor.
    monkeypatch.setattr("index.embed.openvino.load_openvino", lambda _folder: None)
    embedding = SentenceEmbedding()
    texts = [f"The ship number {number} sailed at dawn." for number in range(12)]
    exact, _ = embedding.encode_tokens(texts)
    rounded, _ = embedding.encode_tokens(texts)
    question, _ = embedding.encode_tokens(texts[:1])
    assert len(tried) == has
    assert np.allclose(exact, rounded, atol=1e-6) is not has
    # A question is read as the passages are.
    np.testing.assert_allclose(question, (rounded if has else exact)[:1], atol=2e-3 if has else 1e-6)
    assert embedding.precision == (BFLOAT16 if has else None)


@pytest.mark.parametrize("has", [True, False])
def test_a_question_is_read_at_the_precision_of_the_passages_where_the_processor_has_it(
    has: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.embed.bert.has_bfloat16", lambda: True)
    monkeypatch.setattr("index.embed.backend.choose_precision", lambda _whole, half, _texts: half)
    monkeypatch.setattr("index.embed.model._TRIAL_AFTER", 20)
    monkeypatch.setattr("index.embed.openvino.load_openvino", lambda _folder: None)
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(30):
        write_article(folder / f"{number}.md", f"Ship {number}", f"The ship number {number} sailed at dawn.")
    exact = SentenceEmbedding().encode(["Who sailed?"])
    sync(Index(tmp_path / "home"), [folder])
    monkeypatch.setattr("index.embed.bert.has_bfloat16", lambda: has)
    asked = Index(tmp_path / "home")
    assert asked.catalog.get("precision") == BFLOAT16
    assert np.allclose(asked.embedding.encode(["Who sailed?"]), exact, atol=1e-5) is not has


def test_many_texts_are_read_without_pytorch_whatever_their_precision() -> None:
    code = (
        "import sys; from index.embed.model import SentenceEmbedding; embedding = SentenceEmbedding()\n"
        "texts = [f'The ship number {number} sailed at dawn.' for number in range(100)]\n"
        "embedding.encode_tokens(texts); rows, _ = embedding.encode_tokens(texts)\n"
        "assert (rows * embedding.encode(texts)).sum(axis=1).min() > 0.999\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
