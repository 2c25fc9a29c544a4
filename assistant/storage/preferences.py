"""What people have chosen in the page, kept beside the conversations: a reload, a restart and a second tab have it.

Each person has preferences of their own, those of "" are of all who do not sign in. The LLM is everybody's.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

import sqlalchemy as sa

from assistant.errors import BadConversations, BadSetting
from assistant.storage import tables
from assistant.storage.database import Database

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
FEWEST, MOST = 5, 20
"""How many passages people may have looked at; whoever runs the server may set others."""

_preferences, _shared = tables.preferences, tables.shared
_LLM = "llm"
_MAX_LANGUAGE_LENGTH = 35


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one person has chosen; None is as the server is set.

    `strict` leaves out sentences that the articles do not support, `sources` is how many passages are looked at,
    `language` is that of the page.

    Raises:
        BadSetting: a value is not one that may be chosen.
    """

    strict: bool | None = None
    sources: int | None = None
    theme: Theme = "system"
    language: str | None = None

    def __post_init__(self) -> None:
        if self.strict is not None and type(self.strict) is not bool:
            raise BadSetting("strict is either on or off; choose one of them")
        if self.sources is not None and not _is_count(self.sources):
            raise BadSetting(f"the number of sources goes from {FEWEST} to {MOST}; give a whole number")
        if self.theme not in THEMES:
            raise BadSetting(f"there is no such theme; choose one of {', '.join(THEMES)}")
        if self.language is not None and not _is_language(self.language):
            raise BadSetting("the language is not one of those offered; choose one of them")


class KeptPreferences:
    """The preferences in the file of the conversations. Safe to share between threads and processes.

    Raises (any method):
        BadConversations: the file cannot be read or written.
    """

    def __init__(self, file: Path) -> None:
        kinds = (tables.METADATA, tables.VERSION)
        self._database = Database(file, *kinds, holds="the preferences", error=BadConversations)

    def read(self, owner: str = "") -> Preferences:
        """Read what somebody has chosen; what this version does not understand is as if it had not been chosen."""
        with self._database.reading() as connection:
            return _understood(_fields(connection, owner))

    def change(self, owner: str = "", **chosen: Any) -> Preferences:
        """Keep what somebody chooses now beside what they chose before; returns all of it.

        What a newer version has kept stays as it is.

        Raises:
            BadSetting: a value is not one that may be chosen; nothing is changed.
        """
        with self._database.writing() as connection:
            before = _fields(connection, owner)
            now = replace(_understood(before), **chosen)
            row = {"owner": owner, "fields": {**before, **{name: asdict(now)[name] for name in chosen}}}
            connection.execute(sa.insert(_preferences).prefix_with("OR REPLACE").values(**row))
        return now

    def forget(self, owner: str) -> None:
        """Forget what somebody has chosen."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(_preferences).where(_preferences.c.owner == owner))

    def llm(self) -> str | None:
        """Read the setting of the LLM that was chosen last, None where none ever was."""
        with self._database.reading() as connection:
            return connection.scalar(sa.select(_shared.c.value).where(_shared.c.name == _LLM))

    def keep_llm(self, setting: str) -> None:
        """Keep the setting of an LLM for the next start; it must hold no key."""
        with self._database.writing() as connection:
            row = {"name": _LLM, "value": setting}
            connection.execute(sa.insert(_shared).prefix_with("OR REPLACE").values(**row))


def _fields(connection: sa.Connection, owner: str) -> Mapping[str, Any]:
    kept = connection.scalar(sa.select(_preferences.c.fields).where(_preferences.c.owner == owner))
    return kept if isinstance(kept, dict) else {}


def _understood(kept: Mapping[str, Any]) -> Preferences:
    """Take each field that is known and well; another version may have written others."""
    preferences = Preferences()
    for field in fields(Preferences):
        try:
            preferences = replace(preferences, **{field.name: kept.get(field.name, field.default)})
        except BadSetting:
            continue
    return preferences


def _is_count(value: object) -> bool:
    return type(value) is int and FEWEST <= value <= MOST


def _is_language(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= _MAX_LANGUAGE_LENGTH
        and value.replace("-", "").replace("_", "").isalnum()
    )
