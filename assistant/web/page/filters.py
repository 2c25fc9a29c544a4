"""The filter pane above the box: which articles a question may be answered from.

Filters are sent with each question, so that they apply as shown even after a restart of the server.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.render.i18n import ENGLISH, texts
from assistant.web.page.html import Markup
from assistant.web.page.session import Answers
from index.errors import IndexingError
from index.types import Filter

log = logging.getLogger(__name__)

MAX_ARTICLES = 500
"""Most articles in a filter: more than anybody picks by hand, since a browser may send anything."""


@dataclass(frozen=True, slots=True)
class FilterPane:
    """The components of the filters that the page uses."""

    panel: gr.Accordion
    publishers: gr.Dropdown
    since: gr.DateTime
    until: gr.DateTime
    articles: gr.Textbox
    chips: gr.HTML

    @property
    def inputs(self) -> list[Any]:
        """The components whose values `read` takes, in order."""
        return [self.publishers, self.since, self.until, self.articles]

    @property
    def labelled(self) -> Sequence[Any]:
        """The components that `labels` returns properties for, in order."""
        return self.panel, self.publishers, self.since, self.until


def build() -> FilterPane:
    """Build the filters inside the current Blocks."""
    script = files("assistant.web.page").joinpath("filters.js").read_text(encoding="utf-8")
    chips = gr.HTML(elem_id="chips", js_on_load=script, apply_default_css=False)
    words: Any = labels(ENGLISH)
    with gr.Accordion(**words[0], open=False, elem_id="filters") as panel, gr.Row():
        publishers = gr.Dropdown([], multiselect=True, **words[1], elem_id="filter-publishers", min_width=200)
        since = gr.DateTime(include_time=False, type="string", **words[2], elem_id="filter-since")
        until = gr.DateTime(include_time=False, type="string", **words[3], elem_id="filter-until")
    # Ids separated by spaces: articles are picked in the library, and shown as chips here.
    articles = gr.Textbox(visible="hidden", elem_id="filter-articles")
    return FilterPane(panel, publishers, since, until, articles, chips)


def labels(language: str) -> Sequence[dict[str, Any]]:
    """Return the labels of the filters in a language, as properties."""
    _ = texts(language).gettext
    names = _("Filters"), _("Publishers"), _("From (YYYY-MM-DD)"), _("To (YYYY-MM-DD)")
    return [{"label": name} for name in names]


def read(publishers: object, since: object, until: object, articles: object) -> Filter:
    """Return the filter in the components' values; invalid values are ignored."""
    names = tuple(name for name in publishers if isinstance(name, str)) if isinstance(publishers, list) else ()
    ids = tuple(dict.fromkeys(articles.split()))[:MAX_ARTICLES] if isinstance(articles, str) else ()
    return Filter(names, _day(since), _day(until), ids)


def render(assistant: Answers, allowed: Filter, markup: Markup) -> str:
    """Return a filter as chips, each with a button that removes it."""
    return markup.chips(allowed, _titles(assistant, allowed.articles))


def written(ids: Iterable[str]) -> str:
    """Return ids as the value of the component `articles`."""
    return " ".join(ids)


def choices(assistant: Answers) -> Any:
    """Return an update of the dropdown with the current publishers."""
    try:
        return gr.Dropdown(choices=assistant.publishers())
    except (AssistantError, IndexingError) as error:
        log.warning("the publishers cannot be listed: %s", error)
        return gr.skip()


def without(allowed: Filter, pressed: object) -> list[Any]:
    """Return the values of `inputs` without the chip that was pressed."""
    kind, number = (pressed.get("kind"), pressed.get("number")) if isinstance(pressed, dict) else (None, None)
    kept = {"publisher": list(allowed.publishers), "article": list(allowed.articles)}
    since, until = allowed.since, allowed.until
    if kind == "since":
        since = None
    elif kind == "until":
        until = None
    elif kind in kept and type(number) is int and 0 <= number < len(kept[kind]):
        del kept[kind][number]
    return [kept["publisher"], _iso(since), _iso(until), written(kept["article"])]


def _titles(assistant: Answers, ids: Sequence[str]) -> dict[str, str]:
    try:
        return assistant.titles(ids)
    except (AssistantError, IndexingError) as error:
        log.warning("the titles of chosen articles cannot be read: %s", error)
        return {}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value.strip()) if isinstance(value, str) and value.strip() else None
    except ValueError:
        return None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
