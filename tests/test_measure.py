"""The figures, on cases small enough to work out by hand."""

import dataclasses
from typing import Any

import pytest

from assistant.evaluate.metrics import FoundText, Response, Result, measure, token_f1
from assistant.evaluate.questions import Question
from assistant.evaluate.significance import compare, estimate
from index.types import Article

BRIDGE = Article(
    id="b1",
    title="A bridge opens",
    text="…",
    content_hash="0",
    url="https://example.org/bridge",
    path="/news/2024/bridge.md",
)
RAIL = Article(id="r1", title="Night trains return", text="…", content_hash="0", path="/news/2025/rail.md")
LENGTH = FoundText("It is 412 metres long.", BRIDGE)
TICKET = FoundText("A ticket costs 69 euros.", RAIL)
COST = FoundText("The city paid EUR 38 million for it.", BRIDGE)
ASKED = Question("How long is the bridge?", sentences=("It is 412 metres long.",))


def respond(*sentences: FoundText, passages: tuple[FoundText, ...] = (), refused: bool = False) -> Response:
    return Response(passages, sentences, refused, 10.0, 12.0)


def result(key: str, value: float | None, *, figure: str = "passage MRR", answerable: bool = True) -> Result:
    return Result(key, key, answerable, False, (), (), {figure: value})


def test_the_rank_of_the_first_passage_that_holds_the_sentence_counts() -> None:
    around = FoundText("It opened on March 3.  It is 412\nmetres long. It has no paint.", BRIDGE)
    values = measure(ASKED, respond(passages=(COST, TICKET, around, around))).values
    assert [values[f"passage@{n}"] for n in (1, 4, 10)] == [0.0, 1.0, 1.0]
    assert values["passage MRR"] == pytest.approx(1 / 3)
    assert measure(ASKED, respond(passages=(COST,))).values["passage MRR"] == 0.0


def test_a_sentence_counts_among_the_first_three_shown() -> None:
    values = measure(ASKED, respond(COST, LENGTH)).values
    assert (values["sentence@1"], values["sentence@3"], values["sentences shown"]) == (0.0, 1.0, 2.0)
    assert measure(ASKED, respond(COST, TICKET, COST, LENGTH)).values["sentence@3"] == 0.0


def test_what_is_shown_may_hold_the_sentence_or_be_a_long_piece_of_it() -> None:
    asked = Question("Who paid?", sentences=("The city paid EUR 38 million for it, he said.",))
    for text, right in [("The city paid EUR 38 million for it", 1.0), ("he said.", 0.0), ("The CITY paid nothing.", 0)]:
        assert measure(asked, respond(FoundText(text, BRIDGE))).values["sentence@1"] == right
    joined = FoundText("Well. The city paid  EUR 38 million for it, he said. So it is.", BRIDGE)
    assert measure(asked, respond(joined)).values["sentence@1"] == 1.0


def test_the_words_said_to_answer_are_compared_as_squad_does_and_a_refusal_is_right_where_there_is_no_answer() -> None:
    asked = Question("How long is the bridge?", answers=("412 metres", "412"))
    none = Question("Who painted it?", answerable=False)

    def figures(question: Question, answer: str | None) -> tuple[Any, Any]:
        values = measure(question, dataclasses.replace(respond(LENGTH), answer=answer)).values
        return values["answer EM"], values["answer F1"]

    assert figures(asked, "412 Metres") == (1.0, 1.0)
    assert figures(asked, "412 metres long") == pytest.approx((0.0, 4 / 5))
    assert figures(asked, "") == (0.0, 0.0)
    assert figures(none, "") == (1.0, 1.0)
    assert figures(none, "412 metres") == (0.0, 0.0)
    assert figures(asked, None) == (None, None)


def test_an_answer_string_counts_in_whole_words_whatever_its_case() -> None:
    def first(answer: str) -> float | None:
        return measure(Question("How much?", answers=(answer,)), respond(COST)).values["sentence@1"]

    assert [first("eur 38  MILLION"), first("38"), first("3"), first("8 million")] == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("bridge.md", 1.0),
        ("2024/bridge.md", 1.0),
        ("/news/2024/bridge.md", 1.0),
        ("https://example.org/bridge", 1.0),
        ("a bridge OPENS", 1.0),
        ("ridge.md", 0.0),
        ("rail.md", 0.0),
    ],
)
def test_an_article_is_named_by_file_path_url_or_title(name: str, right: float) -> None:
    found = measure(Question("How long?", answers=("412",), articles=(name,)), respond(LENGTH, passages=(LENGTH,)))
    assert found.values["sentence@1"] == found.values["passage@1"] == right


def test_with_an_article_alone_only_passages_are_counted() -> None:
    values = measure(Question("Which?", articles=("rail.md",)), respond(LENGTH, passages=(LENGTH, TICKET))).values
    assert (values["passage MRR"], values["sentence@1"], values["token F1"]) == (0.5, None, None)


def test_a_refusal_is_right_or_wrong_and_shows_nothing() -> None:
    wrong = measure(ASKED, respond(refused=True)).values
    assert (wrong["over-refusal"], wrong["refusal precision"], wrong["refusal recall"]) == (1.0, 0.0, None)
    assert (wrong["sentence@1"], wrong["token F1"], wrong["sentences shown"]) == (0.0, 0.0, None)
    right = measure(Question("Why?", answerable=False), respond(refused=True)).values
    assert (right["over-refusal"], right["refusal precision"], right["refusal recall"]) == (None, 1.0, 1.0)
    assert (right["passage@1"], right["sentence@1"], right["token F1"]) == (None, None, None)


def test_what_only_ranks_has_no_figures_of_what_is_shown() -> None:
    values = measure(ASKED, Response((LENGTH,), (LENGTH,), None, 3.0)).values
    assert (values["passage@1"], values["sentence@1"], values["retrieve + read"]) == (1.0, 1.0, 3.0)
    assert {values[name] for name in ("token F1", "over-refusal", "sentences shown", "whole answer")} == {None}


@pytest.mark.parametrize(
    ("shown", "gold", "f1"),
    [
        ("The footbridge is 412 metres long.", "412 metres", 2 * 2 / (5 + 2)),
        ("An answer, the answer!", "answer", 2 * 1 / (2 + 1)),
        ("a b b c", "b b b", 2 * 2 / (3 + 3)),
        ("Rosa Mendes", "rosa   mendes.", 1.0),
        ("", "Rosa", 0.0),
        ("The", "a", 1.0),
    ],
)
def test_token_f1_is_the_one_of_squad(shown: str, gold: str, f1: float) -> None:
    assert token_f1(shown, gold) == pytest.approx(f1)


def test_token_f1_takes_the_answer_and_else_the_nearest_of_the_sentences() -> None:
    both = Question("How long?", sentences=("Nothing alike.", "It is 412 metres long."))
    assert measure(both, respond(LENGTH)).values["token F1"] == 1.0
    told = Question("How long?", sentences=("It is 412 metres long.",), answer="412 metres")
    assert measure(told, respond(LENGTH)).values["token F1"] == pytest.approx(4 / 7)


def test_figures_are_means_with_an_interval_that_is_the_same_every_time() -> None:
    results = [result(str(n), value) for n, value in enumerate([1.0, 0.5, 0.0, 0.5, None])]
    found = estimate(results)["passage MRR"]
    assert (found.value, found.questions) == (0.5, 4)
    assert found.low is not None
    assert found.high is not None
    assert 0.0 <= found.low < 0.5 < found.high <= 1.0
    assert found == estimate(results)["passage MRR"]


def test_milliseconds_are_medians() -> None:
    results = [result(str(n), value, figure="whole answer") for n, value in enumerate([1.0, 2.0, 900.0])]
    assert estimate(results)["whole answer"].value == 2.0


def test_one_question_has_no_interval_and_none_has_no_value() -> None:
    found = estimate([result("a", 1.0)])
    assert (found["passage MRR"].value, found["passage MRR"].low, found["passage MRR"].questions) == (1.0, None, 1)
    assert (found["token F1"].value, found["token F1"].questions) == (None, 0)


def test_a_change_for_the_better_is_positive_and_told_from_chance() -> None:
    before = [result(str(n), 0.2) for n in range(12)]
    after = [result(str(n), 0.7) for n in range(12)]
    better = compare(before, after).differences["passage MRR"]
    assert better.change == pytest.approx(0.5)
    assert [better.before, better.after, better.questions] == pytest.approx([0.2, 0.7, 12])
    # Of the 2**12 ways to swap, two are as extreme: all and none.
    assert better.p == pytest.approx(2 / 2**12)
    worse = compare(after, before).differences["passage MRR"]
    assert [worse.change, worse.p] == pytest.approx([-0.5, 2 / 2**12])


def test_a_change_that_chance_explains_has_a_large_p() -> None:
    before = [result(str(n), float(n % 2)) for n in range(10)]
    after = [result(str(n), float(n in (0, 3, 5, 7, 9))) for n in range(10)]
    found = compare(before, after).differences["passage MRR"]
    assert (found.change, found.p) == (0.0, 1.0)
    assert compare(before, before).differences["passage MRR"].p == 1.0


def test_precision_is_compared_though_another_set_of_questions_is_refused() -> None:
    kinds = [False] * 6 + [True] * 6
    before = [result(str(n), 1.0 - a, figure="refusal precision", answerable=a) for n, a in enumerate(kinds)]
    after = [result(str(n), None if a else 1.0, figure="refusal precision", answerable=a) for n, a in enumerate(kinds)]
    found = compare(before, after).differences["refusal precision"]
    assert (found.before, found.after, found.questions) == (0.5, 1.0, 12)
    assert 0 < found.p < 0.1


def test_questions_that_do_not_match_are_left_out_and_counted() -> None:
    before = [result("a", 0.0), result("b", 0.0), result("only before", 1.0), result("turned", 1.0, answerable=False)]
    after = [result("b", 1.0), result("a", 0.0), result("turned", 1.0)]
    found = compare(before, after)
    assert (found.matched, found.only_before, found.only_after) == (2, 2, 1)
    assert found.differences["passage MRR"].change == 0.5
