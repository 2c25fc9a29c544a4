"""HTML read lightly: the address a page is known by, the feeds of its site, and markup as plain text."""

from html.parser import HTMLParser

_HEAD = 200_000
# Elements that may stand within a word.
_IN_WORDS = {"a", "abbr", "b", "code", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}


def canonical_link(html: str) -> str | None:
    """Find the address that a page names as its own, as it is written there; None when it names none."""
    return next((link.get("href") for link in _links(html) if _is(link, "canonical") and link.get("href")), None)


def feed_links(html: str) -> list[str]:
    """Find the addresses of feeds that a page names, as they are written there."""
    return [
        link["href"]
        for link in _links(html)
        if _is(link, "alternate") and link.get("type", "").lower().endswith(("rss+xml", "atom+xml", "feed+json"))
        if link.get("href")
    ]


def plain_text(markup: str) -> str:
    """Read HTML as plain text on one line."""
    words = _Words()
    words.feed(markup)
    words.close()
    return " ".join("".join(words.seen).split())


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[dict[str, str]] = []
        self.in_head = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A link in the text was put there by whoever wrote in it.
        self.in_head = self.in_head and tag != "body"
        if tag == "link" and self.in_head:
            self.found.append({name: (value or "").strip() for name, value in attrs})


class _Words(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self._hidden = tag in ("script", "style")
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)

    def _part(self, tag: str) -> None:
        if tag not in _IN_WORDS:
            self.seen.append(" ")


def _links(html: str) -> list[dict[str, str]]:
    parser = _Links()
    parser.feed(html[:_HEAD])
    return parser.found


def _is(link: dict[str, str], relation: str) -> bool:
    return relation in link.get("rel", "").lower().split()
