"""The library pane: every article there is, to look through, add, read again, remove, and ask about.

As in the history, all is `gr.HTML` whose buttons carry ids and names alone. library.js, loaded by the list, triggers
three events of the list: `act` for what changes the view, `work` for what changes the index, and `look` when others
have changed it, for which it asks every second while the library is shown. A fourth, `ask_about`, is for the page: see
`LibraryPane`.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import sentence
from assistant.web.page import library_jobs as runs
from assistant.web.page import uploads
from assistant.web.page.filters import MAX_ARTICLES
from assistant.web.page.histogram import bins
from assistant.web.page.html import Markup
from assistant.web.page.library_jobs import Addresses
from assistant.web.page.library_state import PAGE, Outcome, Shelf, Step
from assistant.web.page.session import Session
from index.embed.passages import Entry
from index.errors import IndexingError
from index.ingest.progress import Progress
from index.ingest.report import Problem, Summary
from index.load.formats import KINDS
from index.store.listing import Wanted

if TYPE_CHECKING:
    from index.store.index import Index

log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong; the terminal that runs the page has the details."
ADDING, READING, REMOVING, RESTORING = "Adding", "Reading again", "Removing", "Putting back"
_MAX_BARS = 8
_MAX_ADDRESSES_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class LibraryPane:
    """The components of the library that the page connects to, and what it adds addresses with.

    The list triggers `ask_about` when somebody wants to ask about the picked articles, and the chat is shown then:
    `pane.list.ask_about(function, [pane.shelf, …], …)`, where `list(shelf.picked)` are their ids.
    """

    shelf: gr.State
    top: gr.HTML
    find: gr.HTML
    bar: gr.HTML
    list: gr.HTML
    addresses: Addresses


def build(index: "Index", addresses: Addresses) -> LibraryPane:
    """Lay out the library inside the current Blocks; `addresses` takes in pages and feeds."""

    def revision(_nothing: object) -> int:
        return _revision(index)

    script = files("assistant.web.page").joinpath("library.js").read_text(encoding="utf-8")
    with gr.Column(elem_id="library-view"):
        parts: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
        top = gr.HTML(elem_id="library-top", **parts)
        find = gr.HTML(elem_id="library-find", **parts)
        bar = gr.HTML(elem_id="library-bar", **parts)
        listed = gr.HTML(elem_id="library-list", **{**parts, "js_on_load": script}, server_functions=[revision])
    return LibraryPane(gr.State(Shelf()), top, find, bar, listed, addresses)


def connect(
    pane: LibraryPane, index: "Index", session: gr.State, masthead: gr.HTML, heading: Callable[[Session], str]
) -> None:
    """Connect the library to an index; `heading` makes what `masthead` shows of it."""
    views = [pane.top, pane.find, pane.bar, pane.list]
    outputs = [pane.shelf, *views, masthead]
    nothing = [gr.skip()] * 6

    def drawn(shelf: Shelf, now: Session) -> tuple[Any, ...]:
        return shelf, *draw(index, shelf, now.markup), heading(now)

    def picks(shelf: Shelf, now: Session) -> str:
        return bar(index, shelf, index.catalog.listing.searched(shelf.wanted), now.markup)

    def look(shelf: Shelf, now: Session, request: gr.Request) -> Sequence[Any]:
        now = now.of(request)
        return nothing if shelf.drawn and shelf.revision == _revision(index) else drawn(shelf, now)

    def act(shelf: Shelf, now: Session, request: gr.Request, event: gr.EventData) -> Sequence[Any]:
        now, before = now.of(request), shelf.picked.copy()
        try:
            shelf.press(index.catalog.listing, event._data)
        except IndexingError:
            return drawn(shelf, now)
        if _is_pick(event._data) and before != shelf.picked:
            # The list is not sent: boxes that were pressed in the meantime would jump back.
            return shelf, gr.skip(), gr.skip(), picks(shelf, now), gr.skip(), gr.skip()
        return drawn(shelf, now)

    def work(shelf: Shelf, now: Session, request: gr.Request, event: gr.EventData) -> Iterator[Sequence[Any]]:
        now = now.of(request)
        job = chosen(pane, index, shelf, event._data)
        if job is None:
            return
        for _ in run(shelf, *job):
            yield shelf, top(index, shelf, now.markup), *nothing[2:]
        yield drawn(shelf, now)

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    pane.list.look(look, [pane.shelf, session], outputs, queue=False, trigger_mode="once", **quiet)
    pane.list.act(act, [pane.shelf, session], outputs, queue=False, trigger_mode="multiple", **quiet)
    # Whoever comes second is told that the index is being written to, rather than kept waiting.
    pane.list.work(work, [pane.shelf, session], outputs, trigger_mode="multiple", concurrency_limit=8, **quiet)


# ---- What is done ----

Job = Callable[[Progress], Outcome | list[Entry]]


def chosen(pane: LibraryPane, index: "Index", shelf: Shelf, pressed: object) -> tuple[str, Job] | None:
    """Return what a press asks to be done, and its name; None when that is nothing. It may say anything."""
    data = pressed if isinstance(pressed, dict) else {}
    picked = list(shelf.picked)
    match data.get("action"):
        case "add":
            sent = uploads.received(data.get("files"))
            return (ADDING, _synced(partial(runs.add, index, sent))) if sent else None
        case "addresses":
            lines = str(data.get("text"))[:_MAX_ADDRESSES_LENGTH].split()
            return (ADDING, _synced(partial(pane.addresses, lines))) if lines else None
        case "renew" if picked:
            return READING, _synced(partial(runs.renew, index, pane.addresses, picked))
        case "renew-all":
            return READING, _synced(partial(runs.renew, index, pane.addresses, None))
        case "remove" if picked:
            return REMOVING, partial(runs.remove, index, picked)
        case "undo" if shelf.removed:
            entries = list(shelf.removed)
            return RESTORING, lambda progress: Outcome(restored=runs.restore(index, entries, progress))
    return None


def run(shelf: Shelf, doing: str, job: Job) -> Iterator[None]:
    """Do a job and note in the shelf how far it is, and what came of it; yields whenever that has changed."""
    shelf.outcome = None
    try:
        for told in runs.watched(doing, job):
            if isinstance(told, Step):
                if told != shelf.step:
                    shelf.step = told
                    yield
            elif isinstance(told, Outcome):
                _note(shelf, told)
            else:
                shelf.removed = told
                for entry in told:
                    shelf.picked.pop(entry.article.id, None)
    except IndexingError as error:
        shelf.complain([Problem("", sentence(error))])
    except Exception:  # The page outlives any failure; what failed belongs in the terminal.
        log.exception("%s failed", doing.lower())
        shelf.complain([Problem("", UNEXPECTED)])
    finally:
        shelf.step = None


def _revision(index: "Index") -> int:
    """Tell the revision of an index, -1 when it cannot be read."""
    try:
        return index.catalog.revision()
    except IndexingError:
        return -1


def _note(shelf: Shelf, outcome: Outcome) -> None:
    shelf.outcome = outcome
    if outcome.summary:
        shelf.complain([*outcome.summary.failed, *outcome.summary.skipped])
    else:
        shelf.removed = []


def _synced(job: Callable[[Progress], Summary]) -> Job:
    return lambda progress: Outcome(job(progress))


def _is_pick(pressed: object) -> bool:
    return isinstance(pressed, dict) and str(pressed.get("action")).startswith(("pick", "drop"))


# ---- What is shown: `found` is what the shelf wants, with its search done ----


def draw(index: "Index", shelf: Shelf, markup: Markup) -> tuple[str, str, str, str]:
    """Return all parts of the library as the session sees it, or the reason why the index cannot be read."""
    shelf.drawn += 1
    try:
        shelf.revision = index.catalog.revision()
        shelf.picked = dict.fromkeys(index.catalog.listing.known(list(shelf.picked)))
        found = index.catalog.listing.searched(shelf.wanted)
        parts = find(index, shelf, found, markup), bar(index, shelf, found, markup), listed(index, shelf, found, markup)
    except IndexingError as error:
        shelf.revision = -1
        shelf.complain([Problem("", sentence(error))])
        return top(None, shelf, markup), "", "", ""
    return top(index, shelf, markup), *parts


def top(index: "Index | None", shelf: Shelf, markup: Markup) -> str:
    """Return the heading, what adds articles, how far a run is, and what came of the last one."""
    return markup.library(
        "top",
        shelf=shelf,
        readable=index is not None,
        empty=index is not None and index.catalog.is_empty(),
        most_files=uploads.MAX_FILES,
        most_bytes=uploads.MOST_BYTES,
        endings=list(KINDS),
    )


def find(index: "Index", shelf: Shelf, found: Wanted, markup: Markup) -> str:
    """Return what the list is narrowed down by; each count is of what the other choices leave."""
    listing = index.catalog.listing
    if index.catalog.is_empty():
        return ""
    publishers = listing.publishers(replace(found, publisher=None))
    months, undated = listing.months(replace(found, since=None, until=None, undated=False))
    return markup.library(
        "find",
        wanted=shelf.wanted,
        publishers=publishers,
        bars=publishers[:_MAX_BARS],
        most=max((number for _, number in publishers), default=1),
        tags=listing.tags(replace(found, tag=None)),
        bins=bins(months, markup.language),
        undated=undated,
    )


def bar(index: "Index", shelf: Shelf, found: Wanted, markup: Markup) -> str:
    """Return how many articles are listed and picked, and what can be done with them."""
    if index.catalog.is_empty():
        return ""
    listing = index.catalog.listing
    counts = {"found": listing.count(found), "of": listing.count(), "picked": len(shelf.picked)}
    return markup.library("bar", most_asked=MAX_ARTICLES, **counts)


def listed(index: "Index", shelf: Shelf, found: Wanted, markup: Markup) -> str:
    """Return the page of the list that is shown."""
    if index.catalog.is_empty():
        return ""
    number = index.catalog.listing.count(found)
    rows = shelf.rows(index.catalog.listing, found)
    copies = index.catalog.copies.of([row.id for row in rows])
    also = {id_: [copy.path or copy.url for copy in of_one] for id_, of_one in copies.items()}
    return markup.library("list", shelf=shelf, rows=rows, also=also, pages=-(-number // PAGE) or 1)
