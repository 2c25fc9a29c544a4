"""What the articles bear out of sentences that somebody else wrote: the real model, a real index."""

from collections.abc import Callable

import pytest

from assistant.query import read_query
from assistant.retrieve import HybridRetriever
from assistant.support import Support
from assistant.values import Claim
from assistant.verify import holds
from index import Index, sync
from tests.conftest import write_article

Check = Callable[[str], Claim]

SANCTIONS = """The United States sanctioned Lukoil and Rosneft on Wednesday. More than 30 of their subsidiaries are
named as well. Brent crude settled at $65.99 a barrel, while West Texas Intermediate gained 5.6 per cent to $61.79.

Igor Sechin has run Rosneft since 2012. He is an ally of the president. Lukoil is privately owned and has refineries in
Bulgaria.

The European Central Bank kept its deposit rate at 2 per cent. The bank did not cut its forecast for growth."""

BLAST = """The blast in the harbour killed 3 people and wounded 17, according to the governor. Two firemen are missing.

“We will not rest until the cause is known,” said the governor, Anna Petrova. The city had paid EUR 38 million for
the quay. Several of these points are still open:

- Repairs may take three years."""

RUSSIAN = """Санкции вступили в силу 22 октября. Под них попали 30 дочерних компаний Лукойла."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("claims")
    write_article(folder / "sanctions.md", "Oil firms sanctioned", SANCTIONS, published="2025-10-24")
    write_article(folder / "blast.md", "Blast in Varna", BLAST, published="2025-09-02", publisher="Harbour Desk")
    write_article(folder / "russian.md", "Санкции", RUSSIAN, published="2025-10-24")
    made = Index(folder / "home")
    sync(made, [folder])
    return made


@pytest.fixture(scope="module")
def check(index: Index) -> Check:
    """Check a sentence against all three articles."""
    hits = HybridRetriever(index, limit=10).hits(read_query(index, "sanctions, the blast, санкции"))
    assert {hit.article.title for hit in hits} == {"Oil firms sanctioned", "Blast in Varna", "Санкции"}
    return Support(index, hits).claim


def quotes(claim: Claim) -> list[str]:
    return [citation.quote for citation in claim.citations]


def test_a_sentence_of_an_article_is_supported_by_itself(check: Check) -> None:
    claim = check("two firemen  are missing")
    assert (claim.text, claim.status) == ("two firemen  are missing", "supported")
    assert quotes(claim) == ["Two firemen are missing."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Since 2012, Rosneft has been run by Igor Sechin.",
        "Lukoil, which owns refineries in Bulgaria, is a private company.",
        "According to the articles, the deposit rate was kept at 2% by the European Central Bank.",
        "The ECB kept its deposit rate at two per cent.",
        "The United States sanctioned Rosneft and Lukoil on October 22, 2025.",
        "On 22 October the US sanctioned Lukoil and Rosneft.",
        "Lukoil and Rosneft were sanctioned by the United States on Wednesday.",
        "The city had paid €38m for the quay.",
        "Over thirty of their subsidiaries are also named.",
        "The blast in Varna killed three people and wounded 17.",
        "Igor Sechin is an ally of the president.",
        "**Lukoil** is *privately owned*.",
        "“We will not rest until the cause is known,” Anna Petrova said.",
        "The bank didn't cut its growth forecast.",
    ],
)
def test_a_true_sentence_in_other_words_is_supported_by_quotes_that_stand_in_the_article(
    check: Check, sentence: str
) -> None:
    claim = check(sentence)
    assert (claim.status, claim.missing) == ("supported", ())
    assert 1 <= len(claim.citations) <= 3
    assert all(holds(citation) for citation in claim.citations)


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("The blast in the harbour killed 4 people.", "4"),
        ("The blast in the harbour killed 17 people and wounded 3.", "17"),
        ("Brent crude settled at $61.79 a barrel.", "$61.79"),
        ("Igor Sechin has run Rosneft since 2014.", "2014"),
        ("The United States sanctioned Lukoil and Rosneft on October 15.", "October 15"),
        ("The United States sanctioned Lukoil and Rosneft on Monday.", "Monday"),
        ("The city had paid $38 million for the quay.", "$38 million"),
        ("Repairs may take five years.", "five"),
        ("Igor Sechin has run Gazprom since 2012.", "Gazprom"),
        ("Igor Sechin has run Lukoil since 2012.", "Lukoil"),
        ("Lukoil sanctioned the United States on Wednesday.", "Lukoil"),
        ("The United States were sanctioned by Lukoil on Wednesday.", "Lukoil"),
        ("The bank cut its forecast for growth.", "not"),
        ("Lukoil is not privately owned.", "not"),
        ("West Texas Intermediate lost 5.6 per cent to $61.79.", "lost"),
        (
            "“We will rest when the cause is found,” said the governor, Anna Petrova.",
            "“We will rest when the cause is found,”",
        ),
    ],
)
def test_what_makes_a_sentence_false_keeps_it_from_being_supported_and_is_named(
    check: Check, sentence: str, missing: str
) -> None:
    claim = check(sentence)
    assert claim.status != "supported"
    assert missing in claim.missing


def test_a_quote_that_opens_on_he_brings_the_sentence_that_says_who(check: Check) -> None:
    claim = check("Igor Sechin is an ally of the president.")
    assert quotes(claim) == ["Igor Sechin has run Rosneft since 2012. He is an ally of the president."]


def test_whom_a_quote_only_mentions_has_not_done_what_it_does_not_tell(check: Check) -> None:
    claim = check("Igor Sechin founded Rosneft.")
    assert claim.status != "supported"
    assert "founded" in claim.missing


def test_a_sentence_made_of_two_is_supported_by_both(check: Check) -> None:
    claim = check("Igor Sechin has run Rosneft since 2012, while Lukoil is privately owned.")
    assert claim.status == "supported"
    assert any("Sechin" in quote for quote in quotes(claim))
    assert any("privately owned" in quote for quote in quotes(claim))


def test_a_sentence_of_which_one_half_is_invented_is_partly_supported(check: Check) -> None:
    claim = check(
        "Lukoil is privately owned and has refineries in Bulgaria, but its workers have been on strike for weeks."
    )
    assert claim.status == "partly supported"
    assert quotes(claim)[0] == "Lukoil is privately owned and has refineries in Bulgaria."


def test_a_sentence_about_something_else_has_no_quotes(check: Check) -> None:
    claim = check("The museum will open a new wing for modern sculpture next spring.")
    assert (claim.status, claim.citations) == ("unsupported", ())


def test_other_languages_are_compared_word_by_word(check: Check) -> None:
    assert check("Санкции вступили в силу 22 октября.").status == "supported"
    claim = check("Под них попали 50 дочерних компаний Лукойла.")
    assert claim.status != "supported"
    assert claim.missing == ("50",)


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " ",
        "?!",
        "…",
        "**",
        "🙂🙂",
        "Yes.",
        "the of and",
        "這是一個句子。",
        "a" * 5000,
        "Lukoil and 3 people " * 9000,
        "\x00\ud800",
    ],
)
def test_what_is_no_sentence_is_unsupported(check: Check, odd: str) -> None:
    claim = check(odd)
    assert (claim.text, claim.status, claim.citations) == (odd, "unsupported", ())


def test_without_passages_nothing_is_supported(index: Index) -> None:
    claim = Support(index, []).claim("Lukoil is privately owned.")
    assert (claim.status, claim.citations) == ("unsupported", ())
