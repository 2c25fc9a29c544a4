"""A claim beside its quotes: which words of each the other lacks."""

from assistant.render.differences import side_by_side
from assistant.types import Citation, Claim
from index.types import Article

TEXT = "The Bank of England did not raise its rate on Thursday."
ARTICLE = Article(id="a", title="T", text=TEXT, content_hash="h")
QUOTE = Citation(1, ARTICLE, 0, len(TEXT), TEXT)


def marked(parts: list[tuple[str, bool]]) -> list[str]:
    return [text for text, differs in parts if differs]


def test_words_that_the_other_side_lacks_are_marked_on_both_sides() -> None:
    compared = side_by_side(Claim("The Bank of England raised its rates on Friday.", (QUOTE,), "to be compared"))
    assert compared
    said, [(citation, told)] = compared
    assert citation == QUOTE
    assert marked(said) == ["Friday"]
    assert marked(told) == ["not", "Thursday"]
    assert "".join(text for text, _ in told) == TEXT


def test_nothing_is_beside_a_claim_that_is_supported_or_has_no_quotes() -> None:
    assert side_by_side(Claim(TEXT, (QUOTE,), "supported")) is None
    assert side_by_side(Claim("Cats purr.", (), "unsupported")) is None
