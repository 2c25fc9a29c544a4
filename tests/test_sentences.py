import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["On Aug. 15 Mr. Trump met Gov. Dunleavy in the U.S. state.", "He left at 5 p.m. Friday."],
        ["It happened in the U.S.", "The deal was signed by U.S. President Joe Biden."],
        ["Shares of Apple Inc. rose 4.25 per cent.", "The company is worth $3.5bn."],
        ["J. K. Rowling and Donald J. Trump wrote to No. 10.", "There was no answer."],
        ['"It is over!" she said.', "Nobody laughed."],
        ["Who won?", "We did!", "Really..."],
        ["He was born c. 1950 in Washington, D.C., and moved.", "That was it."],
        ["Plan B.", "The end."],
        [
            "He studied modern art.",
            "The museum opened in 1990.",
            "Its wall is 10 ft.",
            "She is a sales rep.",
            "He left.",
        ],
        ["Rep. Smith met Gen. Jones on Aug. 5.", "See Fig. 3 and Vol. 2.", "In Sept. 2019 it rained."],
        ["今日は晴れ。", "明日は雨！"],
        ["यह पहला है।", "यह दूसरा है।"],
    ],
)
def test_a_text_is_cut_into_the_sentences_a_reader_sees(expected: list[str]) -> None:
    joiner = "" if ord(expected[0][0]) > 0x3000 else " "
    assert cut(joiner.join(expected)) == expected


def test_a_list_item_is_a_sentence_without_its_mark() -> None:
    assert cut("Points:\n• A first one.\n- A second one") == ["Points:", "A first one.", "A second one"]


def test_a_missing_space_after_a_closing_quote_does_not_join_two_sentences() -> None:
    assert cut('The success of Envoy Witkoff."Despite the difficulties, he went.') == [
        'The success of Envoy Witkoff."',
        "Despite the difficulties, he went.",
    ]


def test_a_missing_space_after_a_figure_does_not_join_two_sentences() -> None:
    assert cut("Shares rose 5%.Analysts were glad. It closed in 2019.The owner left.") == [
        "Shares rose 5%.",
        "Analysts were glad.",
        "It closed in 2019.",
        "The owner left.",
    ]


def test_a_missing_space_after_a_full_stop_does_not_join_two_sentences() -> None:
    assert cut("It is the stance of the Markets.com platform.When considering shares, beware.") == [
        "It is the stance of the Markets.com platform.",
        "When considering shares, beware.",
    ]


@pytest.mark.parametrize("whole", ["He uses Node.Js daily.", "The U.S.A team won.", "See example.Com for more."])
def test_a_name_with_a_full_stop_in_it_stays_whole(whole: str) -> None:
    assert cut(whole) == [whole]


@given(st.text())
def test_every_character_but_white_space_lies_in_exactly_one_sentence(text: str) -> None:
    spans = sentences(text)
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    left_out = text
    for start, end in reversed(spans):
        left_out = left_out[:start] + left_out[end:]
    assert not re.sub("[•‣◦▪*–—-]", "", left_out).strip()
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
