"""Remove boilerplate from a page before its article is extracted.

Pages name their parts for styles and for readers' aids: share bars, newsletter boxes, related links, notices about
cookies and risks, comments. A part goes only when its name says what it is, it is small next to the page, and it holds
no headline, no run of long paragraphs and no paragraph that tells the story: a word of a name may say anything. What
has no such name stays: text that is lost cannot be found or quoted.
"""

import re
from typing import Any

from index.load.html_story import NOTHING, Story

# Parts that may be taken out whole. An inline element may be a word of a sentence.
_BLOCKS = {
    "aside",
    "div",
    "dl",
    "footer",
    "form",
    "h2",
    "h3",
    "h4",
    "h5",
    "nav",
    "ol",
    "p",
    "section",
    "table",
    "td",
    "ul",
}
# A name is told by its words, whole or together: "share-price" and "social-issues" name what an article is about.
_NAMES = [
    frozenset(names.split())
    for names in """newsletter | newsletters | signup | sign up | subscribe | subscription | abonnement | suscripcion
    | sharedaddy | sharing | sharebar | addthis | addtoany | sharethis | share bar | share buttons | share button
    | share links | share tools | share icons | share list | share box | share this | share widget | share article
    | social share | social links | social media | social bar | social icons | social buttons | social follow
    | partage | compartir | redes sociales | teilen
    | related | relatedposts | recommended | recommendations | recirc | recirculation | outbrain | taboola
    | most read | most popular | most viewed | popular posts | trending | read more | read next
    | cookie banner | cookie consent | cookie notice | cookie bar | cookie policy | cookie message | cookie popup | gdpr
    | promo | promos | promotion | promoted | advert | advertisement | ad | ads | adslot | sponsored | werbung | anzeige
    | publicidad | publicite | contribution banner | support us | donate
    | comments | comment respond | commentlist | disqus | kommentare | commentaires | comentarios
    | toc | table of contents | breadcrumb | breadcrumbs | pagination | pager | post navigation
    | disclaimer | risk warning | risk notice | risk disclosure | legal notice
    | author box | author bio | about author | article tools | print links | printlinks | reading time | read time
    | story footer | article footer | post footer | entry footer""".split("|")
]
# Words that make a name say how a part looks, or what it has not: "newsletter-enabled", "promo-free", "has-comments".
_STATES = {"enabled", "disabled", "free", "has", "hide", "no", "not", "page", "show", "with", "without"}
_ATTRIBUTES = ("class", "id", "data-component", "data-module")
_ROLES = {"alertdialog", "contentinfo", "dialog", "menu", "menubar", "navigation", "search", "toolbar"}
_LABEL = re.compile(
    r"""share\s+(?:this|on|via|article|story|options|buttons) | sharing | newsletter | sign[\s-]?up | subscribe
      | related\b | recommended | most\s+(?:read|popular|viewed) | advert | sponsored | cookies?\s | comments\b
      | breadcrumb | table\s+of\s+contents""",
    re.IGNORECASE | re.VERBOSE,
)
# How a box that leads to another article begins.
_LEADS_AWAY = re.compile(
    r"""(?:read\s+(?:more|next|also)|see\s+also|also\s+read|more\s+on\s+this|related(?:\s+(?:story|stories|articles?))?
      |lesen\s+sie\s+auch|mehr\s+zum\s+thema|lire\s+aussi|à\s+lire\s+aussi|lea\s+también|lee\s+también
      |te\s+puede\s+interesar)\b\s*:?""",
    re.IGNORECASE | re.VERBOSE,
)
_MAX_PAGE_SHARE = 1 / 3
_MAX_LEAD = 300
_LINKED = 0.8
_LONG_PARAGRAPH = 40
_MAX_PARAGRAPHS = 2
_MIN_TOLD = 8  # words


def prune(root: Any, story: Story = NOTHING) -> bool:
    """Remove boilerplate from a page's tree, unless it is most of the page; return whether paragraphs were removed.

    `story` holds the words of the page's headline and description; a part that repeats them stays.
    """
    body = root.find("body")
    if body is None:
        return False
    _unfold(body)
    sizes = _sizes(body)
    found: set[Any] = set()
    for element in body.iter(*_BLOCKS):
        small = sizes[element] <= _MAX_PAGE_SHARE * sizes[body]
        if not (small and _is_furniture(element, sizes) and _may_go(element)):
            continue
        if _tells(element, story, sizes):
            # Whoever reads the page next may take its name for what it is not.
            for name in ("class", "id"):
                element.attrib.pop(name, None)
        elif found.isdisjoint(element.iterancestors()):
            found.add(element)
    if sum(sizes[element] for element in found) > sizes[body] / 2:
        return False
    paragraphs = any(_is_told(one, sizes) for element in found for one in _paragraphs(element))
    for element in found:
        element.drop_tree()
    return paragraphs


def _unfold(body: Any) -> None:
    """Make plain parts of tables that only lay out a page: a cell of one holds the headline, or paragraphs."""
    for table in list(body.iter("table")):
        cells = table.xpath("./tr/td | ./tbody/tr/td")
        if any(len(cell.findall(".//p")) > _MAX_PARAGRAPHS or cell.find(".//h1") is not None for cell in cells):
            for part in [table, *table.xpath("./tbody | ./tr | ./tbody/tr"), *cells]:
                part.tag = "div"


def _sizes(body: Any) -> dict[Any, int]:
    """Count the characters that a reader sees in each element, without white space."""
    sizes: dict[Any, int] = {}
    for element in reversed(list(body.iter())):
        shown = element.tag not in ("script", "style", "noscript", "template") and isinstance(element.tag, str)
        inside = sum(sizes[child] + _length(child.tail) for child in element)
        sizes[element] = _length(element.text) + inside if shown else 0
    return sizes


def _length(text: str | None) -> int:
    return sum(map(len, (text or "").split()))


def _is_furniture(element: Any, sizes: dict[Any, int]) -> bool:
    named = any(_names_furniture(token) for name in _ATTRIBUTES for token in (element.get(name) or "").split())
    said = element.get("role") in _ROLES or _LABEL.match(element.get("aria-label") or "") is not None
    return named or said or (sizes[element] <= _MAX_LEAD and _leads_away(element, sizes))


def _names_furniture(token: str) -> bool:
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", token[:100])}
    return words.isdisjoint(_STATES) and any(name <= words for name in _NAMES)


def _leads_away(element: Any, sizes: dict[Any, int]) -> bool:
    """Say whether a box is but "Read also:" and the titles of other articles, which are links or in an aside."""
    opening = _LEADS_AWAY.match(" ".join("".join(element.itertext()).split()))
    if opening is None or element.tag not in ("aside", "div", "p", "ul"):
        return False
    rest = sizes[element] - _length(opening.group())
    return element.tag == "aside" or sum(sizes[link] for link in element.iter("a")) >= _LINKED * rest > 0


def _tells(element: Any, story: Story, sizes: dict[Any, int]) -> bool:
    """Say whether a part tells the story, in a paragraph of its own words."""
    paragraphs = (one for one in _paragraphs(element) if _is_told(one, sizes))
    return any(story.told_by("".join(one.itertext())) for one in paragraphs)


def _paragraphs(element: Any) -> list[Any]:
    return [element] if element.tag == "p" else list(element.iter("p"))


def _is_told(paragraph: Any, sizes: dict[Any, int]) -> bool:
    """Say whether a paragraph is words to be read rather than links to follow."""
    linked = sum(sizes[link] for link in paragraph.iter("a"))
    return len("".join(paragraph.itertext()).split()) >= _MIN_TOLD and linked < sizes[paragraph] / 2


def _may_go(element: Any) -> bool:
    if any(one.tag in ("h1", "article", "main") or one.get("itemprop") == "articleBody" for one in element.iter("*")):
        return False
    long = [one for one in element.iter("p") if len("".join(one.itertext()).split()) >= _LONG_PARAGRAPH]
    return len(long) <= _MAX_PARAGRAPHS
