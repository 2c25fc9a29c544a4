"""The settings pane: the user's preferences, and the LLM of the server.

Each change is stored at once, and confirmed beside the heading. settings.js, loaded by that confirmation, triggers
`look` when the page is opened and whenever the settings are shown, so that they are current even if another tab has
changed them; it tells theme.js the chosen theme.
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
from assistant.render.i18n import ENGLISH, languages, texts
from assistant.storage.preferences import MAX_CHOSEN_SOURCES, MIN_CHOSEN_SOURCES, KeptPreferences, Preferences
from assistant.web.page.html import Markup
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
    """The components of the settings; None for those not offered."""

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
    """Build the settings inside the current Blocks."""
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
    """Return the labels of the settings in a language, as properties."""
    _ = texts(language).gettext
    themes = [(_("As the system"), "system"), (_("Light"), "light"), (_("Dark"), "dark")]
    spoken = [(_("As the browser"), _AS_THE_BROWSER), *((one.name, one.code) for one in languages())]
    counted = _("How many passages are looked at for an answer, %(fewest)s to %(most)s. More of them take longer.")
    left_out = _("Leave out sentences of the LLM that the articles do not support, instead of marking them.")
    return {
        "sources": {
            "label": _("Number of sources"),
            "info": counted % {"fewest": MIN_CHOSEN_SOURCES, "most": MAX_CHOSEN_SOURCES},
        },
        "strict": {"label": _("Strict"), "info": left_out},
        "theme": {"choices": themes, "label": _("Theme"), "info": _("The colours of the page.")},
        "language": {"choices": spoken, "label": _("Language"), "info": _("The language of the page.")},
        "setting": {"label": _("Change the LLM"), "info": _("Give %(forms)s.") % {"forms": FORMS}},
        "attempt": {"value": _("Try it")},
        "use": {"value": _("Use it")},
    }


def connect(
    pane: SettingsPane, session_state: gr.State, kept: KeptPreferences, choice: LLMChoice, settings: "Settings"
) -> None:
    """Connect the settings to their storage; defaults are those of `settings`."""
    numbers = count(1)

    def say(session: Session, words: str = "", theme: str = "", *, failed: bool = False, reload: bool = False) -> str:
        # Numbered, so that screen readers repeat the same words.
        number = next(numbers)
        return session.markup.settings(
            "said", words=words, theme=theme, failed=failed, number=number, reload=reload and not failed
        )

    def change(session: Session, request: gr.Request, **chosen: Any) -> tuple[Preferences | None, str]:
        session = session.for_request(request)
        try:
            preferences = kept.change(session.owner, **chosen)
        except AssistantError as error:
            return None, say(session, sentence(error), failed=True)
        return preferences, say(session, SAVED, preferences.theme, reload="language" in chosen)

    def look(session: Session, request: gr.Request) -> list[Any]:
        session = session.for_request(request)
        words = ""
        try:
            preferences = kept.read(session.owner)
        except AssistantError as error:
            preferences, words = Preferences(), sentence(error)
        named = labels(session.language)
        values: dict[str, Any] = {
            "sources": settings.sources if preferences.sources is None else preferences.sources,
            "strict": settings.strict if preferences.strict is None else preferences.strict,
            "theme": preferences.theme,
            "language": preferences.language or _AS_THE_BROWSER,
            "setting": choice.setting,
        }
        drawn = [
            session.markup.settings("heading"),
            say(session, words, "" if words else preferences.theme, failed=bool(words)),
            _shown(session, choice),
        ]
        return [*drawn, *(gr.update(**{**named[name], **_valued(values, name)}) for name in offered)]

    def set_strict(value: bool, session: Session, request: gr.Request) -> str:
        return change(session, request, strict=bool(value))[1]

    def set_theme(value: str, session: Session, request: gr.Request) -> str:
        return change(session, request, theme=value)[1]

    def set_language(value: str, session: Session, request: gr.Request) -> Any:
        # Gradio also sends an input event when the field is left; a reload would then lose the focus.
        if (value or None) == preferences_of(kept, request.username).language:
            return gr.skip()
        return change(session, request, language=value or None)[1]

    def type_sources(value: float | None, session: Session, request: gr.Request) -> str:
        # Typing 12 begins with 1: invalid numbers are refused only when the field is left.
        number = _whole(value)
        return (
            change(session, request, sources=number)[1]
            if MIN_CHOSEN_SOURCES <= number <= MAX_CHOSEN_SOURCES
            else gr.skip()
        )

    def leave_sources(value: float | None, session: Session, request: gr.Request) -> tuple[Any, Any]:
        before = preferences_of(kept, request.username).sources
        before = settings.sources if before is None else before
        if value == before:
            return gr.skip(), gr.skip()
        preferences, words = change(session, request, sources=_whole(value))
        return before if preferences is None else preferences.sources, words

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    at_once: dict[str, Any] = {"queue": False, "trigger_mode": "always_last", **quiet}
    offered = {name: one for name in labels(ENGLISH) if (one := getattr(pane, name))}
    pane.said.look(look, session_state, [pane.heading, pane.said, pane.llm, *offered.values()], **at_once)
    pane.strict.input(set_strict, [pane.strict, session_state], pane.said, **at_once)
    pane.theme.input(set_theme, [pane.theme, session_state], pane.said, **at_once)
    if pane.language:
        pane.language.input(set_language, [pane.language, session_state], pane.said, **at_once)
    counted = [pane.sources, session_state]
    pane.sources.input(type_sources, counted, pane.said, **at_once)
    gr.on([pane.sources.blur, pane.sources.submit], leave_sources, counted, [pane.sources, pane.said], **at_once)
    if pane.setting and pane.attempt and pane.use:
        _connect_llm(pane, session_state, choice, pane.setting, pane.attempt, pane.use, quiet)


def _valued(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {"value": values[name]} if name in values else {}


def _connect_llm(
    pane: SettingsPane,
    session_state: gr.State,
    choice: LLMChoice,
    setting: gr.Textbox,
    attempt: gr.Button,
    use: gr.Button,
    quiet: dict[str, Any],
) -> None:
    def trying(session: Session, doing: Callable[[str], str], given: str) -> Iterator[str]:
        yield session.markup.settings("told", words=TRYING, failed=False)
        try:
            words, failed = doing(given[:_MAX_SETTING_LENGTH]), False
        except AssistantError as error:
            words, failed = sentence(error), True
        except Exception:  # The page survives any error; details are for the terminal.
            log.exception("trying the LLM failed")
            words, failed = UNEXPECTED, True
        yield session.markup.settings("told", words=words, failed=failed)

    def try_it(given: str, session: Session, request: gr.Request) -> Iterator[str]:
        yield from trying(session.for_request(request), choice.attempt, given)

    def use_it(given: str, session: Session, request: gr.Request) -> Iterator[tuple[str, str]]:
        session = session.for_request(request)
        for words in trying(session, choice.use, given):
            yield words, _shown(session, choice)

    once: dict[str, Any] = {"trigger_mode": "once", "concurrency_limit": 2, **quiet}
    attempt.click(try_it, [setting, session_state], pane.told, **once)
    gr.on([use.click, setting.submit], use_it, [setting, session_state], [pane.told, pane.llm], **once)


def preferences_of(kept: KeptPreferences, owner: str | None) -> Preferences:
    """Return a user's preferences, or the defaults if they cannot be read.

    Storing the conversation, in the same file, then reports the error.
    """
    try:
        return kept.read(owner or "")
    except AssistantError:
        log.warning("the preferences cannot be read", exc_info=True)
        return Preferences()


def language_of(kept: KeptPreferences, owner: str | None) -> str | None:
    """Return the code of a user's chosen language; None for the browser's, or if it no longer exists."""
    wanted = preferences_of(kept, owner).language
    return wanted if any(wanted == one.code for one in languages()) else None


def _shown(session: Session, choice: LLMChoice) -> str:
    return session.markup.settings("llm", llm=choice.llm, changeable=choice.changeable, problem=choice.problem)


def _whole(value: float | None) -> int:
    """Return a whole number as int, and 0, which is out of range, for anything else."""
    return int(value) if value is not None and float(value).is_integer() else 0
