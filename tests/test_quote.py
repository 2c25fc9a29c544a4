import pytest

from assistant.evidence import Evidence
from assistant.quote import points_back, quote
from index.article import Article
from index.sentences import sentences


def article(text: str, id_: str = "a") -> Article:
    return Article(id=id_, title="T", text=text, content_hash="h")


def ranked(source: Article, *probabilities: float) -> list[Evidence]:
    found = zip(sentences(source.text), probabilities, strict=True)
    return sorted((Evidence(source, *span, p) for span, p in found), key=lambda e: -e.probability)


def texts(found: list[Evidence], threshold: float = 0.1) -> list[str]:
    return [claim.text for claim in quote(found, threshold)]


def test_nothing_is_quoted_when_no_sentence_reaches_the_threshold() -> None:
    assert texts(ranked(article("One fact. Two facts."), 0.05, 0.09)) == []


def test_sentences_are_quoted_in_reading_order() -> None:
    assert texts(ranked(article("One fact. Two facts. Three facts."), 0.5, 0.0, 0.9)) == ["One fact.", "Three facts."]


def test_a_sentence_far_behind_the_best_is_left_out() -> None:
    assert texts(ranked(article("One fact. Two facts."), 0.9, 0.3)) == ["One fact."]


def test_context_skips_headings_and_goes_back_to_the_sentence_that_names_somebody() -> None:
    source = article("Kim Berg leads the bank.\n\nEarly life\n\nShe was born in Oslo.")
    assert texts(ranked(source, 0.0, 0.0, 0.9)) == ["Kim Berg leads the bank.", "She was born in Oslo."]


def test_the_same_sentence_in_two_articles_is_quoted_once() -> None:
    one, copy = article("The storm killed 14 people."), article("The storm  killed 14 people.", "b")
    assert texts([*ranked(one, 0.9), *ranked(copy, 0.9)]) == ["The storm killed 14 people."]


def test_a_key_point_gives_way_to_the_sentence_it_was_made_from() -> None:
    source = article("• Rubio's role in it.\n\nOfficials credit Rubio with the shift.")
    assert texts(ranked(source, 0.8, 0.9)) == ["Officials credit Rubio with the shift."]


@pytest.mark.parametrize(
    "back", ["He said so.", "But she left.", "It cost $4.", "The company rose.", "Those were sold."]
)
def test_a_sentence_that_opens_on_somebody_named_before_points_back(back: str) -> None:
    assert points_back(back)


@pytest.mark.parametrize(
    "alone",
    [
        "Those who fled went west.",
        "It is rare for a bank to fail.",
        "This week, Rubio met him.",
        "Both Rubio and Witkoff came.",
        "The Bank of England held.",
        "The report by the IMF said so.",
    ],
)
def test_a_sentence_that_names_what_it_is_about_stands_alone(alone: str) -> None:
    assert not points_back(alone)
