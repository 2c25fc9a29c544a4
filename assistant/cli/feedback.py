"""`assistant feedback`: the ratings of answers, to read or to export for `assistant eval`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import Home, Json, print_json, settings_of
from assistant.errors import BadResultsFile


def feedback(
    context: typer.Context,
    export: Annotated[
        Path | None,
        typer.Option(help="Write what settles a question to this file, for `assistant eval`; - is stdout."),
    ] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """List what people thought of answers, the newest first."""
    from assistant.storage.conversations import Conversations
    from assistant.storage.feedback import as_questions, as_rows, counts

    rated = Conversations(settings_of(context, home).conversations).rated()
    if export:
        lines = as_questions(rated)
        _write(export, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        typer.echo(f"Wrote {len(lines)} of {len(rated)} ratings as questions; docs/evaluate.md says which.", err=True)
    elif as_json:
        print_json({**counts(rated), "feedback": as_rows(rated)})
    else:
        from assistant.cli.output import show_feedback

        show_feedback(counts(rated), as_rows(rated))


def _write(file: Path, text: str) -> None:
    if str(file) == "-":
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadResultsFile(f"{file} cannot be written ({reason}); give --export another file") from error
