"""The page's own HTML, filled in from templates/.

Every template escapes what is put into it, so the words of articles and questions stay words; the tests hold that.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant import present
from assistant.exchange import Exchange, Feedback, Heading
from assistant.export import as_plain
from assistant.values import Answer
from assistant.web import views
from index.article import EVERYTHING, Filter

if TYPE_CHECKING:
    from jinja2 import Environment

    from assistant.web.nav import View

FAILED_QUESTION_SHOWN = 240


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("assistant.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals["disputed"] = present.DISPUTED
    environment.filters["confidence"] = present.confidence
    environment.filters["share"] = present.share
    environment.filters["remarks"] = present.remarks
    environment.filters["status"] = present.status
    environment.filters["excerpt"] = present.excerpt
    environment.filters["filtered"] = present.filtered
    environment.filters["readable"] = present.readable
    environment.filters["web_address"] = views.web_address
    environment.filters["at_quote"] = views.at_quote
    environment.filters["last_part"] = views.last_part
    environment.filters["citation_label"] = views.citation_label
    return environment


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)


def masthead(count: int | None) -> str:
    """Return the page's heading with the number of articles, None when the index cannot be read."""
    return _render("masthead.html", count=count)


def person(name: str) -> str:
    """Return who signed in, and the way out; nothing where nobody does."""
    return _render("person.html", name=name)


def login(name: str, next_: str, error: str | None) -> str:
    """Return the page to sign in on: the name typed last, the path to go on to, why it was refused."""
    from assistant.web.theme import newspaper

    return _render("login.html", name=name, next=next_, error=error, theme=newspaper())


def nav(views: "Sequence[View]") -> str:
    """Return the names of the views, the first one as the one that is shown."""
    return _render("nav.html", views=views)


def library(part: str, **values: object) -> str:
    """Return a part of the library: its top, what it is narrowed down by, what is done with articles, or the list."""
    return _render(f"library_{part}.html", **values)


def welcome(count: int | None, error: str | None = None) -> str:
    """Return what an empty chat shows: what to do, how to index, or why the index cannot be read."""
    return _render("welcome.html", count=count, error=error)


def history(
    headings: Sequence[Heading], *, current: str | None, more: bool, search: str, deleted: Heading | None
) -> str:
    """Return the list of conversations: which is open, whether there are more, and what can be brought back."""
    return _render("history.html", headings=headings, current=current, more=more, search=search, deleted=deleted)


def unlisted(error: str) -> str:
    """Return what stands in the place of the list when the conversations cannot be read."""
    return _render("unlisted.html", error=error)


def notice(editing: str | None) -> str:
    """Return what stands above the box: that the next question replaces this one, or nothing."""
    return _render("notice.html", editing=editing)


def chips(allowed: Filter, titles: Mapping[str, str]) -> str:
    """Return a filter as chips, nothing when it allows all; `titles` are those of its articles, by id."""
    return _render("chips.html", allowed=allowed, titles=titles)


def question(place: int, exchange: Exchange) -> str:
    """Return an exchange's question; one that failed is shortened, for it is back in the box and may be very long."""
    failed = exchange.error is not None
    shown = present.excerpt(exchange.question, FAILED_QUESTION_SHOWN) if failed else exchange.question
    allowed = exchange.answer.allowed if exchange.answer else EVERYTHING
    return _render("question.html", place=place, question=shown, allowed=allowed)


def reply(place: int, exchange: Exchange, *, last: bool = False) -> str:
    """Return what came of the exchange at this place of the conversation: answer, refusal, error, nothing yet.

    Only the `last` one can be asked again, for that replaces all that follows.
    """
    if exchange.error is not None:
        return _render("error.html", place=place, error=exchange.error, last=last)
    if exchange.answer is None:
        return _render("pending.html")
    template = "refusal.html" if exchange.answer.refused else "answer.html"
    return _render(
        template,
        place=place,
        exchange=exchange,
        answer=exchange.answer,
        growing=exchange.growing,
        last=last,
        copied=as_plain(exchange.answer),
        apart=views.also_retrieved(exchange.answer),
        nearest=present.nearest(exchange.answer),
    )


def suggestions(questions: Sequence[str]) -> str:
    """Return questions to go on with as buttons, nothing when there are none."""
    return _render("suggestions.html", questions=questions)


def rated(exchange: int | None, feedback: Feedback | None, *, lost: bool = False) -> str:
    """Return what is kept of a rating, to be read out and shown by feedback.js."""
    return _render("rated.html", exchange=exchange, feedback=feedback, lost=lost)


def no_sources() -> str:
    """Return the sources panel before the first answer."""
    return _render("no_sources.html")


def lost_sources() -> str:
    """Return the sources panel when the server no longer has the conversation, as after a restart."""
    return _render("lost_sources.html")


def source_list(place: int, answer: Answer) -> str:
    """Return the list of an answer's sources, those cited apart from those only retrieved."""
    return _render(
        "source_list.html",
        place=place,
        answer=answer,
        cited=views.cited_articles(answer),
        apart=views.also_retrieved(answer),
    )


def cited_article(place: int, answer: Answer, number: int) -> str | None:
    """Return the article behind a citation, its quotes highlighted; None when there is no such citation."""
    for citation in answer.citations:
        if citation.number == number:
            return _render(
                "article.html",
                place=place,
                article=citation.article,
                paragraphs=views.paragraphs(
                    citation.article.text, views.citation_spans(answer, citation.article, pressed=number)
                ),
                shows=f"{place}/citation/{number}",
                passage=citation.quote,
                quote=number,
                quotes=len(answer.citations),
            )
    return None


def retrieved_article(place: int, answer: Answer, number: int) -> str | None:
    """Return the article of hit `number` (from 0), its passage highlighted; None when there is no such hit."""
    if not 0 <= number < len(answer.hits):
        return None
    hit = answer.hits[number]
    spans = [*views.citation_spans(answer, hit.article), views.hit_span(hit)]
    return _render(
        "article.html",
        place=place,
        article=hit.article,
        paragraphs=views.paragraphs(hit.article.text, spans),
        shows=f"{place}/hit/{number}",
        passage=hit.text,
        quote=0,
        quotes=0,
    )
