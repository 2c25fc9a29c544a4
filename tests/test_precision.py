"""The precision of many texts: bfloat16 only where it is faster, and says the same."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from index.embed import DEFAULT_MODEL, model_folder
from index.precision import LEAST_COSINE, Pass, fastest, run
from index.transformer import TransformerReader

TEXTS = ["The central bank raised rates by a quarter point on Thursday.", "Who drove the policy shift?"]


@pytest.fixture(scope="module")
def model() -> Any:
    return TransformerReader(model_folder(DEFAULT_MODEL), DEFAULT_MODEL)._model


@pytest.fixture(scope="module")
def features(model: Any) -> dict[str, Any]:
    return dict(model.tokenizer(TEXTS, padding=True, return_tensors="pt"))


def taking(seconds: list[float]) -> Pass:
    """Run the real model, on a processor that takes so long for each pass."""
    left: Iterator[float] = iter(seconds)
    return lambda model, features: (next(left), run(model, features)[1])


def test_half_the_bits_are_taken_where_they_are_faster_and_say_the_same(model: Any, features: dict[str, Any]) -> None:
    half = fastest(model, features, taking([1.0, 0.9, 1.0, 0.5]))
    assert half is not model
    _, whole = run(model, features)
    _, rounded = run(half, features)
    cosines = (whole.numpy() * rounded.numpy()).sum(axis=1) / np.linalg.norm(rounded.numpy(), axis=1)
    assert cosines.min() > LEAST_COSINE
    assert not np.allclose(whole.numpy(), rounded.numpy(), atol=1e-6)


def test_a_little_gain_does_not_change_the_precision(model: Any, features: dict[str, Any]) -> None:
    assert fastest(model, features, taking([1.0, 0.9, 1.0, 0.9])) is model


def test_a_processor_that_is_slow_at_it_is_tried_once(model: Any, features: dict[str, Any]) -> None:
    assert fastest(model, features, taking([1.0, 4.0])) is model


def test_vectors_that_come_out_otherwise_are_not_taken_however_fast(model: Any, features: dict[str, Any]) -> None:
    def turned(given: Any, batch: dict[str, Any]) -> tuple[float, Any]:
        seconds, vectors = run(given, batch)
        return (seconds, vectors) if given is model else (0.0, vectors.flip(1))

    assert fastest(model, features, turned) is model
