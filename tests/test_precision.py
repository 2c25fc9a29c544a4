"""The precision of many texts: bfloat16 only where it is faster, and says the same."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Index, sync
from index.embed.backend import MIN_COSINE, Pass, Reader, faster, run
from index.embed.bert import has_bfloat16
from index.embed.model import DEFAULT_MODEL, HALF, SentenceEmbedding, model_folder
from index.embed.openvino import quick_reader
from index.embed.pytorch import TransformerReader
from tests.conftest import write_article

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.tokens import Numbers

pytestmark = pytest.mark.slow

SENTENCES = ["The central bank raised rates by a quarter point on Thursday.", "Who drove the policy shift?"]


@pytest.fixture(scope="module")
def whole() -> Reader:
    reader = quick_reader(model_folder(DEFAULT_MODEL))
    assert reader
    return reader


@pytest.fixture(scope="module", params=["OpenVINO", "PyTorch"])
def half(request: pytest.FixtureRequest) -> Reader:
    folder = model_folder(DEFAULT_MODEL)
    if request.param == "PyTorch":
        return TransformerReader(folder, DEFAULT_MODEL, half=True)
    reader = quick_reader(folder)
    assert reader
    if not has_bfloat16():
        pytest.skip("OpenVINO has no bfloat16 on this processor, and computes in float32 instead")
    return reader.halved()


@pytest.fixture(scope="module")
def texts(whole: Reader) -> "list[Numbers]":
    return [tokens.ids for tokens in whole.tokenise(SENTENCES)]


def taking(whole: Reader, of_whole: list[float], of_half: list[float]) -> Pass:
    """Read with the real models, on a processor that takes so long for each pass of the one and of the other."""
    left: dict[bool, Iterator[float]] = {True: iter(of_whole), False: iter(of_half)}
    return lambda reader, texts: (next(left[reader is whole]), run(reader, texts)[1])


def test_half_the_bits_are_taken_where_they_are_faster_and_say_the_same(
    whole: Reader, half: Reader, texts: "list[Numbers]"
) -> None:
    assert faster(whole, half, texts, taking(whole, [1.0] * 3, [0.9, 0.5, 0.5])) is half
    exact, rounded = whole.encode(SENTENCES), half.encode(SENTENCES)
    cosines = (exact * rounded).sum(axis=1)
    assert cosines.min() > MIN_COSINE
    assert not np.allclose(exact, rounded, atol=1e-6)


def test_a_little_gain_does_not_change_the_precision(whole: Reader, half: Reader, texts: "list[Numbers]") -> None:
    assert faster(whole, half, texts, taking(whole, [1.0] * 7, [0.9] * 7)) is whole


def test_what_slows_a_pass_for_a_moment_does_not_decide(whole: Reader, half: Reader, texts: "list[Numbers]") -> None:
    assert faster(whole, half, texts, taking(whole, [1.0] * 4, [0.9, 2.0, 2.0, 0.5])) is half
    assert faster(whole, half, texts, taking(whole, [1.0, 3.0] + [1.0] * 5, [0.9] * 7)) is whole


def test_a_processor_that_is_slow_at_it_is_not_tried_again(whole: Reader, half: Reader, texts: "list[Numbers]") -> None:
    assert faster(whole, half, texts, taking(whole, [1.0, 1.0], [1.0, 4.0])) is whole


def test_vectors_that_come_out_otherwise_are_not_taken_however_fast(
    whole: Reader, half: Reader, texts: "list[Numbers]"
) -> None:
    def turned(reader: Reader, texts: "Sequence[Numbers]") -> "tuple[float, NDArray[np.float32]]":
        seconds, vectors = run(reader, texts)
        return (seconds, vectors) if reader is whole else (0.0, vectors[:, ::-1])

    assert faster(whole, half, texts, turned) is whole


@pytest.mark.parametrize("has", [True, False])
def test_many_texts_are_tried_with_half_the_bits_where_the_processor_has_instructions_for_them(
    has: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Reader] = []

    def soonest(_whole: Reader, given: Reader, _texts: "Sequence[Numbers]") -> Reader:
        tried.append(given)
        return given

    monkeypatch.setattr("index.embed.bert.has_bfloat16", lambda: has)
    monkeypatch.setattr("index.embed.backend.faster", soonest)
    monkeypatch.setattr("index.embed.model._FEW", 20)
    # Of a build that PyTorch reads: it can compute in bfloat16 on any processor.
    monkeypatch.setattr("index.embed.openvino.quick_reader", lambda _folder: None)
    embedding = SentenceEmbedding()
    texts = [f"The ship number {number} sailed at dawn." for number in range(12)]
    exact, _ = embedding.encode_tokens(texts)
    rounded, _ = embedding.encode_tokens(texts)
    question, _ = embedding.encode_tokens(texts[:1])
    assert len(tried) == has
    assert np.allclose(exact, rounded, atol=1e-6) is not has
    # A question is read as the passages are.
    np.testing.assert_allclose(question, (rounded if has else exact)[:1], atol=2e-3 if has else 1e-6)
    assert embedding.precision == (HALF if has else None)


@pytest.mark.parametrize("has", [True, False])
def test_a_question_is_read_at_the_precision_of_the_passages_where_the_processor_has_it(
    has: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.embed.bert.has_bfloat16", lambda: True)
    monkeypatch.setattr("index.embed.backend.faster", lambda _whole, half, _texts: half)
    monkeypatch.setattr("index.embed.model._FEW", 20)
    monkeypatch.setattr("index.embed.openvino.quick_reader", lambda _folder: None)
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(30):
        write_article(folder / f"{number}.md", f"Ship {number}", f"The ship number {number} sailed at dawn.")
    exact = SentenceEmbedding().encode(["Who sailed?"])
    sync(Index(tmp_path / "home"), [folder])
    monkeypatch.setattr("index.embed.bert.has_bfloat16", lambda: has)
    asked = Index(tmp_path / "home")
    assert asked.catalog.get("precision") == HALF
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
