import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import sentences


def cut(text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


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


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "de",
            ["Er kam am 3. Mai im 19. Jahrhundert an.", "Das ist z. B. Dr. Meier, d. h. niemand.", "Es endete 1848."],
        ),
        ("de", ["Er rief: „Komm!“", "Dann ging er.", "„Nun endlich.“", "2009 kam er wieder."]),
        ("de", ["Siehe www.Beispiel.de und Node.Js.", "• Ja, so.", "Heinrich II. Plantagenet starb."]),
        ("es", ["El Sr. Pérez llegó a EE. UU. ayer.", "¿Qué pasó?", "¡Nada!", "Vive cerca del río St. Johns."]),
        ("fr", ["M. Dupont est venu.", "Il a dit : « Oui. »", "Puis M. le Président partit."]),
        ("ru", ["В 2016 г. он приехал в г. Москву.", "А. С. Пушкин писал стихи.", "Он жил там."]),
        ("tr", ["Prof. Dr. Yılmaz 3. kez kazandı.", "II. Mehmet geldi.", "2012’de gitti."]),
    ],
)
def test_sentences_end_as_their_language_ends_them(language: str, expected: list[str]) -> None:
    assert cut(" ".join(expected), language) == expected


def test_chinese_sentences_end_without_a_space() -> None:
    expected = ["他说：“我来了！”", "2008年举行了奥运会。", "谁赢了？"]
    assert cut("".join(expected), "zh") == expected


def test_a_line_end_ends_a_sentence_and_a_list_mark_is_none_of_it_in_any_language() -> None:
    assert cut("Punkte:\n• Ein erster\n- Ein zweiter. Und mehr.\n1. Einleitung", "de") == [
        "Punkte:",
        "Ein erster",
        "Ein zweiter.",
        "Und mehr.",
        "1. Einleitung",
    ]


def test_english_sentences_end_as_where_no_language_is_known() -> None:
    text = "He met Gov. Dunleavy in the U.S. state. It is 3. May he come? No. 10 is here.When it ended, he left."
    assert cut(text, "en") == cut(text)


_OFTEN = st.sampled_from(
    [*". … ! ? 。 ” “ » « ( ) ' ’ \n".split(" "), ". ", "A.", "3. ", "z. B. ", "\U0001f600", "ا؟ "]
)


@given(
    st.text() | st.lists(_OFTEN).map("".join), st.sampled_from([None, "de", "es", "ru", "tr", "zh", "ar", "th", "xx"])
)
def test_every_character_but_white_space_lies_in_exactly_one_sentence(text: str, language: str | None) -> None:
    spans = sentences(text, language)
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    left_out = text
    for start, end in reversed(spans):
        left_out = left_out[:start] + left_out[end:]
    assert not re.sub("[•‣◦▪*–—-]", "", left_out).strip()
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
