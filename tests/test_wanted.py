import pytest

from assistant.wanted import has_answer, wanted


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("who drove the policy shift?", "person"),
        ("When did it open?", "date"),
        ("In which year was it built?", "date"),
        ("How many jewels were taken?", "number"),
        ("what percentage voted for it", "number"),
        ("Where was the summit?", "place"),
        ("Why was it cancelled?", "reason"),
        ("What is a qubit?", "other"),
    ],
)
def test_a_question_tells_what_kind_of_answer_it_wants(question: str, kind: str) -> None:
    assert wanted(question) == kind


def test_a_name_the_question_has_already_is_no_answer() -> None:
    question = "Who met Trump?"
    assert has_answer("person", question, "On Friday, Vladimir Putin met Trump.")
    assert not has_answer("person", question, "Trump met nobody.")


def test_dates_numbers_and_reasons_are_seen() -> None:
    assert has_answer("date", "When?", "It opened on March 3.")
    assert not has_answer("date", "When?", "It opened late.")
    assert has_answer("number", "How long is it?", "It is 412 metres long.")
    assert not has_answer("number", "How long is it?", "It is long.")
    assert has_answer("reason", "Why?", "It closed because of a storm.")
