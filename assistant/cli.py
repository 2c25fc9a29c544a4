"""The command line. Each command imports what it needs when it runs, so that `--help` answers at once."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli_feedback import feedback
from assistant.cli_user import users
from assistant.errors import AssistantError, BadSetting, NothingIndexed
from assistant.options import Home, Json, print_json, settings_of
from assistant.values import MOST_SOURCES
from index.errors import IndexingError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.store import Index
    from index.sync import Progress

app = typer.Typer(
    name="assistant",
    help="Ask your own articles a question; every sentence of the answer is a quote you can open and check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: importing rich's Markdown costs more than all the rest of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)

Model = Annotated[
    str | None, typer.Option(help="Embedding model: a folder or a hub name; by default the packaged one.")
]
Reranker = Annotated[
    str | None, typer.Option(help="Cross-encoder that orders the passages found: a folder or a hub name.")
]
Llm = Annotated[
    str | None,
    typer.Option(
        help="Who writes the answers: none, openai:MODEL, ollama:MODEL, http://HOST/v1#MODEL, or a .gguf file."
    ),
]
Strict = Annotated[
    bool | None, typer.Option("--strict", help="Leave out sentences of the LLM that the articles do not support.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]

app.add_typer(users, name="user")
app.command()(feedback)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors a person can mend are one sentence on stderr and exit code 2."""
    try:
        app(args=list(arguments) if arguments is not None else None, standalone_mode=True)
    except (AssistantError, IndexingError) as error:
        typer.echo(f"assistant: {error}", err=True)
        sys.exit(2)


@app.callback()
def _common(context: typer.Context, home: Home = None) -> None:
    context.obj = home


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
    strict: Strict = None,
) -> None:
    """Chat with your articles in a browser."""
    from assistant.answer import Assistant
    from assistant.web.serving import serve

    settings = settings_of(context, home, model, reranker=reranker, llm=llm, strict=strict)
    _check_doors(settings, host, login=login, everyone=everyone)
    assistant = Assistant(settings, starter=starter)
    if starter and (assistant.count() == 0 or str(starter.resolve()) in assistant.index.unfinished()):
        _sync(assistant.index, [starter], prune=False, as_json=False)
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
    strict: Strict = None,
    sources: Annotated[
        int | None, typer.Option(min=1, max=MOST_SOURCES, help="How many passages to look at; 10 by default.")
    ] = None,
) -> None:
    """Ask one question.

    The answer is made of quotes, or of an LLM's sentences, each checked; or it is a plain "Not in these articles."
    with the nearest passages.
    """
    from assistant.answer import Assistant

    stop = threading.Event()
    settings = settings_of(context, home, model, reranker=reranker, llm=llm, strict=strict, sources=sources)
    growing = Assistant(settings).stream(
        question,
        publishers=publisher or (),
        since=since.date() if since else None,
        until=until.date() if until else None,
        articles=article or (),
        stop=stop,
    )
    if as_json:
        from assistant.serialize import as_dict

        *_, answer = growing
        print_json(as_dict(answer))
    else:
        from assistant.terminal import show_growing

        show_growing(growing, stop)


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
) -> None:
    """Ask a file of questions, and print how well they are answered."""
    from assistant.answer import Assistant
    from assistant.evaluate import evaluate
    from assistant.tables import show_evaluation
    from assistant.terminal import progress

    assistant = Assistant(settings_of(context, home, model, reranker=reranker, llm=llm))
    with progress("Asking", quiet=as_json) as advance:
        evaluation = evaluate(assistant, file, save=save, against=against, progress=advance)
    if as_json:
        print_json(evaluation.as_dict())
    else:
        show_evaluation(evaluation, worst)


@app.command()
def index(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders, and addresses of pages, feeds or sitemaps (http:// or https://).",
            metavar="PATH_OR_URL",
        ),
    ] = None,
    listed: Annotated[
        Path | None, typer.Option("--from", help="Take more of them from this file, one a line; - is standard input.")
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles whose file has gone from these folders.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Embed all articles again, with the model given now.")
    ] = False,
    as_json: Json = False,
    home: Home = None,
    model: Model = None,
) -> None:
    """Take in new and changed articles, from files and from the web.

    Unchanged ones cost nothing, on the web a short question to the server. A run that is stopped or killed goes on when
    it is started again. Only public addresses are fetched, as far as robots.txt allows.
    """
    from index.address import is_address

    sources = [*(sources or []), *(_listed(listed) if listed else [])]
    if not sources and not rebuild:
        raise typer.BadParameter("give a file, a folder or an address of articles", param_hint="PATH_OR_URL")
    paths = [Path(source) for source in sources if not is_address(source)]
    opened = _open(context, home, model)
    if rebuild:
        _rebuild(opened, as_json)
    if sources:
        _sync(opened, paths, [source for source in sources if is_address(source)], prune=prune, as_json=as_json)


@app.command("llm")
def try_llm(context: typer.Context, llm: Llm = None) -> None:
    """Show which LLM is set, and try it.

    What is wrong with it is one sentence, and exit code 2.
    """
    from assistant.llm import connect
    from assistant.terminal import show_llm

    show_llm(connect(settings_of(context, None, None, llm=llm)))


@app.command()
def articles(context: typer.Context, as_json: Json = False, home: Home = None) -> None:
    """List the articles, newest first."""
    opened = _open(context, home, None)
    if as_json:
        from assistant.serialize import article_fields, copy_fields

        listed = list(opened.catalog.articles())
        copies = opened.catalog.copies.of([article.id for article in listed])
        also = {id_: [copy_fields(copy) for copy in found] for id_, found in copies.items()}
        print_json([{**article_fields(article), "also_at": also.get(article.id, [])} for article in listed])
    else:
        from assistant.terminal import show_articles

        show_articles(opened)


@app.command()
def remove(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(help="Ids as `assistant articles` lists them.", metavar="ID")],
    home: Home = None,
    model: Model = None,
) -> None:
    """Remove articles; nothing of them can be found afterwards."""
    for article in _open(context, home, model).remove(ids):
        typer.echo(f"Removed {article.id}: {article.title}")


@app.command()
def doctor(
    context: typer.Context,
    fix: Annotated[bool, typer.Option("--fix", help="Put right what can be.")] = False,
    home: Home = None,
    model: Model = None,
) -> None:
    """Check the index, the model and the disk.

    The exit code is 1 when something is wrong.
    """
    from assistant.terminal import show_findings
    from index.doctor import examine, repair

    folder = settings_of(context, home, model).home
    if not folder.is_dir():
        raise NothingIndexed(f"there is no index in {folder}; run `assistant index FOLDER`, or give another --home")
    opened = _open(context, home, model)
    if fix:
        with _stoppable("Repairing") as advance:
            done = repair(opened, advance)
        for sentence in done or ["nothing to put right"]:
            typer.echo(f"Fixed: {sentence}" if done else f"Fix: {sentence}")
    findings = examine(opened)
    show_findings(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _check_doors(settings: "Settings", host: str, *, login: bool, everyone: bool) -> None:
    """Refuse to let in whom nobody meant to let in, or nobody at all.

    Raises:
        BadSetting: other machines could come in, and nothing says that they may; or nobody could sign in.
    """
    from assistant.people import People
    from assistant.web.guard import is_loopback

    if login and everyone:
        raise BadSetting("--login and --open-to-everyone exclude each other; leave one out")
    if login and not People(settings.people).all():
        raise BadSetting("nobody can sign in yet; run `assistant user add NAME` first")
    if not (login or everyone or is_loopback(host)):
        raise BadSetting(
            f"--host {host} lets other machines in, and nobody signs in; add --login, "
            "or --open-to-everyone where all of them may read your articles and conversations"
        )


def _open(context: typer.Context, home: Path | None, model: str | None) -> "Index":
    from index.store import Index

    settings = settings_of(context, home, model)
    return Index(settings.home, settings.model)


def _listed(file: Path) -> list[str]:
    """Read a list of paths and addresses: one a line, blank lines and those that begin with # passed over."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise typer.BadParameter(f"{file} cannot be read ({reason})", param_hint="--from") from error
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _sync(opened: "Index", paths: Sequence[Path], addresses: Sequence[str] = (), *, prune: bool, as_json: bool) -> None:
    from assistant.terminal import show_summary
    from index.sync import Summary, sync
    from index.sync_web import sync_addresses

    summary = Summary()
    with _stoppable("Indexing", quiet=as_json) as advance:
        if paths:
            summary += sync(opened, paths, prune=prune, progress=advance)
        if addresses:
            summary += sync_addresses(opened, addresses, progress=advance)
    if as_json:
        print_json(asdict(summary))
    else:
        show_summary(summary)
    if summary.failed and not summary.added + summary.changed + summary.unchanged:
        raise typer.Exit(2)


def _rebuild(opened: "Index", as_json: bool) -> None:
    from index.rebuild import rebuild

    with _stoppable("Rebuilding", quiet=as_json) as advance:
        summary = rebuild(opened, progress=advance)
    typer.echo(f"Rebuilt {summary.changed} articles ({summary.passages} passages).", err=as_json)


@contextmanager
def _stoppable(label: str, *, quiet: bool = False) -> Iterator["Progress"]:
    """Show progress, and let Ctrl-C stop between two files; pressed again, it stops at once.

    An interrupt that Python raises wherever it happens to be can get lost in a library's clean-up code.
    """
    from assistant.terminal import progress

    asked = False

    def ask(_signal: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        with progress(label, quiet=quiet) as advance:

            def step(done: int, total: int, name: str) -> None:
                if asked:
                    raise KeyboardInterrupt
                advance(done, total, name)

            yield step
    except KeyboardInterrupt:
        typer.echo("assistant: stopped; what was finished is kept, the same command goes on from there", err=True)
        raise typer.Exit(130) from None
    finally:
        signal.signal(signal.SIGINT, before)
