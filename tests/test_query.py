"""Reading a question: what its words weigh, what it matches, what it names."""

import dataclasses
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from assistant.answer import Assistant
from assistant.evidence import FEATURES, Ranker, Weights, by_evidence, stands_out
from assistant.query import read_query, telling
from assistant.retrieve import HybridRetriever
from assistant.words import names


def test_a_question_comes_nearest_to_the_passage_that_answers_it(assistant: Assistant) -> None:
    query = read_query(assistant.index, "Which jewels were stolen from the Louvre?")
    hits = HybridRetriever(assistant.index, limit=40).hits(query)
    late = query.late(query.matched(assistant.index, hits)).tolist()
    assert "Louvre" in hits[int(np.argmax(late))].article.title
    assert all(-1 <= score <= 1.1 for score in late)


def test_a_rare_word_weighs_more_than_a_common_one_and_an_earlier_question_less(assistant: Assistant) -> None:
    rarities = read_query(assistant.index, "Did the president mention Tomahawk missiles?").rarities
    assert min(rarities["tomahawk"], rarities["missiles"]) > rarities["president"]
    follow_up = "Who sanctioned Rosneft? And what about Lukoil?"
    leaning = read_query(assistant.index, follow_up, "And what about Lukoil?").rarities
    assert leaning["lukoil"] > 1.5 * leaning["rosneft"]
    alone = read_query(assistant.index, follow_up).rarities
    assert alone["lukoil"] < 1.5 * alone["rosneft"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who won the Nobel Prize in Chemistry in 2025?", ["nobel", "prize", "chemistry", "2025"]),
        ("When did Rubio's call take place?", ["rubio"]),
        ("Why did it happen?", []),
        ("what did the fed decide", []),
    ],
)
def test_names_and_numbers_of_a_question_are_told_from_other_words(question: str, expected: list[str]) -> None:
    assert names(question) == expected


def test_a_question_about_another_names_what_the_article_does_not(assistant: Assistant) -> None:
    index = assistant.index
    rates = next(one for one in index.catalog.articles() if "Federal Reserve" in one.text and one.published)
    assert not read_query(index, "What did the Federal Reserve decide?").names_another(rates)
    assert read_query(index, "What did the Federal Reserve say about Tuvalu?").names_another(rates)
    assert not read_query(index, f"What did {rates.publisher} report?").names_another(rates)
    dated = dataclasses.replace(rates, published=date(2019, 3, 4), text="Rates rose.", title="Rates")
    assert not read_query(index, "What rose in March 2019?").names_another(dated)


def test_a_plural_or_an_adjective_names_the_same(assistant: Assistant) -> None:
    article = next(assistant.index.catalog.articles())
    about = dataclasses.replace(article, title="Talks", text="The Russian envoy spoke of chemistry.", publisher=None)
    assert not read_query(assistant.index, "What did the Russians say about Chemistry?").names_another(about)


def test_hits_are_ordered_by_their_best_sentence(assistant: Assistant) -> None:
    query = read_query(assistant.index, "Which jewels were stolen from the Louvre?")
    found = HybridRetriever(assistant.index, limit=10).hits(query)
    ranked = Ranker(assistant.index, Weights.read()).rank(query, found)
    hits = by_evidence(found, ranked)
    assert {hit.passage.id for hit in hits} == {hit.passage.id for hit in found}
    assert hits[0].score == ranked[0].probability
    assert all(a.score >= b.score for a, b in pairwise(hits))


def test_what_is_lifted_less_is_thought_less_likely_and_the_best_lifted_stays_as_it_was(assistant: Assistant) -> None:
    query = read_query(assistant.index, "What was decided about interest rates?")
    found = HybridRetriever(assistant.index, limit=6).hits(query)
    ranker = Ranker(assistant.index, Weights.read())
    plain = {(e.article.id, e.start): e.probability for e in ranker.rank(query, found)}
    chosen = found[-1]
    lifted = ranker.rank(query, found, [float(hit == chosen) for hit in found])
    for evidence in lifted:
        inside = evidence.article.id == chosen.article.id
        inside = inside and chosen.passage.start <= evidence.start < chosen.passage.end
        before = plain[evidence.article.id, evidence.start]
        assert evidence.probability == pytest.approx(before) if inside else evidence.probability < before


def test_every_feature_has_a_weight_and_none_is_out_of_its_range(assistant: Assistant) -> None:
    assert len(Weights.read().features) == len(FEATURES)
    query = read_query(assistant.index, "Who drove the policy shift?")
    hits = HybridRetriever(assistant.index, limit=10).hits(query)
    candidates, rows = Ranker(assistant.index, Weights.read()).features(query, hits)
    assert rows.shape == (len(candidates), len(FEATURES))
    bounded = rows[:, : FEATURES.index("stands out")]
    assert bounded.min() > -1
    assert bounded.max() < 1.1


def test_a_sentence_can_stand_out_where_there_are_few_others() -> None:
    few, many = stands_out(np.array([0.9, 0.3])), stands_out(np.array([0.9, *[0.3] * 40]))
    assert 2 < few[0] < many[0]
    assert stands_out(np.array([0.9] * 3)).min() > 1
    assert stands_out(np.zeros(0)).size == 0


def test_the_commonest_words_are_not_searched_where_all_together_are_too_many() -> None:
    terms = ["officials", "rubio", "policy"]
    assert telling(terms, [9_000, 12, 7_000]) == terms
    assert telling(terms, [90_000, 12, 7_000]) == ["rubio", "policy"]
    assert telling(terms, [90_000, 50_000, 70_000]) == ["rubio"]
    assert telling([], []) == []
