"""Confidence intervals of figures, and significance tests between runs, by resampling questions.

Intervals are percentile bootstrap intervals (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13).
Two runs are compared by a paired randomisation test (Smucker, Allan & Carterette, "A Comparison of Statistical
Significance Tests for Information Retrieval Evaluation", CIKM 2007): under the null hypothesis, each
question's two values may be swapped. Seeds are fixed, so that results are reproducible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.evaluate.metrics import FIGURES, Figure, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEED = 20251
_RESAMPLES = 2_000
_SWAPS = 4_999
_CONFIDENCE = 0.95
# Resamples in memory at a time.
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, and its number of questions.

    `low` and `high` are None for fewer than two questions; `value` is None for none.
    """

    value: float | None
    low: float | None
    high: float | None
    questions: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two runs over the same questions.

    `change` is `after - before`; `p` is the two-sided p-value (0 to 1): the probability of such a change by chance.
    """

    before: float
    after: float
    change: float
    p: float
    questions: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared by figure, over their `matched` questions; the others of each are counted."""

    differences: Mapping[str, Difference]
    matched: int
    only_before: int
    only_after: int


def estimate(results: Sequence[Result], figures: Sequence[Figure] = FIGURES) -> dict[str, Estimate]:
    """Return an estimate of each of `figures` over results."""
    return {
        figure.name: _estimate(figure, [result.values.get(figure.name) for result in results]) for figure in figures
    }


def compare(before: Sequence[Result], after: Sequence[Result], figures: Sequence[Figure] = FIGURES) -> Comparison:
    """Compare two runs over the questions that both asked, in each of `figures`.

    Questions match by id, else by text, and only if both runs agree on whether they are answerable.
    """
    earlier = {result.key: result for result in before}
    pairs = [
        (earlier[result.key], result)
        for result in after
        if result.key in earlier and earlier[result.key].answerable == result.answerable
    ]
    differences = {}
    for figure in figures:
        values = [(a.values.get(figure.name), b.values.get(figure.name)) for a, b in pairs]
        if found := _difference(figure, values):
            differences[figure.name] = found
    return Comparison(differences, len(pairs), len(before) - len(pairs), len(after) - len(pairs))


def _estimate(figure: Figure, values: Sequence[float | None]) -> Estimate:
    known = np.asarray([value for value in values if value is not None], dtype=np.float64)
    if not known.size:
        return Estimate(None, None, None, 0)
    middle = float(_middle(figure, known))
    if known.size < 2:
        return Estimate(middle, None, None, 1)
    # Imported late: scipy.stats takes a second.
    from scipy.stats import bootstrap

    interval = bootstrap(
        (known,),
        lambda sample, axis: _middle(figure, sample, axis),
        confidence_level=_CONFIDENCE,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Estimate(middle, float(interval.low), float(interval.high), int(known.size))


def _difference(figure: Figure, values: Sequence[tuple[float | None, float | None]]) -> Difference | None:
    """Return the difference in one figure; None if one of the runs has no value."""
    kept = [pair for pair in values if pair != (None, None)]
    before, after = (np.asarray([pair[n] for pair in kept], dtype=np.float64) for n in (0, 1))
    if np.isnan(before).all() or np.isnan(after).all():
        return None
    old, new = float(_middle(figure, before)), float(_middle(figure, after))
    return Difference(old, new, new - old, _chance(figure, before, after), len(kept))


def _chance(figure: Figure, before: "NDArray[np.float64]", after: "NDArray[np.float64]") -> float:
    if len(before) < 2 or np.array_equal(before, after, equal_nan=True):
        return 1.0
    from scipy.stats import permutation_test

    tested = permutation_test(
        (before, after),
        lambda a, b, axis: _middle(figure, b, axis) - _middle(figure, a, axis),
        permutation_type="samples",
        n_resamples=_SWAPS,
        batch=_BATCH,
        rng=np.random.default_rng(_SEED),
    )
    return float(tested.pvalue)


def _middle(figure: Figure, values: "NDArray[np.float64]", axis: int = -1) -> Any:
    """Return the mean (the median of milliseconds) without nan; 0 if all are nan."""
    empty = np.isnan(values).all(axis=axis, keepdims=True)
    safe = np.where(empty, 0.0, values)
    return np.nanmedian(safe, axis=axis) if figure.unit == "ms" else np.nanmean(safe, axis=axis)
