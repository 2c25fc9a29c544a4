import pytest

from index.text.clean import clean

PARAGRAPH = (
    "The committee met on Tuesday and agreed on a longer plan for the harbour, officials said after the talks, which "
    "went on for longer than anybody had thought they would.\n\n"
)


@pytest.mark.parametrize(
    "line",
    [
        "6 min read",
        "Table of Contents",
        "Markets.com Logo",
        "Share this article",
        "Related Articles",
        "We use cookies to give you the best experience on our site.",
        "© 2025 The Wire. All rights reserved.",
        "Risk Warning: trading carries risk.Past performance is no guide.",
        "Disclaimer: this is for information and is no investment advice.",
    ],
)
def test_what_a_page_leaves_around_its_article_is_dropped(line: str) -> None:
    assert clean(f"{PARAGRAPH}{PARAGRAPH}{line}\n\n{PARAGRAPH}") == (PARAGRAPH * 3).strip()


@pytest.mark.parametrize(
    "line",
    [
        "You may also be eligible for a refund if you bought a ticket before 1 May.",
        "More in common than they admit",
        "More from the harbour",
        "Sign up for the new plan closes on 15 January.",
        "Disclaimer: the writer holds shares in the firm.",
        "Copyright law protects the novel until 2040.",
        "Copyright and fair use",
        "We use cookies in our bakery to draw in children, says the owner.",
        "Share this burden fairly, the minister said.",
        "Twitter drops bird logo",
        "Home.",
        "Search.",
    ],
)
def test_a_line_of_the_article_stays_however_much_it_looks_like_furniture(line: str) -> None:
    text = f"{PARAGRAPH}{PARAGRAPH}{line}\n\n{PARAGRAPH}"
    assert clean(text) == text.strip()


def test_the_list_of_other_articles_below_the_text_goes() -> None:
    links = "More from The Wire\n\nRates: what next\n\nTen charts on oil"
    assert clean(PARAGRAPH * 3 + links) == (PARAGRAPH * 3).strip()


@pytest.mark.parametrize("end", ["home.", "Facebook.", "X.", "45. The plan was dropped."])
def test_the_end_of_a_hard_wrapped_sentence_stays_in_its_sentence(end: str) -> None:
    wrapped = "After long talks in the capital that led nowhere, the two delegations came to"
    assert clean(f"{PARAGRAPH}{wrapped}\n{end}").endswith(f"came to {end}")


def test_paragraphs_of_one_line_each_are_not_joined() -> None:
    lines = (
        "Rates rose by half a point on Monday, the bank said, to 5 per cent.\nBackground\nThe bank had warned of it."
    )
    assert clean(lines) == lines


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to continue reading.",
        "This article is for subscribers only. Subscribe to continue reading.",
        "Already a subscriber? Log in",
        "You have 2 free articles remaining this month.",
        "Dieser Artikel ist nur für Abonnenten.",
        "Cet article est réservé aux abonnés.",
        "Este contenido es exclusivo para suscriptores.",
    ],
)
def test_a_line_that_asks_to_pay_is_no_part_of_an_article(line: str) -> None:
    assert clean(f"The ferry runs twice a day.\n\n{line}") == "The ferry runs twice a day."


@pytest.mark.parametrize(
    "line",
    [
        "The paper said that its subscribers have to log in to read the full story.",
        "You have to be free to write, said Ada Quill.",
        "This story is about members of the board.",
        "Join the ferry at Ember.",
    ],
)
def test_a_sentence_about_papers_and_members_stays(line: str) -> None:
    assert clean(f"The ferry runs twice a day.\n\n{line}").endswith(line)
