"""Follow-ups: which questions need an earlier turn, and what is searched then."""

import pytest

from assistant.assistant import Assistant
from assistant.language.words import words
from assistant.question.condense import condense, is_followup
from assistant.question.courtesy import without_courtesy
from assistant.types import REFUSAL, Turn

HISTORY = (Turn("Who met Putin in Anchorage?", "Both sides had hoped for more."),)
FOLLOW_UPS = [
    "What did he say about it?",
    "and when?",
    "What about Rubio?",
    "Why?",
    "Why did that happen?",
    "Who was that?",
    "Who else?",
    "How much?",
    "Tell me more",
    "and in 2023?",
    "in 2023?",
    "only for adults?",
    "the second one",
    "Which is more important?",
    "What are the limits?",
    "Who dissented?",
    "What happened next?",
    "Did Zelensky attend too?",
    "I meant the meeting in August",
    "If not, what happens?",
    "What did Rubio say about it?",
    "Why did Trump meet him?",
    "How old was he when he died?",
    "Which songs did she write?",
    "What is the population of its capital?",
    "What was that deal about?",
    "Is it easy to do?",
    "How long did it take?",
    "Are both still alive?",
    "What were the Russians building there?",
]
ALONE = [
    "When did the Fed cut rates?",
    "Is there a ceasefire in Gaza?",
    "Which countries voted against sanctions?",
    "Which former president met Putin?",
    "Did Rubio say he would resign?",
    "What did the Fed decide this week?",
    "Which IT companies were hit?",
    "Who drove the policy shift this year?",
    "how many times had the ECB cut before it paused",
    "By what date must companies have ended their dealings with Rosneft and Lukoil?",
    "what is the function of insulin and where is it produced",
    "Which university has its origins in a school of medicine?",
    "who gained fame for her actions during the american civil war",
    "If two integers are multiplied, what is this operation called?",
    "Other than his scientific achievements what was Tesla famous for?",
    "where does it snow the most in north carolina",
    "During an earthquake, is it safe to take cover under a tree?",
    "How long does it take for new areas to have significant oil production?",
    "Who wrote the song Let It Be?",
    "What is manga?",
    "New Zealand climate",
    "Hi there. What is the best time to sell shares?",
]


@pytest.mark.parametrize("follow_up", FOLLOW_UPS)
def test_a_follow_up_is_searched_together_with_the_question_it_leans_on(follow_up: str) -> None:
    assert condense(follow_up, HISTORY) == f"Who met Putin in Anchorage? {follow_up}"


@pytest.mark.parametrize("alone", ALONE)
def test_a_question_that_stands_alone_is_left_as_it_is(alone: str) -> None:
    assert condense(alone, HISTORY) == alone


def test_no_history_changes_a_question_written_to_stand_alone(questions: list[dict[str, str]]) -> None:
    assert [one["question"] for one in questions if is_followup(one["question"])] == []


def test_without_history_every_question_is_left_as_it_is() -> None:
    assert condense("What did he say?", ()) == "What did he say?"


@pytest.mark.parametrize(
    "other",
    [
        "Wo kommt sie her?",
        "Also wann war das?",
        "So viele Menschen?",
        "¿Qué he de hacer?",
        "Was hat er dazu gesagt?",
        "Qu'est-ce qu'il a dit ?",
        "Is het waar dat hij kwam?",
        "他怎么说？",
        "Что он сказал?",
    ],
)
def test_a_question_in_another_language_is_left_as_it_is(other: str) -> None:
    assert condense(other, HISTORY) == other


def test_a_chain_of_follow_ups_goes_back_to_the_question_that_stood_alone() -> None:
    history = (*HISTORY, Turn("And what did he say?", "Nothing."))
    assert condense("Why?", history) == "Who met Putin in Anchorage? Why?"


def test_what_a_follow_up_moved_on_to_stays_the_topic_of_the_next_one() -> None:
    history = (Turn("Who sanctioned Rosneft?", "The U.S."), Turn("What about Lukoil?", "Also the U.S."))
    assert condense("When was it listed?", history) == (
        "Who sanctioned Rosneft? What about Lukoil? When was it listed?"
    )


def test_a_bare_question_is_about_the_follow_up_before_it_and_a_pronoun_about_the_topic() -> None:
    history = (Turn("What is estate planning?", "A plan."), Turn("Is it expensive?", "Between $50 and $500."))
    assert condense("Why?", history) == "What is estate planning? Is it expensive? Why?"
    assert condense("When should I start with it?", history) == "What is estate planning? When should I start with it?"


def test_a_topic_that_is_no_sentence_is_set_off_by_a_dash() -> None:
    history = (Turn("Jupiter", "The fifth planet from the Sun."),)
    assert condense("How many moons does it have?", history) == "Jupiter – How many moons does it have?"


def test_greetings_and_thanks_are_dropped_and_are_no_topic() -> None:
    history = (Turn("Hi! How hot was 2024?", "15.10 °C."), Turn("Thank you!", REFUSAL), Turn("OK, great.", REFUSAL))
    assert condense("Thanks, and the oceans?", history) == "How hot was 2024? and the oceans?"
    assert condense("Is it the record, please?", history) == "How hot was 2024? Is it the record?"
    assert condense("Thanks a lot!", history) == "Thanks a lot!"
    assert condense("What about it?", history[1:]) == "What about it?"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("That is fine. Could you tell me about Lyon?", "Could you tell me about Lyon?"),
        ("I see, why was it named Easter?", "why was it named Easter?"),
        ("Good schools in Lyon", "Good schools in Lyon"),
        ("Is it free, right?", "Is it free?"),
        ("no, I meant Lyon", "no, I meant Lyon"),
        ("What does it cost? Thanks!", "What does it cost?"),
    ],
)
def test_politeness_is_told_from_what_is_asked(said: str, asked: str) -> None:
    assert without_courtesy(said) == asked


@pytest.mark.parametrize("follow_up", FOLLOW_UPS)
def test_no_word_of_a_follow_up_is_lost(follow_up: str) -> None:
    history = (*HISTORY, Turn("And what about Lukoil?", "Mr. Putin said no."))
    found = words(condense(follow_up, history))
    assert found[-len(words(follow_up)) :] == words(follow_up)


def test_a_long_question_before_a_follow_up_is_cut() -> None:
    told = "I have a house by the sea that my aunt left me. " * 8
    assert condense("Is it taxed?", (Turn(f"{told}Who pays for storms?", "You."),)).endswith(
        "my aunt left me. Who pays for storms? Is it taxed?"
    )
    endless = condense("Is it taxed?", (Turn("house " * 200, "Yes."),))
    assert endless.endswith("house … Is it taxed?")
    assert len(endless) < 300


@pytest.mark.parametrize(
    ("asked", "question", "answer", "name"),
    [
        ("What did he say?", "Who met Putin?", "Donald Trump met him.", "Donald Trump"),
        (
            "Was he right?",
            "Who denied it?",
            "Officials in the United States credit Marco Rubio, the envoy.",
            "Marco Rubio",
        ),
        ("How old is she?", "Who runs the Louvre?", "Laurence des Cars, the director, said no.", "Laurence des Cars"),
        ("What did she say?", "Who valued the jewels?", "In May Ms. Beccuau gave the value of the loss.", "Beccuau"),
        ("Where is it based?", "Which company owns the mine?", "It was sold to Glencore in 2019.", "Glencore"),
        ("Who runs that company?", "Which company owns the mine?", "Miners at Rio Tinto own it.", "Rio Tinto"),
    ],
)
def test_who_was_answered_is_who_a_pronoun_means(asked: str, question: str, answer: str, name: str) -> None:
    assert condense(asked, (Turn(question, answer),)) == f"{question} {name} – {asked}"


@pytest.mark.parametrize(
    ("asked", "question", "answer"),
    [
        ("What did he say?", "Who met Putin?", REFUSAL),
        ("What did he say?", "Who met Putin?", "On Friday Putin met nobody."),
        ("Why did he object?", "Who dissented?", "The figure decides the next rise in Social Security payments."),
        ("When did it happen?", "Which jewels were stolen?", "Laurence des Cars called it a failure."),
        ("Was he right?", "What is a polder?", "Land won from the sea, said Marco Rubio."),
        ("How many were there?", "Who came?", "Marco Rubio, the envoy, and his staff."),
    ],
)
def test_a_name_that_may_be_another_s_is_not_taken(asked: str, question: str, answer: str) -> None:
    assert condense(asked, (Turn(question, answer),)) == f"{question} {asked}"


def test_he_is_the_one_whom_the_articles_named(assistant: Assistant) -> None:
    first = assistant.answer("Who drove the policy shift?")
    found = assistant.answer("and what did he say to Lavrov?", [Turn(first.question, first.text)])
    assert found.searched == "Who drove the policy shift? Marco Rubio – and what did he say to Lavrov?"
    assert any("Lavrov" in hit.text for hit in found.hits[:3])


@pytest.mark.parametrize(
    ("earlier", "follow_up", "said"),
    [
        ("How many missiles does Ukraine want?", "How far can they fly?", "2,500 km"),
        ("Which jewels were stolen from the Louvre?", "How much were they worth?", "€88m"),
    ],
)
def test_a_follow_up_finds_what_it_does_not_find_alone(
    assistant: Assistant, earlier: str, follow_up: str, said: str
) -> None:
    first = assistant.answer(earlier)
    found = assistant.answer(follow_up, [Turn(earlier, first.text)])
    assert said in found.text
    alone = assistant.answer(follow_up)
    assert alone.refused or alone.text != found.text


def test_a_follow_up_about_another_is_answered_about_that_one(assistant: Assistant) -> None:
    first = assistant.answer("What did the Fed decide?")
    assert "ECB" in assistant.answer("And the ECB?", [Turn(first.question, first.text)]).text


def test_a_question_that_is_asked_again_is_not_put_before_itself() -> None:
    again = "How long is it?"
    assert condense(again, [Turn(again, "Not in these articles.")]) == again
    bridge = Turn("What is the new bridge in Lisbon called?", "It is called Ponte Nova.")
    assert condense(again, [bridge, Turn(again, "It is 412 metres long.")]) == condense(again, [bridge])
