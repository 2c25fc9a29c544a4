"""`assistant failures`: what could not be indexed, and why."""

from dataclasses import asdict
from typing import Annotated

import typer

from assistant.cli.index import open_index
from assistant.cli.options import Home, Json, print_json


def failures(
    context: typer.Context,
    clear: Annotated[bool, typer.Option("--clear", help="Forget all of them.")] = False,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """List what could not be taken in, the latest first, and why.

    What is taken in later is a failure no more. `assistant sync --retry-failed` tries all of them again.
    """
    kept = open_index(context, home, None).catalog.failures
    if clear:
        count = kept.clear()
        typer.echo(f"Forgot {count:,} failure{'' if count == 1 else 's'}.", err=as_json)
    if as_json:
        print_json([asdict(failure) for failure in kept.all()])
    elif not clear:
        from assistant.cli.output_follow import show_failures

        show_failures(kept.all())
