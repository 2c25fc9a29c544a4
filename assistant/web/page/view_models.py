"""Prepare values for templates: paragraphs with highlights, grouped sources, safe links."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, urlsplit

from assistant.render.text import pages
from assistant.types import Answer, Citation
from index.load.page_marks import pages_of
from index.types import Article, Hit

# Words in a link to a quote: all of a short quote, else so many from each end.
_WHOLE = 12
_ENDS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text in a paragraph with the same highlights: the numbers of the quotes that contain it.

    `opens` are the quotes that begin here, `pressed` says that the user asked for this place.
    """

    text: str
    numbers: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()
    pressed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets of an article's text to highlight; `number` is a citation's, or None for a passage."""

    start: int
    end: int
    number: int | None
    pressed: bool


def paragraphs(text: str, spans: Sequence[Span]) -> list[list[Run]]:
    """Split a text at line ends into paragraphs, and these into runs at every edge of a span.

    The concatenated runs of a span are exactly `text[span.start:span.end]` less the line ends inside it.
    """
    found = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            found.append(_runs(text, start, end, spans))
        start = end + 1
    return found


def _runs(text: str, start: int, end: int, spans: Sequence[Span]) -> list[Run]:
    inside = [span for span in spans if span.start < end and start < span.end]
    edges = sorted({start, end, *(min(max(edge, start), end) for span in inside for edge in (span.start, span.end))})
    runs = []
    for left, right in pairwise(edges):
        over = [span for span in inside if span.start <= left and right <= span.end]
        runs.append(
            Run(
                text=text[left:right],
                numbers=tuple(sorted(span.number for span in over if span.number is not None)),
                opens=tuple(sorted(span.number for span in over if span.number is not None and span.start == left)),
                pressed=any(span.pressed for span in over),
            )
        )
    return runs


def same_article(one: Article, other: Article) -> bool:
    """Say whether two articles are the same version of the same article."""
    return (one.id, one.content_hash) == (other.id, other.content_hash)


def citation_spans(answer: Answer, article: Article, pressed: int | None = None) -> list[Span]:
    """Return the spans of an answer's quotes from an article, with the pressed citation's marked."""
    return [
        Span(citation.start, citation.end, citation.number, citation.number == pressed)
        for citation in answer.citations
        if same_article(citation.article, article)
    ]


def cited_articles(answer: Answer) -> list[tuple[Article, list[Citation]]]:
    """Return an answer's citations grouped by article, in order of first citation."""
    groups: dict[tuple[str, str], tuple[Article, list[Citation]]] = {}
    for citation in answer.citations:
        article = citation.article
        groups.setdefault((article.id, article.content_hash), (article, []))[1].append(citation)
    return list(groups.values())


def hit_span(hit: Hit) -> Span:
    """Return the span of a hit's passage, as the pressed one."""
    return Span(hit.passage.start, hit.passage.end, None, pressed=True)


def also_retrieved(answer: Answer) -> list[tuple[int, Hit]]:
    """Return the hits without cited quotes, with their index in `answer.hits`."""
    return [(place, hit) for place, hit in enumerate(answer.hits) if not any(_holds(hit, c) for c in answer.citations)]


def _holds(hit: Hit, citation: Citation) -> bool:
    overlaps = citation.start < hit.passage.end and hit.passage.start < citation.end
    return overlaps and same_article(hit.article, citation.article)


def web_address(url: str | None) -> str | None:
    """Return a URL that is safe as a link (http or https), else None."""
    if url and url.lower().startswith(("http://", "https://")) and url.isprintable() and " " not in url:
        return url
    return None


def last_part(origin: str) -> str:
    """Return the last part of a path or URL."""
    if web_address(origin):
        parts = urlsplit(origin)
        return parts.path.rstrip("/").rpartition("/")[2] or parts.netloc or origin
    return re.split(r"[/\\]", origin.rstrip("/\\"))[-1] or origin


def at_quote(url: str, words: str, page: int | None = None) -> str:
    """Return a URL that leads to these words, in browsers that support text fragments, and to the page of a PDF.

    A long text is identified by its first and last words. See https://wicg.github.io/scroll-to-text-fragment/.
    """
    first, *others = [paragraph.split() for paragraph in words.split("\n") if paragraph.strip()]
    # A fragment matches within a paragraph only; text over several is identified by its ends.
    whole = not others and len(first) <= _WHOLE
    ends = [first] if whole else [first[:_ENDS], [first, *others][-1][-_ENDS:]]
    # A hyphen is syntax in text fragments, and `quote` does not escape it.
    named = ",".join(quote(" ".join(end), safe="").replace("-", "%2D") for end in ends)
    place = "" if "#" in url else f"#page={page}" if page else "#"
    return f"{url}{place}:~:text={named}"


def first_page(place: Citation | Hit) -> int | None:
    """Return the number of the page on which a quote or passage begins; None if its article has no pages."""
    run = place if isinstance(place, Citation) else place.passage
    found = pages_of(place.article.pages, run.start, run.end)
    return found[0] if found else None


def page_of(place: Citation | Hit, _: Callable[[str], str] = str) -> str | None:
    """Return the pages of a quote or passage as text; None if its article has no pages; `_` translates."""
    run = place if isinstance(place, Citation) else place.passage
    return pages(place.article, run.start, run.end, _)


def citation_label(citation: Citation, _: Callable[[str], str] = str) -> str:
    """Return a citation's label for screen readers: Citation 1: TITLE, PUBLISHER, page 3; `_` translates."""
    parts = (citation.article.title, citation.article.publisher, page_of(citation, _))
    named = ", ".join(filter(None, parts))
    return _("Citation {number}: {named}").format(number=citation.number, named=named)
