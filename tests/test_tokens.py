"""Tokens: an article is taken apart once, and its passages have the tokens they would have on their own."""

from pathlib import Path

import numpy as np
import pytest

from index.embed.model import SentenceEmbedding
from index.embed.passages import embedded_text, embedded_title, entry_of
from index.embed.pytorch import TransformerReader
from index.embed.tokens import tokens_in
from index.load.loader import load
from tests.conftest import SEEDS

TROUBLE = (
    'He called it "a waste of effort."Despite that, the talks went on. Ärzte in Zürich – naïve? – 3.5% 🙂. '
    "今日は晴れ。明日も晴れる。 The U.S. said [SEP] no.\t\n\u2028שלום לכולם. Cafe\u0301s close at 5 p.m. on Mondays. "
)


@pytest.fixture(scope="module")
def embedding() -> SentenceEmbedding:
    return SentenceEmbedding()


@pytest.mark.parametrize("file", [*sorted(SEEDS.glob("*-*.md")), None])
def test_passages_have_the_tokens_of_what_is_embedded_for_them(embedding: SentenceEmbedding, file: Path | None) -> None:
    article = load(file, file.read_bytes()) if file else load(Path("/a/trouble.txt"), (TROUBLE * 9).encode())
    entry = entry_of(embedding, article, "")
    assert len(entry.passages) > 1
    whole = tokens_in(article.text, embedding.tokenise)
    for passage in entry.passages:
        (alone,) = embedding.tokenise([embedded_text(passage, article)])
        assert entry.tokens[passage.id].tolist() == alone.ids.tolist()
        own = article.text[passage.start : passage.end]
        before = len(embedded_title(article)) + 1 - (len(own) - len(own.lstrip()))
        starts = [start - before for start in alone.starts if start >= before]
        assert whole.part(passage.start, passage.end).starts.tolist() == starts


def test_a_text_that_is_taken_apart_in_stretches_has_the_tokens_of_the_whole(
    embedding: SentenceEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["", " ", TROUBLE * 9, "\n".join(file.read_text() for file in sorted(SEEDS.glob("*-*.md")))]
    for stretch in (20_000, 300):
        monkeypatch.setattr("index.embed.tokens._STRETCH", stretch)
        for text in texts:
            ours, (theirs,) = tokens_in(text, embedding.tokenise), embedding.tokenise([text])
            assert (ours.ids.tolist(), ours.starts.tolist()) == (theirs.ids.tolist(), theirs.starts.tolist())


def test_a_word_without_end_is_cut_and_read(embedding: SentenceEmbedding) -> None:
    article = load(Path("/a/long.txt"), b"first " + b"un" * 5_000 + b" last")
    entry = entry_of(embedding, article, "")
    assert "".join(article.text[p.start : p.end] for p in entry.passages) == article.text
    read = list(embedding.read(list(entry.tokens.values())))
    assert len(read) == len(entry.passages) > 1
    assert all(np.isfinite(row).all() for _, row in read)


def test_a_model_that_pytorch_reads_is_given_the_same_tokens(
    embedding: SentenceEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.embed.openvino.quick_reader", lambda _folder: None)
    other = SentenceEmbedding()
    texts = [TROUBLE, "Who drove the policy shift?", "", "One word after the other, " * 200]
    tokens = embedding.tokenise(texts)
    for ours, theirs in zip(tokens, other.tokenise(texts), strict=True):
        assert (ours.ids.tolist(), ours.starts.tolist()) == (theirs.ids.tolist(), theirs.starts.tolist())
    ids = [one.ids for one in tokens]
    assert isinstance(other.reader_for(ids), TransformerReader)
    assert other.quick() is None
    read, expected = (
        {number: (row, states.copy()) for number, row, states in one.reader_for(ids).states(ids)}
        for one in (embedding, other)
    )
    for number in range(len(texts)):
        np.testing.assert_allclose(read[number][0], expected[number][0], atol=1e-5)
        np.testing.assert_allclose(read[number][1], expected[number][1], atol=1e-4)
    assert {number: row.tolist() for number, row in embedding.read(ids)} == {
        number: row.tolist() for number, (row, _) in read.items()
    }
