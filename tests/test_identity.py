"""When an article was seen, and the same text under several addresses: one article that knows them all."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.archive import article_of, snapshots
from assistant.values import Answer
from index import Index, sync
from index.article import Hit, Passage
from index.listing import Wanted
from index.rebuild import rebuild
from tests.conftest import Ran, write_article


def age(home: Path) -> datetime:
    """Pretend that all articles came in a week ago."""
    then = (datetime.now(UTC) - timedelta(days=7)).replace(microsecond=0)
    with closing(sqlite3.connect(home / "catalog.db")) as connection, connection:
        connection.execute("UPDATE articles SET first_seen = ?", (then.isoformat(),))
    return then


def test_an_article_keeps_the_day_it_was_first_seen_and_tells_when_it_changed(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sync(index, [folder])
    assert all(article.first_seen and article.updated is None for article in index.catalog.articles())
    then = age(index.home)
    rail = folder / "rail.md"
    write_article(rail, "Night trains return", "The sleeper runs four nights a week now.")
    sync(index, [folder])
    seen = {article.title: (article.first_seen, article.updated) for article in index.catalog.articles()}
    assert {first for first, _ in seen.values()} == {then}
    assert [title for title, (_, updated) in seen.items() if updated] == ["Night trains return"]
    changed = seen["Night trains return"][1]
    assert changed
    assert timedelta() <= datetime.now(UTC) - changed < timedelta(minutes=5)
    rebuild(index)
    assert seen == {article.title: (article.first_seen, article.updated) for article in index.catalog.articles()}
    listed = {one.title: (one.first_seen, one.updated) for one in index.catalog.listing.page(Wanted())}
    assert listed == seen


def test_when_an_article_was_seen_is_told_in_json_and_kept_with_answers(
    folder: Path, tmp_path: Path, run: object
) -> None:
    home = tmp_path / "home"
    sync(Index(home), [folder])
    then = age(home)
    ran: Ran = run("articles", "--json", "--home", home)  # type: ignore[operator]
    assert {(one["first_seen"], one["updated"]) for one in ran.data} == {(then.isoformat(), None)}
    article = next(Index(home).catalog.articles())
    hit = Hit(Passage("p", article.id, 0, 5), article, 1.0, "both")
    answer = Answer("q", "q", "t", (), (), refused=True, hits=(hit,))
    (kept,) = snapshots(answer)
    assert article_of(json.loads(json.dumps(kept.fields))) == article
