"""What is followed: files, folders and addresses that `sync_followed` brings up to date."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Followed:
    """Something followed: an absolute path or a web address.

    `kind` is file, folder, page, feed, sitemap, sitemaps, or address where it is not known yet. `since` and `synced`
    are times (ISO, UTC). `outcome` is what came of the last run: counts as a `Summary` has them, with `failed` a count,
    too, and `error` the sentence that says why nothing of it could be read, if so.
    """

    source: str
    kind: str
    since: str
    synced: str | None = None
    outcome: Mapping[str, Any] | None = None

    @property
    def articles(self) -> int | None:
        """How many articles it had when it was last brought up to date; None where it never was."""
        return sum(self.outcome.get(name, 0) for name in ("added", "changed", "unchanged")) if self.outcome else None
