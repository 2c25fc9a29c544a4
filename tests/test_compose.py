"""Summaries, comparisons, timelines and lists, without an LLM: the real model, the starter articles."""

import re
from datetime import date

import pytest

from assistant.assistant import Assistant
from assistant.check.citations import holds
from assistant.question.request import Request, all_wanted, read_request
from assistant.render.serialize import as_dict
from assistant.render.text import marked
from assistant.types import REFUSAL, Answer
from tests.conftest import Over
from tests.llm_server import ScriptedLLM


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Summarise the article about the Louvre theft.", Request("summary", "the Louvre theft", one=True)),
        ("could you please summarize the news on the Fed?", Request("summary", "the Fed")),
        ("tl;dr oil sanctions", Request("summary", "oil sanctions")),
        ("Give me a short overview of the Gaza talks in three sentences", Request("summary", "the Gaza talks")),
        ("What does the report on heat say?", Request("summary", "heat", one=True)),
        (
            "Compare the ECB and the Bank of England.",
            Request("comparison", "", sides=("the ECB", "the Bank of England")),
        ),
        (
            "What is the difference between Rubio and Witkoff on Russia?",
            Request("comparison", "Russia", sides=("Rubio", "Witkoff")),
        ),
        ("What happened on October 19?", Request("timeline", "on October 19", dated=True)),
        ("Timeline of the Gaza ceasefire", Request("timeline", "the Gaza ceasefire")),
        ("Who drove the policy shift?", None),
        ("How does Witkoff's approach to Moscow compare with that of the secretary of state?", None),
        ("When did the guns fall silent in Gaza?", None),
        ("What was the score in Spain vs France?", None),
    ],
)
def test_the_kind_of_answer_is_read_from_the_form_of_the_message(said: str, read: Request | None) -> None:
    assert read_request(said) == read


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Which jewels were stolen?", "Which jewels were stolen?"),
        ("List all companies that were sanctioned.", "Which companies were sanctioned?"),
        ("Name the Nobel physics laureates", "What are the Nobel physics laureates?"),
        ("Which item did the robbers lose?", None),
        ("Who broke the tie in London?", None),
        ("What is Stephen Miran's other job?", None),
    ],
)
def test_an_order_to_list_is_read_as_a_question_for_all_that_answers(said: str, asked: str | None) -> None:
    assert all_wanted(said) == asked


def sound(answer: Answer, kind: str) -> list[str]:
    """Check that all that is quoted holds, and return the texts of the claims."""
    assert (answer.kind, answer.refused) == (kind, False)
    assert answer.citations
    assert all(holds(citation) for citation in answer.citations)
    assert {claim.status for claim in answer.claims} == {"supported"}
    for claim in answer.claims:
        assert "\n".join(citation.quote for citation in claim.citations) == claim.text or not claim.citations
    assert as_dict(answer)["kind"] == kind
    return [claim.text for claim in answer.claims]


def test_a_summary_of_an_article_begins_with_what_happened_and_keeps_to_it(assistant: Assistant) -> None:
    texts = sound(found := assistant.answer("Summarise the article about the Louvre theft."), "summary")
    assert {citation.article.title for citation in found.citations} == {
        "Seven arrests, no jewels: the Louvre theft so far"
    }
    assert "none of the eight stolen jewels has been found" in texts[0]
    assert 3 <= len(texts) <= 6
    places = [claim.citations[0].start for claim in found.claims]
    assert places == sorted(places)
    assert len(set(texts)) == len(texts)


def test_a_summary_of_a_topic_says_what_several_articles_do(assistant: Assistant) -> None:
    found = assistant.answer("Give me an overview of the sanctions on Russia")
    sound(found, "summary")
    assert len({citation.article.id for citation in found.citations}) > 1


def test_an_article_is_summarised_by_its_title(assistant: Assistant) -> None:
    found = assistant.answer("Summarise “Three hours in Anchorage, and no ceasefire”")
    sound(found, "summary")
    assert {citation.article.title for citation in found.citations} == {"Three hours in Anchorage, and no ceasefire"}


def test_a_comparison_has_quotes_for_each_side_below_its_name(assistant: Assistant) -> None:
    texts = sound(found := assistant.answer("Compare the ECB and the Bank of England."), "comparison")
    labels = [n for n, claim in enumerate(found.claims) if not claim.citations]
    assert [texts[n] for n in labels] == ["The ECB:", "The Bank of England:"]
    assert labels[0] == 0
    assert 1 < labels[1] < len(texts) - 1
    lines = marked(found).split("\n")
    assert lines[0] == "The ECB:"
    assert all(re.search(r"\[\d+\]$", line) for n, line in enumerate(lines) if n not in labels)


def test_what_happened_on_a_day_is_told_by_day(assistant: Assistant) -> None:
    texts = sound(assistant.answer("What happened on October 19, 2025?"), "timeline")
    assert texts[0] == "19 October 2025:"
    assert any("robbery took place on Sunday, Oct. 19" in text for text in texts)
    assert any("most serious test" in text for text in texts)


def test_a_timeline_goes_from_the_first_day_to_the_last(assistant: Assistant) -> None:
    texts = sound(assistant.answer("Timeline of the Gaza ceasefire"), "timeline")
    days = [text for text in texts if re.fullmatch(r"\d+ \w+ \d{4}:", text)]
    assert days[0] == "7 October 2023:"
    assert "10 October 2025:" in days
    assert "15 August 2025:" not in days  # The summit in Alaska is another matter.


@pytest.mark.parametrize(
    "asked",
    ["Summarise the news about penguins", "Compare penguins and walruses", "What happened on 3 March 1950?"],
)
def test_what_the_articles_do_not_have_is_refused_all_the_same(assistant: Assistant, asked: str) -> None:
    found = assistant.answer(asked)
    assert (found.refused, found.text) == (True, REFUSAL)


def test_a_filter_holds_for_what_is_put_together_too(assistant: Assistant) -> None:
    found = assistant.answer("Give me an overview of the sanctions on Russia", publishers=["Europe Desk"])
    assert {citation.article.publisher for citation in found.citations} == {"Europe Desk"}


@pytest.mark.parametrize(
    "asked",
    [
        "What did the Europe Desk report about sanctions?",
        "What did the Europe Desk report in October about sanctions?",
        "What does the newest article say about the Fed?",
        "What happened in November 2025?",
    ],
)
def test_what_a_message_names_never_widens_a_filter(assistant: Assistant, asked: str) -> None:
    found = assistant.answer(asked, publishers=["World Desk"], until=date(2025, 10, 31))
    assert {hit.article.publisher for hit in found.hits} <= {"World Desk"}
    assert {citation.article.publisher for citation in found.citations} <= {"World Desk"}
    assert all(hit.article.published and hit.article.published <= date(2025, 10, 31) for hit in found.hits)


def test_the_newest_article_of_those_allowed_is_meant(assistant: Assistant) -> None:
    found = assistant.answer("What does the newest article say about Gaza?", publishers=["World Desk"])
    sound(found, "summary")
    assert {citation.article.title for citation in found.citations} == {
        "The envoys who carried the Gaza truce, and what is left to do"
    }


def test_of_what_was_found_no_more_comes_than_wanted_and_what_is_quoted_first(assistant: Assistant) -> None:
    found = assistant.answer("Give me an overview of the sanctions on Russia", sources=3)
    quoted = [(one.article.id, one.start, one.end) for one in found.citations]
    holds = [
        any(
            hit.article.id == article and hit.passage.start <= start < end <= hit.passage.end
            for article, start, end in quoted
        )
        for hit in found.hits
    ]
    assert holds == sorted(holds, reverse=True)
    assert len(found.hits) <= max(3, sum(holds))


def test_the_text_of_a_summary_is_one_paragraph_as_it_is_shown(assistant: Assistant) -> None:
    found = assistant.answer("Summarise the article about the Louvre theft.")
    assert re.sub(r" \[\d+\]", "", marked(found)) == found.text


def test_an_llm_writes_from_what_was_gathered(over: Over, llm: ScriptedLLM) -> None:
    llm.says("Seven people have been arrested.")
    found = over().answer("Summarise the article about the Louvre theft.")
    assert (found.written_by, found.text) == ("scripted", "Seven people have been arrested.")
    prompt = str(llm.asked)
    assert "Twelve days after thieves broke into the Louvre" in prompt
    assert "Summarise the article about the Louvre theft" in prompt
