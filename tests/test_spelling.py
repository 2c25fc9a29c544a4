"""Misspelt words are corrected with the words of the articles."""

import pytest

from assistant.assistant import Assistant
from assistant.question.spelling import corrected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("How many missles does Ukrane want?", "How many missiles does Ukraine want?"),
        ("Who drove the polcy shfit?", "Who drove the policy shift?"),
        ("what did zelensy ask for", "what did Zelensky ask for"),
        ("WHAT ABOUT THE SANCTOINS?", "WHAT ABOUT THE SANCTIONS?"),
        ("Who owns Rosnfet?", "Who owns Rosneft?"),
    ],
)
def test_a_misspelt_word_is_searched_as_the_articles_spell_it(typed: str, meant: str, assistant: Assistant) -> None:
    assert corrected(typed, assistant.index.catalog, assistant.index.embedding.knows) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Who drove the policy shift?",
        "Is Sarkozy in prison?",
        "What is photosynthesis?",
        "Who is Xyzzyqwert?",
        "What did Lukoil sell?",
    ],
)
def test_words_of_the_articles_and_of_the_language_and_unlike_words_stay(question: str, assistant: Assistant) -> None:
    assert corrected(question, assistant.index.catalog, assistant.index.embedding.knows) == question


def test_a_question_with_a_typing_error_is_answered_and_says_how_it_was_searched(assistant: Assistant) -> None:
    found = assistant.answer("Who drove the polcy shift?")
    assert found.searched == "Who drove the policy shift?"
    assert found.text == assistant.answer("Who drove the policy shift?").text
