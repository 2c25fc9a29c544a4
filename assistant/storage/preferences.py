"""Store the page's preferences beside the conversations.

Each user has their own; "" is the owner without sign-in. The LLM is shared by all.
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
MIN_CHOSEN_SOURCES, MAX_CHOSEN_SOURCES = 5, 20
"""The range of `sources` that users may choose; the server's setting may be outside it."""

_preferences, _shared = tables.preferences, tables.shared
_LLM = "llm"
_MAX_LANGUAGE_LENGTH = 35


@dataclass(frozen=True, slots=True)
class Preferences:
    """One user's preferences; None is the server's setting.

    `strict` leaves out sentences that the articles do not support, `sources` is the number of passages used, `language`
    is the page's.

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
            raise BadSetting(
                f"the number of sources goes from {MIN_CHOSEN_SOURCES} to {MAX_CHOSEN_SOURCES}; give a whole number"
            )
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
        """Return a user's preferences; values that this version does not understand have their default."""
        with self._database.reading() as connection:
            return _understood(_fields(connection, owner))

    def change(self, owner: str = "", **chosen: Any) -> Preferences:
        """Store changed preferences, and return all of the user's.

        Values stored by a newer version stay as they are.

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
        """Delete a user's preferences."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(_preferences).where(_preferences.c.owner == owner))

    def llm(self) -> str | None:
        """Return the setting of the LLM that was chosen last, or None."""
        with self._database.reading() as connection:
            return connection.scalar(sa.select(_shared.c.value).where(_shared.c.name == _LLM))

    def keep_llm(self, setting: str) -> None:
        """Store the setting of an LLM for the next start; it must hold no key."""
        with self._database.writing() as connection:
            row = {"name": _LLM, "value": setting}
            connection.execute(sa.insert(_shared).prefix_with("OR REPLACE").values(**row))


def _fields(connection: sa.Connection, owner: str) -> Mapping[str, Any]:
    kept = connection.scalar(sa.select(_preferences.c.fields).where(_preferences.c.owner == owner))
    return kept if isinstance(kept, dict) else {}


def _understood(kept: Mapping[str, Any]) -> Preferences:
    """Return the valid fields; another version may have stored others."""
    preferences = Preferences()
    for field in fields(Preferences):
        try:
            preferences = replace(preferences, **{field.name: kept.get(field.name, field.default)})
        except BadSetting:
            continue
    return preferences


def _is_count(value: object) -> bool:
    return type(value) is int and MIN_CHOSEN_SOURCES <= value <= MAX_CHOSEN_SOURCES


def _is_language(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= _MAX_LANGUAGE_LENGTH
        and value.replace("-", "").replace("_", "").isalnum()
    )
