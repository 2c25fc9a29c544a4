"""A field of an answer is declared once: JSON, the API's description and what is kept of answers follow from it."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.render.markdown import as_plain
from assistant.render.serialize import as_dict
from assistant.storage.snapshots import answer_of, article_of, key_of, keys_in, snapshots, stored
from assistant.types import Answer, Citation, Claim
from assistant.web.api import schema
from index.types import Article, Copy, Filter, Hit, Passage

# Written by version 0.1, before all this followed from the dataclasses: `told` as JSON, `kept` and `articles` on disk.
WRITTEN = json.loads((Path(__file__).parent / "samples" / "answer.json").read_text(encoding="utf-8"))

ARTICLE = Article(
    id="0123456789ab",
    title="A bridge opens in Lisbon",
    text="The bridge – 412 metres – opened.\n\nIt cost EUR 38 million.",
    content_hash="f" * 64,
    url="https://river.example/bridge",
    path="/articles/bridge.md",
    author="Ann",
    publisher="River Desk",
    published=date(2024, 3, 5),
    language="en",
    tags=("bridges", "Lisbon"),
    pages=(0, 35),
    subtitle="Four years of work",
    section="City",
    image="https://river.example/bridge.jpg",
    first_seen=datetime(2024, 3, 6, 7, 8, 9, tzinfo=UTC),
    updated=datetime(2024, 4, 6, 7, 8, 9, tzinfo=UTC),
)
BARE = Article(id="ba9876543210", title="Rail", text="Trains run.", content_hash="0" * 64)
CITATIONS = (
    Citation(
        1, ARTICLE, 35, 58, "It cost EUR 38 million.", (Copy("c", "Bridge", "Paper B", None, "https://b.example"),)
    ),
    Citation(2, BARE, 0, 11, "Trains run."),
)
ANSWER = Answer(
    question="What did it cost?",
    searched="The bridge: what did it cost?",
    text="It cost EUR 38 million. Trains walk.",
    claims=(
        Claim("It cost EUR 38 million.", CITATIONS[:1], "supported", confidence=0.75, answering=((8, 22),)),
        Claim("Trains walk.", CITATIONS[1:], "to be compared", denies=True, missing=("walk",)),
    ),
    citations=CITATIONS,
    refused=False,
    hits=(
        Hit(Passage("p0", ARTICLE.id, 0, 58), ARTICLE, 0.123456, "both"),
        Hit(Passage("p1", BARE.id, 0, 11), BARE, 1.0, "lexical"),
    ),
    timings={"retrieve": 1.5, "retrieve/dense": 0.25},
    written_by="a model",
    draft="And",
    stopped="The LLM broke off.",
    note="A note.",
    allowed=Filter(("River Desk",), date(2024, 1, 1), None, (ARTICLE.id, BARE.id)),
    kind="comparison",
)


def kept(data: Any) -> Any:
    """Write and read it as a database does."""
    return json.loads(json.dumps(data))


def as_before(now: Any, before: Any) -> Any:
    """Leave out what was not there before: new fields are no fault."""
    if isinstance(now, dict):
        return {name: as_before(one, before[name]) for name, one in now.items() if name in before}
    return [as_before(*pair) for pair in zip(now, before, strict=True)] if isinstance(now, list) else now


def test_json_is_what_it_was_to_the_byte() -> None:
    assert json.dumps(as_before(as_dict(ANSWER), WRITTEN["told"])) == json.dumps(WRITTEN["told"])
    assert ANSWER.to_dict() == as_dict(ANSWER)


def test_what_an_older_version_kept_is_opened_and_what_is_kept_now_is_the_same() -> None:
    articles = {key: article_of(fields) for key, fields in WRITTEN["articles"].items()}
    assert articles == {key_of(article): article for article in (ARTICLE, BARE)}
    assert answer_of(WRITTEN["kept"], articles) == replace(ANSWER, draft="")
    assert as_before(kept(stored(ANSWER)), WRITTEN["kept"]) == WRITTEN["kept"]
    assert (
        as_before({one.key: kept(one.fields) for one in snapshots(ANSWER)}, WRITTEN["articles"]) == WRITTEN["articles"]
    )
    assert keys_in(WRITTEN["kept"]) == set(articles)


def test_what_an_answer_of_a_much_older_version_lacks_has_its_default() -> None:
    data = kept(WRITTEN["kept"])
    del data["filter"], data["kind"]
    data["claims"][1]["status"] = "partly supported"
    for part in (*data["claims"], *data["citations"], *(one for claim in data["claims"] for one in claim["citations"])):
        part.pop("answering", None)
        part.pop("also_in", None)
    older = kept(WRITTEN["articles"])
    for one in older.values():
        for name in ("tags", "pages", "subtitle", "section", "image", "first_seen", "updated"):
            del one[name]
    opened = answer_of(data, {key: article_of(one) for key, one in older.items()})
    assert not opened.allowed
    assert opened.kind == "articles"
    assert [claim.status for claim in opened.claims] == ["supported", "to be compared"]
    assert opened.claims[0].answering == ()
    assert opened.citations[0].also_in == ()
    assert opened.citations[0].article.tags == ()


@pytest.mark.parametrize("gone", ["question", "claims", "hits"])
def test_what_lacks_more_than_that_is_refused(gone: str) -> None:
    articles = {key: article_of(fields) for key, fields in WRITTEN["articles"].items()}
    with pytest.raises((KeyError, TypeError, ValueError)):
        answer_of({name: one for name, one in WRITTEN["kept"].items() if name != gone}, articles)
    with pytest.raises(KeyError):
        answer_of(WRITTEN["kept"], {})


def test_every_field_is_in_json_in_the_description_of_the_api_and_in_what_is_kept() -> None:
    described = schema.Answer.model_json_schema()
    shapes = {"Answer": described, **described["$defs"]}
    told, on_disk = as_dict(ANSWER), stored(ANSWER)
    called = {"allowed": "filter", "answering": "answers"}
    answer = {called.get(one.name, one.name) for one in fields(Answer)} - {"draft"}
    claim = {called.get(one.name, one.name) for one in fields(Claim)}
    assert set(told) == set(shapes["Answer"]["properties"]) == set(on_disk) - {"format"} == answer
    assert set(told["claims"][0]) == set(shapes["Claim"]["properties"]) == claim
    assert set(on_disk["claims"][0]) == {one.name for one in fields(Claim)}
    assert shapes["Claim"]["properties"]["denies"]["description"] == "It denies or disputes the claim before it."
    del shapes["Filters"]  # What is left out of a request allows all.
    assert all(set(shape["required"]) == set(shape["properties"]) for shape in shapes.values())
    assert kept(schema.Answer.model_validate(told).model_dump(mode="json")) == told


def test_an_answer_as_text_is_its_claims_with_marks_and_the_sources_below(assistant: Assistant) -> None:
    found = assistant.answer("who drove the policy shift?")
    first, *_, last = str(found).splitlines()
    assert str(found) == as_plain(found)
    assert first.startswith(f"{found.claims[0].text} [1]")
    assert last.startswith(f"[{len(found.citations)}] “{found.citations[-1].quote}” — ")
    assert str(assistant.answer("who won the 1998 football World Cup?")).startswith("Not in these articles.")
