"""The page put together from its panes, and served."""

import os
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from assistant.errors import BadConversations, TooOften
from assistant.web.conversation import Session, sentence
from assistant.web.server import create_server

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import APIRouter

    from assistant.answer import Assistant
    from assistant.conversations import Conversations
    from assistant.web.pace import Questions


def create_page(
    assistant: "Assistant",
    kept: "Conversations",
    tool: Callable[..., str] | None = None,
    pace: "Questions | None" = None,
) -> "gr.Blocks":
    """Build the page over an assistant: masthead, history, chat, sources and library, and what happens between them.

    `tool` is a function to offer over MCP, under its own name; `pace` bounds how often somebody may ask.
    """
    # Read by Gradio at import and by huggingface_hub in its threads: no version check, no usage report.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import gradio as gr
    from gradio.events import api

    from assistant.web import asking as filters
    from assistant.web import chat, history, library, markup, nav, rating, sources
    from assistant.web.entrance import asker

    page: gr.Blocks
    with gr.Blocks(title="Article assistant", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        session = gr.State(Session())
        with gr.Row(elem_id="masthead"):
            masthead = gr.HTML(markup.masthead(chat.articles(assistant)[0]), apply_default_css=False)
            nav.build()
            person = gr.HTML(elem_id="person", apply_default_css=False)
        past = history.build()
        with gr.Row(elem_id="panes"):
            pane = chat.build(assistant)
            panel = sources.build()
        books = library.build(assistant.index)
        thumbs = rating.build()
        # The id of the conversation that the page shows: the browser has it still when the server was restarted.
        current = gr.Textbox(visible="hidden", elem_id="current")

        def heading() -> str:
            return markup.masthead(chat.articles(assistant)[0])

        skipped = [gr.skip()] * 9

        def take_up(now: Session, shown: str) -> bool:
            try:
                now.take_up(kept, shown)
            except BadConversations as error:
                gr.Warning(sentence(error))
                return False
            return True

        def is_in_time(request: gr.Request) -> bool:
            try:
                if pace and request.request:
                    pace.check(asker(request.request))
            except TooOften as error:
                gr.Warning(sentence(error))
                return False
            return True

        def around(now: Session) -> list[Any]:
            side = sources.latest(now) if now.conversation else markup.no_sources()
            return [side, heading(), history.render(kept, now), now.id or "", markup.notice(None), ""]

        # Whose answers are under way, by browser tab: of a tab that is closed, no more than its name is told.
        under_way: dict[str | None, Session] = {}
        turns = threading.Lock()

        def ask(
            typed: str,
            now: Session,
            shown: str,
            publishers: object,
            since: object,
            until: object,
            articles: object,
            request: gr.Request,
            event: gr.EventData,
        ) -> Iterator[tuple[Any, ...]]:
            now = now.of(request.username)
            again = chat.repeated(event)
            if now.is_writing() or not take_up(now, shown) or not is_in_time(request):
                yield tuple(skipped)
                return
            repeated, pressed = now.question_at(again), chat.picked(now, event)
            missed = pressed == "" or (again is not None and repeated is None)
            stop = None if missed else now.begin_writing(turns)
            if stop is None:
                yield tuple(skipped)
                return
            place = now.editing if repeated is None else again
            asked = typed if repeated is None else repeated
            before = now.conversation[again].answer if again is not None else None
            allowed = before.allowed if before else filters.read(publishers, since, until, articles)
            now.editing, now.suggested = None, ()
            under_way[request.session_hash] = now
            told = False
            try:
                for messages, box in chat.ask(assistant, kept, pressed or asked, now, allowed, stop, place):
                    growing = bool(now.conversation) and now.conversation[-1].growing
                    # While it grows the rest stays as it is, once the page knows where the conversation is kept.
                    # The session goes along each time: a question may be asked before the page's own load has ended.
                    yield messages, box, now, *(skipped[3:] if growing and told else around(now))
                    told = now.id is not None
            finally:
                # Another tab's answer, or this tab's next, may be under way by now.
                if not now.is_writing():
                    under_way.pop(request.session_hash, None)

        def suggest(now: Session, request: gr.Request) -> Any:
            found = chat.suggest(assistant, now.of(request.username))
            return gr.skip() if found is None else found

        def leave(request: gr.Request) -> None:
            if left := under_way.pop(request.session_hash, None):
                left.end_writing()

        def shown(now: Session) -> tuple[Any, ...]:
            said: list[Any] = chat.messages(now.conversation)
            log = gr.Chatbot(said, **chat.opening(assistant))
            return log, chat.ready(""), now, *around(now)

        def start_over(now: Session, request: gr.Request) -> tuple[Any, ...]:
            now = now.of(request.username)
            # In this order: what ends after the session has turned away is not shown.
            now.open(kept, None)
            now.end_writing()
            return shown(now)

        def act(now: Session, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
            now = now.of(request.username)
            before, pressed = now.id, event._data
            try:
                opened = history.act(kept, now, pressed)
                if opened is not None:
                    now.open(kept, opened)
                    now.end_writing()
            except BadConversations as error:
                gr.Warning(sentence(error))
            if now.id != before:
                return shown(now)
            return *skipped[:5], history.render(kept, now), *skipped[6:]

        def edit(now: Session, shown: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
            now = now.of(request.username)
            take_up(now, shown)
            place = chat.repeated(event)
            question = now.question_at(place)
            now.editing = None if question is None else place
            return chat.ready(question or ""), now, markup.notice(question)

        def drop(publishers: object, since: object, until: object, articles: object, event: gr.EventData) -> list[Any]:
            return filters.without(filters.read(publishers, since, until, articles), event._data)

        def open_source(now: Session, shown: str, request: gr.Request, event: gr.EventData) -> str:
            now = now.of(request.username)
            take_up(now, shown)
            return sources.opened(now, event)

        def search(now: Session, words: str, request: gr.Request) -> tuple[Session, str]:
            now = now.of(request.username)
            return now, history.search(kept, now, words)

        def stop(now: Session, request: gr.Request) -> None:
            now.of(request.username).end_writing()

        def rate(now: Session, shown: str, request: gr.Request, event: gr.EventData) -> tuple[Session, str]:
            now = now.of(request.username)
            take_up(now, shown)
            return now, rating.rate(kept, now, event._data)

        def arrive(now: Session, request: gr.Request) -> tuple[Any, ...]:
            now = now.of(request.username)
            if now.conversation:  # Asked before the page had loaded.
                return *skipped, markup.person(now.owner)
            try:
                now.open(kept, request.query_params.get("chat"))
            except BadConversations as error:
                gr.Warning(sentence(error))
            log, _, *rest = shown(now)
            return log, gr.skip(), *rest, markup.person(now.owner)  # The box may have been typed into already.

        outputs = [pane.log, pane.box, session, panel, masthead, past.list, current, pane.notice, pane.suggested]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # One question at a time: Gradio may lose what a second one says that begins just as the first one ends.
        asking: dict[str, Any] = {"trigger_mode": "once", "concurrency_limit": 4}
        chosen = pane.filters.inputs
        given = [pane.box, session, current, *chosen]
        typed: Any = gr.on([pane.box.submit, pane.log.example_select], ask, given, outputs, **asking, **quiet)
        asked = [
            typed,
            *(event(ask, given, outputs, **asking, **quiet) for event in (past.list.again, past.list.suggested)),
        ]
        for one in asked:
            one.then(suggest, session, pane.suggested, queue=False, **quiet)
        gr.on(
            [one.change for one in chosen],
            lambda *given: filters.render(assistant, filters.read(*given)),
            chosen,
            pane.filters.chips,
            trigger_mode="always_last",
            queue=False,
            **quiet,
        )
        pane.filters.chips.drop(drop, chosen, chosen, queue=False, **quiet)
        pane.filters.panel.expand(
            lambda: filters.choices(assistant), None, pane.filters.publishers, queue=False, **quiet
        )
        pane.box.stop(stop, session, None, queue=False, **quiet)
        # Called off first, and by the browser itself: a question right after it would be dropped otherwise.
        past.fresh.click(None, cancels=asked, queue=False, **quiet)
        past.fresh.click(start_over, session, outputs, queue=False, **quiet)
        past.list.act(act, session, outputs, queue=False, **quiet)
        past.list.edit_question(edit, [session, current], [pane.box, session, pane.notice], queue=False, **quiet)
        past.search.change(
            search,
            [session, past.search],
            [session, past.list],
            queue=False,
            trigger_mode="always_last",
            **quiet,
        )
        page.load(arrive, session, [*outputs, person], queue=False, **quiet)
        page.unload(leave)
        panel.open_source(open_source, [session, current], panel, queue=False, **quiet)
        library.connect(books, assistant.index, masthead, heading)
        thumbs.rate(rate, [session, current], [session, thumbs], queue=False, trigger_mode="multiple", **quiet)
        if tool:
            # Past the queue, MCP calls the function itself; through it, the server would send itself a request.
            api(tool, queue=False)
    return page


def serve(
    assistant: "Assistant",
    *,
    host: str,
    port: int | None,
    names: Sequence[str] = (),
    login: bool = False,
    open_browser: bool,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the page of an assistant, its API and its MCP tool until interrupted.

    `port` None is the first free one from 7860, a port in use raises `PortTaken`. Once the page can be opened,
    `on_ready` gets its address and, if `open_browser`, the user's browser opens it. See `create_assistant_server`.
    """

    def ready(address: str) -> None:
        on_ready(address)
        if open_browser:
            webbrowser.open(address)

    with suppress(KeyboardInterrupt):
        create_assistant_server(assistant, host=host, port=port, names=names, login=login, on_ready=ready).run()


def create_assistant_server(
    assistant: "Assistant",
    *,
    host: str,
    port: int | None,
    names: Sequence[str] = (),
    login: bool = False,
    on_ready: Callable[[str], None],
) -> "uvicorn.Server":
    """Return the server of all that an assistant offers: the page, the API and the MCP tool; see `create_server`.

    Conversations are kept beside the index. With `login` people sign in, and each has conversations of their own. Only
    who asks on this machine alone may ask as often as they like.
    """
    from assistant.conversations import Conversations
    from assistant.people import People
    from assistant.web.guard import is_loopback
    from assistant.web.pace import Questions

    settings = assistant.settings
    kept = Conversations(settings.conversations)
    people = People(settings.people) if login else None
    bounded = login or not is_loopback(host)
    pace = Questions(settings.questions_per_minute) if bounded else None

    def page() -> "gr.Blocks":
        from assistant.web.tool import create_tool

        return create_page(assistant, kept, create_tool(assistant, pace), pace)

    def routes() -> "APIRouter":
        from assistant.web.api import create_routes
        from assistant.web.downloads import create_downloads
        from assistant.web.login import create_login

        router = create_routes(assistant, pace)
        router.include_router(create_downloads(kept))
        if people:
            router.include_router(create_login(people))
        return router

    return create_server(page, host=host, port=port, on_ready=on_ready, routes=routes, names=names, people=people)
