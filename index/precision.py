"""Half the bits where that is faster: bfloat16 on processors that multiply it, float32 on all others.

Which is faster is measured on the texts at hand, for the name of a processor does not tell it, nor what else it does.
"""

import time
from collections.abc import Callable
from typing import Any

LEAST_COSINE = 0.999
"""How near to those of float32 the vectors have to be."""

_GAIN = 1.2
# A first pass sets things up; one that takes longer than this does not come to be the faster one.
_HOPELESS = 3.0

Pass = Callable[[Any, "dict[str, Any]"], tuple[float, Any]]
"""Runs a model over a batch: the seconds it took, and the vectors (texts x dimension)."""


def run(model: Any, features: "dict[str, Any]") -> tuple[float, Any]:
    """Run a sentence-transformers model over a tokenised batch, as a `Pass`."""
    import torch

    with torch.inference_mode():
        began = time.perf_counter()
        found = model(dict(features))
        return time.perf_counter() - began, found["sentence_embedding"].float()


def fastest(model: Any, features: "dict[str, Any]", run: Pass = run) -> Any:
    """Return the model, or a copy of it in bfloat16 where that is faster and its vectors are as good as the same."""
    import copy

    import torch

    half = copy.deepcopy(model).to(torch.bfloat16)
    whole_time, whole = run(model, features)
    half_time, rounded = run(half, features)
    if half_time < _HOPELESS * whole_time:
        whole_time, half_time = run(model, features)[0], run(half, features)[0]
    near = float(torch.nn.functional.cosine_similarity(whole, rounded).min()) >= LEAST_COSINE
    return half if near and half_time * _GAIN < whole_time else model
