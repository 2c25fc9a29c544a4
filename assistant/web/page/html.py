"""Render the page's HTML from templates/, in the user's language.

Templates escape all values, which tests verify.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from assistant.render import differences, i18n, text
from assistant.render.localize import in_language
from assistant.render.markdown import as_plain
from assistant.types import Answer, Citation, Exchange, Feedback, Heading
from assistant.web.page import view_models
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
    environment.install_gettext_translations(i18n.texts(language), newstyle=True)  # type: ignore[attr-defined]
    translate = i18n.translator(language)
    environment.globals["language"] = language
    environment.filters["translated"] = translate
    environment.filters["answering_parts"] = text.answering_parts
    environment.filters["side_by_side"] = differences.side_by_side
    environment.filters["spaced"] = text.spaced
    environment.filters["before_draft"] = text.before_draft
    environment.filters["confidence"] = partial(text.confidence, _=translate)
    environment.filters["share"] = text.share
    environment.filters["remarks"] = partial(text.remarks, _=translate)
    environment.filters["status"] = partial(text.status, _=translate)
    environment.filters["excerpt"] = text.excerpt
    environment.filters["also_in"] = text.also_in
    environment.filters["readable"] = partial(i18n.long_date, code=language)
    environment.filters["language_name"] = partial(i18n.language_name, shown_in=language)
    environment.filters["number"] = partial(i18n.number, code=language)
    environment.filters["web_address"] = view_models.web_address
    environment.filters["at_quote"] = view_models.at_quote
    environment.filters["first_page"] = view_models.first_page
    environment.filters["last_part"] = view_models.last_part
    environment.filters["page_of"] = partial(view_models.page_of, _=translate)
    environment.filters["citation_label"] = partial(view_models.citation_label, _=translate)
    return environment


@dataclass(frozen=True, slots=True)
class Markup:
    """Renders the page's HTML in a language, named by its code; see `assistant.render.i18n`."""

    language: str = i18n.ENGLISH

    def _render(self, template: str, **values: object) -> str:
        return _environment(self.language).get_template(template).render(**values)

    def masthead(self, count: int | None) -> str:
        """Return the page's heading with the number of articles; None if the index cannot be read."""
        return self._render("masthead.html", count=count)

    def person(self, name: str) -> str:
        """Return the user's name and a sign-out button; nothing without sign-in."""
        return self._render("person.html", name=name)

    def login(self, name: str, next_: str, error: str | None) -> str:
        """Return the sign-in page, with the last name typed, the path to go to, and an error."""
        from assistant.web.page.theme import newspaper

        return self._render("login.html", name=name, next=next_, error=error, theme=newspaper())

    def nav(self, views: "Sequence[View]") -> str:
        """Return the links to the views, the first one as current."""
        return self._render("nav.html", views=views)

    def library(self, part: str, **values: object) -> str:
        """Return a part of the library: top, find (filters), bar (actions) or list."""
        return self._render(f"library_{part}.html", **values)

    def welcome(self, count: int | None, error: str | None = None) -> str:
        """Return the empty chat: what to ask, how to index, or an error."""
        return self._render("welcome.html", count=count, error=error)

    def history(
        self, headings: Sequence[Heading], *, current: str | None, more: bool, search: str, deleted: Heading | None
    ) -> str:
        """Return the list of conversations, with the current one, "more", and the last deleted one to restore."""
        return self._render(
            "history.html", headings=headings, current=current, more=more, search=search, deleted=deleted
        )

    def unlisted(self, error: str) -> str:
        """Return what replaces the list if the conversations cannot be read."""
        return self._render("unlisted.html", error=error)

    def notice(self, editing: str | None, said: str | None = None) -> str:
        """Return the notice above the box: `said`, or that the next question replaces one, or nothing."""
        return self._render("notice.html", editing=editing, said=said)

    def settings(self, part: str, **values: object) -> str:
        """Return a part of the settings: heading, said (a change's result), llm, or told (a trial's result)."""
        return self._render(f"settings_{part}.html", **values)

    def chips(self, allowed: Filter, titles: Mapping[str, str]) -> str:
        """Return a filter as chips, nothing for no filter; `titles` are those of its articles, by id."""
        return self._render("chips.html", allowed=allowed, titles=titles)

    def question(self, place: int, exchange: Exchange) -> str:
        """Return an exchange's question, shortened if it failed: it is back in the box and may be very long."""
        failed = exchange.error is not None
        shown = text.excerpt(exchange.question, FAILED_QUESTION_SHOWN) if failed else exchange.question
        allowed = exchange.answer.allowed if exchange.answer else EVERYTHING
        return self._render("question.html", place=place, question=shown, allowed=allowed)

    def reply(self, place: int, exchange: Exchange, *, last: bool = False) -> str:
        """Return the reply of an exchange at a place of the conversation: answer, refusal, error, or pending.

        Only the `last` one can be asked again, since that replaces all that follows.
        """
        if exchange.error is not None:
            return self._render("error.html", place=place, error=exchange.error, last=last)
        if exchange.answer is None:
            return self._render("pending.html")
        answer = in_language(exchange.answer, self.language)
        return self._render(
            "refusal.html" if answer.refused else "answer.html",
            place=place,
            exchange=exchange,
            answer=answer,
            growing=exchange.growing,
            last=last,
            copied=as_plain(answer, i18n.translator(self.language)),
            apart=view_models.also_retrieved(answer),
            nearest=text.nearest(answer),
        )

    def suggestions(self, questions: Sequence[str]) -> str:
        """Return suggested questions as buttons; nothing for none."""
        return self._render("suggestions.html", questions=questions)

    def rated(self, exchange: int | None, feedback: Feedback | None, *, lost: bool = False) -> str:
        """Return a stored rating, to be read out and shown by feedback.js."""
        return self._render("rated.html", exchange=exchange, feedback=feedback, lost=lost)

    def no_sources(self) -> str:
        """Return the sources panel before the first answer."""
        return self._render("no_sources.html")

    def lost_sources(self) -> str:
        """Return the sources panel if the server no longer has the conversation, as after a restart."""
        return self._render("lost_sources.html")

    def source_list(self, place: int, answer: Answer) -> str:
        """Return the list of an answer's sources: cited ones, then those only retrieved."""
        return self._render(
            "source_list.html",
            place=place,
            answer=answer,
            cited=view_models.cited_articles(answer),
            apart=view_models.also_retrieved(answer),
        )

    def cited_article(self, place: int, answer: Answer, number: int) -> str | None:
        """Return the article of a citation with its quotes highlighted; None if there is no such citation."""
        for citation in answer.citations:
            if citation.number == number:
                of_article = [
                    one for one in answer.citations if view_models.same_article(one.article, citation.article)
                ]
                spans = view_models.citation_spans(answer, citation.article, pressed=number)
                shows, quotes = f"{place}/citation/{number}", len(answer.citations)
                return self._article(place, citation, spans, shows, citation.quote, number, quotes, of_article)
        return None

    def retrieved_article(self, place: int, answer: Answer, number: int) -> str | None:
        """Return the article of hit `number` (from 0) with its passage highlighted; None if there is no such hit."""
        if not 0 <= number < len(answer.hits):
            return None
        hit = answer.hits[number]
        spans = [*view_models.citation_spans(answer, hit.article), view_models.hit_span(hit)]
        return self._article(place, hit, spans, f"{place}/hit/{number}", hit.text)

    def _article(
        self,
        place: int,
        opened: Citation | Hit,
        spans: Sequence[view_models.Span],
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
            paragraphs=view_models.paragraphs(opened.article.text, spans),
            shows=shows,
            passage=passage,
            quote=quote,
            quotes=quotes,
            citations=citations,
        )
