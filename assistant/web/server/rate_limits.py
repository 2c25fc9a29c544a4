"""Rate limits for questions and sign-in attempts, counted in memory."""

import time
from typing import TYPE_CHECKING

from assistant.errors import TooOften
from assistant.translatable import N_, Translatable, ngettext

if TYPE_CHECKING:
    from limits import RateLimitItem


class RateLimit:
    """A rate limit per key over a moving window; `limit` is written as "30/minute" or "10/5 minutes". Thread-safe."""

    def __init__(self, limit: str) -> None:
        from limits import parse
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._limit: RateLimitItem = parse(limit)
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, key: str) -> int:
        """Count an event and return 0, or, if the limit is reached, return the seconds until it is allowed again."""
        if self._counts.hit(self._limit, key):
            return 0
        return max(1, round(self._counts.get_window_stats(self._limit, key).reset_time - time.time()))

    def forget(self, key: str) -> None:
        """Reset the count."""
        self._counts.clear(self._limit, key)


class QuestionLimit:
    """The rate limit of questions, per user (per address without sign-in)."""

    def __init__(self, per_minute: int) -> None:
        self._limit = RateLimit(f"{per_minute}/minute")

    def check(self, key: str) -> None:
        """Count a question.

        Raises:
            TooOften: the limit is exceeded.
        """
        if wait := self._limit.wait(key):
            raise TooOften(N_("you ask faster than this server allows; ask again in {time}", time=_seconds(wait)), wait)


class SignInLimit:
    """The rate limits of sign-in attempts.

    They are strictest per name and address together, so that nobody can easily lock out another user.
    """

    def __init__(self) -> None:
        self._name_and_address = RateLimit("10/5 minutes")
        self._address = RateLimit("30/5 minutes")
        self._name = RateLimit("100/hour")

    def check(self, name: str, address: str) -> None:
        """Count an attempt.

        Raises:
            TooOften: a limit is exceeded.
        """
        name = name.strip().lower()[:64]
        wait = self._address.wait(address) or self._name_and_address.wait(f"{address} {name}") or self._name.wait(name)
        if wait:
            raise TooOften(
                N_("there were too many attempts to sign in; try again in {time}", time=_seconds(wait)), wait
            )

    def succeeded(self, name: str, address: str) -> None:
        """Reset the count of a user who has signed in from this address."""
        self._name_and_address.forget(f"{address} {name}")


def _seconds(wait: int) -> Translatable:
    if wait >= 120:
        minutes = -(-wait // 60)
        return ngettext("{number} minute", "{number} minutes", minutes, number=minutes)
    return ngettext("{number} second", "{number} seconds", wait, number=wait)
