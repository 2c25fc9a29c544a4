"""`assistant follow`, `unfollow`, `following` and `sync`: sources that one command updates, as from cron."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from assistant.cli.index import open_index
from assistant.cli.options import Home, Json, Model, Retry, print_json
from assistant.cli.progress import stoppable
from index.errors import IndexBusy, NotFollowed

if TYPE_CHECKING:
    from index.ingest.follow import SyncResult
    from index.ingest.report import Summary
    from index.store.followed import Followed
    from index.store.index import Index

FAILED = 1
BUSY = 3
Sources = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders, and addresses of pages, PDFs, feeds or sitemaps (http:// or https://).",
        metavar="PATH_OR_URL",
    ),
]


def follow(
    context: typer.Context,
    sources: Sources,
    later: Annotated[
        bool, typer.Option("--later", help="Take nothing in now; `assistant sync` does it when it runs next.")
    ] = False,
    home: Home = None,
    model: Model = None,
) -> None:
    """Follow files, folders, pages and feeds: take them in now, and whenever `assistant sync` runs.

    What does not exist, or is refused, is not followed, and the exit code is 2. It is 1 when something of what is
    followed cannot be taken in, and 3 when another process is writing.
    """
    from index.ingest.follow import follow as remember
    from index.ingest.follow import resolve, total

    checked = [resolve(source) for source in sources]
    opened = open_index(context, home, model)
    before = {one.source for one in opened.catalog.followed.all()}
    followed = []
    for one in checked:
        followed.append(remember(opened, one, later=later))
        typer.echo(f"Following {followed[-1].source}{' already' if followed[-1].source in before else ''}")
    if later:
        return
    outcomes = _bring_up_to_date(opened, followed, prune=False, quiet=False)
    refused = [one for one in outcomes if one.error and one.followed.source not in before]
    for outcome in refused:
        opened.catalog.followed.remove(outcome.followed.source)
        opened.catalog.failures.forget([outcome.followed.source])
        typer.echo(f"assistant: {outcome.error}; it is not followed", err=True)
    kept = [outcome for outcome in outcomes if outcome not in refused]
    if kept:
        _show(total(kept), f"{len(kept)} followed")
    raise typer.Exit(2 if refused else _code(outcomes))


def unfollow(
    context: typer.Context,
    sources: Annotated[list[str], typer.Argument(help="As `assistant following` lists them.", metavar="PATH_OR_URL")],
    home: Home = None,
) -> None:
    """Follow something no longer; its articles stay, and `assistant remove` removes them."""
    from index.ingest.follow import unfollow as forget

    for one in forget(open_index(context, home, None), sources):
        typer.echo(f"No longer following {one.source}; its articles stay")


def following(context: typer.Context, as_json: Json = False, home: Home = None) -> None:
    """List what is followed, and how bringing it up to date went last."""
    followed = open_index(context, home, None).catalog.followed.all()
    if as_json:
        print_json([{**asdict(one), "articles": one.articles} for one in followed])
    else:
        from assistant.cli.output_follow import show_followed

        show_followed(followed)


def sync(
    context: typer.Context,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove articles whose file has gone from a folder that is followed.")
    ] = False,
    retry: Retry = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing when all went well.")] = False,
    as_json: Json = False,
    home: Home = None,
    model: Model = None,
) -> None:
    """Bring all that is followed up to date; made to be run from cron.

    The exit code is 0 when all went well, 1 when something could not be taken in, 2 when the run could not begin, and 3
    when another process is writing. Into a pipe or a file it prints one line.
    """
    from index.ingest.follow import total

    opened = open_index(context, home, model)
    if retry:
        _retry(opened, quiet=quiet, as_json=as_json)
    followed = opened.catalog.followed.all()
    if not followed:
        raise NotFollowed("nothing is followed yet; run `assistant follow FOLDER_OR_ADDRESS` first")
    outcomes = _bring_up_to_date(opened, followed, prune=prune, quiet=quiet or as_json)
    if as_json:
        _print_json(outcomes)
    elif _code(outcomes) or not quiet:
        _show(total(outcomes), f"{len(outcomes)} followed")
    raise typer.Exit(_code(outcomes))


def _bring_up_to_date(
    opened: "Index", followed: Sequence["Followed"], *, prune: bool, quiet: bool
) -> "list[SyncResult]":
    from index.ingest.follow import sync_followed

    with _exit_when_busy(), stoppable(quiet=quiet) as begin:
        return list(sync_followed(opened, followed, prune=prune, begin=begin))


def _retry(opened: "Index", *, quiet: bool, as_json: bool) -> NoReturn:
    from index.ingest.retry import retry_failed

    with _exit_when_busy(), stoppable(quiet=quiet or as_json) as begin:
        summary = retry_failed(opened, begin=begin)
    if as_json:
        print_json({**asdict(summary), "sources": []})
    elif summary.failed or not quiet:
        _show(summary, "tried again")
    raise typer.Exit(FAILED if summary.failed else 0)


@contextmanager
def _exit_when_busy() -> Iterator[None]:
    try:
        yield
    except IndexBusy as error:
        typer.echo(f"assistant: {error}", err=True)
        raise typer.Exit(BUSY) from error


def _code(outcomes: "Sequence[SyncResult]") -> int:
    return FAILED if any(outcome.summary.failed for outcome in outcomes) else 0


def _show(summary: "Summary", label: str) -> None:
    from assistant.cli.output import counted, show_problems

    if sys.stdout.isatty():
        show_problems(summary)
    more = f"{summary.vanished} vanished, {summary.gone} gone from their feeds"
    typer.echo(f"{label}: {counted(summary)}, {more} ({summary.seconds:.1f} s)")


def _print_json(outcomes: "Sequence[SyncResult]") -> None:
    from index.ingest.follow import total

    sources = [{"source": one.followed.source, "kind": one.followed.kind, **one.counts()} for one in outcomes]
    print_json({**asdict(total(outcomes)), "sources": sources})
