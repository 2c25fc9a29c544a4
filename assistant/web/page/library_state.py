"""A browser tab's view of the library, and how presses change it; presses may contain anything."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import get_args

from index.embed.passages import Entry
from index.ingest.report import Problem, Summary
from index.store.listing import ALL, ListedArticle, ListFilter, Listing, Order
from index.text.clean import plain

PAGE = 50
"""Articles per page."""
_MAX_SEARCH_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Step:
    """The progress of a job: `done` of `total`, and the name of the next article."""

    doing: str
    done: int = 0
    total: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a job: the summary of an indexing run, or else the number of restored articles."""

    summary: Summary | None = None
    restored: int = 0

    @property
    def missed(self) -> int:
        """The number of files and addresses that were not indexed."""
        return len(self.summary.failed) + len(self.summary.skipped) if self.summary else 0


@dataclass(slots=True)
class LibraryState:
    """A tab's filters, order and page of the list, its picked articles, and the outcome of its jobs.

    `removed` can be restored, `problems` are failures not yet dismissed. `revision` is the index's when the list was
    last drawn, `drawn` counts how often it was.
    """

    wanted: ListFilter = ALL
    order: Order = "published"
    descending: bool = True
    page: int = 0
    picked: dict[str, None] = field(default_factory=dict)
    removed: list[Entry] = field(default_factory=list)
    step: Step | None = None
    outcome: Outcome | None = None
    problems: list[Problem] = field(default_factory=list)
    revision: int = -1
    drawn: int = 0

    def rows(self, listing: Listing, found: ListFilter | None = None) -> Sequence[ListedArticle]:
        """Return the rows of the current page; of the last page if there are fewer by now.

        `found` is `wanted` with its search resolved, if that was done already.
        """
        found = found or listing.search(self.wanted)
        last = max(0, (listing.count(found) - 1) // PAGE)
        self.page = min(self.page, last)
        return listing.page(found, order=self.order, descending=self.descending, limit=PAGE, offset=self.page * PAGE)

    def press(self, listing: Listing, pressed: object) -> None:
        """Handle a press; invalid ones do nothing."""
        match _text(pressed, "action"):
            case "sort":
                self._sort(_text(pressed, "by"))
            case "turn":
                self.page = _whole(_text(pressed, "page"))
            case "narrow":
                self._narrow(pressed)
            case "widen":
                self.wanted, self.page = ALL, 0
            case "dismiss":
                self.outcome, self.removed, self.problems = None, [], []
            case action:
                self._pick(listing, action, pressed)

    def complain(self, problems: Sequence[Problem]) -> None:
        """Add problems, without duplicates."""
        self.problems = list(dict.fromkeys([*self.problems, *problems]))

    def _sort(self, by: str) -> None:
        for order in get_args(Order):
            if order == by:
                # Text columns begin with A, numbers and dates with the largest.
                first = order in ("published", "passages")
                self.descending = not self.descending if order == self.order else first
                self.order, self.page = order, 0

    def _narrow(self, pressed: object) -> None:
        """Change the given filters of the list, and leave the others; "" removes a filter."""
        given = {key for key in ("search", "publisher", "tag", "since", "until", "undated") if _has(pressed, key)}
        wanted = self.wanted
        if "search" in given:
            wanted = replace(wanted, search=_text(pressed, "search")[:_MAX_SEARCH_LENGTH].strip())
        if "publisher" in given:
            wanted = replace(wanted, publisher=_text(pressed, "publisher") or None)
        if "tag" in given:
            wanted = replace(wanted, tag=_text(pressed, "tag") or None)
        if "since" in given:
            wanted = replace(wanted, since=_day(_text(pressed, "since")), undated=False)
        if "until" in given:
            wanted = replace(wanted, until=_day(_text(pressed, "until")), undated=False)
        if "undated" in given:
            wanted = replace(wanted, since=None, until=None, undated=bool(_text(pressed, "undated")))
        self.wanted, self.page = wanted, 0

    def _pick(self, listing: Listing, action: str, pressed: object) -> None:
        match action:
            case "pick":
                self.picked |= dict.fromkeys(listing.existing([_text(pressed, "id")]))
            case "drop":
                self.picked.pop(_text(pressed, "id"), None)
            case "pick-page":
                self.picked |= dict.fromkeys(row.id for row in self.rows(listing))
            case "drop-page":
                for row in self.rows(listing):
                    self.picked.pop(row.id, None)
            case "pick-all":
                self.picked |= dict.fromkeys(listing.ids(self.wanted))
            case "drop-all":
                self.picked = {}


def _has(pressed: object, key: str) -> bool:
    return isinstance(pressed, dict) and isinstance(pressed.get(key), str)


def _text(pressed: object, key: str) -> str:
    value = pressed.get(key) if isinstance(pressed, dict) else None
    return plain(value) if isinstance(value, str) else ""


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
