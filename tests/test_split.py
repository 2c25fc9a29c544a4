from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from index.embed.passages import embedded_text, entry_of
from index.load.loader import load
from index.text.clean import clean
from index.text.passages import split
from index.text.sentences import Span
from index.types import Article
from tests.conftest import SEEDS

# What real text is made of, and what breaks naive splitting: joined emoji, flags, combining marks, right-to-left
# text, East Asian text without spaces, every kind of white space.
ANY_TEXT = st.text() | st.lists(
    st.sampled_from(
        [
            "Mr. Smith left. ",
            "He ",
            "👩‍👩‍👧‍👦",
            "🇩🇪",
            "e\u0301",
            "שלום. ",
            "今日は晴れ。",
            "\n\n",
            "\t",
            "\u2028",
            "x" * 300,
            "Aug. 15 ",
        ]
    )
).map("".join)


def article(text: str) -> Article:
    return Article(id="a", title="T", text=text, content_hash="0" * 64)


def count_characters(spans: Sequence[Span]) -> list[int]:
    return [end - start for start, end in spans]


@given(ANY_TEXT, st.integers(min_value=1, max_value=80))
def test_passages_tile_the_text_of_any_article(text: str, most: int) -> None:
    passages = split(article(text), count_characters, most_tokens=most)
    assert "".join(text[p.start : p.end] for p in passages) == text
    assert all(p.start < p.end for p in passages)
    assert len({p.id for p in passages}) == len(passages)


@given(ANY_TEXT, st.integers(min_value=1, max_value=80))
def test_no_passage_is_longer_than_the_model_reads(text: str, most: int) -> None:
    passages = split(article(text), count_characters, most_tokens=most)
    assert all(p.end - p.start <= most for p in passages)


@given(ANY_TEXT)
def test_a_file_with_any_text_in_it_becomes_an_article_whose_passages_tile(text: str) -> None:
    cleaned = clean(text)
    if not cleaned or not text.encode("utf-8", "surrogatepass").strip() or "\0" in text:
        return
    loaded = load(Path("/articles/any.txt"), text.encode("utf-8"))
    passages = split(loaded, count_characters, most_tokens=40)
    assert "".join(loaded.text[p.start : p.end] for p in passages) == loaded.text


def test_a_joined_emoji_is_never_cut_in_two() -> None:
    family = "👩‍👩‍👧‍👦"
    passages = split(article(family * 20), count_characters, most_tokens=16)
    pieces = [(family * 20)[p.start : p.end] for p in passages]
    assert len(pieces) > 1
    assert all(piece == family * (len(piece) // len(family)) for piece in pieces)


def test_passages_of_the_seeds_are_whole_sentences_that_the_model_reads_to_the_end(assistant: Assistant) -> None:
    embedding = assistant.index.embedding
    for file in sorted(SEEDS.glob("*-*.md")):
        loaded = load(file, file.read_bytes())
        passages = entry_of(embedding, loaded, "").passages
        texts = [embedded_text(passage, loaded) for passage in passages]
        assert max(map(len, embedding.tokenise(texts))) <= embedding.most_tokens
        assert all(
            loaded.text[p.start : p.end].rstrip()[-1] in ".!?\"'”:)%" or "\n" in loaded.text[p.start : p.end + 2]
            for p in passages
        )
