"""The command line. Each command imports what it needs when it runs, so that `--help` answers at once."""

import gc
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.failures import failures
from assistant.cli.feedback import feedback
from assistant.cli.follow import follow, following, sync, unfollow
from assistant.cli.index import articles, doctor, index, index_sources, remove
from assistant.cli.options import Home, Json, Model, print_json, settings_of
from assistant.cli.users import users
from assistant.errors import AssistantError, BadSetting
from assistant.llm.choice import FORMS
from assistant.translatable import message_of
from assistant.types import MAX_SOURCES
from index.errors import IndexingError

if TYPE_CHECKING:
    from assistant.settings import Settings

app = typer.Typer(
    name="assistant",
    help="Ask your own articles a question; every sentence of the answer is a quote you can open and check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich's Markdown costs more than all the rest of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)

Reranker = Annotated[
    str | None, typer.Option(help="Cross-encoder that orders the passages found: a folder or a hub name.")
]
Checker = Annotated[
    str | None,
    typer.Option(help="Cross-encoder that judges an LLM's sentences, in place of ours: a folder or a hub name."),
]
Llm = Annotated[
    str | None,
    typer.Option(help=f"Who writes the answers: {FORMS}."),
]
Strict = Annotated[
    bool | None, typer.Option("--strict", help="Leave out sentences of the LLM that the articles do not support.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; expected errors are one sentence on stderr and exit code 2."""
    try:
        app(args=list(arguments) if arguments is not None else None, standalone_mode=True)
    except (AssistantError, IndexingError) as error:
        typer.echo(f"assistant: {error}", err=True)
        sys.exit(2)


@app.callback()
def _common(context: typer.Context, home: Home = None) -> None:
    context.obj = home
    # numpy's threads slow each other down; the index runs its own in parallel.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imports create hundreds of thousands of permanent objects, which frequent garbage collection would scan in vain.
    gc.set_threshold(100_000, 20, 20)


@app.command()
def chat(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; by default the first free one from 7860.")
    ] = None,
    login: Annotated[
        bool, typer.Option("--login", help="Let in only those who sign in; `assistant user add` adds them.")
    ] = False,
    everyone: Annotated[
        bool, typer.Option("--open-to-everyone", help="Let other machines in though nobody signs in.")
    ] = False,
    name: Annotated[
        list[str] | None, typer.Option(help="A name the server goes by, as behind a proxy; may be repeated.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    starter: Annotated[
        Path | None, typer.Option(help="Folder of articles to index first, when there is no index yet.")
    ] = None,
    home: Home = None,
    model: Model = None,
    reranker: Reranker = None,
    llm: Llm = None,
    checker: Checker = None,
    strict: Strict = None,
) -> None:
    """Chat with your articles in a browser."""
    from assistant.assistant import Assistant
    from assistant.web.serve import serve

    settings = settings_of(context, home, model, reranker=reranker, llm=llm, checker=checker, strict=strict)
    _check_access(settings, host, login=login, everyone=everyone)
    assistant = context.with_resource(Assistant(settings, starter=starter))
    if starter and (assistant.count() == 0 or str(starter.resolve()) in assistant.index.unfinished()):
        index_sources(assistant.index, [starter], prune=False, as_json=False)
    serve(
        assistant,
        host=host,
        port=port,
        names=name or (),
        login=login,
        open_browser=browser,
        on_ready=lambda address: typer.echo(
            f"The page is at {address} (Ctrl-C stops it)\n"
            f"Programs: {address}/v1 (OpenAI), {address}/gradio_api/mcp/ (MCP), {address}/docs"
        ),
    )


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    publisher: Annotated[
        list[str] | None, typer.Option(help="Only articles of this publisher; may be repeated.")
    ] = None,
    since: Day = None,
    until: Day = None,
    article: Annotated[list[str] | None, typer.Option(help="Only the article with this id; may be repeated.")] = None,
    as_json: Json = False,
    home: Home = None,
    model: Model = None,
    reranker: Reranker = None,
    llm: Llm = None,
    checker: Checker = None,
    strict: Strict = None,
    sources: Annotated[
        int | None, typer.Option(min=1, max=MAX_SOURCES, help="How many passages to look at; 10 by default.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help='The language of all that is no quote: "de", "es", "fr"; English by default.')
    ] = None,
) -> None:
    """Ask one question.

    The answer is made of quotes, or of an LLM's sentences, each checked; or it is a plain "Not in these articles."
    with the nearest passages.
    """
    from assistant.assistant import Assistant

    stop = threading.Event()
    settings = settings_of(
        context, home, model, reranker=reranker, llm=llm, checker=checker, strict=strict, sources=sources
    )
    growing = context.with_resource(Assistant(settings)).stream(
        question,
        publishers=publisher or (),
        since=since.date() if since else None,
        until=until.date() if until else None,
        articles=article or (),
        stop=stop,
        language=language,
    )
    with _errors_in(language):
        if as_json:
            from assistant.render.serialize import as_dict

            *_, answer = growing
            print_json(as_dict(answer))
        else:
            from assistant.cli.output import show_growing

            show_growing(growing, stop, language)


@app.command("eval")
def evaluate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSON lines, each a question and what settles it.", metavar="FILE")],
    worst: Annotated[int, typer.Option(min=0, help="Show this many of the questions that went wrong.")] = 0,
    save: Annotated[Path | None, typer.Option(help="Write the run to this file, as JSON.")] = None,
    against: Annotated[Path | None, typer.Option(help="Compare with a run that --save has written.")] = None,
    as_json: Json = False,
    home: Home = None,
    model: Model = None,
    reranker: Reranker = None,
    llm: Llm = None,
    checker: Checker = None,
) -> None:
    """Ask a file of questions, and print how well they are answered."""
    from assistant.assistant import Assistant
    from assistant.cli.output_evaluation import show_evaluation
    from assistant.cli.progress import bars
    from assistant.evaluate.run import evaluate

    assistant = context.with_resource(
        Assistant(settings_of(context, home, model, reranker=reranker, llm=llm, checker=checker))
    )
    with bars(quiet=as_json) as begin:
        evaluation = evaluate(assistant, file, save=save, against=against, progress=begin("Asking"))
    if as_json:
        print_json(evaluation.as_dict())
    else:
        show_evaluation(evaluation, worst)


@app.command("llm")
def try_llm(context: typer.Context, llm: Llm = None) -> None:
    """Show which LLM is set, and try it.

    What is wrong with it is one sentence, and exit code 2.
    """
    from assistant.cli.output import show_llm
    from assistant.llm.model import connect

    show_llm(connect(settings_of(context, None, None, llm=llm)))


for _command in (index, follow, unfollow, following, sync, failures, articles, remove, doctor, feedback):
    app.command()(_command)
app.add_typer(users, name="user")


@contextmanager
def _errors_in(language: str | None) -> Iterator[None]:
    """Print expected errors in a language, and exit as `main` does."""
    try:
        yield
    except (AssistantError, IndexingError) as error:
        if not language:
            raise
        from assistant.render.i18n import language_named, translator

        typer.echo(f"assistant: {translator(language_named(language))(message_of(error))}", err=True)
        raise typer.Exit(2) from error


def _check_access(settings: "Settings", host: str, *, login: bool, everyone: bool) -> None:
    """Check that access is neither open by mistake nor impossible.

    Raises:
        BadSetting: other machines would have access without sign-in, or nobody could sign in.
    """
    from assistant.storage.users import People
    from assistant.web.server.origin_check import is_loopback

    if login and everyone:
        raise BadSetting("--login and --open-to-everyone exclude each other; leave one out")
    if login and not People(settings.people).all():
        raise BadSetting("nobody can sign in yet; run `assistant user add NAME` first")
    if not (login or everyone or is_loopback(host)):
        raise BadSetting(
            f"--host {host} lets other machines in, and nobody signs in; add --login, "
            "or --open-to-everyone where all of them may read your articles and conversations"
        )
