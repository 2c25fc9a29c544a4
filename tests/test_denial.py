import pytest

from assistant.read.evidence import Evidence
from assistant.types import Claim
from assistant.write.denial_patterns import cues
from assistant.write.quote import quote
from index.text.sentences import sentences
from index.types import Article


def article(text: str, id_: str = "a") -> Article:
    return Article(id=id_, title="T", text=text, content_hash="h")


def answered(best: str, *sources: Article, chosen: tuple[str, ...] = ()) -> list[Claim]:
    """Answer where `best` is the best sentence, those `chosen` come near it, and all others are far behind."""
    rank = {best: 0.9, **dict.fromkeys(chosen, 0.6)}
    every = [Evidence(source, *span, 0.01) for source in sources for span in sentences(source.text)]
    weighed = [Evidence(e.article, e.start, e.end, rank.get(e.text, 0.01)) for e in every]
    return quote(sorted(weighed, key=lambda e: -e.probability), 0.1)


def denials(best: str, *sources: Article) -> list[str]:
    return [claim.text for claim in answered(best, *sources) if claim.denies]


CLAIM = "Officials said Kim Berg had taken money from Nordbank."


@pytest.mark.parametrize(
    "denial",
    [
        "A lawyer for Ms. Berg denied this.",
        "The ministry rejected this account.",
        "Ms. Berg's lawyer dismissed the allegation as “nonsense”.",
        "Nordbank called the report false.",
        "“That is not true,” said Al Roth, a spokesman.",
        "The claim was disputed by Nordbank.",
        "Nordbank said there was no truth to the claim that Ms. Berg took money.",
        "Nordbank said it had checked, and denied that Ms. Berg took any money.",
        "Nordbank found no evidence that Ms. Berg had taken money.",
        "Al Roth insisted that Ms. Berg had never taken money from Nordbank.",
        "Nordbank rejected this account of Ms. Berg's part.",
    ],
)
def test_a_denial_is_shown_right_after_the_claim_it_disputes(denial: str) -> None:
    found = answered(CLAIM, article(f"It rained. {CLAIM} {denial} Shares rose."))
    assert [(claim.text, claim.denies) for claim in found] == [(CLAIM, False), (denial, True)]
    assert [citation.quote for citation in found[1].citations] == [denial]


@pytest.mark.parametrize(
    "other",
    [
        "Nordbank did not deny the report.",
        "The ministry has not disputed the allegation.",
        "Nordbank neither confirmed nor denied the claim.",
        "Al Roth declined to deny this.",
        "Nobody at Nordbank denies the claim.",
        "Nordbank could hardly deny this.",
        "Nordbank is expected to reject the allegation.",
        "Did Nordbank deny this?",
        "If Nordbank denies this, Ms. Berg is safe.",
        "The ministry rejected a request for an interview.",
        "Nordbank rejected the bid.",
        "Nordbank rejected it in favour of Skyways.",
        "Nordbank rejected a proposal to investigate Ms. Berg.",
        "The court rejected the claim.",
        "Ms. Berg was denied entry.",
        "Ms. Berg was denied bail over the money.",
        "Nordbank said there was no need for Ms. Berg to return the money.",
        "Nordbank said there was no doubt about this.",
        "The ministry dismissed the director of Nordbank over the money.",
        "Nordbank denied reports that it would close its Oslo branch.",
        "The ministry rejects this account of Mr. Roth's part.",
        "Some deny this.",
        "He added that those who say otherwise are wrong.",
        "Shares rose. Nordbank denied this.",
        "Ms. Berg denies any wish to move to Paris.",
    ],
)
def test_what_only_looks_like_a_denial_is_not_shown_as_one(other: str) -> None:
    assert denials(CLAIM, article(f"It rained. {CLAIM} {other}")) == []


def test_a_denial_of_another_claim_is_not_put_beside_this_one() -> None:
    source = article("Shares of Nordbank rose. Officials said Kim Berg took money. Nordbank denied this claim.")
    assert denials("Shares of Nordbank rose.", source) == []


def test_an_account_is_denied_far_below_only_where_others_tell_it_of_the_same_person() -> None:
    far = "The White House rejects this account of Mr. Rubio's part."
    rest = " ".join(f"Fact number {n} is here." for n in "one two three four five six seven".split())
    told, fact = "Officials credit Marco Rubio with the shift.", "Mr. Rubio joined the talks in February."
    own, about_other = "Mr. Rubio said the talks would go on.", "Insiders blame Steve Witkoff for it."
    source = article(f"{told} {fact} {own} {about_other} {rest} {far}")
    assert denials(told, source) == [far]
    assert denials(fact, source) == denials(own, source) == denials(about_other, source) == []


def test_a_denial_below_another_denial_still_means_the_claim() -> None:
    source = article(f"{CLAIM} Al Roth of Nordbank denied this. The ministry also rejected the claim.")
    assert denials(CLAIM, source) == ["Al Roth of Nordbank denied this."]


def test_a_denial_in_another_article_must_name_what_the_claim_names() -> None:
    claim = "Skyways will close its base in Oslo in May, a newspaper reported."
    here = article(f"{claim} Shares fell.")
    denial = "Skyways denied that it would close its Oslo base."
    assert denials(claim, here, article(f"Snow fell. {denial}", "b")) == [denial]
    for other in (
        "Northjet denied that it would close its Oslo base.",
        "Skyways denied that it would close its Bergen base.",
        "Skyways denied the report.",
        "Skyways denied this.",
    ):
        assert denials(claim, here, article(f"Snow fell. {other}", "b")) == []


def test_agreeing_on_what_did_not_happen_is_no_denial() -> None:
    claim = "Russia did not hit the hospital in Odesa, officials said."
    assert denials(claim, article(f"{claim} Russia denied hitting the hospital in Odesa.")) == []


def test_a_denial_says_who_denies() -> None:
    source = article(f"{CLAIM} Al Roth heads Nordbank's board. He rejected the allegation.")
    assert denials(CLAIM, source) == ["Al Roth heads Nordbank's board. He rejected the allegation."]


def test_he_who_denies_what_he_is_accused_of_needs_no_sentence_twice() -> None:
    source = article("Prosecutors accuse Al Roth of theft. He denies it. It rained.")
    found = answered("Prosecutors accuse Al Roth of theft.", source)
    assert [claim.text for claim in found] == ["Prosecutors accuse Al Roth of theft.", "He denies it."]


def test_a_question_about_the_denial_is_answered_with_it_and_nothing_is_added() -> None:
    source = article(f"{CLAIM} Nordbank rejected this account of Ms. Berg's part. The ministry denied this too.")
    found = answered("Nordbank rejected this account of Ms. Berg's part.", source)
    assert len(found) == 1
    assert not found[0].denies


def test_a_denial_that_would_be_a_claim_of_its_own_moves_beside_the_one_it_disputes() -> None:
    denial = "Nordbank rejected the allegation against Ms. Berg."
    source = article(f"{CLAIM} It rained on Monday. It rained in Oslo. {denial} Ms. Berg is 44.")
    found = answered(CLAIM, source, chosen=("Ms. Berg is 44.", denial))
    assert [claim.denies for claim in found] == [False, True, False]
    assert found[1].text == denial


def test_at_most_two_denials_are_shown_beside_three_claims() -> None:
    said = [f"Officials said {name} took money." for name in ("Ann Roth", "Bo Lund", "Cy Moe")]
    source = article(" ".join(f"{one} Nordbank denied this. It rained." for one in said))
    found = answered(said[0], source, chosen=(said[1], said[2]))
    assert [claim.denies for claim in found] == [False, True, False, True, False]


def test_a_sentence_without_a_word_of_denial_has_no_cue() -> None:
    assert cues("In August he tried to dismiss Lisa Cook over claims about her mortgages that she denies.") == []
    assert cues("The tone behind closed doors is disputed.") == []
    assert cues("The line is one that Moscow had rejected before the summit.") == []


def test_a_line_of_thousands_of_words_of_denial_is_no_sentence() -> None:
    assert cues("denied, " * 5_000) == []
    assert cues("Al denied " * 90) == []
