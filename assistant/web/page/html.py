"""The page's own HTML, filled in from templates/, in the language of whoever looks at it.

Every template escapes what is put into it, so the words of articles and questions stay words; the tests hold that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from assistant.render import differences
from assistant.render import text as present
from assistant.render.markdown import as_plain
from assistant.types import Answer, Citation, Exchange, Feedback, Heading
from assistant.web.page import i18n as words
from assistant.web.page import view_models as views
from index.types import EVERYTHING, Filter, Hit

if TYPE_CHECKING:
    from jinja2 import Environment

    from assistant.web.page.views import View

FAILED_QUESTION_SHOWN = 240


@cache
def _environment(language: str) -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("assistant.web.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(words.texts(language), newstyle=True)  # type: ignore[attr-defined]
    said = words.said(language)
    environment.globals["language"] = language
    environment.filters["said"] = said
    environment.filters["worded"] = present.worded
    environment.filters["beside"] = differences.beside
    environment.filters["spaced"] = present.spaced
    environment.filters["before_draft"] = present.before_draft
    environment.filters["confidence"] = partial(present.confidence, _=said)
    environment.filters["share"] = present.share
    environment.filters["remarks"] = partial(present.remarks, _=said)
    environment.filters["status"] = partial(present.status, _=said)
    environment.filters["excerpt"] = present.excerpt
    environment.filters["also_in"] = present.also_in
    environment.filters["readable"] = partial(words.long_date, code=language)
    environment.filters["number"] = partial(words.number, code=language)
    environment.filters["web_address"] = views.web_address
    environment.filters["at_quote"] = views.at_quote
    environment.filters["first_page"] = views.first_page
    environment.filters["last_part"] = views.last_part
    environment.filters["page_of"] = partial(views.page_of, _=said)
    environment.filters["citation_label"] = partial(views.citation_label, _=said)
    return environment


@dataclass(frozen=True, slots=True)
class Markup:
    """The page's HTML in one language, by its code; see `assistant.web.page.i18n`."""

    language: str = words.ENGLISH

    def _render(self, template: str, **values: object) -> str:
        return _environment(self.language).get_template(template).render(**values)

    def masthead(self, count: int | None) -> str:
        """Return the page's heading with the number of articles, None when the index cannot be read."""
        return self._render("masthead.html", count=count)

    def person(self, name: str) -> str:
        """Return who signed in, and the way out; nothing where nobody does."""
        return self._render("person.html", name=name)

    def login(self, name: str, next_: str, error: str | None) -> str:
        """Return the page to sign in on: the name typed last, the path to go on to, why it was refused."""
        from assistant.web.page.theme import newspaper

        return self._render("login.html", name=name, next=next_, error=error, theme=newspaper())

    def nav(self, views: "Sequence[View]") -> str:
        """Return the names of the views, the first one as the one that is shown."""
        return self._render("nav.html", views=views)

    def library(self, part: str, **values: object) -> str:
        """Return a part of the library: top, find (what narrows it down), bar (what is done with articles), list."""
        return self._render(f"library_{part}.html", **values)

    def welcome(self, count: int | None, error: str | None = None) -> str:
        """Return what an empty chat shows: what to do, how to index, or why the index cannot be read."""
        return self._render("welcome.html", count=count, error=error)

    def history(
        self, headings: Sequence[Heading], *, current: str | None, more: bool, search: str, deleted: Heading | None
    ) -> str:
        """Return the list of conversations: which is open, whether there are more, and what can be brought back."""
        return self._render(
            "history.html", headings=headings, current=current, more=more, search=search, deleted=deleted
        )

    def unlisted(self, error: str) -> str:
        """Return what stands in the place of the list when the conversations cannot be read."""
        return self._render("unlisted.html", error=error)

    def notice(self, editing: str | None, said: str | None = None) -> str:
        """Return what stands above the box: what is `said`, or that the next question replaces one, or nothing."""
        return self._render("notice.html", editing=editing, said=said)

    def settings(self, part: str, **values: object) -> str:
        """Return a part of the settings: the heading, what is said of a change, the LLM, or what came of trying it."""
        return self._render(f"settings_{part}.html", **values)

    def chips(self, allowed: Filter, titles: Mapping[str, str]) -> str:
        """Return a filter as chips, nothing when it allows all; `titles` are those of its articles, by id."""
        return self._render("chips.html", allowed=allowed, titles=titles)

    def question(self, place: int, exchange: Exchange) -> str:
        """Return an exchange's question; one that failed is shortened: it is back in the box and may be very long."""
        failed = exchange.error is not None
        shown = present.excerpt(exchange.question, FAILED_QUESTION_SHOWN) if failed else exchange.question
        allowed = exchange.answer.allowed if exchange.answer else EVERYTHING
        return self._render("question.html", place=place, question=shown, allowed=allowed)

    def reply(self, place: int, exchange: Exchange, *, last: bool = False) -> str:
        """Return what came of the exchange at this place of the conversation: answer, refusal, error, nothing yet.

        Only the `last` one can be asked again, for that replaces all that follows.
        """
        if exchange.error is not None:
            return self._render("error.html", place=place, error=exchange.error, last=last)
        if exchange.answer is None:
            return self._render("pending.html")
        template = "refusal.html" if exchange.answer.refused else "answer.html"
        return self._render(
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

    def suggestions(self, questions: Sequence[str]) -> str:
        """Return questions to go on with as buttons, nothing when there are none."""
        return self._render("suggestions.html", questions=questions)

    def rated(self, exchange: int | None, feedback: Feedback | None, *, lost: bool = False) -> str:
        """Return what is kept of a rating, to be read out and shown by feedback.js."""
        return self._render("rated.html", exchange=exchange, feedback=feedback, lost=lost)

    def no_sources(self) -> str:
        """Return the sources panel before the first answer."""
        return self._render("no_sources.html")

    def lost_sources(self) -> str:
        """Return the sources panel when the server no longer has the conversation, as after a restart."""
        return self._render("lost_sources.html")

    def source_list(self, place: int, answer: Answer) -> str:
        """Return the list of an answer's sources, those cited apart from those only retrieved."""
        return self._render(
            "source_list.html",
            place=place,
            answer=answer,
            cited=views.cited_articles(answer),
            apart=views.also_retrieved(answer),
        )

    def cited_article(self, place: int, answer: Answer, number: int) -> str | None:
        """Return the article behind a citation, its quotes highlighted; None when there is no such citation."""
        for citation in answer.citations:
            if citation.number == number:
                of_article = [one for one in answer.citations if views.same_article(one.article, citation.article)]
                spans = views.citation_spans(answer, citation.article, pressed=number)
                shows, quotes = f"{place}/citation/{number}", len(answer.citations)
                return self._article(place, citation, spans, shows, citation.quote, number, quotes, of_article)
        return None

    def retrieved_article(self, place: int, answer: Answer, number: int) -> str | None:
        """Return the article of hit `number` (from 0), its passage highlighted; None when there is no such hit."""
        if not 0 <= number < len(answer.hits):
            return None
        hit = answer.hits[number]
        spans = [*views.citation_spans(answer, hit.article), views.hit_span(hit)]
        return self._article(place, hit, spans, f"{place}/hit/{number}", hit.text)

    def _article(
        self,
        place: int,
        opened: Citation | Hit,
        spans: Sequence[views.Span],
        shows: str,
        passage: str,
        quote: int = 0,
        quotes: int = 0,
        citations: Sequence[Citation] = (),
    ) -> str:
        return self._render(
            "article.html",
            place=place,
            opened=opened,
            article=opened.article,
            paragraphs=views.paragraphs(opened.article.text, spans),
            shows=shows,
            passage=passage,
            quote=quote,
            quotes=quotes,
            citations=citations,
        )
