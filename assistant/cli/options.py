"""Shared by all commands: options, settings and JSON output."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assistant.settings import Settings

Home = Annotated[
    Path | None, typer.Option(help="Folder of the index; by default ASSISTANT_HOME, or your user data folder.")
]
Model = Annotated[
    str | None,
    typer.Option(
        help="Embedding model: multilingual-e5-small, a folder or a hub name; by default as the articles need."
    ),
]
Retry = Annotated[
    bool, typer.Option("--retry-failed", help="Try what `assistant failures` lists again, and nothing else.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_of(context: typer.Context, home: Path | None, model: str | None = None, **given: Any) -> "Settings":
    """Return the settings of a command; its own --home comes before the one ahead of the command.

    Raises:
        BadSetting: see `assistant.settings.load_settings`.
    """
    from assistant.settings import load_settings

    return load_settings(home=home or context.obj, model=model, **given)


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
