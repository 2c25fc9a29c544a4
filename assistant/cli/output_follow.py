"""Print the tables of `assistant following` and `assistant failures`."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.cli.output import printable
from index.store.failure_table import Failure
from index.store.followed import Followed

_COUNTS = ("added", "changed", "removed", "vanished", "gone", "failed")


def show_followed(followed: Sequence[Followed]) -> None:
    """Print the followed sources as a table, the oldest first."""
    console = Console(highlight=False)
    if not followed:
        console.print("Nothing is followed yet; run `assistant follow FOLDER_OR_ADDRESS`.", markup=False)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("What", "Kind", "Since", "Last synced", "Articles", "Last outcome"):
        table.add_column(name, justify="right" if name == "Articles" else "left", overflow="fold")
    for one in followed:
        articles = "" if one.articles is None else f"{one.articles:,}"
        synced = when(one.synced) if one.synced else "never"
        outcome = Text(printable(_outcome(one)), "red" if one.outcome and one.outcome.get("failed") else "")
        table.add_row(Text(printable(one.source)), one.kind, when(one.since), synced, articles, outcome)
    console.print(table)


def show_failures(failures: Sequence[Failure]) -> None:
    """Print the failures as a table, the latest first."""
    console = Console(highlight=False)
    if not failures:
        console.print("Nothing has failed, or all of it was mended.", markup=False)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("Last tried", "Tries", "What", "Why"):
        table.add_column(name, justify="right" if name == "Tries" else "left", overflow="fold")
    for one in failures:
        reason = one.reason.removeprefix(one.source).lstrip(" :,")
        table.add_row(when(one.last), f"{one.tries:,}", Text(printable(one.source)), Text(printable(reason)))
    console.print(table)


def when(time: str) -> str:
    """Return a time of the catalog in local time."""
    return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"


def _outcome(one: Followed) -> str:
    if one.outcome is None:
        return ""
    if one.outcome.get("error"):
        return str(one.outcome["error"])
    return ", ".join(f"{one.outcome[name]} {name}" for name in _COUNTS if one.outcome.get(name)) or "unchanged"
