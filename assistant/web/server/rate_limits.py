"""How often somebody may do something, counted in memory: signing in, asking."""

import time
from typing import TYPE_CHECKING

from assistant.errors import TooOften

if TYPE_CHECKING:
    from limits import RateLimitItem


class Pace:
    """Counts what each of some may do, over windows that move; `limit` is written as "30/minute" or "10/5 minutes".

    May be shared between threads.
    """

    def __init__(self, limit: str) -> None:
        from limits import parse
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._limit: RateLimitItem = parse(limit)
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, who: str) -> int:
        """Count once more, and return 0; or count nothing, and return after how many seconds it is allowed again."""
        if self._counts.hit(self._limit, who):
            return 0
        return max(1, round(self._counts.get_window_stats(self._limit, who).reset_time - time.time()))

    def forget(self, who: str) -> None:
        """Begin to count anew."""
        self._counts.clear(self._limit, who)


class Questions:
    """How often each person, or each address where nobody signs in, may ask."""

    def __init__(self, per_minute: int) -> None:
        self._pace = Pace(f"{per_minute}/minute")

    def check(self, who: str) -> None:
        """Count a question.

        Raises:
            TooOften: it is one too many.
        """
        if wait := self._pace.wait(who):
            raise TooOften(f"you ask faster than this server allows; ask again in {_seconds(wait)}", wait)


class Attempts:
    """How often one may try to sign in.

    A name is guarded most where the tries come from one address, so that nobody can lock out somebody else easily.
    """

    def __init__(self) -> None:
        self._here, self._address, self._name = Pace("10/5 minutes"), Pace("30/5 minutes"), Pace("100/hour")

    def check(self, name: str, address: str) -> None:
        """Count an attempt.

        Raises:
            TooOften: it is one too many.
        """
        name = name.strip().lower()[:64]
        wait = self._address.wait(address) or self._here.wait(f"{address} {name}") or self._name.wait(name)
        if wait:
            raise TooOften(f"there were too many attempts to sign in; try again in {_seconds(wait)}", wait)

    def succeeded(self, name: str, address: str) -> None:
        """Begin to count anew for a name that has signed in from this address."""
        self._here.forget(f"{address} {name}")


def _seconds(wait: int) -> str:
    if wait >= 120:
        return f"{-(-wait // 60)} minutes"
    return f"{wait} second{'' if wait == 1 else 's'}"
