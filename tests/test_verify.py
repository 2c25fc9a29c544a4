from hypothesis import given
from hypothesis import strategies as st

from assistant.check.citations import holds, verify
from assistant.types import Citation, Claim
from index.types import Article

ARTICLE = Article(id="a", title="T", text="The bank held rates. Nobody was surprised.", content_hash="h")
FIRST = Citation(1, ARTICLE, 0, 20, "The bank held rates.")


def claim(text: str, *citations: Citation) -> Claim:
    return Claim(text, citations, "supported")


def test_a_claim_that_is_its_quote_is_supported() -> None:
    [checked] = verify([claim("The bank held rates.", FIRST)])
    assert checked.status == "supported"
    assert checked.citations == (FIRST,)


def test_a_quote_that_is_not_in_the_article_disappears_and_the_claim_is_marked() -> None:
    [checked] = verify([claim("The bank cut rates.", Citation(1, ARTICLE, 0, 20, "The bank cut rates.!"))])
    assert checked.citations == ()
    assert checked.status == "unsupported"


def test_a_claim_that_says_something_else_than_its_quote_is_unsupported() -> None:
    [checked] = verify([claim("The bank cut rates.", FIRST)])
    assert checked.status == "unsupported"


def test_a_claim_of_which_one_sentence_stands_in_its_quote_is_to_be_compared() -> None:
    [checked] = verify([claim("The bank held rates. The sun rose.", FIRST)])
    assert checked.status == "to be compared"


def test_citations_are_numbered_as_they_appear_and_the_same_quote_has_one_number() -> None:
    second = Citation(9, ARTICLE, 21, 42, "Nobody was surprised.")
    found = verify([claim("Nobody was surprised.", second), claim("The bank held rates.", FIRST, second)])
    assert [[c.number for c in f.citations] for f in found] == [[1], [2, 1]]


@given(st.text(min_size=1), st.integers(-3, 9), st.integers(-3, 9), st.text(max_size=9))
def test_a_quote_holds_only_when_it_is_what_stands_there(text: str, start: int, end: int, quote: str) -> None:
    article = Article(id="a", title="T", text=text, content_hash="h")
    if holds(Citation(1, article, start, end, quote)):
        assert quote
        assert article.text[start:end] == quote
    if 0 <= start < end <= len(text):
        assert holds(Citation(1, article, start, end, text[start:end]))


def test_a_claim_in_other_words_keeps_the_status_it_was_given() -> None:
    given = Claim("Rates stayed where they were.", (FIRST,), "supported", missing=())
    assert verify([given], verbatim=False) == [given]
    part = Claim("Rates stayed at 4 %.", (FIRST,), "to be compared", missing=("4 %",))
    assert verify([part], verbatim=False) == [part]


def test_a_status_is_lowered_when_a_quote_it_rests_on_is_broken() -> None:
    broken = Citation(2, ARTICLE, 0, 20, "The bank cut rates.!!")
    given = [Claim("Rates stayed.", kept, "supported") for kept in ((FIRST, broken), (broken,), ())]
    found = verify(given, verbatim=False)
    assert [one.status for one in found] == ["to be compared", "unsupported", "unsupported"]
    assert [one.citations for one in found] == [(FIRST,), (), ()]
