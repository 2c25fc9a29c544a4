"""What a message asks is found in what is said around it."""

import pytest

from assistant.assistant import Assistant
from assistant.question.framing import ParsedMessage, parse_message
from assistant.question.understand import absent, unmentioned

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
    assert parse_message(around.format(ASKED), assistant.index.catalog.mentions) == ParsedMessage((ASKED,), "")


@pytest.mark.parametrize("message", POLITE)
def test_a_polite_question_is_asked_from_its_point_on(message: str, assistant: Assistant) -> None:
    assert parse_message(message, assistant.index.catalog.mentions) == ParsedMessage(
        ("who drove the policy shift?",), ""
    )


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
    assert parse_message(question, assistant.index.catalog.mentions) == ParsedMessage((question,), "")


def test_a_sentence_that_names_what_the_articles_speak_of_is_kept_as_context(assistant: Assistant) -> None:
    framed = parse_message("I read about the Louvre theft. What was stolen?", assistant.index.catalog.mentions)
    assert framed == ParsedMessage(("What was stolen?",), "I read about the Louvre theft.")
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


def test_a_question_in_capitals_is_read_in_small_letters(assistant: Assistant) -> None:
    found = assistant.answer(ASKED.upper())
    assert found.searched == ASKED.lower()
    assert found.text == assistant.answer(ASKED.lower()).text


def test_several_questions_are_answered_one_by_one(assistant: Assistant) -> None:
    first, second = "Who drove the policy shift?", "Which jewels were stolen from the Louvre?"
    found = assistant.answer(f"{first} {second}")
    one, other = assistant.answer(first), assistant.answer(second)
    assert found.text == f"{one.text} {other.text}"
    assert [citation.number for citation in found.citations] == list(range(1, len(found.citations) + 1))
    assert {hit.passage.id for hit in found.hits} == {hit.passage.id for hit in (*one.hits, *other.hits)}
    for citation in found.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote


def test_of_several_questions_the_one_that_is_not_answered_is_named(assistant: Assistant) -> None:
    found = assistant.answer("Who drove the policy shift? Who won the 1998 football World Cup?")
    assert not found.refused
    assert found.note == "Not in these articles: “Who won the 1998 football World Cup?”"


def test_several_questions_that_are_not_answered_are_refused_as_one(assistant: Assistant) -> None:
    found = assistant.answer("Who won the 1998 football World Cup? How do I bake bread?")
    assert found.refused
    assert found.hits


def test_a_second_question_may_lean_on_the_first(assistant: Assistant) -> None:
    found = assistant.answer("Which jewels were stolen from the Louvre? How much were they worth?")
    assert "€88m" in found.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What do penguins eat?", "No article here mentions “penguins”."),
        ("What happened in Gaza in 1987?", "No article here mentions “1987”."),
        ("Is Sarkozy in prison?", "No article here mentions “Sarkozy”."),
        ("What did the Fed decide?", None),
    ],
)
def test_the_words_that_no_article_has_are_named(question: str, said: str | None, assistant: Assistant) -> None:
    assert unmentioned(absent(assistant.index, question)) == said


def test_a_refusal_says_what_no_article_mentions(assistant: Assistant) -> None:
    found = assistant.answer("What do penguins eat?")
    assert (found.refused, found.note) == (True, "No article here mentions “penguins”.")


def test_a_refusal_of_words_that_articles_have_names_none(assistant: Assistant) -> None:
    found = assistant.answer("How much does a single Tomahawk missile cost?")
    assert not found.refused or found.note is None


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who runs Rosneft, and who is the prime minister of Belgium?", 2),
        ("How did they get in, how long did the raid last, and was anybody hurt?", 3),
        ("who bought the bridge and where is it now?", 2),
        ("How many lunches and how many suppers does the kitchen make?", 1),
        ("Who said what about the sanctions and the war?", 1),
        ("Which of the three banks has inflation under control, and why?", 1),
    ],
)
def test_questions_that_are_joined_are_asked_one_by_one(question: str, parts: int) -> None:
    assert len(parse_message(question, lambda found: [True] * len(found)).parts) == parts
