"""Fetching from a server that behaves badly, or is not where it says it is."""

import ipaddress
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from index.errors import FetchError
from index.web.fetch import Fetcher, Validators
from index.web.public_network import is_public
from tests.web_server import LIMITS, Answer, MakeFetcher, ScriptedSite, bomb, drip, endless, scripted_site, silence


def refusal(fetcher: Fetcher, address: str) -> str:
    """What is said of an address that is not fetched: one sentence that names it."""
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(address)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(address) or " carries a " in said
    return said


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[64:ff9b::a00:1]",
        "[64:ff9b:1::1]",
        "[2001:db8::1]",
    ],
)
def test_an_address_that_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    with Fetcher(LIMITS) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.fetch(f"http://{host}/page")
    # Some forms are refused even before they are looked up.
    assert "not on the public internet" in str(caught.value) or "is not a web address" in str(caught.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_public_in_every_form(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://2130706434/",
        "http://0177.0.0.2/",
        "http://[::ffff:169.254.169.254]/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(site: ScriptedSite, make_fetcher: MakeFetcher, target: str) -> None:
    said = refusal(make_fetcher(), site.sends_on("/go", target))
    assert target in said
    assert "not on the public internet" in said or "is not a web address" in said


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://wire.example/x", "gopher://wire.example", "//", ""])
def test_a_redirect_out_of_the_web_is_refused(site: ScriptedSite, make_fetcher: MakeFetcher, target: str) -> None:
    said = refusal(make_fetcher(), site.sends_on("/go", target))
    assert "is not a web address" in said or "leads on and on" in said


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://wire.example/x", "http://", "https://exa mple/"])
def test_what_is_no_web_address_is_refused(make_fetcher: MakeFetcher, address: str) -> None:
    assert "is not a web address" in refusal(make_fetcher(), address)


def test_an_address_with_a_password_is_refused_and_the_password_not_repeated(make_fetcher: MakeFetcher) -> None:
    assert "secret" not in refusal(make_fetcher(), "http://me:secret@wire.example/")


def test_a_name_that_answers_a_private_address_at_the_second_look_is_not_connected_to(
    site: ScriptedSite, make_fetcher: MakeFetcher
) -> None:
    site.says("/page", "<p>A page.</p>")
    asked: list[str] = []

    def turning(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1" if len(asked) == 1 else "127.0.0.9"]

    address = f"http://turning.example:{site.port}/page"
    assert make_fetcher(resolve=turning).fetch(address)
    assert asked == ["turning.example"]
    with make_fetcher(resolve=turning) as fetcher:
        assert "turning.example is at 127.0.0.9, not on the public internet" in refusal(fetcher, address)


def test_one_private_address_among_public_ones_is_enough_to_refuse(make_fetcher: MakeFetcher) -> None:
    said = refusal(make_fetcher(resolve=lambda *_: ["8.8.8.8", "10.0.0.1"]), "http://mixed.example/")
    assert "10.0.0.1" in said


def test_a_host_that_is_not_known_is_named(make_fetcher: MakeFetcher) -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert "the host nowhere.example is not known" in refusal(make_fetcher(resolve=unknown), "http://nowhere.example/x")


def test_redirects_are_followed_and_counted(site: ScriptedSite, make_fetcher: MakeFetcher) -> None:
    site.says("/end", "<p>The end.</p>")
    site.sends_on("/b", "/end", 308)
    found = make_fetcher().fetch(site.sends_on("/a", "/b", 301))
    assert found
    assert (found.address, found.data) == (f"{site.address}/end", b"<p>The end.</p>")
    assert "leads on and on, more than 3 times" in refusal(make_fetcher(), site.sends_on("/loop", "/loop"))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(endless), "is larger than 0.2 MB"),
        (Answer(bomb(50_000_000), headers={"Content-Encoding": "gzip"}), "is larger than 0.2 MB"),
        (Answer(drip), "takes longer than 0.8 seconds"),
        (Answer(silence), "0.4 seconds of silence"),
        (Answer(b"\x1f\x8b\x08broken", headers={"Content-Encoding": "gzip"}), "comes as damaged gzip"),
        (Answer(b"x", headers={"Content-Encoding": "br"}), "comes packed as br"),
        (Answer(b"film", kind="video/mp4"), "is video/mp4, not an article"),
        (Answer(b"<svg/>", kind="image/svg+xml"), "is image/svg+xml, not an article"),
        (Answer(b"x", status=404), "is not there; check the address (status 404)"),
        (Answer(b"x", status=403), "is refused to programs (status 403)"),
        (Answer(b"x", status=204), "does not answer with a page (status 204)"),
        (Answer(b"x", status=304), "does not answer with a page (status 304)"),
    ],
)
def test_what_cannot_become_an_article_is_one_sentence(
    site: ScriptedSite, make_fetcher: MakeFetcher, answer: Answer, says: str
) -> None:
    site.gives("/page", answer)
    assert says in refusal(make_fetcher(), f"{site.address}/page")


def test_a_packed_page_is_unpacked(site: ScriptedSite, make_fetcher: MakeFetcher) -> None:
    site.says("/page", bomb(100_000), Content_Encoding="gzip")
    found = make_fetcher().fetch(f"{site.address}/page")
    assert found
    assert found.data == b"\0" * 100_000


def test_a_page_is_asked_for_again_only_if_it_has_changed(site: ScriptedSite, make_fetcher: MakeFetcher) -> None:
    address = site.says("/page", "<p>One.</p>")
    found = make_fetcher().fetch(address)
    assert found
    assert found.validators.etag
    assert make_fetcher().fetch(address, found.validators) is None
    site.says("/page", "<p>Two.</p>")
    changed = make_fetcher().fetch(address, found.validators)
    assert changed
    assert changed.data == b"<p>Two.</p>"
    assert make_fetcher().fetch(address, Validators(f"{site.address}/elsewhere", found.validators.etag))


def test_a_busy_server_is_asked_again_when_it_says(
    site: ScriptedSite, make_fetcher: MakeFetcher, pauses: list[float]
) -> None:
    address = site.says("/page", "<p>One.</p>")
    site.fails("/page", 429, Retry_After="7")
    assert make_fetcher().fetch(address)
    assert pauses == [7.0]


def test_a_server_in_trouble_is_asked_three_times_later_each_time(
    site: ScriptedSite, make_fetcher: MakeFetcher, pauses: list[float]
) -> None:
    site.fails("/page", 503, times=5)
    assert "has trouble; try again later (status 503)" in refusal(make_fetcher(), f"{site.address}/page")
    assert pauses == [1.0, 2.0]


def test_a_server_that_asks_for_a_long_pause_is_left(
    site: ScriptedSite, make_fetcher: MakeFetcher, pauses: list[float]
) -> None:
    site.fails("/page", 429, times=5, Retry_After="3600")
    assert "not to be asked for again within 3600 seconds" in refusal(make_fetcher(), f"{site.address}/page")
    assert pauses == []


def test_robots_txt_is_obeyed_and_read_once(site: ScriptedSite, make_fetcher: MakeFetcher) -> None:
    site.says("/robots.txt", "User-agent: article-assistant\nDisallow: /closed\n", "text/plain")
    site.says("/closed/a", "<p>No.</p>")
    site.says("/open", "<p>Yes.</p>")
    site.sends_on("/way-in", "/closed/a")
    fetcher = make_fetcher()
    assert "robots.txt asks programs not to" in refusal(fetcher, f"{site.address}/closed/a")
    assert "robots.txt asks programs not to" in refusal(fetcher, f"{site.address}/way-in")
    assert fetcher.fetch(f"{site.address}/open")
    assert [path for path, _ in site.asked] == ["/robots.txt", "/way-in", "/open"]
    assert all("article-assistant/" in headers["User-Agent"] for headers in site.seen_headers)


def test_a_site_whose_robots_txt_is_broken_is_left_alone(site: ScriptedSite, make_fetcher: MakeFetcher) -> None:
    site.says("/page", "<p>One.</p>")
    site.fails("/robots.txt", 500, times=9)
    assert "robots.txt, which says who may, cannot be read (500)" in refusal(make_fetcher(), f"{site.address}/page")


def test_the_pause_that_robots_txt_asks_for_is_made(
    site: ScriptedSite, make_fetcher: MakeFetcher, pauses: list[float]
) -> None:
    site.says("/robots.txt", "User-agent: *\nCrawl-delay: 3\n", "text/plain")
    fetcher = make_fetcher()
    for path in ("/a", "/b"):
        fetcher.fetch(site.says(path, "<p>One.</p>"))
    assert len(pauses) == 1
    assert 2 < pauses[0] <= 3


def test_a_certificate_is_checked_against_the_name_that_was_asked_for(
    make_fetcher: MakeFetcher, tmp_path: Path
) -> None:
    certificate = tmp_path / "wire.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=wire.example"
    extension = "subjectAltName=DNS:wire.example"
    options = ["-addext", extension, "-keyout", str(certificate), "-out", str(tmp_path / "public.pem")]
    subprocess.run([*command.split(), *options], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + (tmp_path / "public.pem").read_text())
    trusting = ssl.create_default_context(cafile=str(tmp_path / "public.pem"))
    with scripted_site(certificate) as site:
        secure = site.says("/page", "<p>A page.</p>").replace("http:", "https:")
        assert make_fetcher(ssl_context=trusting).fetch(secure)
        other = secure.replace("wire.example", "other.wire.example")
        assert "certificate of other.wire.example is not to be trusted" in refusal(
            make_fetcher(ssl_context=trusting), other
        )
        assert "certificate of wire.example is not to be trusted" in refusal(make_fetcher(), secure)
