"""Documents at web addresses: a PDF or a Word document becomes an article, and nothing else that is downloaded does."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from time import sleep
from typing import Any

import pytest
from fpdf import FPDF

from assistant.render.text import pages
from index import Index, sync_addresses
from index.errors import FetchError
from index.web.fetch import Fetcher
from tests.conftest import BRIDGE
from tests.papers import LONG, Paper, written
from tests.samples import SAID, SAMPLES
from tests.web_pages import WORDS, counts, links_of, page
from tests.web_server import LIMITS, Answer, MakeFetcher, ScriptedSite, drip, endless

PDF, BLOB = "application/pdf", "application/octet-stream"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def sample(ending: str) -> bytes:
    return (SAMPLES / f"louvre.{ending}").read_bytes()


def a_pdf(*texts: str, title: str = "") -> bytes:
    return written(Paper(), [[text] for text in texts], title)


def reason(fetcher: Fetcher, site: ScriptedSite, answer: Answer, path: str = "/file") -> str:
    """What is said of an address that is refused."""
    site.gives(path, answer)
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(f"{site.address}{path}")
    assert str(caught.value).startswith(f"{site.address}{path} ")
    return str(caught.value)


@pytest.mark.parametrize(
    ("ending", "path", "kind"),
    [
        ("pdf", "/report", PDF),
        ("pdf", "/report.pdf?v=2", "application/x-pdf; charset=binary"),
        ("pdf", "/report.PDF", BLOB),
        ("pdf", "/download?id=7", BLOB),
        ("docx", "/report", WORD),
        ("docx", "/report.docx", BLOB),
        ("docx", "/download?id=7", BLOB),
        ("eml", "/mail", "message/rfc822"),
        ("eml", "/mail.eml", BLOB),
    ],
)
def test_a_document_becomes_an_article_known_by_its_address(
    index: Index, fetcher: Fetcher, site: ScriptedSite, ending: str, path: str, kind: str
) -> None:
    address = site.says(path, sample(ending), kind)
    assert counts(sync_addresses(index, [address], fetcher=fetcher)) == (1, 0, 0, 0)
    (article,) = index.catalog.articles()
    assert (article.url, article.path, article.published) == (address, None, date(2025, 10, 31))
    assert all(said in article.text for said in SAID)
    assert index.lexical(["Florence"], 5)


def test_a_pdf_keeps_its_pages_and_is_called_as_the_address_ends_where_it_has_no_title(
    index: Index, fetcher: Fetcher, site: ScriptedSite
) -> None:
    body = a_pdf(LONG, BRIDGE.split("\n\n")[1])
    address = site.says("/files/ferry%20prices-2025.pdf", body, PDF)
    assert counts(sync_addresses(index, [address], fetcher=fetcher)) == (1, 0, 0, 0)
    (article,) = index.catalog.articles()
    assert article.title == "ferry prices 2025"
    start = article.text.index("weathering steel")
    assert pages(article, start, start + 16) == "page 2"
    assert article.publisher
    assert article.publisher.startswith("wire.example")


def test_a_title_in_the_document_goes_before_the_address(index: Index, fetcher: Fetcher, site: ScriptedSite) -> None:
    sync_addresses(index, [site.says("/a.docx", sample("docx"), WORD)], fetcher=fetcher)
    assert [article.title for article in index.catalog.articles()] == ["Seven arrests, no jewels"]


def test_a_second_run_neither_fetches_nor_reads_a_document_that_is_as_it_was(
    index: Index, fetcher: Fetcher, site: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [site.says("/a.pdf", sample("pdf"), PDF), site.says("/b.docx", sample("docx"), WORD)]
    sync_addresses(index, addresses, fetcher=fetcher)
    revision = index.catalog.revision()
    site.forget()
    with monkeypatch.context() as patched:
        patched.setattr("index.ingest.web.load_fetched", None)
        patched.setattr(type(index.embedding), "encode_ids", None)
        assert sync_addresses(index, addresses, fetcher=fetcher).failed == []
        assert (site.fetched(), len(site.fetched(304))) == ([], 2)
        # A server that knows no ETag sends it again; its bytes tell that it is the same.
        site.gives("/a.pdf", Answer(lambda: [sample("pdf")], PDF))
        assert counts(sync_addresses(index, addresses[:1], fetcher=fetcher)) == (0, 0, 1, 0)
        assert index.catalog.revision() == revision
    site.says("/a.pdf", a_pdf(LONG, title="The ferry"), PDF)
    assert counts(sync_addresses(index, addresses[:1], fetcher=fetcher)) == (0, 1, 0, 0)
    assert [article.url for article in index.catalog.articles() if article.title == "The ferry"] == addresses[:1]


def test_a_document_is_known_by_the_address_that_was_asked_for_wherever_that_leads(
    index: Index, fetcher: Fetcher, site: ScriptedSite
) -> None:
    for signature in ("one", "two"):
        site.says(f"/store?signature={signature}", sample("pdf"), PDF)
        asked = site.sends_on("/report", f"/store?signature={signature}")
        sync_addresses(index, [asked], fetcher=fetcher)
    assert [article.url for article in index.catalog.articles()] == [asked]


def test_a_document_can_be_followed(
    run: Any, fetcher: Fetcher, site: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.web.fetch.Fetcher", lambda: fetcher)
    address = site.says("/report.pdf", sample("pdf"), PDF)
    assert run("follow", address).code == 0
    (one,) = run("following", "--json").data
    assert (one["source"], one["kind"], one["outcome"]["added"]) == (address, "document", 1)
    assert "1 unchanged" in run("sync").out


@pytest.mark.parametrize("kind", ["rss", "json", "sitemap", "sitemapindex"])
def test_documents_that_a_feed_or_a_sitemap_lists_are_taken_in_and_a_broken_one_is_named(
    index: Index, fetcher: Fetcher, site: ScriptedSite, kind: str
) -> None:
    good = site.says("/a.pdf", sample("pdf"), PDF)
    broken = {
        site.says("/cut.pdf", sample("pdf")[:2_000], PDF): "whose end is missing",
        site.says("/scan.pdf", written(FPDF(), [[]]), PDF): "OCR finds none",
        site.says("/page.pdf", page("Log in", "Log in first."), PDF): "said to be a PDF, and is none",
        site.says("/cut.docx", sample("docx")[:2_000], WORD): "cut off",
        site.says("/old.docx", b"\xd0\xcf\x11\xe0 old", WORD): "Word before 2007",
        site.says("/empty.pdf", b"", PDF): "is empty",
    }
    feed = links_of(site, kind, [*broken, good, site.says("/heat", page("Heat", WORDS["heat"]))])
    summary = sync_addresses(index, [feed], fetcher=fetcher)
    assert counts(summary) == (2, 0, 0, len(broken))
    said = {problem.source: problem.reason for problem in summary.failed}
    assert said.keys() == broken.keys()
    for address, expected in broken.items():
        assert said[address].startswith(f"{address} ")
        assert expected in said[address]
        assert "\n" not in said[address]
    assert counts(sync_addresses(index, [feed], fetcher=fetcher)) == (0, 0, 2, len(broken))


@pytest.mark.parametrize(
    ("path", "kind", "body", "called"),
    [
        ("/book.epub", "application/epub+zip", sample("epub"), "an EPUB"),
        ("/book.epub", BLOB, sample("epub"), "an EPUB"),
        ("/book?id=7", BLOB, sample("epub"), "an EPUB"),
        ("/export", "application/x-ndjson", sample("jsonl"), "an export as JSON lines"),
        ("/export.jsonl", "text/plain", sample("jsonl"), "an export as JSON lines"),
        ("/export.ndjson", BLOB, sample("jsonl"), "an export as JSON lines"),
    ],
)
def test_what_holds_many_articles_is_to_be_downloaded(
    fetcher: Fetcher, site: ScriptedSite, path: str, kind: str, body: bytes, called: str
) -> None:
    said = reason(fetcher, site, Answer(body, kind), path)
    assert f"is {called}, which holds many articles; download it and index the file" in said


@pytest.mark.parametrize(
    ("path", "kind"), [("/film", BLOB), ("/film.mp4", BLOB), ("/a.doc", "application/msword"), ("/z", "image/png")]
)
def test_what_is_no_document_is_left_after_its_first_bytes(
    make_fetcher: MakeFetcher, site: ScriptedSite, path: str, kind: str
) -> None:
    said = reason(make_fetcher(), site, Answer(endless, kind), path)
    assert f"is {kind}, not an article or a feed; give the address of a page, a PDF or a Word document" in said


def test_a_document_may_be_larger_and_take_longer_than_a_page_but_not_without_end(
    make_fetcher: MakeFetcher, site: ScriptedSite
) -> None:
    def slowly(size: int) -> Callable[[], Iterator[bytes]]:
        def body() -> Iterator[bytes]:
            yield b"%PDF-1.7\n" + b" " * size
            sleep(0.3)
            yield b"\n"
            sleep(0.3)
            yield b"%%EOF"

        return body

    limits = replace(LIMITS, seconds=0.4, document_bytes=300_000, document_seconds=5.0)
    fetcher = make_fetcher(limits)
    site.gives("/a.pdf", Answer(slowly(250_000), PDF))
    found = fetcher.fetch(f"{site.address}/a.pdf")
    assert found
    assert (found.document, len(found.data) > LIMITS.bytes) == (".pdf", True)
    assert "takes longer than 0.4 seconds" in reason(fetcher, site, Answer(slowly(1), "text/html"))
    assert "is larger than 0.3 MB" in reason(fetcher, site, Answer(slowly(400_000), PDF))
    brief = make_fetcher(replace(limits, document_seconds=0.5))
    assert "takes longer than 0.5 seconds" in reason(brief, site, Answer(lambda: chain([b"%PDF-"], drip()), PDF))
