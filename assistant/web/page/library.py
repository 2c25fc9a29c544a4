"""The library pane: all articles, to browse, add, update, remove, and ask about.

As in the history, everything is `gr.HTML` with buttons that carry only ids and names. library.js, loaded by the list,
triggers three events of the list: `act` changes the view, `work` changes the index, and `look` redraws after others
have changed the index, for which the script polls every second while the library is shown. A fourth, `ask_about`, is
for the page: see `LibraryPane`.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import sentence
from assistant.web.page import library_jobs, uploads
from assistant.web.page.filters import MAX_ARTICLES
from assistant.web.page.histogram import bins
from assistant.web.page.html import Markup
from assistant.web.page.library_jobs import Addresses
from assistant.web.page.library_state import PAGE, LibraryState, Outcome, Step
from assistant.web.page.session import Session
from index.embed.packaged import MULTILINGUAL_MODEL
from index.embed.passages import Entry
from index.errors import IndexingError
from index.ingest.model_choice import unread_languages
from index.ingest.progress import Progress
from index.ingest.report import Problem, Summary
from index.load.formats import KINDS
from index.store.listing import ListFilter

if TYPE_CHECKING:
    from index.store.index import Index

log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong; the terminal that runs the page has the details."
ADDING, READING, REMOVING, RESTORING = "Adding", "Reading again", "Removing", "Putting back"
_MAX_BARS = 8
_MAX_ADDRESSES_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class LibraryPane:
    """The components of the library that the page uses, and the function that indexes addresses.

    The list triggers `ask_about` to ask about the picked articles, and the chat is shown then:
    `pane.list.ask_about(function, [pane.state, …], …)`, where `list(state.picked)` are their ids.
    """

    state: gr.State
    top: gr.HTML
    find: gr.HTML
    bar: gr.HTML
    list: gr.HTML
    addresses: Addresses


def build(index: "Index", addresses: Addresses) -> LibraryPane:
    """Build the library inside the current Blocks; `addresses` indexes pages and feeds."""

    def revision(_nothing: object) -> int:
        return _revision(index)

    script = files("assistant.web.page").joinpath("library.js").read_text(encoding="utf-8")
    with gr.Column(elem_id="library-view"):
        parts: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
        top = gr.HTML(elem_id="library-top", **parts)
        find = gr.HTML(elem_id="library-find", **parts)
        bar = gr.HTML(elem_id="library-bar", **parts)
        listed = gr.HTML(elem_id="library-list", **{**parts, "js_on_load": script}, server_functions=[revision])
    return LibraryPane(gr.State(LibraryState()), top, find, bar, listed, addresses)


def connect(
    pane: LibraryPane, index: "Index", session_state: gr.State, masthead: gr.HTML, heading: Callable[[Session], str]
) -> None:
    """Connect the library's events to an index; `heading` renders the masthead."""
    views = [pane.top, pane.find, pane.bar, pane.list]
    outputs = [pane.state, *views, masthead]
    nothing = [gr.skip()] * 6

    def drawn(state: LibraryState, session: Session) -> tuple[Any, ...]:
        return state, *draw(index, state, session.markup), heading(session)

    def picks(state: LibraryState, session: Session) -> str:
        return bar(index, state, index.catalog.listing.search(state.wanted), session.markup)

    def look(state: LibraryState, session: Session, request: gr.Request) -> Sequence[Any]:
        session = session.for_request(request)
        return nothing if state.drawn and state.revision == _revision(index) else drawn(state, session)

    def act(state: LibraryState, session: Session, request: gr.Request, event: gr.EventData) -> Sequence[Any]:
        session, before = session.for_request(request), state.picked.copy()
        try:
            state.press(index.catalog.listing, event._data)
        except IndexingError:
            return drawn(state, session)
        if _is_pick(event._data) and before != state.picked:
            # The list is not sent, since boxes pressed meanwhile would be reset.
            return state, gr.skip(), gr.skip(), picks(state, session), gr.skip(), gr.skip()
        return drawn(state, session)

    def work(
        state: LibraryState, session: Session, request: gr.Request, event: gr.EventData
    ) -> Iterator[Sequence[Any]]:
        session = session.for_request(request)
        job = job_for(pane, index, state, event._data)
        if job is None:
            return
        for _ in run(state, *job):
            yield state, top(index, state, session.markup), *nothing[2:]
        yield drawn(state, session)

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    pane.list.look(look, [pane.state, session_state], outputs, queue=False, trigger_mode="once", **quiet)
    pane.list.act(act, [pane.state, session_state], outputs, queue=False, trigger_mode="multiple", **quiet)
    # Concurrent, so that a second writer is told that the index is busy instead of waiting.
    pane.list.work(work, [pane.state, session_state], outputs, trigger_mode="multiple", concurrency_limit=8, **quiet)


# ---- Jobs ----

Job = Callable[[Progress], Outcome | list[Entry]]


def job_for(pane: LibraryPane, index: "Index", state: LibraryState, pressed: object) -> tuple[str, Job] | None:
    """Return the name and the job of a press, or None; `pressed` comes from the browser and may be anything."""
    data = pressed if isinstance(pressed, dict) else {}
    picked = list(state.picked)
    match data.get("action"):
        case "add":
            sent = uploads.received(data.get("files"))
            return (ADDING, _index_job(partial(library_jobs.add, index, sent))) if sent else None
        case "addresses":
            lines = str(data.get("text"))[:_MAX_ADDRESSES_LENGTH].split()
            return (ADDING, _index_job(partial(pane.addresses, lines))) if lines else None
        case "renew" if picked:
            return READING, _index_job(partial(library_jobs.renew, index, pane.addresses, picked))
        case "renew-all":
            return READING, _index_job(partial(library_jobs.renew, index, pane.addresses, None))
        case "remove" if picked:
            return REMOVING, partial(library_jobs.remove, index, picked)
        case "undo" if state.removed:
            entries = list(state.removed)
            return RESTORING, lambda progress: Outcome(restored=library_jobs.restore(index, entries, progress))
    return None


def run(state: LibraryState, doing: str, job: Job) -> Iterator[None]:
    """Run a job and record its progress and outcome in the state; yields whenever that has changed."""
    state.outcome = None
    try:
        for told in library_jobs.watched(doing, job):
            if isinstance(told, Step):
                if told != state.step:
                    state.step = told
                    yield
            elif isinstance(told, Outcome):
                _record_outcome(state, told)
            else:
                state.removed = told
                for entry in told:
                    state.picked.pop(entry.article.id, None)
    except IndexingError as error:
        state.complain([Problem("", sentence(error))])
    except Exception:  # The page survives any error; details are for the terminal.
        log.exception("%s failed", doing.lower())
        state.complain([Problem("", UNEXPECTED)])
    finally:
        state.step = None


def _revision(index: "Index") -> int:
    """Return the index's revision, -1 if it cannot be read."""
    try:
        return index.catalog.revision()
    except IndexingError:
        return -1


def _record_outcome(state: LibraryState, outcome: Outcome) -> None:
    state.outcome = outcome
    if outcome.summary:
        state.complain([*outcome.summary.failed, *outcome.summary.skipped])
    else:
        state.removed = []


def _index_job(job: Callable[[Progress], Summary]) -> Job:
    return lambda progress: Outcome(job(progress))


def _is_pick(pressed: object) -> bool:
    return isinstance(pressed, dict) and str(pressed.get("action")).startswith(("pick", "drop"))


# ---- Rendering: `found` is `state.wanted` with its search resolved ----


def draw(index: "Index", state: LibraryState, markup: Markup) -> tuple[str, str, str, str]:
    """Return all parts of the library, or the reason why the index cannot be read."""
    state.drawn += 1
    try:
        state.revision = index.catalog.revision()
        state.picked = dict.fromkeys(index.catalog.listing.existing(list(state.picked)))
        found = index.catalog.listing.search(state.wanted)
        parts = find(index, state, found, markup), bar(index, state, found, markup), listed(index, state, found, markup)
    except IndexingError as error:
        state.revision = -1
        state.complain([Problem("", sentence(error))])
        return top(None, state, markup), "", "", ""
    return top(index, state, markup), *parts


def top(index: "Index | None", state: LibraryState, markup: Markup) -> str:
    """Return the heading, the controls for adding articles, and the progress or outcome of a job."""
    return markup.library(
        "top",
        state=state,
        readable=index is not None,
        empty=index is not None and index.catalog.is_empty(),
        languages=index.catalog.languages() if index else {},
        unread=unread_languages(index) if index else {},
        other_model=MULTILINGUAL_MODEL,
        most_files=uploads.MAX_FILES,
        most_bytes=uploads.MAX_FILE_BYTES,
        endings=list(KINDS),
    )


def find(index: "Index", state: LibraryState, found: ListFilter, markup: Markup) -> str:
    """Return the filters of the list; each count respects the other filters."""
    listing = index.catalog.listing
    if index.catalog.is_empty():
        return ""
    publishers = listing.publishers(replace(found, publisher=None))
    months, undated = listing.months(replace(found, since=None, until=None, undated=False))
    return markup.library(
        "find",
        wanted=state.wanted,
        publishers=publishers,
        bars=publishers[:_MAX_BARS],
        most=max((number for _, number in publishers), default=1),
        tags=listing.tags(replace(found, tag=None)),
        bins=bins(months, markup.language),
        undated=undated,
    )


def bar(index: "Index", state: LibraryState, found: ListFilter, markup: Markup) -> str:
    """Return the numbers of listed and picked articles, and the actions on them."""
    if index.catalog.is_empty():
        return ""
    listing = index.catalog.listing
    counts = {"found": listing.count(found), "of": listing.count(), "picked": len(state.picked)}
    return markup.library("bar", most_asked=MAX_ARTICLES, **counts)


def listed(index: "Index", state: LibraryState, found: ListFilter, markup: Markup) -> str:
    """Return the current page of the list."""
    if index.catalog.is_empty():
        return ""
    number = index.catalog.listing.count(found)
    rows = state.rows(index.catalog.listing, found)
    copies = index.catalog.copies.of([row.id for row in rows])
    also = {id_: [copy.path or copy.url for copy in of_one] for id_, of_one in copies.items()}
    return markup.library("list", state=state, rows=rows, also=also, pages=-(-number // PAGE) or 1)
