"""Seconds, and the middle and the tail of many of them."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

_WARM_UP = 3


def timed(do: Callable[..., Any], *given: object) -> tuple[float, Any]:
    """Do something: seconds, and what came of it."""
    began = time.perf_counter()
    found = do(*given)
    return time.perf_counter() - began, found


def repeated(name: str, do: Callable[[Any], object], given: Sequence[Any]) -> dict[str, float]:
    """Do something with each of the given, after some to warm up: median and 95th percentile, in milliseconds."""
    for one in given[:_WARM_UP]:
        do(one)
    return quantiles(name, [timed(do, one)[0] for one in given])


def quantiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """Tell the median and the 95th percentile, in milliseconds."""
    times = sorted(one * 1_000 for one in seconds)
    return {f"{name} p50": statistics.median(times), f"{name} p95": times[int(len(times) * 0.95)]}
