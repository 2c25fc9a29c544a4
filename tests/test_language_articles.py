"""The articles in German, French, Spanish and Chinese, and the questions about them: what no model is needed for."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluate.questions import read_questions
from index.load.loader import load

FOLDER = Path(__file__).parent.parent / "benchmarks" / "languages"
LANGUAGES = ("de", "fr", "es", "zh")
ARTICLES = sorted(FOLDER.glob("*/*.md"))
HAN = re.compile(r"[\u4e00-\u9fff]")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS, ACROSS = rows("questions.jsonl"), rows("across.jsonl")
ANSWERABLE = [row for row in QUESTIONS + ACROSS if row["answerable"]]


def body_of(article: Path) -> str:
    return article.read_text(encoding="utf-8").split("\n---\n", 1)[1]


def test_there_are_five_articles_in_each_language() -> None:
    assert Counter(article.parent.name for article in ARTICLES) == dict.fromkeys(LANGUAGES, 5)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: f"{article.parent.name}/{article.stem}")
def test_an_article_says_what_it_is_in_its_language_names_its_sources_and_is_neither_short_nor_long(
    article: Path,
) -> None:
    language, body = article.parent.name, body_of(article)
    loaded = load(article, article.read_bytes())
    assert loaded.title
    assert loaded.author
    assert loaded.publisher
    assert loaded.published
    assert loaded.language == language
    fewest, most, length = (500, 900, len(HAN.findall(body))) if language == "zh" else (250, 500, len(body.split()))
    assert fewest <= length <= most
    assert body.rstrip().splitlines()[-1].startswith(("Quellen:", "Sources\u00a0:", "Fuentes:", "来源："))


def test_there_are_ten_questions_in_each_language_of_which_two_or_three_have_no_answer() -> None:
    assert Counter(row["language"] for row in QUESTIONS) == dict.fromkeys(LANGUAGES, 10)
    unanswerable = Counter(row["language"] for row in QUESTIONS if not row["answerable"])
    assert set(unanswerable) == set(LANGUAGES)
    assert set(unanswerable.values()) <= {2, 3}


def test_a_question_is_about_an_article_in_its_own_language_and_every_article_is_asked_about() -> None:
    asked = [row["article"] for row in QUESTIONS if row["answerable"]]
    assert all(row["article"].startswith(f"{row['language']}/") for row in QUESTIONS if row["answerable"])
    assert set(asked) == {article.relative_to(FOLDER).as_posix() for article in ARTICLES}


def test_ten_questions_cross_from_one_language_to_another() -> None:
    assert len(ACROSS) == 10
    crossed = [(row["language"], row["article"]) for row in ACROSS if row["answerable"]]
    assert {article[:2] for language, article in crossed if language == "en"} == set(LANGUAGES)
    assert {language for language, article in crossed if article.startswith("../../seeds/")} == {"de", "es", "zh"}
    assert all(not article.startswith(f"{language}/") for language, article in crossed)


@pytest.mark.parametrize("row", ANSWERABLE, ids=lambda row: row["id"])
def test_the_sentence_that_answers_stands_in_its_article_once_and_is_left_as_it_is_when_that_is_read(
    row: dict[str, Any],
) -> None:
    article = FOLDER / row["article"]
    assert body_of(article).count(row["sentence"]) == 1
    assert "\n" not in row["sentence"]
    assert row["answer"]
    read = re.sub(r"\s+", " ", load(article, article.read_bytes()).text)
    assert read.count(re.sub(r"\s+", " ", row["sentence"])) == 1


def test_questions_have_ids_of_their_own_and_those_without_an_answer_say_why() -> None:
    everything = QUESTIONS + ACROSS
    assert len({row["id"] for row in everything}) == len({row["question"] for row in everything}) == 50
    for row in everything:
        if not row["answerable"]:
            assert row["note"]
            assert row["article"] is row["sentence"] is row["answer"] is None


@pytest.mark.parametrize("name", ["questions.jsonl", "across.jsonl"])
def test_without_the_language_they_are_questions_of_assistant_eval(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    plain = [{key: value for key, value in row.items() if key != "language"} for row in rows(name)]
    file.write_text("\n".join(map(json.dumps, plain)), encoding="utf-8")
    assert [question.text for question in read_questions(file)] == [row["question"] for row in plain]
