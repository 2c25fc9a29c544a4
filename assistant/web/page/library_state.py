"""What one browser tab sees of the library, and what a press changes of that. A press may say anything."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import get_args

from index.embed.passages import Entry
from index.ingest.report import Problem, Summary
from index.store.listing import ALL, Listed, Listing, Order, Wanted
from index.text.clean import plain

PAGE = 50
"""Articles shown at a time."""
_MAX_SEARCH_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is: `done` of `total`, and what comes next."""

    doing: str
    done: int = 0
    total: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: with a summary where it read files or addresses, else with a number of articles put back."""

    summary: Summary | None = None
    restored: int = 0

    @property
    def missed(self) -> int:
        """How many files or addresses were not taken in."""
        return len(self.summary.failed) + len(self.summary.skipped) if self.summary else 0


@dataclass(slots=True)
class Shelf:
    """The list as the tab sees it, the articles picked in it, and what came of its runs.

    `removed` is what can be brought back, `problems` what was not taken in and is not dismissed. `revision` is that of
    the index when the list was drawn last, `drawn` counts how often it was.
    """

    wanted: Wanted = ALL
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

    def rows(self, listing: Listing, found: Wanted | None = None) -> Sequence[Listed]:
        """Read the page of the list that is shown; the last one when there are fewer by now.

        `found` is `wanted` with its search done, where it is done already.
        """
        found = found or listing.searched(self.wanted)
        last = max(0, (listing.count(found) - 1) // PAGE)
        self.page = min(self.page, last)
        return listing.page(found, order=self.order, descending=self.descending, limit=PAGE, offset=self.page * PAGE)

    def press(self, listing: Listing, pressed: object) -> None:
        """Do what was pressed; what names nothing does nothing."""
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
        """Add to what was not taken in; the same is said once."""
        self.problems = list(dict.fromkeys([*self.problems, *problems]))

    def _sort(self, by: str) -> None:
        for order in get_args(Order):
            if order == by:
                # What is read from top to bottom begins with A, what is counted or dated with the most.
                first = order in ("published", "passages")
                self.descending = not self.descending if order == self.order else first
                self.order, self.page = order, 0

    def _narrow(self, pressed: object) -> None:
        """Narrow the list down by what is given, and leave the rest as it is; "" allows all again."""
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
                self.picked |= dict.fromkeys(listing.known([_text(pressed, "id")]))
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
