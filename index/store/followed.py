"""Followed files, folders and addresses, which `sync_followed` brings up to date."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Followed:
    """A followed source: an absolute path or a web address.

    `kind` is file, folder, page, feed, sitemap, sitemaps, or address if it is not known yet. `since` and `synced` are
    times (ISO, UTC). `outcome` is the result of the last run: the counts of a `Summary`, with `failed` as a count, and
    `error`, the reason if nothing could be read, else None.
    """

    source: str
    kind: str
    since: str
    synced: str | None = None
    outcome: Mapping[str, Any] | None = None

    @property
    def articles(self) -> int | None:
        """How many articles it had when it was last brought up to date; None if it never was."""
        return sum(self.outcome.get(name, 0) for name in ("added", "changed", "unchanged")) if self.outcome else None
