"""What the commands of the command line share: options, settings and JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from assistant.settings import Settings

Home = Annotated[
    Path | None, typer.Option(help="Folder of the index; by default ASSISTANT_HOME, or your user data folder.")
]
Model = Annotated[
    str | None, typer.Option(help="Embedding model: a folder or a hub name; by default the packaged one.")
]
Retry = Annotated[
    bool, typer.Option("--retry-failed", help="Try what `assistant failures` lists again, and nothing else.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_of(context: typer.Context, home: Path | None, model: str | None = None, **given: Any) -> "Settings":
    """Make the settings of a command; its own home stands above the one before the command.

    Raises:
        BadSetting: see `assistant.settings.load_settings`.
    """
    from assistant.settings import load_settings

    return load_settings(home=home or context.obj, model=model, **given)


def print_json(value: Any) -> None:
    """Print a value as JSON, to be read by people too."""
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
