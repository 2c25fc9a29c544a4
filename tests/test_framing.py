"""What a message asks is found in what is said around it."""

import pytest

from assistant.answer import Assistant
from assistant.question.framing import Framed, unframed

ASKED = "Who drove the policy shift?"
AROUND = (
    "Hello! {}",
    "{} Thanks!",
    "{} Answer briefly.",
    "I am a student writing an essay. {}",
    "You are a helpful research assistant. Use only the documents and cite your sources.\n\nQuestion: {}\nAnswer:",
    "My boss wants a summary by tomorrow and I have no idea. {} Give me bullet points.",
    "Can you help me? {}",
)
POLITE = (
    "Dear assistant, who drove the policy shift? Kind regards",
    "Good afternoon, I hope you are well. I was wondering whether you could help me with something I read about"
    " last week: who drove the policy shift? I would be very grateful for any help you can give.",
    "Could you tell me who drove the policy shift?",
    "I would like to know who drove the policy shift?",
)


@pytest.mark.parametrize("around", AROUND)
def test_what_is_said_around_a_question_is_taken_off(around: str, assistant: Assistant) -> None:
    assert unframed(around.format(ASKED), assistant.index.catalog.passages_with) == Framed(ASKED, "")


@pytest.mark.parametrize("message", POLITE)
def test_a_polite_question_is_asked_from_its_point_on(message: str, assistant: Assistant) -> None:
    assert unframed(message, assistant.index.catalog.passages_with) == Framed("who drove the policy shift?", "")


@pytest.mark.parametrize(
    "question",
    [
        "Who drove the policy shift?",
        "In December, what did the Fed decide?",
        "After the theft, who was arrested?",
        "Did the ECB cut as well, or did it wait?",
        "policy shift",
        "Summarise the article about tomahawks.",
        "What does Zelensky want: missiles or peace?",
    ],
)
def test_a_question_with_nothing_around_it_stays_as_it_is(question: str, assistant: Assistant) -> None:
    assert unframed(question, assistant.index.catalog.passages_with) == Framed(question, "")


def test_a_sentence_that_names_what_the_articles_speak_of_is_kept_as_context(assistant: Assistant) -> None:
    framed = unframed("I read about the Louvre theft. What was stolen?", assistant.index.catalog.passages_with)
    assert framed == Framed("What was stolen?", "I read about the Louvre theft.")
    assert framed.whole == "I read about the Louvre theft. What was stolen?"


@pytest.mark.parametrize("around", AROUND)
def test_a_question_is_answered_the_same_whatever_is_said_around_it(around: str, assistant: Assistant) -> None:
    plain = assistant.answer(ASKED)
    framed = assistant.answer(around.format(ASKED))
    assert not plain.refused
    assert framed.text == plain.text
    assert framed.question == around.format(ASKED)
    assert framed.searched == ASKED


def test_what_stands_before_a_question_says_what_it_is_about(assistant: Assistant) -> None:
    assert "Louvre" in assistant.answer("I read about the Louvre theft. Who is the director?").claims[0].text
