"""Reading a question: which of its words are searched."""

import pytest

from assistant.language.words import names
from assistant.retrieve.query import rarest_terms


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who won the Nobel Prize in Chemistry in 2025?", ["nobel", "prize", "chemistry", "2025"]),
        ("When did Rubio's call take place?", ["rubio"]),
        ("Why did it happen?", []),
        ("what did the fed decide", []),
    ],
)
def test_names_and_numbers_of_a_question_are_told_from_other_words(question: str, expected: list[str]) -> None:
    assert names(question) == expected


def test_the_commonest_words_are_not_searched_where_all_together_are_too_many() -> None:
    terms = ["officials", "rubio", "policy"]
    assert rarest_terms(terms, [9_000, 12, 7_000]) == terms
    assert rarest_terms(terms, [90_000, 12, 7_000]) == ["rubio", "policy"]
    assert rarest_terms(terms, [90_000, 50_000, 70_000]) == ["rubio"]
    assert rarest_terms([], []) == []
