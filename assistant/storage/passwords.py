"""Validate, hash (Argon2id) and check passwords.

Checking takes the same time whether or not the user exists, so that timing reveals nothing.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from assistant.errors import BadPerson

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 8
"""Shortest password, in characters (NIST SP 800-63B)."""
MAX_LENGTH = 1_000


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """Return the hash to check against if there is no such user."""
    return _hasher().hash("nobody's")


def hashed(password: str) -> str:
    """Return the hash of a password.

    Raises:
        BadPerson: it is too short or too long.
    """
    password = _normal(password)
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise BadPerson(f"a password has {MIN_LENGTH} to {MAX_LENGTH:,} characters; choose another")
    return _hasher().hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Say whether a password matches a hash; never for None, which takes as long."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        right = len(password) <= MAX_LENGTH and _hasher().verify(kept or _nobodys(), _normal(password))
    except (InvalidHashError, VerificationError):
        return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Say whether a hash has outdated parameters, so that the password should be hashed again."""
    return _hasher().check_needs_rehash(kept)


def prepare() -> None:
    """Do work in advance that would slow down the first check."""
    _nobodys()


def _normal(password: str) -> str:
    """Return a password in one Unicode form, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")
