"""The commands that maintain the index: `assistant index`, `articles`, `remove` and `doctor`."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import Home, Json, Model, Retry, print_json, settings_of
from assistant.cli.progress import Bars, stoppable
from assistant.errors import NothingIndexed

if TYPE_CHECKING:
    from index.ingest.progress import Begin, Progress
    from index.load.jsonl import Names
    from index.store.index import Index


def index(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files (Markdown, text, HTML, PDF, .docx, .epub, .eml, .jsonl), folders, and addresses (http:// or "
            "https://) of pages, PDFs, feeds or sitemaps.",
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
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="What .jsonl files call a field, as title=headline; may be repeated, is remembered.",
            metavar="FIELD=NAME",
        ),
    ] = None,
    retry: Retry = False,
    as_json: Json = False,
    home: Home = None,
    model: Model = None,
) -> None:
    """Take in new and changed articles, from files and from the web.

    Unchanged ones cost nothing, on the web a short question to the server. A run that is stopped or killed goes on when
    it is started again. Only public addresses are fetched, as far as robots.txt allows.
    """
    from index.load.jsonl import names_of
    from index.urls import is_address

    names = names_of(mapped) if mapped else None
    sources = [*(sources or []), *(_listed(listed) if listed else [])]
    if sources and retry:
        raise typer.BadParameter("leave out paths and addresses: it tries what failed", param_hint="--retry-failed")
    if not sources and not rebuild and not retry:
        raise typer.BadParameter("give a file, a folder or an address of articles", param_hint="PATH_OR_URL")
    paths = [Path(source) for source in sources if not is_address(source)]
    opened = open_index(context, home, model)
    if rebuild:
        _rebuild(opened, as_json)
    if retry:
        _retry(opened, as_json=as_json)
    if sources:
        addresses = [source for source in sources if is_address(source)]
        index_sources(opened, paths, addresses, prune=prune, names=names, as_json=as_json)


def articles(context: typer.Context, as_json: Json = False, home: Home = None) -> None:
    """List the articles, newest first."""
    opened = open_index(context, home, None)
    if as_json:
        from assistant.render.serialize import article_fields, copy_fields

        listed = list(opened.catalog.articles())
        copies = opened.catalog.copies.of([article.id for article in listed])
        also = {id_: [copy_fields(copy) for copy in found] for id_, found in copies.items()}
        print_json([{**article_fields(article), "also_at": also.get(article.id, [])} for article in listed])
    else:
        from assistant.cli.output import show_articles

        show_articles(opened)


def remove(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(help="Ids as `assistant articles` lists them.", metavar="ID")],
    home: Home = None,
    model: Model = None,
) -> None:
    """Remove articles; nothing of them can be found afterwards."""
    for article in open_index(context, home, model).remove(ids):
        typer.echo(f"Removed {article.id}: {article.title}")


def doctor(
    context: typer.Context,
    fix: Annotated[bool, typer.Option("--fix", help="Put right what can be.")] = False,
    home: Home = None,
    model: Model = None,
) -> None:
    """Check the index, the model and the disk.

    The exit code is 1 when something is wrong.
    """
    from assistant.cli.output import show_findings
    from index.maintain.doctor import examine, repair

    folder = settings_of(context, home, model).home
    if not folder.is_dir():
        raise NothingIndexed(f"there is no index in {folder}; run `assistant index FOLDER`, or give another --home")
    opened = open_index(context, home, model)
    if fix:
        with stoppable() as begin:
            done = repair(opened, begin("Repairing"))
        for sentence in done or ["nothing to put right"]:
            typer.echo(f"Fixed: {sentence}" if done else f"Fix: {sentence}")
    findings = examine(opened)
    show_findings(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def open_index(context: typer.Context, home: Path | None, model: str | None) -> "Index":
    """Return the index of a command."""
    from index.store.index import Index

    settings = settings_of(context, home, model)
    # Closed when the command ends, however it ends.
    return context.with_resource(Index(settings.home, settings.model))


def _listed(file: Path) -> list[str]:
    """Return paths and addresses from a file, one per line, without blank lines and comments (#)."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise typer.BadParameter(f"{file} cannot be read ({reason})", param_hint="--from") from error
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def index_sources(
    opened: "Index",
    paths: Sequence[Path],
    addresses: Sequence[str] = (),
    *,
    prune: bool,
    names: "Names | None" = None,
    as_json: bool,
) -> None:
    """Index files and addresses, and print a summary.

    Raises:
        typer.Exit: with code 2, if nothing could be indexed.
    """
    from assistant.cli.output import show_languages, show_summary
    from index.ingest.files import sync
    from index.ingest.progress import Stopped
    from index.ingest.report import Summary
    from index.ingest.web import sync_addresses

    summary, model = Summary(), opened.catalog.get("model")
    with stoppable(quiet=as_json) as begin:
        if paths:
            progress, one_by_one = _bars(begin, paths, "paths")
            summary += sync(opened, paths, prune=prune, names=names, progress=progress, begin=one_by_one)
        if addresses:
            progress, one_by_one = _bars(begin, addresses, "addresses")
            try:
                summary += sync_addresses(opened, addresses, progress=progress, begin=one_by_one)
            except Stopped as stopped:
                raise Stopped(summary + stopped.summary) from None
    if as_json:
        print_json(asdict(summary))
    else:
        show_summary(summary)
        show_languages(opened, chosen=model is None)
    if summary.failed and not summary.added + summary.changed + summary.unchanged:
        raise typer.Exit(2)


def _retry(opened: "Index", *, as_json: bool) -> None:
    from assistant.cli.output import show_summary
    from index.ingest.retry import retry_failed

    with stoppable(quiet=as_json) as begin:
        summary = retry_failed(opened, begin=begin)
    if as_json:
        print_json(asdict(summary))
    else:
        show_summary(summary)
    if summary.failed:
        raise typer.Exit(1)


def _bars(begin: Bars, sources: Sequence[object], called: str) -> "tuple[Progress, Begin]":
    """Begin the progress bar of all sources; return it, and what begins the bar of each if there are several."""
    from index.ingest.progress import no_source_progress

    if len(sources) == 1:
        return begin(str(sources[0]), of_all=True), no_source_progress
    return begin(f"{len(sources)} {called}", of_all=True), begin


def _rebuild(opened: "Index", as_json: bool) -> None:
    from index.maintain.rebuild import rebuild

    with stoppable(quiet=as_json) as begin:
        summary = rebuild(opened, progress=begin("Rebuilding"))
    typer.echo(f"Rebuilt {summary.changed} articles ({summary.passages} passages).", err=as_json)
