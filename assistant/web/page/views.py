"""The views of the page: one is shown at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A view: its id in the address, and its displayed name. The first one has no id in the address."""

    id: str
    name: str


CHAT = View("chat", "Chat")
LIBRARY = View("library", "Library")
SETTINGS = View("settings", "Settings")
VIEWS = (CHAT, LIBRARY, SETTINGS)
"""All views, in the order of the masthead; style.css has a line for each."""
