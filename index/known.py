"""What is remembered of a web address, so that a later run need only ask whether it has changed."""

from dataclasses import dataclass

from index.article import READING


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask "has it changed?" with, and the address it gave it for."""

    address: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An address as it was asked for, and what came of it.

    `found` is where it led; `etag` and `last_modified` are what its server said; `raw_hash` is the hash of its
    bytes, and `pipeline` how they were read. `articles` are the ids of what was made of it. `links` is what a feed
    lists to be fetched: pairs of an address and a date (ISO, or none).
    """

    address: str
    found: str
    raw_hash: str
    pipeline: str = READING
    etag: str | None = None
    last_modified: str | None = None
    articles: tuple[str, ...] = ()
    links: tuple[tuple[str, str | None], ...] = ()

    @property
    def validators(self) -> Validators:
        """What to ask the server with."""
        return Validators(self.found, self.etag, self.last_modified)
