"""Passwords: which will do, how they are kept (Argon2id), and how one is checked.

Checking takes the same time whether or not somebody goes by the name that was given, so that nobody can tell.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from assistant.errors import BadPerson

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 8
"""How many characters a password has at least (NIST SP 800-63B)."""
LONGEST = 1_000


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """Make the hash that stands in where nobody goes by a name."""
    return _hasher().hash("nobody's")


def hashed(password: str) -> str:
    """Turn a password into what is kept of it.

    Raises:
        BadPerson: it is too short or too long.
    """
    password = _normal(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadPerson(f"a password has {SHORTEST} to {LONGEST:,} characters; choose another")
    return _hasher().hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Tell whether this is the password; None where nothing is kept, which takes as long to deny."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        right = len(password) <= LONGEST and _hasher().verify(kept or _nobodys(), _normal(password))
    except (InvalidHashError, VerificationError):
        return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether a password would be kept otherwise today, and is best hashed again."""
    return _hasher().check_needs_rehash(kept)


def prepare() -> None:
    """Do what the first check would take longer for."""
    _nobodys()


def _normal(password: str) -> str:
    """Write the same password the same way, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")
