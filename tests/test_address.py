import pytest

from index.urls import canonical, identity, is_address, normalise

PAGE = "https://wire.example/news/heat"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://wire.example/news/heat",
        "HTTPS://WWW.Wire.Example:443/news/heat/",
        "https://wire.example/news/heat#top",
        "https://wire.example/news/heat?utm_source=x&utm_medium=y&fbclid=1&gclid=2",
        "https://wire.example/news/../news/heat",
        "https://wire.example/news/%68eat",
        "  https://wire.example./news/heat?  ",
    ],
)
def test_spellings_of_one_page_are_one(spelling: str) -> None:
    assert identity(spelling) == identity(PAGE)


def test_what_chooses_the_page_is_kept() -> None:
    others = ["?id=2", "?id=3", "?source=2", "/2", "?ID=2"]
    assert len({identity(PAGE + other) for other in others}) == len(others)
    assert identity(f"{PAGE}?a=1&b=2") == identity(f"{PAGE}?b=2&utm_term=x&a=1")
    assert identity("http://wire.example:8080/") != identity("http://wire.example/")


def test_an_address_is_asked_for_as_it_was_given_but_for_what_tells_where_a_reader_came_from() -> None:
    assert normalise("http://www.Wire.example/a/?b=2&a=1&utm_id=3#c") == "http://www.wire.example/a/?b=2&a=1"
    assert normalise("http://bücher.example") == "http://xn--bcher-kva.example/"


@pytest.mark.parametrize(
    ("link", "known_by"),
    [
        ("https://www.wire.example/heat", "https://www.wire.example/heat"),
        ("/heat?utm_source=rss", "https://m.wire.example/heat"),
        ("https://thief.example/heat", "https://m.wire.example/x"),
        ("https://wire.example/", "https://m.wire.example/x"),
        ("javascript:alert(1)", "https://m.wire.example/x"),
        ("http://[", "https://m.wire.example/x"),
        (None, "https://m.wire.example/x"),
    ],
)
def test_a_page_says_itself_what_it_is_known_by_on_its_own_site(link: str | None, known_by: str) -> None:
    assert canonical("https://m.wire.example/x", link) == known_by


def test_what_begins_with_a_scheme_is_an_address() -> None:
    assert is_address("https://wire.example")
    assert is_address("FILE:///etc/passwd")
    assert not is_address("articles/https.md")
    assert not is_address("C:/articles")
