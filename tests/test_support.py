"""What the articles bear out of sentences that somebody else wrote: the real model, real indexes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.query import read_query
from assistant.retrieve import HybridRetriever
from assistant.support import Support
from assistant.values import Claim
from assistant.verify import holds
from index import Index
from tests.conftest import MakeIndex

Check = Callable[[str], Claim]


@pytest.fixture
def check(make_index: MakeIndex, folder: Path) -> Check:
    """Check a sentence against three short articles: a bridge, a night train, a harvest."""
    index = Index(make_index(folder))
    support = Support(index, HybridRetriever(index, limit=10).hits(read_query(index, "bridge, trains and olives")))
    return support.claim


def quotes(claim: Claim) -> list[str]:
    return [citation.quote for citation in claim.citations]


def test_a_sentence_of_an_article_is_supported_by_itself(check: Check) -> None:
    claim = check("it is 412 metres  long")
    assert (claim.status, quotes(claim)) == ("supported", ["It is 412 metres long."])


def test_a_sentence_in_other_words_is_supported_and_its_quotes_stand_in_the_article(check: Check) -> None:
    claim = check("The operator dropped its earlier plan for a daily train because carriages were scarce.")
    assert (claim.status, claim.missing) == ("supported", ())
    assert quotes(claim) == ["The operator cancelled the earlier plan for a daily train since carriages were scarce."]
    assert all(holds(citation) for citation in claim.citations)


def test_a_wrong_number_is_not_supported_and_named(check: Check) -> None:
    assert check("A ticket in a shared compartment costs 69 euros.").status == "supported"
    claim = check("A ticket in a shared compartment costs 96 euros.")
    assert claim.status != "supported"
    assert claim.missing == ("96 euros",)
