"""The precision of many texts: bfloat16 only where it is faster, and says the same."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.embed import DEFAULT_MODEL, SentenceEmbedding, model_folder
from index.precision import LEAST_COSINE, Pass, Reader, faster, has_bfloat16, run
from index.quick import quick_reader
from index.transformer import TransformerReader

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXTS = ["The central bank raised rates by a quarter point on Thursday.", "Who drove the policy shift?"]


@pytest.fixture(scope="module")
def whole() -> Reader:
    reader = quick_reader(model_folder(DEFAULT_MODEL))
    assert reader
    return reader


@pytest.fixture(scope="module")
def half() -> TransformerReader:
    return TransformerReader(model_folder(DEFAULT_MODEL), DEFAULT_MODEL, half=True)


def taking(seconds: list[float]) -> Pass:
    """Read with the real models, on a processor that takes so long for each pass."""
    left: Iterator[float] = iter(seconds)
    return lambda reader, texts: (next(left), run(reader, texts)[1])


def test_half_the_bits_are_taken_where_they_are_faster_and_say_the_same(whole: Reader, half: Reader) -> None:
    assert faster(whole, half, TEXTS, taking([1.0, 0.9, 1.0, 0.5])) is half
    exact, rounded = whole.encode(TEXTS), half.encode(TEXTS)
    cosines = (exact * rounded).sum(axis=1)
    assert cosines.min() > LEAST_COSINE
    assert not np.allclose(exact, rounded, atol=1e-6)


def test_a_little_gain_does_not_change_the_precision(whole: Reader, half: Reader) -> None:
    assert faster(whole, half, TEXTS, taking([1.0, 0.9, 1.0, 0.9])) is whole


def test_a_processor_that_is_slow_at_it_is_tried_once(whole: Reader, half: Reader) -> None:
    assert faster(whole, half, TEXTS, taking([1.0, 4.0])) is whole


def test_vectors_that_come_out_otherwise_are_not_taken_however_fast(whole: Reader, half: Reader) -> None:
    def turned(reader: Reader, texts: Sequence[str]) -> "tuple[float, NDArray[np.float32]]":
        seconds, vectors = run(reader, texts)
        return (seconds, vectors) if reader is whole else (0.0, vectors[:, ::-1])

    assert faster(whole, half, TEXTS, turned) is whole


@pytest.mark.parametrize("has", [True, False])
def test_many_texts_are_tried_with_half_the_bits_where_the_processor_has_instructions_for_them(
    has: bool, monkeypatch: pytest.MonkeyPatch, half: TransformerReader
) -> None:
    tried: list[Reader] = []

    def soonest(_whole: Reader, given: Reader, _texts: Sequence[str]) -> Reader:
        tried.append(given)
        return given

    monkeypatch.setattr("index.precision.has_bfloat16", lambda: has)
    monkeypatch.setattr("index.precision.faster", soonest)
    monkeypatch.setattr("index.transformer.TransformerReader", lambda _folder, _name, half: _same(half))
    monkeypatch.setattr("index.embed._FEW", 20)

    def _same(asked: bool) -> TransformerReader:
        assert asked
        return half

    embedding = SentenceEmbedding()
    texts = [f"The ship number {number} sailed at dawn." for number in range(12)]
    exact, _ = embedding.encode_tokens(texts)
    rounded, _ = embedding.encode_tokens(texts)
    question, _ = embedding.encode_tokens(texts[:1])
    assert tried == ([half] if has else [])
    assert np.allclose(exact, rounded, atol=1e-6) is not has
    np.testing.assert_allclose(question, exact[:1], atol=1e-6)


@pytest.mark.parametrize(
    ("told", "has"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16 amx_tile\n", True),
        ("processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n", True),
        ("processor\t: 0\nmodel name\t: bf16\nflags\t\t: fpu avx2\n", False),
        ("", False),
    ],
)
def test_what_the_processor_says_of_its_instructions_is_read(tmp_path: Path, told: str, has: bool) -> None:
    (tmp_path / "cpuinfo").write_text(told)
    assert has_bfloat16(tmp_path / "cpuinfo") is has
    assert not has_bfloat16(tmp_path / "nothing")
