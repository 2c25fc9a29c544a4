"""The filters beside the box: which articles a question may be answered from.

They travel with each question: what is asked is what the page shows, also after the server was restarted under it.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.web.page.html import Markup
from assistant.web.page.i18n import ENGLISH, texts
from assistant.web.page.session import Answers
from index.errors import IndexingError
from index.types import Filter

log = logging.getLogger(__name__)

MAX_ARTICLES = 500
"""How many articles can be picked for a question: more than by hand; what comes from the browser may be anything."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The components of the filters that the page connects to."""

    panel: gr.Accordion
    publishers: gr.Dropdown
    since: gr.DateTime
    until: gr.DateTime
    articles: gr.Textbox
    chips: gr.HTML

    @property
    def inputs(self) -> list[Any]:
        """What `read` takes, in its order."""
        return [self.publishers, self.since, self.until, self.articles]

    @property
    def labelled(self) -> Sequence[Any]:
        """What `labels` names, in its order."""
        return self.panel, self.publishers, self.since, self.until


def build() -> Filters:
    """Lay out the filters inside the current Blocks."""
    script = files("assistant.web.page").joinpath("asking.js").read_text(encoding="utf-8")
    chips = gr.HTML(elem_id="chips", js_on_load=script, apply_default_css=False)
    words: Any = labels(ENGLISH)
    with gr.Accordion(**words[0], open=False, elem_id="filters") as panel, gr.Row():
        publishers = gr.Dropdown([], multiselect=True, **words[1], elem_id="filter-publishers", min_width=200)
        since = gr.DateTime(include_time=False, type="string", **words[2], elem_id="filter-since")
        until = gr.DateTime(include_time=False, type="string", **words[3], elem_id="filter-until")
    # Ids with spaces between them: articles are chosen in the library, and shown as chips here.
    articles = gr.Textbox(visible="hidden", elem_id="filter-articles")
    return Filters(panel, publishers, since, until, articles, chips)


def labels(language: str) -> Sequence[dict[str, Any]]:
    """Return what the components of the filters are called in a language, as their properties."""
    _ = texts(language).gettext
    names = _("Filters"), _("Publishers"), _("From (YYYY-MM-DD)"), _("To (YYYY-MM-DD)")
    return [{"label": name} for name in names]


def read(publishers: object, since: object, until: object, articles: object) -> Filter:
    """Make a filter of what the components hold; what is no filter there filters nothing."""
    names = tuple(name for name in publishers if isinstance(name, str)) if isinstance(publishers, list) else ()
    ids = tuple(dict.fromkeys(articles.split()))[:MAX_ARTICLES] if isinstance(articles, str) else ()
    return Filter(names, _day(since), _day(until), ids)


def render(assistant: Answers, allowed: Filter, markup: Markup) -> str:
    """Return a filter as chips, each with a button that takes it away."""
    return markup.chips(allowed, _titles(assistant, allowed.articles))


def written(ids: Iterable[str]) -> str:
    """Return ids as the component `articles` holds them."""
    return " ".join(ids)


def choices(assistant: Answers) -> Any:
    """Return the list of publishers with those that are there now."""
    try:
        return gr.Dropdown(choices=assistant.publishers())
    except (AssistantError, IndexingError) as error:
        log.warning("the publishers cannot be listed: %s", error)
        return gr.skip()


def without(allowed: Filter, pressed: object) -> list[Any]:
    """Return what the components of `inputs` hold once the chip that was pressed is gone."""
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
