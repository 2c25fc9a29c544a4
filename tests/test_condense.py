import pytest

from assistant.condense import condense
from assistant.values import Turn

HISTORY = (Turn("Who met Putin in Anchorage?", "Donald Trump met him."),)


@pytest.mark.parametrize(
    "follow_up",
    [
        "What did he say about it?",
        "and when?",
        "What about Rubio?",
        "Why?",
        "Why did that happen?",
        "Who was that?",
        "Who else?",
        "How much?",
        "Tell me more",
    ],
)
def test_a_follow_up_is_searched_together_with_the_question_it_leans_on(follow_up: str) -> None:
    assert condense(follow_up, HISTORY) == f"Who met Putin in Anchorage? {follow_up}"


@pytest.mark.parametrize(
    "alone",
    [
        "When did the Fed cut rates?",
        "Is there a ceasefire in Gaza?",
        "Which countries voted against sanctions?",
        "Which former president met Putin?",
        "Did Rubio say he would resign?",
        "What did the Fed decide this week?",
        "Which IT companies were hit?",
        "Who drove the policy shift this year?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(alone: str) -> None:
    assert condense(alone, HISTORY) == alone


def test_without_history_every_question_is_left_as_it_is() -> None:
    assert condense("What did he say?", ()) == "What did he say?"


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stood_alone() -> None:
    history = (*HISTORY, Turn("And what did he say?", "Nothing."))
    assert condense("Why?", history) == "Who met Putin in Anchorage? Why?"
