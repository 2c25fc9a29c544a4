import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from assistant.answer import Assistant
from index.embed import DEFAULT_MODEL, model_folder
from index.pieces import IN_TITLE, pack, rotate, unpack
from index.writer import embedded_text


def directions(count: int, dimension: int, seed: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@settings(deadline=None)  # the first example imports PyTorch
@given(count=st.integers(0, 40), dimension=st.integers(2, 65), seed=st.integers(0, 2**32 - 1))
def test_packed_pieces_come_back_with_their_places_and_nearly_their_cosines(
    count: int, dimension: int, seed: int
) -> None:
    vectors = directions(count, dimension, seed)
    starts = [IN_TITLE if n % 3 == 0 else 17 * n for n in range(count)]
    (pieces,) = unpack([pack(starts, rotate(vectors))])
    assert pieces.starts.tolist() == starts
    # The product with the vector itself is unbiased by construction.
    own = np.sum(rotate(vectors) * pieces.vectors(), axis=1) if count else np.zeros(0)
    assert own == pytest.approx(np.ones(count), abs=1e-3)


def test_cosines_of_packed_pieces_are_within_three_hundredths() -> None:
    vectors, others = directions(200, 384, 1), directions(50, 384, 2)
    (pieces,) = unpack([pack(list(range(200)), rotate(vectors))])
    assert np.abs(rotate(others) @ pieces.vectors().T - others @ vectors.T).max() < 0.03


def test_packed_pieces_take_an_eighth_of_their_vectors() -> None:
    vectors = directions(100, 384, 3)
    assert len(pack(list(range(100)), rotate(vectors))) < vectors.nbytes / 7


def test_the_pieces_of_several_passages_stay_apart() -> None:
    ones = [directions(count, 16, count) for count in (3, 0, 5)]
    batch = unpack([pack(list(range(len(one))), rotate(one)) for one in ones])
    assert [len(pieces.starts) for pieces in batch] == [3, 0, 5]
    assert all(
        np.abs(pieces.vectors() - rotate(one)).max(initial=0) < 0.2 for pieces, one in zip(batch, ones, strict=True)
    )


def test_pieces_that_are_cut_short_are_not_taken() -> None:
    with pytest.raises(ValueError, match="cut short"):
        unpack([pack([0, 1], rotate(directions(2, 8, 4)))[:-1]])


def test_the_kept_pieces_of_a_passage_stand_where_their_words_do(assistant: Assistant) -> None:
    index = assistant.index
    id_ = next(iter(index.catalog.passage_ids()))
    ((passage, article),) = index.catalog.passages([id_]).values()
    (pieces,) = unpack(list(index.catalog.pieces.read([id_], index.embedding.fingerprint).values()))
    _, (tokens,) = index.embedding.encode_tokens([embedded_text(passage, article)])
    (read,) = index.embedding.tokenise([embedded_text(passage, article)])
    known = Tokenizer.from_file(str(model_folder(DEFAULT_MODEL) / "tokenizer.json"))
    words = [known.id_to_token(number) or "" for number in read.ids.tolist()]
    text = article.text[passage.start : passage.end]
    own = [(word, start) for word, start in zip(words, pieces.starts, strict=True) if start != IN_TITLE]
    assert all(text[start:].lower().startswith(word.removeprefix("##")) for word, start in own)
    titled = [word for word, start in zip(words, pieces.starts, strict=True) if start == IN_TITLE]
    assert "".join(titled).replace("##", "") == "".join(article.title.lower().split())
    assert np.abs(np.sum(tokens.vectors * pieces.vectors(), axis=1) - 1).max() < 0.02
