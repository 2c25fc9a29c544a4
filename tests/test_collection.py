"""Questions about the collection are answered from the catalog, and a greeting is answered like one."""

from datetime import date
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.cli import main
from assistant.question.collection import about_articles, is_talk
from assistant.render.text import marked
from assistant.settings import Settings
from assistant.types import Turn
from index import Index, sync
from tests.conftest import MakeIndex


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who wrote the article about the Louvre theft?", "“Seven arrests, no jewels: the Louvre theft so far” was"),
        ("Who is the author of “Seven arrests, no jewels: the Louvre theft so far”?", "written by Newsroom"),
        ("When was the story on Tomahawks published?", "by World Desk on 20 October 2025"),
        ("How many articles are there?", "There are 11 articles."),
        ("how many articles do you have", "There are 11 articles."),
        ("the newest article", "“Why Frankfurt and London waited while the Fed cut”"),
        ("What is the oldest article?", "“Three hours in Anchorage, and no ceasefire”"),
        ("What is the latest story about Gaza?", "“The envoys who carried the Gaza truce, and what is left to do”"),
        ("Which articles do I have about oil sanctions?", "Oil jumps as refiners look for a way around Rosneft"),
        ("Which articles were published by the Europe Desk?", "There are 2 articles from Europe Desk:"),
        ("How many articles mention Rubio?", "There are 4 articles that mention Rubio:"),
        ("Which publishers are there?", "World Desk (4)"),
        ("articles from October 2025", "There are 9 articles from 1 October 2025 to 31 October 2025:"),
        ("Show me the article about the Nobel prize", "“Nobel physics prize goes to a quantum effect"),
        ("who published the story on the Nobel prize", "was published by Science Desk on 8 October 2025"),
        ("list everything from the Markets Desk", "There are 3 articles from Markets Desk:"),
        ("Which articles came out in August 2025?", "There is 1 article from 1 August 2025 to 31 August 2025:"),
        (
            "What was published from Oct. 20 to Oct. 24?",
            "There are 4 articles from 20 October 2025 to 24 October 2025:",
        ),
        ("show me the articles from November", "There is 1 article from 1 November 2025 to 30 November 2025:"),
        ("Anything about climate change?", "“A record year for heat, and for carbon dioxide”"),
        ("how many of the articles are from the world desk?", "There are 4 articles from World Desk"),
        ("In which articles does Jared Kushner come up?", "“The envoys who carried the Gaza truce"),
        ("the two latest articles", "There are 2 articles:"),
        ("Science Desk: what have they published so far?", "“Nobel physics prize goes to a quantum effect"),
        ("Was anything published on 24 October 2025?", "There are 2 articles of 24 October 2025:"),
        ("the Louvre article: date and publisher please", "was published by Europe Desk on 31 October 2025"),
        ("any articles on the football world cup?", "There are no articles about the football world cup."),
        ("who wrote the article about the moon landing", "There are no articles about the moon landing."),
    ],
)
def test_the_catalog_answers_what_is_asked_of_the_collection(question: str, said: str, assistant: Assistant) -> None:
    found = assistant.answer(question)
    assert said in found.text
    assert (found.kind, found.refused) == ("collection", False)
    for citation in found.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote


def test_each_article_that_is_named_is_cited_with_its_opening(assistant: Assistant) -> None:
    found = assistant.answer("Which articles do I have about oil sanctions?")
    first, *named = found.claims
    assert not first.citations
    assert [len(claim.citations) for claim in named] == [1] * len(named)
    assert [one.number for one in found.citations] == list(range(1, len(named) + 1))
    for claim, citation in zip(named, found.citations, strict=True):
        assert f"“{citation.article.title}”" in claim.text


def test_where_no_article_is_of_that_time_it_says_of_which_times_there_are(assistant: Assistant) -> None:
    found = assistant.answer("Which articles are from May 2024?")
    assert found.text == (
        "There are no articles from 1 May 2024 to 31 May 2024; those here are from 19 August 2025 to 7 November 2025."
    )


def test_where_no_article_is_about_something_it_says_so(assistant: Assistant) -> None:
    found = assistant.answer("Which articles do you have about penguins?")
    assert (found.text, found.citations) == ("There are no articles about penguins.", ())


def test_filters_hold_for_questions_about_the_collection(assistant: Assistant) -> None:
    assert assistant.answer("How many articles are there?", publishers=["World Desk"]).text.startswith(
        "There are 4 articles from World Desk"
    )
    assert "19 August" not in assistant.answer("What is the oldest article?", since=date(2025, 10, 1)).text


def test_an_article_that_names_no_author_and_no_day_says_so(make_index: MakeIndex, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bridge.md").write_text("# The bridge of Elm\n\nThe bridge is closed.\n", encoding="utf-8")
    one = Assistant(Settings(home=make_index(tmp_path / "articles")))
    assert one.answer("Who wrote the article about the bridge?").text == "“The bridge of Elm” names no author."
    assert "says no day" in one.answer("When was the article about the bridge published?").text
    assert one.answer("How many articles are there?").text == "There is 1 article."


def test_of_many_articles_the_first_are_named_and_all_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(24):
        text = f"---\ntitle: Harbour notes {n}\ndate: 2024-03-{n + 1:02}\n---\n\nThe tide came in at noon, day {n}.\n"
        (folder / f"{n}.md").write_text(text, encoding="utf-8")
    home = tmp_path / "home-of-many"
    sync(Index(home), [folder])
    found = Assistant(Settings(home=home)).answer("List all articles")
    assert found.text.startswith(
        "There are 24 articles, of which 20 are named here: “Harbour notes 23” (24 March 2024)."
    )
    assert len(found.citations) == 20


@pytest.mark.parametrize(
    "question",
    [
        "What did the report say about carbon?",
        "Which articles of the treaty were broken?",
        "Which article in the Spanish constitution gives the monarch the right to ask for a referendum?",
        "How many pieces of art were funded?",
        "What are France's two most prestigious newspapers?",
        "Which two national newspapers are located in New York?",
        "When did some of the darker post-punk bands start to appear?",
        "Who discovered that people reading newspapers resulted in higher accountability?",
        "What can you do with the loan?",
        "What is the article about the Nobel prize about?",
        "What did the World Desk report about sanctions?",
        "Did anything happen on October 19?",
    ],
)
def test_questions_about_what_articles_say_are_not_taken_for_ones_about_the_collection(question: str) -> None:
    found = about_articles(question, ["World Desk", "Time"], date(2026, 1, 5))
    assert found is None or not found.sure
    assert not is_talk(question)


def test_a_title_that_no_article_has_is_asked_of_the_articles(assistant: Assistant) -> None:
    assert assistant.answer("Who wrote “The Cruise of the North Star”?").kind == "articles"


@pytest.mark.parametrize("question", ["Who wrote the article?", "When was this story published?", "Who wrote “art”?"])
def test_an_article_that_is_not_told_from_others_is_not_guessed(question: str, assistant: Assistant) -> None:
    assert assistant.answer(question).kind == "articles"


@pytest.mark.parametrize("said", ["Hi", "hello, how are you?", "Thanks!", "What can you do?", "help", "ok"])
def test_small_talk_is_answered_with_what_can_be_asked_here(said: str, assistant: Assistant) -> None:
    found = assistant.answer(said)
    assert found.kind == "talk"
    assert not found.refused
    assert "11 articles" in found.text
    offered = assistant.examples()[:2]
    assert all(question in found.text for question in offered)
    assert all(not assistant.answer(question).refused for question in offered)


def test_a_question_after_small_talk_is_no_follow_up_to_it(assistant: Assistant) -> None:
    hello = assistant.answer("Hi")
    found = assistant.answer("Who drove the policy shift?", [Turn("Hi", hello.text)])
    assert found.searched == "Who drove the policy shift?"
    assert found.kind == "articles"


def test_listed_articles_have_a_line_each_in_the_terminal_and_as_text(
    seed_home: Path, assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["ask", "Which articles were published by the Europe Desk?", "--home", str(seed_home)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "There are 2 articles from Europe Desk:"
    assert [line[0] for line in lines[1 : lines.index("Sources")] if "”" in line] == ["“", "“"]
    text = marked(assistant.answer("Which articles were published by the Europe Desk?"))
    assert text.splitlines()[0] == lines[0]
    assert len(text.splitlines()) == 3
