"""Conversations on disk: nothing that was said changes or is lost, whatever happens to the index or the process."""

import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.errors import BadConversations
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from assistant.types import REFUSAL, Answer, Exchange
from index import Index
from tests.conftest import MakeIndex

QUESTION = "Which jewels were stolen from the Louvre?"
START = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(tmp_path: Path, clock: Clock) -> Conversations:
    return Conversations(tmp_path / "kept" / "conversations.db", now=clock)


def refused(question: str) -> Answer:
    return Answer(question, question, REFUSAL, (), (), True, ())


def said(kept: Conversations, *questions: str, owner: str = "") -> str:
    heading = kept.begin(questions[0], owner)
    for question in questions:
        kept.keep(heading.id, Exchange(question, refused(question)), owner)
    return heading.id


def test_an_answer_comes_back_as_it_was_also_after_its_articles_have_gone(
    folder: Path, make_index: MakeIndex, kept: Conversations
) -> None:
    home = make_index(folder)
    answer = Assistant(Settings(home=home)).answer("How long is the footbridge?")
    assert answer.citations
    id_ = kept.begin(answer.question).id
    asked = kept.keep(id_, Exchange(answer.question))
    kept.keep(id_, dataclasses.replace(asked, answer=answer))
    index = Index(home)
    index.remove([article.id for article in index.catalog.articles()])
    (back,) = Conversations(kept.file).exchanges(id_)
    assert back.answer == answer


def test_a_question_is_kept_before_it_is_answered_and_an_error_too(kept: Conversations) -> None:
    id_ = kept.begin("why?").id
    asked = kept.keep(id_, Exchange("why?"))
    assert kept.exchanges(id_) == [asked]
    kept.keep(id_, dataclasses.replace(asked, error="Nothing is indexed."))
    assert [exchange.error for exchange in kept.exchanges(id_)] == ["Nothing is indexed."]


def test_the_list_begins_with_the_conversation_last_added_to(kept: Conversations) -> None:
    first, second = said(kept, "first?"), said(kept, "second?")
    assert [heading.id for heading in kept.headings()] == [second, first]
    kept.keep(first, Exchange("more?"))
    assert [heading.id for heading in kept.headings()] == [first, second]
    assert [heading.id for heading in kept.headings(limit=1, offset=1)] == [second]
    assert kept.count() == 2


def test_a_search_looks_in_titles_questions_and_answers_and_takes_no_sign_as_a_pattern(kept: Conversations) -> None:
    rates = said(kept, "What did the Fed decide?", "And the 100% tariff?")
    jewels = said(kept, "Who stole the jewels?")
    kept.rename(jewels, "Louvre")
    assert [heading.id for heading in kept.headings(search="TARIFF fed")] == [rates]
    assert [heading.id for heading in kept.headings(search="louvre")] == [jewels]
    assert len(kept.headings(search="not in these articles")) == 2
    assert [heading.id for heading in kept.headings(search="100%")] == [rates]
    assert kept.headings(search="%") == kept.headings(search="100%")
    assert kept.headings(search="_") == []


def test_a_title_is_the_first_question_until_it_is_renamed(kept: Conversations) -> None:
    id_ = said(kept, "x" * 500)
    assert len(kept.headings()[0].title) <= 80
    kept.rename(id_, "  ")
    assert kept.headings()[0].title.startswith("xxx")
    kept.rename(id_, "Jewels")
    assert kept.headings()[0].title == "Jewels"


def test_a_deleted_conversation_can_be_brought_back_for_a_day_and_is_gone_after_it(
    kept: Conversations, clock: Clock
) -> None:
    id_ = said(kept, "why?")
    kept.delete(id_)
    assert (kept.headings(), kept.exchanges(id_), kept.count()) == ([], [], 0)
    kept.restore(id_)
    assert len(kept.exchanges(id_)) == 1
    kept.delete(id_)
    clock.now += timedelta(days=2)
    said(kept, "another?")
    kept.restore(id_)
    assert kept.heading(id_) is None


def test_articles_go_with_the_last_conversation_that_rests_on_them(
    assistant: Assistant, kept: Conversations, clock: Clock
) -> None:
    answer = assistant.answer(QUESTION)
    first, second = kept.begin(QUESTION).id, kept.begin(QUESTION).id
    for id_ in (first, second):
        kept.keep(id_, Exchange(QUESTION, answer))
    kept.delete(first)
    clock.now += timedelta(days=2)
    said(kept, "sweep?")
    assert kept.exchanges(second)[0].answer == answer
    kept.delete(second)
    clock.now += timedelta(days=2)
    said(kept, "sweep again?")
    with sqlite3.connect(kept.file) as database:
        assert database.execute("SELECT count(*) FROM articles").fetchone() == (0,)


def test_a_question_asked_anew_takes_its_place_and_what_followed_goes(kept: Conversations) -> None:
    id_ = said(kept, "one?", "two?", "three?")
    kept.cut(id_, kept.exchanges(id_)[1:])
    kept.keep(id_, Exchange("two, better?"))
    assert [exchange.question for exchange in kept.exchanges(id_)] == ["one?", "two, better?"]


def test_nobody_reads_or_changes_the_conversations_of_another(kept: Conversations) -> None:
    id_ = said(kept, "secret?", owner="ada")
    (mine,) = kept.exchanges(id_, "ada")
    kept.rename(id_, "seen", "bob")
    kept.delete(id_, "bob")
    kept.cut(id_, [mine], "bob")
    assert kept.headings("bob") == []
    assert kept.exchanges(id_, "bob") == []
    assert kept.heading(id_, "bob") is None
    with pytest.raises(BadConversations):
        kept.keep(id_, Exchange("mine now?"), "bob")
    assert kept.exchanges(id_, "ada") == [mine]
    assert kept.headings("ada")[0].title == "secret?"


def test_an_address_cannot_be_guessed(kept: Conversations) -> None:
    ids = {kept.begin("why?").id for _ in range(50)}
    assert len(ids) == 50
    assert min(map(len, ids)) >= 20


def test_two_that_have_it_open_add_to_one_conversation_and_nothing_is_lost(kept: Conversations) -> None:
    id_ = said(kept, "one?")
    Conversations(kept.file).keep(id_, Exchange("two?"))
    kept.keep(id_, Exchange("three?"))
    assert [exchange.question for exchange in kept.exchanges(id_)] == ["one?", "two?", "three?"]


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(BadConversations, match=r"c\.db cannot be read"):
        Conversations(tmp_path / "c.db").headings()


def test_what_another_tab_has_added_is_not_cut(kept: Conversations) -> None:
    id_ = said(kept, "one?")
    seen = kept.exchanges(id_)
    kept.keep(id_, Exchange("two?"))
    kept.cut(id_, seen)
    assert [exchange.question for exchange in kept.exchanges(id_)] == ["two?"]


def test_a_deleted_conversation_comes_back_when_somebody_goes_on_with_it(kept: Conversations) -> None:
    id_ = said(kept, "one?")
    kept.delete(id_)
    kept.keep(id_, Exchange("two?"))
    assert len(kept.exchanges(id_)) == 2


def test_a_search_knows_the_small_letters_of_other_alphabets(kept: Conversations) -> None:
    said(kept, "Was plant Österreich?")
    assert len(kept.headings(search="österreich")) == 1


def test_an_answer_that_cannot_be_read_is_named(kept: Conversations) -> None:
    id_ = said(kept, "one?")
    with sqlite3.connect(kept.file) as database:
        database.execute("UPDATE exchanges SET answer = '{\"format\": 2}'")
    with pytest.raises(BadConversations, match="format 2"):
        kept.exchanges(id_)
