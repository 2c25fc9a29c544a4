"""Pages and feeds as the web has them, to be read as they are or said by the tests' server."""

import gzip
import json

from index import Summary
from tests.web_server import ScriptedSite

WORDS = {
    "heat": "Monday was the hottest day in the records of the climate service, which begin in 1940.",
    "flood": "The river rose by four metres in a night, and the lower town of Brandel was cleared.",
    "strike": "Crane drivers at the harbour of Holm stopped work for three days over the new shifts.",
}
TEXT = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "Monday was the hottest day in the records of the climate service, which begin in 1940.",
        "The mean temperature of the planet reached 17.16 degrees, a little above the mark of the day before.",
        "Scientists said that the record would not stand for long, and that nights are warming faster than days.",
    )
)

PAGE = """<html lang="en"><head><title>Heat record | The Wire</title>
<meta property="og:site_name" content="The Wire"><meta name="author" content="Newsroom">
<meta property="article:published_time" content="2024-07-23T08:00:00Z">
<link rel="canonical" href="https://wire.example/heat"><meta property="og:title" content="Heat record"></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a></nav>
<article><h1>Heat record</h1>
<p>Monday was the hottest day in the records of the climate service, which begin in 1940.</p>
<p>The mean temperature of the planet reached 17.16 degrees, a little above the mark of the day before.</p>
<p>Scientists said that the record would not stand for long, and that nights are warming faster than days.</p></article>
<footer>All rights reserved. Subscribe to our newsletter.</footer></body></html>"""

FROM = "https://wire.example/feed"
LONG = "<p>" + "The river rose again on Monday, and the lower town was cleared. " * 20 + "</p>"
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Wire</title>
<item><title>Rain &amp;amp; flood</title><link>/flood</link><pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate>
<content:encoded><![CDATA[{LONG}]]></content:encoded></item>
<item><title>Drought</title><link>https://wire.example/drought?utm_source=rss</link>
<description>A teaser only.</description></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Wire</title>
<entry><title type="html">&lt;b&gt;Un&lt;/b&gt;rest</title><link href="https://wire.example/unrest"/>
<updated>2024-03-05T10:00:00Z</updated><author><name>A. Writer</name></author>
<content type="html"><![CDATA[{LONG}]]></content></entry>
<entry><title>Calm</title><link href="https://wire.example/calm"/><summary>{LONG[3:-4]}</summary></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Wire",
        "items": [
            {"id": "1", "url": "https://wire.example/one", "title": "One", "content_html": LONG},
            {"id": "2", "url": "https://wire.example/two", "date_published": "2024-03-05T10:00:00Z"},
            {"id": "3", "title": "No address"},
            "not an item",
        ],
    }
)


def page(title: str, text: str, head: str = "") -> str:
    more = "The council will meet again on Thursday to talk about it, and the public may listen to what is said there."
    return (
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><nav>Home</nav>'
        f"<article><h1>{title}</h1><p>{text}</p><p>{more}</p></article></body></html>"
    )


def script(value: object) -> str:
    return f'<script type="application/ld+json">{value if isinstance(value, str) else json.dumps(value)}</script>'


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.added, summary.changed, summary.unchanged, len(summary.failed)


def links_of(site: ScriptedSite, kind: str, addresses: list[str]) -> str:
    """A feed of a kind that lists addresses."""
    if kind == "rss":
        items = "".join(f"<item><title>T</title><link>{address}</link></item>" for address in addresses)
        return site.says("/feed", f'<rss version="2.0"><channel>{items}</channel></rss>', "application/rss+xml")
    if kind == "atom":
        items = "".join(f'<entry><title>T</title><link href="{address}"/></entry>' for address in addresses)
        return site.says("/feed", f'<feed xmlns="http://www.w3.org/2005/Atom">{items}</feed>', "application/atom+xml")
    if kind == "json":
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": one} for one in addresses]}
        return site.says("/feed", json.dumps(feed), "application/feed+json")
    text = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{text}</urlset>'
    if kind == "sitemap":
        return site.says("/feed", text, "text/xml")
    site.says("/map.xml.gz", gzip.compress(text.encode()), "application/octet-stream")
    index = f"<sitemapindex><sitemap><loc>{site.address}/map.xml.gz</loc></sitemap></sitemapindex>"
    return site.says("/feed", index, "application/xml")


def full_feed(site: ScriptedSite, names: list[str]) -> str:
    items = [
        {
            "url": f"{site.address}/{n}",
            "title": n,
            "content_html": f"<p>{WORDS[n]}</p>" + f"<p>{WORDS['heat']}</p>" * 12,
        }
        for n in names
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Wire", "items": items}
    return site.says("/full", json.dumps(feed), "application/json")
