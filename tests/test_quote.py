import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.check.citations import holds, verify
from assistant.language.context import points_back
from assistant.read.evidence import Evidence
from assistant.write.quote import quote
from index.text.sentences import sentences
from index.types import Article


def article(text: str, id_: str = "a") -> Article:
    return Article(id=id_, title="T", text=text, content_hash="h")


def ranked(source: Article, *probabilities: float) -> list[Evidence]:
    found = zip(sentences(source.text), probabilities, strict=True)
    return sorted((Evidence(source, *span, p) for span, p in found), key=lambda e: -e.probability)


def texts(found: list[Evidence], threshold: float = 0.1) -> list[str]:
    return [claim.text for claim in quote(found, threshold)]


def quotes(found: list[Evidence], threshold: float = 0.1) -> list[list[str]]:
    return [[citation.quote for citation in claim.citations] for claim in quote(found, threshold)]


# ---- What is shown, and in which order ----


def test_nothing_is_quoted_when_no_sentence_reaches_the_threshold() -> None:
    assert texts(ranked(article("One fact. Two facts."), 0.05, 0.09)) == []


def test_the_best_claim_comes_first_and_the_others_by_rank() -> None:
    source = article("One fact. Two facts. Three facts. Four facts. Five facts.")
    assert texts(ranked(source, 0.5, 0.0, 0.6, 0.0, 0.9)) == ["Five facts.", "Three facts.", "One fact."]


def test_a_claim_that_goes_on_where_a_shown_one_ends_is_shown_next_to_it() -> None:
    one, other = article("Rates fell. Shares rose."), article("Oil gained.", "b")
    assert texts(sorted([*ranked(one, 0.9, 0.6), *ranked(other, 0.8)], key=lambda e: -e.probability)) == [
        "Rates fell.",
        "Shares rose.",
        "Oil gained.",
    ]


def test_a_sentence_far_behind_the_best_is_left_out() -> None:
    assert texts(ranked(article("One fact. Two facts."), 0.9, 0.25)) == ["One fact."]


def test_no_more_than_three_claims_and_five_sentences_are_shown() -> None:
    many = article("One fact. Two facts. Three facts. Four facts. Five facts.")
    assert len(texts(ranked(many, 0.9, 0.9, 0.9, 0.9, 0.9))) == 3
    people = "Kim Berg ran it. She won. She left.\n\nOddo. Al Roth ran it. He won. He left."
    found = quote(ranked(article(people), 0, 0, 0.9, 0, 0, 0, 0.8), 0.1)
    assert [claim.text for claim in found] == ["Kim Berg ran it. She won. She left."]


def test_the_same_sentence_in_two_articles_is_quoted_once() -> None:
    one, copy = article("The storm killed 14 people."), article("The storm  killed 14 people.", "b")
    assert texts([*ranked(one, 0.9), *ranked(copy, 0.9)]) == ["The storm killed 14 people."]


def test_a_key_point_gives_way_to_the_sentence_it_was_made_from() -> None:
    source = article("• Rubio's role in it.\n\nOfficials credit Rubio with the shift.")
    assert texts(ranked(source, 0.8, 0.9)) == ["Officials credit Rubio with the shift."]


# ---- A claim stands alone ----


def test_a_sentence_and_the_one_that_names_somebody_are_one_claim_with_one_quote() -> None:
    source = article("It rained. Kim Berg leads the bank.\nShe was born in Oslo.")
    assert texts(ranked(source, 0.0, 0.0, 0.9)) == ["Kim Berg leads the bank. She was born in Oslo."]
    assert quotes(ranked(source, 0.0, 0.0, 0.9)) == [["Kim Berg leads the bank.\nShe was born in Oslo."]]


def test_a_context_that_points_back_itself_brings_one_more_and_no_further() -> None:
    source = article("Kim Berg won. She ran. She sang. She slept.")
    assert texts(ranked(source, 0.0, 0.0, 0.9, 0.0)) == ["Kim Berg won. She ran. She sang."]
    assert texts(ranked(source, 0.0, 0.0, 0.0, 0.9)) == ["She ran. She sang. She slept."]


def test_over_a_heading_the_one_who_is_meant_is_a_quote_of_its_own() -> None:
    source = article("Kim Berg leads the bank.\n\nEarly life\n\nShe was born in Oslo.")
    [claim] = verify(quote(ranked(source, 0.0, 0.0, 0.9), 0.1))
    assert claim.text.split("\n") == ["Kim Berg leads the bank.", "She was born in Oslo."]
    assert [citation.quote for citation in claim.citations] == claim.text.split("\n")
    assert claim.status == "supported"


def test_over_a_heading_a_noun_does_not_look_back() -> None:
    source = article("The target is 2 per cent.\n\nThe balance sheet\n\nThe committee stopped selling bonds.")
    assert texts(ranked(source, 0.0, 0.0, 0.9)) == ["The committee stopped selling bonds."]


def test_claims_that_overlap_become_one() -> None:
    source = article("Kim Berg leads the bank. She was born in Oslo. She is 44.")
    assert quotes(ranked(source, 0.6, 0.7, 0.9)) == [["Kim Berg leads the bank. She was born in Oslo. She is 44."]]


@given(st.lists(st.sampled_from("He ran.|Al won.|Title|\n\n|She denied it.|• Its end|“Why?”| ".split("|")), min_size=1))
def test_whatever_is_chosen_every_quote_is_exact_and_no_sentence_is_shown_twice(parts: list[str]) -> None:
    source = article(" ".join(parts))
    spans = sentences(source.text)
    found = verify(quote([Evidence(source, *span, 0.5) for span in spans], 0.1))
    citations = [citation for claim in found for citation in claim.citations]
    assert all(holds(citation) for citation in citations)
    places = sorted((citation.start, citation.end) for citation in citations)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(places))
    assert {claim.status for claim in found} <= {"supported"}
    assert sum(not claim.denies for claim in found) <= 3


@pytest.mark.parametrize(
    "back",
    [
        "He said so.",
        "But he refused.",
        "But she left.",
        "“He is a good man,” Berg said.",
        "It cost $4.",
        "It was forced to close.",
        "The company rose.",
        "Those were sold.",
        "Both men agreed.",
        "The two countries signed.",
        "All three were then at Berkeley.",
        "One of them fled.",
        "The 44-year-old was held.",
        "The other, aged 39, was held.",
        "That decision cost votes.",
        "After his resignation, he moved to Oslo.",
        "In a message that evening he thanked them.",
        "On Oct. 15 it listed both companies.",
        "A day later he met Zelensky.",
        "The thieves would never get that sum, she warned.",
        "The bank denied this claim.",
        "According to the same reports, land was offered.",
        "Long-term ones may run on.",
    ],
)
def test_a_sentence_that_opens_on_somebody_named_before_points_back(back: str) -> None:
    assert points_back(back)


@pytest.mark.parametrize(
    "alone",
    [
        "Those who fled went west.",
        "It is rare for a bank to fail.",
        "It is clear that the bank failed.",
        "It is not yet known whether the bank failed.",
        "This week, Rubio met him.",
        "That same night the police held five people.",
        "Both Rubio and Witkoff came.",
        "Both the bank and the union agreed.",
        "The Bank of England held.",
        "The Bank now thinks so.",
        "The report by the IMF said so.",
        "In August 1911 an Italian workman walked out with the painting.",
        "After Berg resigned, he moved to Oslo.",
        "On Monday Berg said he would go.",
        "Mr. Berg said he would go.",
    ],
)
def test_a_sentence_that_names_what_it_is_about_stands_alone(alone: str) -> None:
    assert not points_back(alone)
