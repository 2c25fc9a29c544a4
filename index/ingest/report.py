"""The result of a run over files or addresses, counted."""

from dataclasses import dataclass, field, fields

COPIED = "its text is indexed already, from another address"
"""Why an article is skipped whose text another one has: it was found, and is known as a copy."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or address that was not indexed, and why."""

    source: str
    reason: str


@dataclass(slots=True)
class Summary:
    """The result of a run, counted in articles; `failed` and `skipped` name files and addresses.

    `vanished` are articles whose file no longer exists in an indexed folder, or that a file with several articles no
    longer contains. The latter are removed, the former only with `prune`; `removed` counts both. `gone` are articles
    that a feed listed last time and no longer lists; they are kept.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    vanished: int = 0
    gone: int = 0
    passages: int = 0
    seconds: float = 0.0
    failed: list[Problem] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)

    @property
    def found_nothing(self) -> bool:
        """Whether the sources held no article: none indexed before or now, none that failed, and no copy of one."""
        counts = self.added + self.changed + self.unchanged + self.removed + len(self.failed)
        return not counts and all(problem.reason != COPIED for problem in self.skipped)

    def __add__(self, other: "Summary") -> "Summary":
        return Summary(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})
