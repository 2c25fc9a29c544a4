"""The views of the page: one is shown at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name in the address, and as people read it. The first one has no name in the address."""

    id: str
    name: str


CHAT = View("chat", "Chat")
LIBRARY = View("library", "Library")
SETTINGS = View("settings", "Settings")
VIEWS = (CHAT, LIBRARY, SETTINGS)
"""In the order of the masthead; style.css has a line for each of them."""
