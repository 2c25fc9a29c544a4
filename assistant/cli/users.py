"""`assistant user …`: the users of `assistant chat --login`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import Home, Json, print_json, settings_of

if TYPE_CHECKING:
    from assistant.storage.conversations import Conversations
    from assistant.storage.users import People

users = typer.Typer(
    help="Add, list and remove those who may sign in at `assistant chat --login`.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Name = Annotated[str, typer.Argument(help="Plain letters, digits, dots, dashes and underscores.", metavar="NAME")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]


@users.command("add")
def add(context: typer.Context, name: Name, from_stdin: FromStdin = False, home: Home = None) -> None:
    """Let somebody sign in; the password is asked for twice."""
    added = _people(context, home).add(name, _password(from_stdin))
    before = _conversations(context, home).count(added)
    typer.echo(f"Added {added}." + (f" {_counted(before)} of that name are there from before." if before else ""))


@users.command("list")
def listing(context: typer.Context, as_json: Json = False, home: Home = None) -> None:
    """List who may sign in, how many conversations they have, and how many tokens programs have of them."""
    conversations = _conversations(context, home)
    people = [
        {
            "name": person.name,
            "added": person.added.isoformat(),
            "conversations": conversations.count(person.name),
            "tokens": person.tokens,
        }
        for person in _people(context, home).all()
    ]
    if as_json:
        print_json(people)
    else:
        from assistant.cli.output import show_people

        show_people(people)


@users.command("remove")
def remove(
    context: typer.Context,
    name: Name,
    conversations: Annotated[
        bool, typer.Option("--conversations", help="Delete the conversations too, for good.")
    ] = False,
    home: Home = None,
) -> None:
    """Let somebody sign in no more.

    Sessions and tokens end at once. Conversations are kept, and come back with the name, unless --conversations
    deletes them.
    """
    from assistant.storage.preferences import KeptPreferences

    gone = _people(context, home).remove(name)
    kept = _conversations(context, home)
    if conversations:
        KeptPreferences(kept.file).forget(gone)
        typer.echo(f"Removed {gone}, and deleted {_counted(kept.forget(gone))}.")
    elif count := kept.count(gone):
        typer.echo(f"Removed {gone}. {_counted(count)} are kept, and come back when the name is added again.")
    else:
        typer.echo(f"Removed {gone}.")


@users.command("password")
def password(context: typer.Context, name: Name, from_stdin: FromStdin = False, home: Home = None) -> None:
    """Give somebody another password; browsers that are signed in have to sign in again, tokens stay."""
    changed = _people(context, home).set_password(name, _password(from_stdin))
    typer.echo(f"Changed the password of {changed}; every browser has to sign in again.")


@users.command("token")
def token(
    context: typer.Context,
    name: Name,
    revoke: Annotated[bool, typer.Option("--revoke", help="End all tokens of this name instead.")] = False,
    home: Home = None,
) -> None:
    """Print a token with which a program asks in somebody's name, as the key of OpenAI's clients; it is shown once."""
    people = _people(context, home)
    if revoke:
        count = people.revoke_tokens(name)
        typer.echo(f"Revoked {count} token{'' if count == 1 else 's'} of {name.lower()}.")
    else:
        typer.echo(people.make_token(name))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt="The same again"))


def _counted(count: int) -> str:
    return f"{count:,} conversation{'' if count == 1 else 's'}"


def _people(context: typer.Context, home: Path | None) -> "People":
    from assistant.storage.users import People

    return People(settings_of(context, home).people)


def _conversations(context: typer.Context, home: Path | None) -> "Conversations":
    from assistant.storage.conversations import Conversations

    return Conversations(settings_of(context, home).conversations)
