"""Answers over the starter collection: what a user would check by hand."""

import inspect
import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant import REFUSAL, Answer, Turn, answer
from assistant.assistant import MAX_CHARACTERS, Assistant
from assistant.check.citations import holds
from assistant.errors import BadQuestion, BadSetting, NothingIndexed
from assistant.question.request import all_wanted
from assistant.settings import Settings
from index.errors import BadFilter
from index.types import Filter
from tests.conftest import MakeIndex, write_article


def check(found: Answer) -> Answer:
    """Hold an answer to what is promised of every answer."""
    assert all(holds(citation) for citation in found.citations)
    assert [citation.number for citation in found.citations] == list(range(1, len(found.citations) + 1))
    assert found.refused == (not found.claims)
    assert found.text == (" ".join(claim.text for claim in found.claims) or REFUSAL)
    assert all(claim.citations for claim in found.claims if claim.status != "unsupported")
    assert {c for claim in found.claims for c in claim.citations} == set(found.citations)
    return found


def test_who_drove_the_policy_shift_is_answered_with_a_name_and_the_right_article(assistant: Assistant) -> None:
    found = check(assistant.answer("who drove the policy shift?"))
    assert "Marco Rubio" in found.claims[0].text
    assert found.claims[0].status == "supported"
    assert found.citations[0].article.path is not None
    assert Path(found.citations[0].article.path).name == "rubio-russia-policy-shift.md"


def test_an_answer_tells_how_long_each_step_took_and_each_part_of_it(assistant: Assistant) -> None:
    took = assistant.answer("who drove the policy shift?").timings
    searching = {f"retrieve/{part}" for part in ("encode", "words", "lexical", "dense")}
    assert set(took) == {"condense", "retrieve", "read", "answer", "answer/verify"} | searching
    assert all(milliseconds >= 0 for milliseconds in took.values())
    assert took["answer/verify"] <= took["answer"]
    assert all(took[part] <= took["retrieve"] for part in searching)


def test_every_quote_of_every_answer_stands_in_its_article(
    assistant: Assistant, questions: list[dict[str, Any]]
) -> None:
    answers = [check(assistant.answer(question["question"])) for question in questions]
    assert sum(not found.refused for found in answers) > len(answers) / 4
    for found in answers:
        # More where the question asks for all that answers.
        assert sum(not claim.denies for claim in found.claims) <= (5 if all_wanted(found.question) else 3)
    assert all(sum(claim.denies for claim in found.claims) <= 2 for found in answers)


def test_a_question_the_articles_do_not_answer_is_refused_with_the_nearest_passages(assistant: Assistant) -> None:
    found = check(assistant.answer("who won the 1998 football World Cup?"))
    assert found.refused
    assert found.text == "Not in these articles."
    assert found.hits


def test_no_two_quotes_of_an_answer_overlap(assistant: Assistant, questions: list[dict[str, Any]]) -> None:
    for question in questions[:30]:
        for one, other in itertools.combinations(assistant.answer(question["question"]).citations, 2):
            assert one.article.id != other.article.id or one.end <= other.start or other.end <= one.start


def test_who_denies_the_answer_is_shown_beside_it_and_a_question_about_the_denial_adds_nothing(
    assistant: Assistant,
) -> None:
    claim, denial = check(assistant.answer("who drove the policy shift?")).claims
    assert (claim.denies, denial.denies) == (False, True)
    assert denial.text.startswith("The White House rejects this account")
    asked = check(assistant.answer("How did the White House respond to the reports about Rubio and a split?"))
    assert asked.claims[0].text == denial.text
    assert not any(claim.denies for claim in asked.claims)


def test_a_sentence_that_opens_on_a_pronoun_brings_the_one_that_says_who(make_index: MakeIndex, folder: Path) -> None:
    assistant = Assistant(Settings(home=make_index(folder)))
    found = check(assistant.answer("Why was weathering steel chosen?"))
    assert [claim.text for claim in found.claims] == [
        "Engineer Rosa Mendes led the design team. She chose weathering steel because it needs no paint."
    ]
    assert len(found.citations) == 1


def test_a_follow_up_is_searched_with_what_it_leans_on(make_index: MakeIndex, folder: Path) -> None:
    assistant = Assistant(Settings(home=make_index(folder)))
    history = (Turn("How many olives were picked in Andalusia?", "660,000 tonnes."),)
    found = check(assistant.answer("And what did they cost at the mill?", history))
    assert found.searched == "How many olives were picked in Andalusia? And what did they cost at the mill?"
    assert "8.4 euros" in found.text


def test_filters_leave_only_the_articles_they_allow(make_index: MakeIndex, folder: Path) -> None:
    assistant = Assistant(Settings(home=make_index(folder)))
    question = "How many nights a week does the Brussels sleeper run?"
    assert "three nights" in assistant.answer(question).text
    assert "three nights" in assistant.answer(question, publishers=["rail desk"]).text
    assert assistant.answer(question, publishers=["River Desk"]).refused
    assert assistant.answer(question, until=date(2024, 12, 31)).refused
    assert "three nights" in assistant.answer(question, since=date(2025, 1, 20), until=date(2025, 1, 20)).text
    only = assistant.answer(question, articles=[assistant.answer(question).citations[0].article.id])
    assert {hit.article.title for hit in only.hits} == {"Night trains return"}


def test_a_filter_can_be_given_whole_and_that_of_an_answer_goes_on_to_the_next_question(
    make_index: MakeIndex, folder: Path
) -> None:
    question = "How many nights a week does the Brussels sleeper run?"
    with Assistant(Settings(home=make_index(folder))) as assistant:
        refused = assistant.answer(question, allowed=Filter(publishers=("River Desk",)))
        assert refused.refused
        assert refused.allowed == Filter(publishers=("River Desk",))
        assert assistant.answer("How many nights?", [Turn(question, "?")], allowed=refused.allowed).refused
        with pytest.raises(BadFilter, match="put all of it into `allowed`"):
            assistant.answer(question, allowed=refused.allowed, since=date(2025, 1, 1))


def test_one_publisher_needs_no_list(make_index: MakeIndex, folder: Path) -> None:
    question = "How many nights a week does the Brussels sleeper run?"
    with Assistant(Settings(home=make_index(folder))) as assistant:
        assert "three nights" in assistant.answer(question, publishers="Rail Desk").text


def test_a_publisher_is_found_however_it_is_written(make_index: MakeIndex, folder: Path) -> None:
    write_article(folder / "two.md", "Night trains again", "The second sleeper runs on Mondays.", publisher="RAIL desk")
    assistant = Assistant(Settings(home=make_index(folder)))
    found = assistant.answer("When does the sleeper run?", publishers=["Rail Desk"])
    assert {hit.article.publisher for hit in found.hits} == {"Rail Desk", "RAIL desk"}


def test_words_under_a_very_long_title_are_still_evidence(make_index: MakeIndex, tmp_path: Path) -> None:
    folder = tmp_path / "long"
    folder.mkdir()
    text = "The mayor of the town is called Edda Lind. It rained on Monday. The bridge is closed for repairs."
    write_article(folder / "long.md", "A very long title " * 60, text)
    assistant = Assistant(Settings(home=make_index(folder)))
    assert "Edda Lind" in assistant.answer("What is the mayor of the town called?").text


def test_a_filter_that_can_match_nothing_says_so(assistant: Assistant) -> None:
    with pytest.raises(BadFilter, match="Europe Desk"):
        assistant.answer("who?", publishers=["Nobody"])
    with pytest.raises(BadFilter, match="no article has the id"):
        assistant.answer("who?", articles=["nope"])
    with pytest.raises(BadFilter, match="swap the two dates"):
        assistant.answer("who?", since=date(2025, 1, 2), until=date(2025, 1, 1))


def test_a_question_without_a_word_that_means_something_is_refused(assistant: Assistant) -> None:
    assert all(assistant.answer(question).refused for question in ("a", "who is he?", "???"))


def test_an_answer_says_how_sure_it_is(assistant: Assistant) -> None:
    found = assistant.answer("Who drove the policy shift?")
    sure = [claim.confidence for claim in found.claims if not claim.denies]
    assert all(one is not None and 0 < one < 1 for one in sure)
    assert sure[0] == max(one or 0 for one in sure)


def test_an_empty_or_endless_question_is_refused_in_one_sentence(assistant: Assistant) -> None:
    with pytest.raises(BadQuestion, match="empty"):
        assistant.answer("  \n ")
    with pytest.raises(BadQuestion, match="10,000 characters"):
        assistant.answer("x" * 10_000)
    check(assistant.answer("x" * MAX_CHARACTERS))


@pytest.mark.parametrize(
    "odd", ['"', "' OR 1=1 --", "NEAR(a b)", "*", "???", "AND", "🙂", "a\x00b", "ку-ку", "caf\udce9?"]
)
def test_a_question_of_odd_characters_is_still_a_question(assistant: Assistant, odd: str) -> None:
    check(assistant.answer(odd))


def test_an_index_without_articles_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingIndexed, match="assistant index FOLDER"):
        Assistant(Settings(home=tmp_path)).answer("who?")


def test_threads_may_share_an_assistant(assistant: Assistant, questions: list[dict[str, Any]]) -> None:
    asked = [question["question"] for question in questions[:12]]
    alone = [assistant.answer(question) for question in asked]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(assistant.answer, asked))
    assert [found.citations for found in together] == [found.citations for found in alone]


def test_the_function_answers_from_the_index_of_the_environment(
    seed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(seed_home))
    assert "Marco Rubio" in answer("who drove the policy shift?").text
    assert len(answer("who drove the policy shift?", publishers=["World Desk"], sources=3, strict=True).hits) == 3


def test_the_function_takes_what_the_method_takes_and_settings() -> None:
    function, method = (inspect.signature(one).parameters for one in (answer, Assistant.answer))
    assert set(function) - {"settings"} == set(method) - {"self"}
    assert all(function[name] == method[name] for name in method if name != "self")


def test_examples_are_questions_about_articles_that_are_there(assistant: Assistant, home_of_seeds: Path) -> None:
    assert "Who drove the policy shift?" in assistant.examples()
    other = Assistant(Settings(home=home_of_seeds))
    newest = next(other.index.catalog.articles())
    assert other.examples()[0] == f"What does “{newest.title}” say?"
    other.index.remove([article.id for article in list(other.index.catalog.articles())])
    assert other.examples() == ()


@pytest.mark.parametrize("sources", [1, 25])
def test_as_many_passages_are_looked_at_as_are_asked_for(assistant: Assistant, sources: int) -> None:
    assert len(assistant.answer("Who drove the policy shift?", sources=sources).hits) == sources
    assert len(assistant.answer("Who drove the policy shift?").hits) == 10


@pytest.mark.parametrize("sources", [0, 51])
def test_a_number_of_sources_that_will_not_do_is_refused(assistant: Assistant, sources: int) -> None:
    with pytest.raises(BadSetting, match="give a number from 1 to 50"):
        assistant.answer("Who drove the policy shift?", sources=sources)
