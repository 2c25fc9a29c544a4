"""Example questions for an empty chat."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from index.types import article_id

if TYPE_CHECKING:
    from index.store.index import Index

_MAX_EXAMPLES = 4


def examples(index: "Index", starter: Path | None) -> tuple[str, ...]:
    """Return up to four questions, each about another indexed article.

    They are those written for the starter collection (`questions.jsonl` in its folder), or else ask about the newest
    articles by title.
    """
    written = _written(index, starter) if starter else []
    if written:
        return tuple(written[:_MAX_EXAMPLES])
    newest = index.catalog.articles()
    return tuple(f"What does “{article.title}” say?" for article, _ in zip(newest, range(_MAX_EXAMPLES), strict=False))


def _written(index: "Index", starter: Path) -> list[str]:
    file = starter / "questions.jsonl"
    if not file.is_file():
        return []
    first_of: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        if question["answerable"]:
            first_of.setdefault(question["article"], question["question"])
    there = (name for name in first_of if index.catalog.hashes(article_id(str((starter / name).resolve()))))
    return [first_of[name] for name in there]
