"""The settings pane: what somebody may set for themselves, and the LLM of the server.

Each change is kept at once and said beside the heading. settings.js, loaded by what is said, triggers `look` when the
page is opened and whenever the settings are shown, so that they are those of the person, also after another tab has
changed them; it tells theme.js which theme was chosen.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantError, sentence
from assistant.llm.choice import FORMS
from assistant.storage.preferences import FEWEST, MOST, KeptPreferences, Preferences
from assistant.web.page.html import Markup
from assistant.web.page.i18n import ENGLISH, languages, texts
from assistant.web.page.library import UNEXPECTED
from assistant.web.page.llm_setting import LLMChoice
from assistant.web.page.session import Session

if TYPE_CHECKING:
    from assistant.settings import Settings

log = logging.getLogger(__name__)

SAVED = "Saved"
TRYING = "Trying it …"
_AS_THE_BROWSER = ""
_MAX_SETTING_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class SettingsPane:
    """The components of the settings; those that are not offered are None."""

    heading: gr.HTML
    said: gr.HTML
    sources: gr.Number
    strict: gr.Checkbox
    theme: gr.Radio
    language: gr.Dropdown | None
    llm: gr.HTML
    setting: gr.Textbox | None
    attempt: gr.Button | None
    use: gr.Button | None
    told: gr.HTML


def build(choice: LLMChoice) -> SettingsPane:
    """Lay out the settings inside the current Blocks."""
    script = files("assistant.web.page").joinpath("settings.js").read_text(encoding="utf-8")
    bare: dict[str, Any] = {"apply_default_css": False}
    named = labels(ENGLISH)
    language = setting = attempt = use = None
    with gr.Column(elem_id="settings-view"):
        with gr.Row(elem_id="settings-top"):
            heading = gr.HTML(Markup().settings("heading"), **bare)
            said = gr.HTML(elem_id="settings-said", js_on_load=script, **bare)
        sources = gr.Number(**named["sources"], step=1, elem_id="settings-sources")
        strict = gr.Checkbox(**named["strict"], elem_id="settings-strict")
        theme = gr.Radio(**named["theme"], elem_id="settings-theme")
        if len(languages()) > 1:
            language = gr.Dropdown(**named["language"], elem_id="settings-language")
        with gr.Column(elem_id="settings-llm"):
            llm = gr.HTML(**bare)
            if choice.changeable:
                setting = gr.Textbox(**named["setting"], lines=1, max_lines=1, elem_id="settings-llm-setting")
                with gr.Row(elem_id="settings-llm-buttons"):
                    attempt = gr.Button(**named["attempt"], size="sm", elem_classes="button")
                    use = gr.Button(**named["use"], size="sm", elem_classes="button")
            told = gr.HTML(elem_id="settings-told", **bare)
    return SettingsPane(heading, said, sources, strict, theme, language, llm, setting, attempt, use, told)


def labels(language: str) -> dict[str, dict[str, Any]]:
    """Return what the settings are called in a language, as the properties of their components."""
    _ = texts(language).gettext
    themes = [(_("As the system"), "system"), (_("Light"), "light"), (_("Dark"), "dark")]
    spoken = [(_("As the browser"), _AS_THE_BROWSER), *((one.name, one.code) for one in languages())]
    counted = _("How many passages are looked at for an answer, %(fewest)s to %(most)s. More of them take longer.")
    left_out = _("Leave out sentences of the LLM that the articles do not support, instead of marking them.")
    return {
        "sources": {"label": _("Number of sources"), "info": counted % {"fewest": FEWEST, "most": MOST}},
        "strict": {"label": _("Strict"), "info": left_out},
        "theme": {"choices": themes, "label": _("Theme"), "info": _("The colours of the page.")},
        "language": {"choices": spoken, "label": _("Language"), "info": _("The language of the page.")},
        "setting": {"label": _("Change the LLM"), "info": _("Give %(forms)s.") % {"forms": FORMS}},
        "attempt": {"value": _("Try it")},
        "use": {"value": _("Use it")},
    }


def connect(
    pane: SettingsPane, session: gr.State, kept: KeptPreferences, choice: LLMChoice, settings: "Settings"
) -> None:
    """Connect the settings to where they are kept; what somebody has not chosen is as in `settings`."""
    numbers = count(1)

    def say(now: Session, words: str = "", theme: str = "", *, failed: bool = False, reload: bool = False) -> str:
        # Numbered, for the same words twice are to be heard twice.
        number = next(numbers)
        return now.markup.settings(
            "said", words=words, theme=theme, failed=failed, number=number, reload=reload and not failed
        )

    def change(now: Session, request: gr.Request, **chosen: Any) -> tuple[Preferences | None, str]:
        now = now.of(request)
        try:
            wishes = kept.change(now.owner, **chosen)
        except AssistantError as error:
            return None, say(now, sentence(error), failed=True)
        return wishes, say(now, SAVED, wishes.theme, reload="language" in chosen)

    def look(now: Session, request: gr.Request) -> list[Any]:
        now = now.of(request)
        words = ""
        try:
            wishes = kept.read(now.owner)
        except AssistantError as error:
            wishes, words = Preferences(), sentence(error)
        named = labels(now.language)
        values: dict[str, Any] = {
            "sources": settings.sources if wishes.sources is None else wishes.sources,
            "strict": settings.strict if wishes.strict is None else wishes.strict,
            "theme": wishes.theme,
            "language": wishes.language or _AS_THE_BROWSER,
            "setting": choice.setting,
        }
        drawn = [
            now.markup.settings("heading"),
            say(now, words, "" if words else wishes.theme, failed=bool(words)),
            _shown(now, choice),
        ]
        return [*drawn, *(gr.update(**{**named[name], **_valued(values, name)}) for name in offered)]

    def set_strict(value: bool, now: Session, request: gr.Request) -> str:
        return change(now, request, strict=bool(value))[1]

    def set_theme(value: str, now: Session, request: gr.Request) -> str:
        return change(now, request, theme=value)[1]

    def set_language(value: str, now: Session, request: gr.Request) -> Any:
        # Gradio tells of an input when the field is only left, too; a reload then would take the keyboard's place.
        if (value or None) == of(kept, request.username).language:
            return gr.skip()
        return change(now, request, language=value or None)[1]

    def type_sources(value: float | None, now: Session, request: gr.Request) -> str:
        # On the way to 12 there is a 1: what will not do is refused when the field is left.
        number = _whole(value)
        return change(now, request, sources=number)[1] if FEWEST <= number <= MOST else gr.skip()

    def leave_sources(value: float | None, now: Session, request: gr.Request) -> tuple[Any, Any]:
        before = of(kept, request.username).sources
        before = settings.sources if before is None else before
        if value == before:
            return gr.skip(), gr.skip()
        wishes, words = change(now, request, sources=_whole(value))
        return before if wishes is None else wishes.sources, words

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    at_once: dict[str, Any] = {"queue": False, "trigger_mode": "always_last", **quiet}
    offered = {name: one for name in labels(ENGLISH) if (one := getattr(pane, name))}
    pane.said.look(look, session, [pane.heading, pane.said, pane.llm, *offered.values()], **at_once)
    pane.strict.input(set_strict, [pane.strict, session], pane.said, **at_once)
    pane.theme.input(set_theme, [pane.theme, session], pane.said, **at_once)
    if pane.language:
        pane.language.input(set_language, [pane.language, session], pane.said, **at_once)
    counted = [pane.sources, session]
    pane.sources.input(type_sources, counted, pane.said, **at_once)
    gr.on([pane.sources.blur, pane.sources.submit], leave_sources, counted, [pane.sources, pane.said], **at_once)
    if pane.setting and pane.attempt and pane.use:
        _connect_llm(pane, session, choice, pane.setting, pane.attempt, pane.use, quiet)


def _valued(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {"value": values[name]} if name in values else {}


def _connect_llm(
    pane: SettingsPane,
    session: gr.State,
    choice: LLMChoice,
    setting: gr.Textbox,
    attempt: gr.Button,
    use: gr.Button,
    quiet: dict[str, Any],
) -> None:
    def trying(now: Session, doing: Callable[[str], str], given: str) -> Iterator[str]:
        yield now.markup.settings("told", words=TRYING, failed=False)
        try:
            words, failed = doing(given[:_MAX_SETTING_LENGTH]), False
        except AssistantError as error:
            words, failed = sentence(error), True
        except Exception:  # The page outlives any failure; what failed belongs in the terminal.
            log.exception("trying the LLM failed")
            words, failed = UNEXPECTED, True
        yield now.markup.settings("told", words=words, failed=failed)

    def try_it(given: str, now: Session, request: gr.Request) -> Iterator[str]:
        yield from trying(now.of(request), choice.attempt, given)

    def use_it(given: str, now: Session, request: gr.Request) -> Iterator[tuple[str, str]]:
        now = now.of(request)
        for words in trying(now, choice.use, given):
            yield words, _shown(now, choice)

    once: dict[str, Any] = {"trigger_mode": "once", "concurrency_limit": 2, **quiet}
    attempt.click(try_it, [setting, session], pane.told, **once)
    gr.on([use.click, setting.submit], use_it, [setting, session], [pane.told, pane.llm], **once)


def of(kept: KeptPreferences, owner: str | None) -> Preferences:
    """Read somebody's preferences to ask with; none where they cannot be read.

    The conversation cannot be kept in the same file then, which is said.
    """
    try:
        return kept.read(owner or "")
    except AssistantError:
        log.warning("the preferences cannot be read", exc_info=True)
        return Preferences()


def language_of(kept: KeptPreferences, owner: str | None) -> str | None:
    """Read the code of the language that somebody has chosen; None where that is the browser's, or is there no more."""
    wanted = of(kept, owner).language
    return wanted if any(wanted == one.code for one in languages()) else None


def _shown(now: Session, choice: LLMChoice) -> str:
    return now.markup.settings("llm", llm=choice.llm, changeable=choice.changeable, problem=choice.problem)


def _whole(value: float | None) -> int:
    """Return a whole number as one, and 0, which will not do, for anything else."""
    return int(value) if value is not None and float(value).is_integer() else 0
