"""What the program itself says in an answer follows the language asked for; quotes and an LLM's words do not."""

import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from assistant import answer as answer_once
from assistant.assistant import WROTE_NOTHING, Assistant
from assistant.cli import main
from assistant.errors import BadQuestion, LLMError, TooOften, sentence
from assistant.language.phrases import OWN_REFUSALS
from assistant.question.condense import condense
from assistant.render.i18n import languages, translator
from assistant.render.localize import in_language
from assistant.render.serialize import as_dict
from assistant.render.text import marked, remarks, unmarked
from assistant.storage.conversations import Conversations
from assistant.storage.snapshots import answer_of, article_of, snapshots, stored
from assistant.translatable import N_, Translatable, together
from assistant.types import REFUSAL, Answer, Citation, Claim, Exchange, Turn
from assistant.web.api.routes import create_routes
from assistant.web.page.html import Markup
from assistant.web.server.rate_limits import QuestionLimit
from assistant.write.generate import CUT, CUT_THINKING, FOREIGN, NEVER_ENDED, RAMBLED
from index.errors import BadFilter
from index.types import Filter
from tests.browsing import PATIENCE, Visits, ask
from tests.conftest import Over
from tests.llm_server import ScriptedLLM
from tests.sayings import ANSWERABLE, JEWELS, TRUE, UNANSWERABLE
from tests.values import answer_from
from tests.values import article_of as made_up

CODES = [one.code for one in languages()]
PENGUINS = "What do penguins eat?"
COUNT = "How many articles are there?"
COMPLETIONS = "/v1/chat/completions"


def post(address: str, body: dict[str, Any], path: str = "/api/answer") -> httpx.Response:
    return httpx.post(address + path, json=body, timeout=60)


def chat(address: str, question: str, **fields: Any) -> Any:
    return post(address, {"messages": [{"role": "user", "content": question}], **fields}, COMPLETIONS)


def streamed(response: httpx.Response) -> str:
    """The words of a stream, put together."""
    events = [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: {")]
    return "".join(choice["delta"].get("content", "") for event in events for choice in event["choices"])


def timeless(answer: Answer) -> dict[str, Any]:
    return {**as_dict(answer), "timings": {}}


# ---- From Python ----


@pytest.mark.parametrize(
    ("language", "refusal", "note"),
    [
        ("de", "Nicht in diesen Artikeln.", "Kein Artikel hier erwähnt „penguins“."),
        ("fr", "Pas dans ces articles.", "Aucun article ici ne mentionne «\u00a0penguins\u00a0»."),
        ("es", "No está en estos artículos.", "Ningún artículo de aquí menciona «penguins»."),
        ("en", "Not in these articles.", "No article here mentions “penguins”."),
    ],
)
def test_it_refuses_in_the_language_asked_for(language: str, refusal: str, note: str, assistant: Assistant) -> None:
    found = assistant.answer(PENGUINS, language=language)
    assert (found.refused, found.text, found.note) == (True, refusal, note)


@pytest.mark.parametrize("language", [None, "", "en", "tlh", "../de", "x" * 5_000])
def test_an_unknown_language_is_english(language: str | None, assistant: Assistant) -> None:
    for question in (PENGUINS, COUNT, "Hi"):
        assert timeless(assistant.answer(question, language=language)) == timeless(assistant.answer(question))


@pytest.mark.parametrize("language", ["DE", "de-AT", "de_CH"])
def test_a_language_may_name_a_country_too(language: str, assistant: Assistant) -> None:
    assert assistant.answer(UNANSWERABLE, language=language).text == "Nicht in diesen Artikeln."


def test_quotes_stay_in_the_language_of_their_articles(assistant: Assistant) -> None:
    assert timeless(assistant.answer(ANSWERABLE, language="de")) == timeless(assistant.answer(ANSWERABLE))
    listed = assistant.answer("the newest article", language="es")
    for citation in listed.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote


def test_one_question_is_answered_in_a_language_too(seed_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(seed_home))
    assert answer_once(COUNT, language="fr").text == "Il y a 11 articles."


@pytest.mark.parametrize(
    ("language", "question", "said"),
    [
        ("de", "How many articles mention Rubio?", "Es gibt 4 Artikel mit Erwähnung von „Rubio“:"),
        ("de", "list everything from the Markets Desk", "Es gibt 3 Artikel von Markets Desk:"),
        ("de", "Was anything published on 24 October 2025?", "Es gibt 2 Artikel vom 24. Oktober 2025:"),
        (
            "de",
            "Which articles are from May 2024?",
            "Es gibt keine Artikel vom 1. Mai 2024 bis zum 31. Mai 2024; "
            "die vorhandenen sind vom 19. August 2025 bis zum 7. November 2025.",
        ),
        ("fr", "articles from October 2025", "Il y a 9 articles du 1 octobre 2025 au 31 octobre 2025\u00a0:"),
        ("fr", "Which articles do you have about penguins?", "Il n’y a aucun article sur «\u00a0penguins\u00a0»."),
        ("es", "Which articles came out in August 2025?", "Hay 1 artículo del 1 de agosto de 2025 al 31 de"),
        ("es", "Which publishers are there?", "Los artículos son de 5 editores: World Desk (4), Markets Desk (3)"),
        ("de", "When was the story on Tomahawks published?", "wurde am 20. Oktober 2025 von World Desk veröffentlicht"),
        ("es", "the newest article", "El artículo más reciente es «Why Frankfurt and London waited while the Fed cut»"),
        ("fr", "Who wrote the article about the Louvre theft?", "a été écrit par Newsroom\u202f; il a été publié"),
        ("fr", "Thanks!", "Je vous en prie. Interrogez-moi sur cette collection de 11 articles\u202f;"),
        ("de", "Hi", "Guten Tag. Fragen Sie mich zu den 11 Artikeln dieser Sammlung; ich antworte mit Zitaten daraus."),
    ],
)
def test_questions_about_the_collection_are_answered_in_the_language_asked_for(
    language: str, question: str, said: str, assistant: Assistant
) -> None:
    found = assistant.answer(question, language=language)
    assert said in found.text
    assert found.text == " ".join(claim.text for claim in found.claims)
    assert not re.search(r"[{}]|\b(?:There (?:is|are)|articles about)\b", found.text)


def test_the_days_of_a_timeline_are_written_in_the_language_asked_for(assistant: Assistant) -> None:
    question = "Give me a timeline of the Louvre theft."
    english, french = assistant.answer(question), assistant.answer(question, language="fr")
    labels = [claim.text for claim in french.claims if not claim.citations]
    assert english.kind == "timeline"
    assert labels
    assert all(re.fullmatch(r"\d+ \w+ \d{4}\u00a0:", label) for label in labels)
    assert "octobre" in french.text
    assert [claim for claim in french.claims if claim.citations] == [
        claim for claim in english.claims if claim.citations
    ]


def test_words_of_a_question_are_never_taken_for_placeholders(assistant: Assistant) -> None:
    question = "Which articles do you have about {articles.__class__} %(number)s {0}?"
    for code in CODES:
        assert "{" not in re.sub(r"\{articles\.__class__\}|\{0\}", "", assistant.answer(question, language=code).text)


# ---- Notes, and why an answer ends ----


def test_notes_of_two_sentences_are_both_translated() -> None:
    made = answer_from(made_up("Title", "One."), (0, 4))
    for code, first, second in (
        ("de", "Das LLM hat nichts Brauchbares geschrieben", "Was in einer anderen Sprache als der der Artikel"),
        ("es", "El LLM no escribió nada útil", "Lo que está en un idioma distinto del de los artículos"),
    ):
        html = Markup(code).reply(0, Exchange("q", answer=replace(made, note=_note(WROTE_NOTHING, FOREIGN))))
        assert first in html
        assert second in html
        assert "The LLM wrote nothing" not in html


def _note(*sentences: Translatable) -> str:
    note = together(*sentences)
    assert note == " ".join(sentences)
    return note


def test_an_llm_that_wrote_nothing_of_use_is_told_of_in_whole_sentences(over: Over, llm: ScriptedLLM) -> None:
    llm.finish = "length"
    llm.says("<think>Let me see what they ask.")
    found = over().answer(JEWELS)
    assert found.note == f"{WROTE_NOTHING} {CUT_THINKING}"
    (note,) = remarks(found, translator("fr"))
    assert note.startswith("Le LLM n’a rien écrit d’utile")
    assert "Le LLM a été coupé alors qu’il réfléchissait encore" in note


def test_why_it_was_stopped_is_translated_with_what_stands_in_it(over: Over, llm: ScriptedLLM) -> None:
    german = translator("de")
    assert RAMBLED == "The LLM was stopped after 4,000 characters."
    assert german(RAMBLED) == "Das LLM wurde nach 4.000 Zeichen angehalten."
    llm.finish = "content_filter"
    llm.says(TRUE)
    stopped = over().answer(JEWELS, language="de").stopped
    assert stopped == "Das LLM hat sie vorzeitig beendet (content_filter)."


def test_a_question_of_the_message_that_is_refused_is_named_in_the_note(assistant: Assistant) -> None:
    question = f"Who drove the policy shift? {UNANSWERABLE.capitalize()}"
    note = assistant.answer(question, language="de").note
    assert note == f"Nicht in diesen Artikeln: „{UNANSWERABLE.capitalize()}“"


@pytest.mark.parametrize("code", CODES)
def test_marks_and_remarks_are_taken_out_of_an_earlier_answer_in_any_language(code: str) -> None:
    article = made_up("Title", "One. Two.")
    citation = Citation(1, article, 0, 4, "One.")
    claims = (
        Claim("He took [it].", (citation,), "supported"),
        Claim("Nobody did.", (citation,), "to be compared", denies=True, missing=("Monday", "3")),
        Claim("It was 5 (five).", (), "unsupported", missing=("cut off",)),
        Claim("Es war.", (), "unsupported", missing=("not checked: in another language than the articles",)),
        Claim("No.", (), "contradicted"),
    )
    text = " ".join(claim.text for claim in claims)
    said = Answer("q", "q", text, claims, (citation,), False, (), stopped=CUT, note=_note(NEVER_ENDED, FOREIGN))
    translated = marked(in_language(said, code), translator(code))
    assert (translated == marked(said)) == (code == "en")
    assert unmarked(translated) == text


# ---- Conversations ----


def test_the_refusals_that_are_recognised_are_those_of_the_translations() -> None:
    assert set(OWN_REFUSALS) == {translator(code)(REFUSAL) for code in CODES}


@pytest.mark.parametrize("code", CODES)
def test_no_name_is_taken_from_a_refusal_in_any_language(code: str) -> None:
    before = Turn("Which company owns the mine?", translator(code)(REFUSAL))
    assert condense("Where is it based?", (before,)) == f"{before.question} Where is it based?"


def test_a_kept_conversation_is_shown_in_another_language(assistant: Assistant, kept: Conversations) -> None:
    id_ = kept.begin(COUNT).id
    questions = ("Which articles are from May 2024?", PENGUINS, "Hi")
    answers = [assistant.answer(question) for question in questions]
    for question, found in zip(questions, answers, strict=True):
        kept.keep(id_, Exchange(question, found))
    again = Conversations(kept.file).exchanges(id_)
    assert [one.answer for one in again] == answers
    for code, texts in {
        "de": ("Es gibt keine Artikel vom 1. Mai 2024", "Kein Artikel hier erwähnt „penguins“.", "Guten Tag."),
        "fr": ("Il n’y a aucun article du 1 mai 2024", "Aucun article ici ne mentionne", "Bonjour."),
        "en": ("There are no articles from 1 May 2024", "No article here mentions “penguins”.", "Hello."),
    }.items():
        for place, (exchange, said) in enumerate(zip(again, texts, strict=True)):
            assert said in Markup(code).reply(place, exchange)
    assert kept.headings(search="no articles from") == kept.headings()


def test_an_error_that_is_kept_is_shown_in_another_language(assistant: Assistant, kept: Conversations) -> None:
    with pytest.raises(BadQuestion) as raised:
        assistant.answer("x" * 3_000)
    id_ = kept.begin("x").id
    kept.keep(id_, Exchange("x", error=sentence(raised.value)))
    kept.keep(id_, Exchange("y", error="The disk is full."))
    long, other = Conversations(kept.file).exchanges(id_)
    assert long.error == "The question has 3,000 characters; ask in at most 2,000."
    assert "Die Frage hat 3.000 Zeichen; fragen Sie in höchstens 2.000." in Markup("de").reply(0, long)
    assert "The disk is full." in Markup("de").reply(1, other)


def test_what_an_earlier_version_kept_is_read_and_its_notes_of_one_sentence_are_translated(
    kept: Conversations,
) -> None:
    id_ = kept.begin("q").id
    kept.keep(id_, Exchange("q", error="Nothing is indexed."))
    with closing(sqlite3.connect(kept.file)) as connection:
        connection.executescript("ALTER TABLE exchanges DROP COLUMN error_message; PRAGMA user_version = 3")
    (exchange,) = Conversations(kept.file).exchanges(id_)
    assert exchange.error == "Nothing is indexed."
    made = answer_from(made_up("Title", "One."), (0, 4))
    data = stored(replace(made, note=str(WROTE_NOTHING)))
    assert "messages" not in data
    back = answer_of(data, {one.key: article_of(one.fields) for one in snapshots(made)})
    assert remarks(back, translator("fr"))[0].startswith("Le LLM n’a rien écrit d’utile")


def test_a_message_that_no_translation_has_any_more_is_english() -> None:
    gone = Translatable("It is 3 o'clock.", "It is {hour} o'clock.", {"hour": 3})
    broken = Translatable("It was cut.", "Written by {name}; every sentence is checked", {"hour": 3})
    assert [translator("de")(one) for one in (gone, broken)] == ["It is 3 o'clock.", "It was cut."]


# ---- The API ----


def test_the_api_says_how_many_articles_there_are_in_french(address: str) -> None:
    said = post(address, {"question": COUNT, "language": "fr"}).json()
    assert said["text"] == said["claims"][0]["text"] == "Il y a 11 articles."
    assert post(address, {"question": COUNT}).json()["text"] == "There are 11 articles."
    assert post(address, {"question": COUNT, "language": "xx"}).json()["text"] == "There are 11 articles."


def test_chat_completions_are_in_the_language_asked_for_with_and_without_streaming(address: str) -> None:
    for question in (PENGUINS, "list everything from the Markets Desk"):
        whole = chat(address, question, language="de").json()
        content = whole["choices"][0]["message"]["content"]
        assert streamed(chat(address, question, language="de", stream=True)) == content
        assert content.startswith(whole["answer"]["text"][:20])
    refused = chat(address, PENGUINS, language="de").json()["choices"][0]["message"]["content"]
    assert refused == "Nicht in diesen Artikeln.\n\n(Kein Artikel hier erwähnt „penguins“.)"


def test_a_follow_up_to_an_answer_in_another_language_is_understood(address: str) -> None:
    first = "What happened at the Louvre?"
    said = chat(address, first, language="es").json()["choices"][0]["message"]["content"]
    messages = [
        {"role": "user", "content": first},
        {"role": "assistant", "content": said},
        {"role": "user", "content": "And when was that?"},
    ]
    found = post(address, {"messages": messages, "language": "es"}, COMPLETIONS).json()
    assert found["answer"]["searched"] == f"{first} And when was that?"


def test_errors_of_the_api_are_in_the_language_asked_for(address: str) -> None:
    empty = post(address, {"question": " ", "language": "fr"})
    assert (empty.status_code, empty.json()["detail"]) == (
        400,
        "La question est vide\u202f; saisissez ce que vous voulez savoir.",
    )
    assert post(address, {"question": " "}).json()["detail"] == "The question is empty; type what you want to know."
    unknown = chat(address, COUNT, language="es", publishers=["Nobody"]).json()["error"]
    assert unknown["code"] == "bad_filter"
    assert unknown["message"].startswith("Ningún artículo es del editor 'Nobody'; editores aquí: ")
    reversed_ = post(
        address, {"question": COUNT, "language": "de", "since": "2025-10-02", "until": "2025-10-01"}
    ).json()["detail"]
    assert reversed_ == (
        "Nichts ist zugleich ab dem 2. Oktober 2025 und bis zum 1. Oktober 2025; vertauschen Sie die beiden Daten."
    )


def test_who_asks_too_often_is_told_so_in_the_language_asked_for(assistant: Assistant) -> None:
    application = FastAPI()
    with ThreadPoolExecutor(1) as pool:
        application.include_router(create_routes(assistant, pool, QuestionLimit(1)))
        asking = TestClient(application)
        first, second = (asking.post("/api/answer", json={"question": COUNT, "language": "es"}) for _ in range(2))
    assert first.json()["text"] == "Hay 11 artículos."
    assert (second.status_code, second.json()["detail"][:53]) == (
        429,
        "Preguntas más rápido de lo que permite este servidor;",
    )


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"language": 5}', b'{"language": "de", "question": 5}'])
def test_a_request_that_is_not_as_it_should_be_is_refused_whatever_its_language(address: str, body: bytes) -> None:
    refused = httpx.post(f"{address}/api/answer", content=body, headers={"content-type": "application/json"})
    assert refused.status_code == 422
    assert refused.json()["detail"]


def test_the_schema_tells_of_the_language(address: str) -> None:
    shapes = httpx.get(f"{address}/openapi.json").json()["components"]["schemas"]
    assert "language" in shapes["Question"]["properties"]
    assert "language" in shapes["Chat"]["properties"]
    assert "language" not in shapes["Filters"]["properties"]


# ---- Errors ----


def test_errors_say_the_same_in_english_as_ever_and_can_be_translated(assistant: Assistant) -> None:
    limit = QuestionLimit(1)
    limit.check("a")
    with pytest.raises(TooOften) as raised:
        limit.check("a")
    assert re.fullmatch(r"you ask faster than this server allows; ask again in \d+ seconds?", str(raised.value))
    said = translator("de")(sentence(raised.value))
    assert re.fullmatch(
        r"Sie fragen schneller, als dieser Server erlaubt; fragen Sie in \d+ Sekunden? noch einmal\.", said
    )


@pytest.mark.parametrize(
    "allowed",
    [Filter(publishers=("Nobody",)), Filter(articles=("none",))],
)
def test_errors_of_the_index_are_translated(allowed: Filter, assistant: Assistant) -> None:
    with pytest.raises(BadFilter) as raised:
        assistant.answer(ANSWERABLE, allowed=allowed)
    english = sentence(raised.value)
    for code in CODES:
        assert (translator(code)(english) == english) == (code == "en")


def test_an_llm_that_cannot_be_reached_is_told_of_in_the_language_of_the_page(over: Over) -> None:
    with pytest.raises(LLMError) as raised:
        over(llm="http://127.0.0.1:9/v1#nothing").answer(JEWELS)
    assert str(raised.value).startswith("nothing answers for the LLM nothing at ")
    assert translator("de")(sentence(raised.value)).startswith("Das LLM nothing unter ")


def test_a_text_that_nobody_translates_stays_as_it_is() -> None:
    assert translator("de")("The disk is full.") == "The disk is full."
    assert translator("de")(N_("nowhere {listed}", listed="at all")) == "nowhere at all"


# ---- The command line ----


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code))


def test_the_command_line_answers_in_the_language_asked_for(
    seed_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ask", PENGUINS, "--language", "de", "--home", str(seed_home)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["Nicht in diesen Artikeln.", "Kein Artikel hier erwähnt „penguins“."]
    assert "Nächstliegende Textstellen" in lines
    assert run("ask", ANSWERABLE, "--language", "de", "--home", str(seed_home)) == 0
    printed = capsys.readouterr().out
    assert "\nQuellen\n" in printed
    assert re.search(r",\s\d+\.\sOktober\s2025\b", printed)
    assert ", Zeichen " in printed
    assert run("ask", COUNT, "--language", "fr", "--json", "--home", str(seed_home)) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Il y a 11 articles."


def test_the_command_line_says_what_is_wrong_in_the_language_asked_for(
    seed_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ask", "", "--language", "de", "--home", str(seed_home)) == 2
    told = capsys.readouterr().err
    assert told == "assistant: die Frage ist leer; geben Sie ein, was Sie wissen möchten\n"


# ---- The page ----


def test_a_german_page_refuses_counts_and_greets_in_german(visit: Visits, address: str) -> None:
    page = visit(address, locale="de-DE")
    ask(page, PENGUINS)
    expect(page.locator(".refusal .claims")).to_have_text("Nicht in diesen Artikeln.", timeout=PATIENCE)
    expect(page.locator(".refusal .remark")).to_have_text("Kein Artikel hier erwähnt „penguins“.")
    ask(page, COUNT)
    expect(page.locator(".of-collection .claim")).to_have_text("Es gibt 11 Artikel.")
    expect(page.locator(".of-collection template")).to_have_count(1)
    ask(page, "Hi")
    expect(page.locator(".of-talk .claim")).to_contain_text("Guten Tag. Fragen Sie mich zu den 11 Artikeln")
