import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.boosts import (
    GRACE_DAYS,
    HALF_LIFE_DAYS,
    NAMED_BOOST,
    NEWEST_BOOST,
    NO_BOOSTS,
    Boosts,
    boost_score,
    read_boosts,
)
from assistant.question.dates import Range, named_range
from index.types import Article

TODAY = date(2026, 3, 10)  # a Tuesday
PUBLISHERS = (
    "BBC",
    "Bloomberg",
    "Independent",
    "Nature",
    "People",
    "People’s Daily",
    "Reuters",
    "The Atlantic",
    "The Guardian",
    "The New York Times",
    "The Sun",
    "The Sunday Times",
    "The Times",
    "Time",
    "USA Today",
    "WHO",
    "World Desk",
)


def article(published: date | None = None, publisher: str | None = None) -> Article:
    return Article(id="a", title="Title", text="Text.", content_hash="0" * 64, published=published, publisher=publisher)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        # days
        ("What fell on Oct. 20?", "2025-10-20", "2025-10-20"),
        ("What did he say on 20 October 2025?", "2025-10-20", "2025-10-20"),
        ("What did he say on the 20th of October, 2025?", "2025-10-20", "2025-10-20"),
        ("Who spoke on October 20th, 2025, in Kyiv?", "2025-10-20", "2025-10-20"),
        ("Did they talk after the August summit?", "2025-08-01", "2025-08-31"),
        ("Who led before the 2024 election?", "2024-01-01", "2024-12-31"),
        ("What was built before the 1990s?", None, "1989-12-31"),
        ("What happened after the call of 16 October?", "2025-10-16", "2025-10-16"),
        ("What was decided on 2024-03-05?", "2024-03-05", "2024-03-05"),
        ("What closed on March 10?", "2026-03-10", "2026-03-10"),
        ("What closed on March 11?", "2025-03-11", "2025-03-11"),
        ("Who was born on Feb. 29?", "2024-02-29", "2024-02-29"),
        ("Who met on March 3-5, 2024?", "2024-03-03", "2024-03-05"),
        ("Who met from 3 to 5 March 2024?", "2024-03-03", "2024-03-05"),
        ("What happened on 5 may 2024?", "2024-05-05", "2024-05-05"),
        ("On Oct. 20, 1500 workers struck where?", "2025-10-20", "2025-10-20"),
        # months
        ("What happened in March 2024?", "2024-03-01", "2024-03-31"),
        ("What happened in March?", "2026-03-01", "2026-03-31"),
        ("What happened in April?", "2025-04-01", "2025-04-30"),
        ("What happened in mid-May?", "2025-05-01", "2025-05-31"),
        ("What happened in the second half of May?", "2025-05-01", "2025-05-31"),
        ("What was said in May last year?", "2025-05-01", "2025-05-31"),
        ("What happened last March?", "2025-03-01", "2025-03-31"),
        ("what happened in may", "2025-05-01", "2025-05-31"),
        ("who will march in May?", "2025-05-01", "2025-05-31"),
        ("In May 20 people died, but where?", "2025-05-01", "2025-05-31"),
        ("What rose in 2024-03?", "2024-03-01", "2024-03-31"),
        # years, seasons, decades
        ("What was banned in 2023?", "2023-01-01", "2023-12-31"),
        ("Who won in 1998?", "1998-01-01", "1998-12-31"),
        ("Who won the 2024 election?", "2024-01-01", "2024-12-31"),
        ("What did it earn at the end of 2023?", "2023-01-01", "2023-12-31"),
        ("Who scored in the 2023-24 season?", "2023-01-01", "2024-12-31"),
        ("What happened in the spring of 2024?", "2024-03-01", "2024-05-31"),
        ("What did they find in the fall of 2023?", "2023-09-01", "2023-11-30"),
        ("Where did it burn last summer?", "2025-06-01", "2025-08-31"),
        ("How cold was it this winter?", "2025-12-01", "2026-02-28"),
        ("How cold was the winter of 2024?", "2024-01-01", "2025-02-28"),
        ("What was built in the 1990s?", "1990-01-01", "1999-12-31"),
        # seen from today
        ("What happened yesterday?", "2026-03-09", "2026-03-09"),
        ("WHAT HAPPENED YESTERDAY?", "2026-03-09", "2026-03-09"),
        ("What happened the day before yesterday?", "2026-03-08", "2026-03-08"),
        ("What happened today?", "2026-03-10", "2026-03-10"),
        ("What happened this week?", "2026-03-09", "2026-03-15"),
        ("What happened last week?", "2026-03-02", "2026-03-08"),
        ("What happened last weekend?", "2026-03-07", "2026-03-08"),
        ("What happened this month?", "2026-03-01", "2026-03-31"),
        ("What happened last month?", "2026-02-01", "2026-02-28"),
        ("What happened this year?", "2026-01-01", "2026-12-31"),
        ("What happened last year?", "2025-01-01", "2025-12-31"),
        ("Who resigned in the past three weeks?", "2026-02-17", "2026-03-10"),
        ("What happened two days ago?", "2026-03-08", "2026-03-08"),
        ("What happened a year ago?", "2025-01-01", "2025-12-31"),
        # from and to
        ("What has changed since May?", "2025-05-01", None),
        ("What has changed since last week?", "2026-03-02", None),
        ("What was new from March on?", "2026-03-01", None),
        ("What was written before 2022?", None, "2021-12-31"),
        ("What happened after 20 October 2025?", "2025-10-21", None),
        ("What had to end by Nov. 21?", None, "2025-11-21"),
        ("What rose between March and May 2024?", "2024-03-01", "2024-05-31"),
        ("What was sold in November and February 2024?", "2023-11-01", "2024-02-29"),
        ("What rose from May 2024 to July?", "2024-05-01", "2024-07-31"),
        ("How did it change from 2019 to 2021?", "2019-01-01", "2021-12-31"),
        ("What was said after 2019 and before 2022?", "2020-01-01", "2021-12-31"),
        ("How did March 2024 compare with March 2023?", "2023-03-01", "2024-03-31"),
    ],
)
def test_a_date_becomes_a_range_of_days(question: str, since: str | None, until: str | None) -> None:
    found = read_boosts(question, PUBLISHERS, TODAY)
    assert (found.since and found.since.isoformat(), found.until and found.until.isoformat()) == (since, until)
    assert found
    assert not found.publishers


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What is a qubit?",
        "What may the court decide?",
        "May 5 people enter at once?",
        "Only 5 may enter, who?",
        "which country he lived in may join?",
        "What did Theresa May say?",
        "Was the deal made by May rejected?",
        "What happens in August Wilson's plays?",
        "Where did they march?",
        "What is the march of progress?",
        "Who came second?",
        "How long is a second?",
        "What did Jan find?",
        "Which 2,000 people marched?",
        "Which 2000 people marched?",
        "How many of the 2000 troops left?",
        "Who interviewed 1,400 voters?",
        "What was found in 1500 homes?",
        "Was it a study of 2018 patients?",
        "How rare is it, one in 2000?",
        "What cost $2024?",
        "What cost 2024.50 euros?",
        "Did it rise from 1500 to 3000 dollars?",
        "By how much did 2000 votes swing it?",
        "Who ran a mile at 2024 metres?",
        "Which firms make the Boeing 2000?",
        "What will be built by 2040?",
        "What will happen in 2040?",
        "What was found in the last year of the war?",
        "What caused this fall in prices?",
        "Where is the spring of the river?",
        "What did Mr. Sun say?",
        "Was the sat nav wrong?",
        "What did people do on Monday?",
        "Who was there 3000 years ago?",
        "What happened on Feb. 30?",
        "What did he write for India Today?",
        'Who sang "December, 1963"?',
        "What does it mean to have 20 / 20 vision?",
        "Who called 555-2024?",
        "What did 9/11 change?",
    ],
)
def test_what_only_looks_like_a_date_is_none(question: str) -> None:
    assert read_boosts(question, PUBLISHERS, TODAY) == NO_BOOSTS
    assert not NO_BOOSTS


@pytest.mark.parametrize(
    ("question", "publisher"),
    [
        ("Who won, according to Reuters?", "Reuters"),
        ("what did reuters report about kyiv?", "Reuters"),
        ("Why did Reuters say so?", "Reuters"),
        ("What was in The Guardian about it?", "The Guardian"),
        ("What was in the Guardian about it?", "The Guardian"),
        ("What did the BBC report?", "BBC"),
        ("what did the bbc report", "BBC"),
        ("What did the New York Times write?", "The New York Times"),
        ("what did the sunday times report", "The Sunday Times"),
        ("What did the Sunday Times find?", "The Sunday Times"),
        ("What does the People's Daily claim?", "People’s Daily"),
        ("Who won, according to Time?", "Time"),
        ("according to nature, what is dark matter?", "Nature"),
        ("What did Time magazine print?", "Time"),
        ("What was found in Nature?", "Nature"),
        ("What was reported by The Times?", "The Times"),
        ("What did the Sun report?", "The Sun"),
        ("What does the WHO say?", "WHO"),
        ("What did USA Today print?", "USA Today"),
        ("According to The Independent, who won?", "Independent"),
        ("What did World Desk write?", "World Desk"),
    ],
)
def test_a_publisher_is_recognised(question: str, publisher: str) -> None:
    assert read_boosts(question, PUBLISHERS, TODAY) == Boosts(publishers=(publisher,))


@pytest.mark.parametrize(
    "question",
    [
        "What time did it open?",
        "Was it published in time?",
        "How do plants live in nature?",
        "What do nature lovers want, according to nature lovers?",
        "Who said so, according to people in the room?",
        "How far is the Sun from Earth?",
        "How hot is it in the Sun?",
        "Which storms begin in the Atlantic?",
        "who is the legal guardian of the child",
        "Who won, according to independent experts?",
        "What did Michael Bloomberg say?",
        "What does Nature Conservancy buy?",
        "Who said what?",
        "what do people say?",
        "Which bbcode is used?",
    ],
)
def test_an_ordinary_word_is_no_publisher(question: str) -> None:
    assert read_boosts(question, PUBLISHERS, TODAY) == NO_BOOSTS


def test_two_publishers_are_both_meant_and_come_in_the_order_of_the_index() -> None:
    found = read_boosts("What did Reuters say that the BBC did not?", PUBLISHERS, TODAY)
    assert found.publishers == ("BBC", "Reuters")


def test_a_publisher_spelled_in_two_ways_is_meant_in_both() -> None:
    assert read_boosts("What did the Guardian say?", ["Guardian", "The Guardian"], TODAY).publishers == (
        "Guardian",
        "The Guardian",
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is the latest on Gaza?",
        "What's the latest?",
        "Look at the latest figures: what changed?",
        "What is the most recent estimate?",
        "Which is the newest member?",
        "Who leads the party now?",
        "Where does she currently live?",
        "What is today's price?",
        "How many have died so far?",
        "Who is the current president?",
        "Has anything changed recently?",
    ],
)
def test_a_question_asks_for_the_newest(question: str) -> None:
    assert read_boosts(question, PUBLISHERS, TODAY) == Boosts(newest=True)


@pytest.mark.parametrize(
    "question",
    [
        "Must it be paid by Friday at the latest?",
        "Who hosts The Latest on television?",
        "Who starred in Apocalypse Now?",
        "Now, who won?",
        "Who bought the now-defunct bank?",
        'Who said "the time is now"?',
        "Why is it so far from Paris?",
        "Why did they go so far?",
        "How strong is the current in the river?",
        "What did he know?",
    ],
)
def test_a_question_does_not_ask_for_the_newest(question: str) -> None:
    assert not read_boosts(question, PUBLISHERS, TODAY).newest


def test_hints_of_all_kinds_come_together() -> None:
    found = read_boosts("What is the latest that Reuters reported since May?", PUBLISHERS, TODAY)
    assert found == Boosts(("Reuters",), date(2025, 5, 1), None, newest=True)


def test_what_today_means_depends_on_the_day_that_is_given() -> None:
    question = "What happened last month?"
    assert named_range(question, date(2024, 3, 31)) == Range(date(2024, 2, 1), date(2024, 2, 29))
    assert named_range(question, date(2026, 1, 1)) == Range(date(2025, 12, 1), date(2025, 12, 31))


def test_without_a_hint_nothing_is_lifted() -> None:
    assert boost_score(article(TODAY, "Reuters"), NO_BOOSTS, TODAY) == 0


def test_an_article_of_the_publisher_is_lifted_and_another_is_not() -> None:
    wanted = Boosts(publishers=("Reuters", "BBC"))
    assert boost_score(article(publisher="BBC"), wanted, None) == NAMED_BOOST
    assert boost_score(article(publisher="Time"), wanted, None) == 0
    assert boost_score(article(), wanted, None) == 0


def test_an_article_from_the_range_is_lifted_and_one_from_soon_after_in_part() -> None:
    since, until = date(2025, 10, 1), date(2025, 10, 20)
    wanted = Boosts(since=since, until=until)
    assert boost_score(article(since), wanted, None) == boost_score(article(until), wanted, None) == NAMED_BOOST
    after = [boost_score(article(until + timedelta(days)), wanted, None) for days in range(GRACE_DAYS + 2)]
    assert after == sorted(after, reverse=True)
    assert after[1] > NAMED_BOOST * 0.9
    assert after[GRACE_DAYS] > 0
    assert after[GRACE_DAYS + 1] == boost_score(article(since - timedelta(1)), wanted, None) == 0


def test_a_range_may_be_open_on_one_side() -> None:
    day = date(2024, 1, 1)
    assert boost_score(article(date(2030, 1, 1)), Boosts(since=day), None) == NAMED_BOOST
    assert boost_score(article(date(1990, 1, 1)), Boosts(until=day), None) == NAMED_BOOST
    assert boost_score(article(date(1990, 1, 1)), Boosts(since=day), None) == 0


def test_the_newest_article_is_lifted_most_and_age_halves_it() -> None:
    wanted = Boosts(newest=True)
    assert boost_score(article(TODAY), wanted, TODAY) == NEWEST_BOOST
    assert boost_score(article(TODAY - timedelta(HALF_LIFE_DAYS)), wanted, TODAY) == pytest.approx(NEWEST_BOOST / 2)
    assert boost_score(article(TODAY + timedelta(1)), wanted, TODAY) == NEWEST_BOOST
    assert boost_score(article(TODAY), wanted, None) == 0


def test_an_article_without_a_date_gets_nothing_for_dates() -> None:
    assert boost_score(article(), Boosts(since=TODAY, until=TODAY, newest=True), TODAY) == 0


PIECES = st.sampled_from(
    "between and from to in on since before after until by the end of last this past spring winter fall May may March "
    "Oct. Feb. 29 30 3 5-7 2024 1998 2000 1500 2023-24 2024-02-30 1990s week year few ago today now latest , . ? ’s "
    "Reuters Time Nature The Sun according people 999 decades İ ß 0".split()
)


@given(st.lists(PIECES, max_size=25).map(" ".join) | st.text(max_size=80), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_question_is_read_and_its_range_is_the_right_way_round(question: str, today: date) -> None:
    found = read_boosts(question, PUBLISHERS, today)
    assert set(found.publishers) <= set(PUBLISHERS)
    if found.since:
        assert found.since <= (found.until or today)


@given(st.text(max_size=40), st.lists(st.text(max_size=4), max_size=4))
def test_a_publisher_may_be_called_anything(question: str, publishers: list[str]) -> None:
    assert set(read_boosts(question, ["The ", *publishers], TODAY).publishers) <= set(publishers)


@given(
    st.builds(Boosts, st.just(("BBC",)), st.none() | st.dates(), st.none() | st.dates(), newest=st.booleans()),
    st.builds(article, st.none() | st.dates(), st.sampled_from(["BBC", "Reuters", None])),
    st.none() | st.dates(),
)
def test_a_lift_is_bounded(wanted: Boosts, one: Article, newest: date | None) -> None:
    assert 0 <= boost_score(one, wanted, newest) <= 2 * NAMED_BOOST + NEWEST_BOOST


@pytest.mark.alone
def test_a_question_of_the_greatest_length_is_read_quickly() -> None:
    worst = 0.0
    for piece in (
        "March 5 and ",
        "from 1500 to ",
        "Time in ",
        "now ",
        "the last two ",
        "?! ",
        "   ",
        "so far 2024-",
        "a",
    ):
        start = time.perf_counter()
        read_boosts((piece * 2_000)[:2_000], PUBLISHERS, TODAY)
        worst = max(worst, time.perf_counter() - start)
    # Some 30 ms on a busy machine; the bound is there to notice when reading grows with the square of the length.
    assert worst < 0.5
