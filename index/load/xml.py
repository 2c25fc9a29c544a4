"""XML as feeds have it: what is not well-formed is mended, and nothing that it refers to is followed or fetched."""

import html
import re
from typing import Any

from index.errors import FetchError

# An "&" that begins nothing XML knows; what is marked as text or as a comment is passed over.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?!(?:amp|lt|gt|quot|apos);)((?:[A-Za-z]\w{1,30}|#\d{1,9}|#x[0-9a-fA-F]{1,8});)?",
    re.DOTALL,
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def parse_mended(address: str, text: str) -> Any:
    """Parse XML, mending what is not well-formed.

    Raises:
        FetchError: nothing in it can be read.
    """
    from lxml import etree

    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, no_network=True)
    mended = _AMPERSAND.sub(_spell_out, _DECLARATION.sub("", text))
    root = etree.fromstring(mended.encode("utf-8", "replace"), parser)
    if root is None:
        raise FetchError(f"{address} is a damaged feed (nothing in it can be read); try again later")
    return root


def written(root: Any) -> bytes:
    """Write a tree as XML in UTF-8."""
    from lxml import etree

    return bytes(etree.tostring(root, encoding="utf-8"))


def _spell_out(match: re.Match[str]) -> str:
    """Write a character that has a name or a number as itself, for XML knows five names only; else an "&" as one."""
    whole = match.group()
    if not whole.startswith("&"):
        return whole
    character = html.unescape(whole) if match[1] else whole
    return html.escape(character) if character != whole else f"&amp;{whole[1:]}"
