"""A claim is checked against all articles, not only against what the question found."""

from datetime import date

import pytest

from assistant.answer import Assistant
from assistant.check.checker import Checker
from assistant.search import search
from index.article import Filter

SAID = "Laurence des Cars, the director of the Louvre, called the theft a terrible failure"


def sentence_of(assistant: Assistant) -> str:
    from index.sentences import sentences

    (article,) = [one for one in assistant.index.catalog.articles() if "Louvre" in one.title]
    spans = [span for span in sentences(article.text) if SAID in article.text[slice(*span)]]
    return article.text[slice(*spans[0])]


def test_a_sentence_that_stands_in_an_article_nobody_asked_about_is_supported(assistant: Assistant) -> None:
    hits = search(assistant.index, "What did the Fed decide?", limit=4)
    assert all("Louvre" not in hit.article.title for hit in hits)
    said = sentence_of(assistant)
    claim = Checker(assistant.index, hits).claim(said)
    assert claim.status == "supported"
    assert said in claim.citations[0].quote
    assert (
        claim.citations[0].article.text[claim.citations[0].start : claim.citations[0].end] == claim.citations[0].quote
    )


def test_what_a_filter_leaves_out_bears_nothing_out(assistant: Assistant) -> None:
    allowed = Filter(("World Desk",), None, None, ())
    assert Checker(assistant.index, (), allowed).claim(sentence_of(assistant)).status == "unsupported"


@pytest.mark.parametrize("said", ["Penguins won the cup in 1998.", "The bridge of Elm is closed."])
def test_what_no_article_says_stays_unsupported(said: str, assistant: Assistant) -> None:
    assert Checker(assistant.index, ()).claim(said).status == "unsupported"


def test_a_day_of_publication_limits_what_bears_out_a_claim(assistant: Assistant) -> None:
    since = Filter((), date(2025, 11, 1), None, ())
    assert Checker(assistant.index, (), since).claim(sentence_of(assistant)).status == "unsupported"
