"""The trained reader: what it reads, what comes of it, and what is said when its weights cannot be used."""

import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.assistant import Assistant
from assistant.errors import ReaderUnusable
from assistant.read import model
from assistant.read.evidence import MAX_ANSWER, by_evidence, read
from assistant.read.model import Calibration, Reader
from assistant.read.reading import MAX_READ, READ_AT_ONCE, SURE, Ranker, load_ranker
from assistant.read.sequence import LINE, MAX_QUESTION, SEP, encode, header_of, sequence
from assistant.retrieve.search import search
from index import Index
from index.embed.model import model_folder
from index.embed.openvino import OpenVinoBackend, load_openvino
from index.embed.packaged import DEFAULT_MODEL
from index.text.sentences import sentences
from tests.conftest import MakeIndex, Ran, write_article

LOUVRE = "Which jewels were stolen from the Louvre?"
TRUCE = "When did the Gaza truce begin?"


@pytest.fixture(scope="module")
def embeddings() -> OpenVinoBackend:
    found = load_openvino(model_folder(DEFAULT_MODEL))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def reader(embeddings: OpenVinoBackend) -> Reader:
    return Reader(embeddings)


def test_every_token_of_a_passage_knows_its_place_and_line_breaks_are_tokens(embeddings: OpenVinoBackend) -> None:
    text = "Ingredients\n\n• 250 g flour\n3 eggs – “fresh”\n"
    (found,) = encode(embeddings.tokenizer, [text])
    words = [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)]
    assert [word for word in words if word][:4] == ["Ingredients", "•", "250", "g"]
    breaks = np.flatnonzero(found.ids == LINE)
    assert len(breaks) == 2
    assert all(found.starts[n] == found.ends[n] for n in breaks)
    assert (np.diff(found.starts) >= 0).all()


def test_a_sequence_is_question_header_and_passage_and_a_long_question_keeps_both_ends(
    embeddings: OpenVinoBackend,
) -> None:
    long = " ".join(["please"] * 80) + " who won?"
    asked, header, passage = encode(embeddings.tokenizer, [long, header_of("Cup final", "Valley News"), "Ajax won."])
    one = sequence(asked.ids, header.ids, passage)
    assert list(one.ids[:1]) == [101]
    half = MAX_QUESTION // 2
    assert list(one.ids[1 : MAX_QUESTION + 1]) == [*asked.ids[:half], *asked.ids[-half:]]
    assert list(one.ids[one.first : -1]) == list(passage.ids)
    assert one.ids[-1] == SEP
    assert one.types.sum() == len(one) - MAX_QUESTION - 2


def test_the_reader_points_at_the_words_that_answer(reader: Reader, assistant: Assistant) -> None:
    hits = search(assistant.index, "who drove the policy shift?", limit=READ_AT_ONCE)
    scored = read(reader, "who drove the policy shift?", hits)
    best = max(scored, key=lambda one: one.score)
    article = hits[best.hit].article
    assert "Rubio" in article.text[slice(*best.answer)]
    for one in scored:
        assert one.span[0] <= one.answer[0] < one.answer[1] <= one.span[1]


def test_only_whole_sentences_of_the_passages_are_evidence_and_no_questions(
    reader: Reader, make_index: MakeIndex, folder: Path
) -> None:
    write_article(folder / "a.md", "Interview", "Who won the cup? The rowers won it.\n\nWhen was that? In May 2024.")
    index = Index(make_index(folder))
    hits = search(index, "Who won the cup?", limit=4)
    scored = read(reader, "Who won the cup?", hits)
    quotable = {
        hit.article.text[slice(*one.span)] for one in scored if (hit := hits[one.hit]).article.title == "Interview"
    }
    assert quotable == {"The rowers won it.", "In May 2024."}


def test_hits_are_ordered_by_their_best_sentence(assistant: Assistant) -> None:
    reading = load_ranker(assistant.index.embedding)
    found = search(assistant.index, LOUVRE, limit=10)
    ranked = reading.rank(LOUVRE, found, [hit.score for hit in found])
    hits = by_evidence(found, ranked)
    assert {hit.passage.id for hit in hits} == {hit.passage.id for hit in found}
    assert hits[0].score == ranked[0].probability
    assert all(a.score >= b.score for a, b in pairwise(hits))
    assert "Louvre" in hits[0].article.title


def test_more_passages_are_read_only_while_nothing_is_sure(assistant: Assistant) -> None:
    reading = load_ranker(assistant.index.embedding)
    read_of = {}
    for question in (TRUCE, "Who won the 1998 football World Cup?"):
        found = search(assistant.index, question, limit=MAX_READ)
        ranked = reading.rank(question, found, [hit.score for hit in found])
        read_of[question] = ranked[0].probability, sum(hit.score > 0 for hit in by_evidence(found, ranked))
    sure, few = read_of[TRUCE]
    unsure, many = read_of["Who won the 1998 football World Cup?"]
    assert sure >= SURE > unsure
    assert few <= READ_AT_ONCE < many <= MAX_READ


def test_what_a_reader_says_is_the_same_alone_and_among_others(reader: Reader) -> None:
    passages = [("Tides.", "High water is at noon."), ("Ferries.", "The ferry leaves at ten.\nIt takes an hour.")]
    together = list(reader.read("When does the ferry leave?", passages))
    (alone,) = reader.read("When does the ferry leave?", passages[1:])
    np.testing.assert_allclose(together[1].starts, alone.starts, atol=1e-4)
    assert together[1].whole == pytest.approx(alone.whole, abs=1e-4)
    totals = [one.whole + one.starts.max() + one.ends.max() for one in together]
    assert totals[1] > totals[0]


def test_bfloat16_reads_as_float32_does_but_for_rounding(embeddings: OpenVinoBackend, reader: Reader) -> None:
    from index.embed.bert import has_bfloat16

    if not has_bfloat16():
        pytest.skip("this processor has no bfloat16")
    passage = [("Ferries.", "The ferry leaves at ten. It takes an hour.")]
    (whole,), (half,) = (
        one.read("When does the ferry leave?", passage) for one in (reader, Reader(embeddings, half=True))
    )
    assert np.argmax(whole.starts) == np.argmax(half.starts)
    assert half.whole == pytest.approx(whole.whole, abs=0.5)


def test_a_probability_grows_with_the_score_and_with_what_the_retriever_says() -> None:
    fitted = Calibration(score=0.5, retrieved=0.2, shift=-1.0, threshold=0.3)
    assert fitted.probability(2.0, 0.0) == pytest.approx(0.5)
    assert fitted.probability(3.0, 0.0) > fitted.probability(2.0, 1.0) > 0.5
    assert 0 <= fitted.probability(-1e9, 0.0) < fitted.probability(1e9, 0.0) <= 1


def test_answering_words_are_short_stretches_inside_their_sentence(assistant: Assistant) -> None:
    for question in (LOUVRE, "When did the Gaza truce begin?", "What did the Fed decide?"):
        for claim in assistant.answer(question).claims:
            for start, end in claim.answering:
                inside = [(a, b) for a, b in sentences(claim.text) if a <= start and end <= b]
                assert inside
                assert len(claim.text[start:end].split()) <= MAX_ANSWER


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with the reader's files, to be spoiled."""
    for file in (model.WEIGHTS, model.WEIGHTS.with_suffix(".json")):
        shutil.copy(file, tmp_path)
    return tmp_path


def _missing(folder: Path) -> None:
    (folder / model.WEIGHTS.name).unlink()


def _cut(folder: Path) -> None:
    file = folder / model.WEIGHTS.name
    file.write_bytes(file.read_bytes()[:-1000])


def _newer(folder: Path) -> None:
    file = folder / model.WEIGHTS.with_suffix(".json").name
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": 99}))


def _no_json(folder: Path) -> None:
    (folder / model.WEIGHTS.with_suffix(".json").name).write_text("{")


@pytest.mark.parametrize(
    ("spoil", "said"), [(_missing, "missing"), (_cut, "damaged"), (_newer, "version 99"), (_no_json, "cannot be read")]
)
def test_weights_that_cannot_be_used_are_one_sentence_with_the_way_out(
    embeddings: OpenVinoBackend, broken: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(broken)
    with pytest.raises(ReaderUnusable, match=said) as caught:
        Reader(embeddings, file=broken / model.WEIGHTS.name)
    assert "reinstall" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_weights_asking_says_so_and_indexing_goes_on(
    run: Callable[..., Ran], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.read.model.WEIGHTS", tmp_path / "gone.safetensors")
    write_article(folder / "a.md", "Ferry", "The ferry leaves at ten.")
    assert run("index", folder, "--home", tmp_path / "home").code == 0
    ran = run("ask", "When does the ferry leave?", "--home", tmp_path / "home")
    assert ran.code == 2
    assert ran.err.startswith("assistant: the reader's weights")
    assert "are missing" in ran.err
    assert "Traceback" not in ran.err


def test_a_reading_reads_what_is_found_for_another_embedding_model_too(assistant: Assistant, reader: Reader) -> None:
    hits = search(assistant.index, LOUVRE, limit=3)
    own = Ranker(reader).rank(LOUVRE, hits, [hit.score for hit in hits])
    assert own
    assert all(0 <= one.probability <= 1 for one in own)
