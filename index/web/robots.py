"""What sites ask of programs: robots.txt as RFC 9309 says, read once for each site and run."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from index.errors import Unreachable

if TYPE_CHECKING:
    from protego import Protego

AGENT = "article-assistant"
"""The name that robots.txt files may address."""

MAX_BYTES = 512_000
"""How much of a robots.txt is read; the standard asks for 500 KiB."""

_MAX_DELAY = 10.0


class Robots:
    """Asks robots.txt before an address is fetched.

    `read` fetches one: it returns the HTTP status and the text, or raises `Unreachable`.
    """

    def __init__(self, read: Callable[[str], tuple[int, bytes]]) -> None:
        self._read = read
        self._known: dict[str, Protego | Unreachable] = {}

    def check(self, address: str) -> float:
        """Make sure that an address may be fetched; returns how many seconds to leave between two requests.

        Raises:
            Unreachable: the site asks programs not to, or cannot be asked.
        """
        import httpx

        url = httpx.URL(address)
        place = str(url.copy_with(path="/robots.txt", query=None, fragment=None))
        if place not in self._known:
            self._known[place] = self._rules(place)
        rules = self._known[place]
        if isinstance(rules, Unreachable):
            raise Unreachable(*rules.args)
        if not rules.can_fetch(address, AGENT):
            raise Unreachable(f"is not fetched: {place} asks programs not to; save the page as a file")
        return min(rules.crawl_delay(AGENT) or 0.0, _MAX_DELAY)

    def _rules(self, place: str) -> "Protego | Unreachable":
        from protego import Protego

        try:
            status, text = self._read(place)
        except Unreachable as error:
            return error
        if status >= 500:
            return Unreachable(
                f"is not fetched: {place}, which says who may, cannot be read ({status}); try again later"
            )
        # No rules, or none that we may see: all is allowed.
        return Protego.parse(text.decode("utf-8", "replace") if status == 200 else "")
