"""Answers as they are kept on disk: with everything that was shown, so that nothing done to the index changes them.

The articles an answer rests on are kept beside it as they were, each version once, under `Snapshot.key`. What is kept
of a value are the fields of its dataclass. A new field needs a default: answers of older versions have that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from assistant.types import Answer, Status
from index.types import Article, Passage

_FORMAT = 1
# What statuses were called before, and what they are now.
_STATUSES: dict[str, Status] = {"partly supported": "to be compared"}
# Fields that are kept under another name, or not at all.
_CALLED: dict[tuple[type, str], str | None] = {(Answer, "allowed"): "filter", (Answer, "draft"): None}
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of an article as plain data, and the key it is kept under."""

    key: str
    fields: dict[str, Any]


def key_of(article: Article) -> str:
    """Name one version of an article."""
    return f"{article.id}.{article.content_hash}"


def snapshots(answer: Answer) -> list[Snapshot]:
    """List the articles an answer cites or retrieved, each version once."""
    articles = [citation.article for citation in answer.citations] + [hit.article for hit in answer.hits]
    by_key = {key_of(article): article for article in articles}
    return [Snapshot(key, _fields_of(one)) for key, one in by_key.items()]


def article_of(fields: Mapping[str, Any]) -> Article:
    """Make an article of its snapshot again.

    Raises:
        KeyError, TypeError, ValueError: it is no snapshot of an article.
    """
    return _made(Article, fields, {})


def stored(answer: Answer) -> dict[str, Any]:
    """Turn an answer into plain data, its articles replaced by their keys."""
    return {"format": _FORMAT, **_fields_of(answer)}


def answer_of(data: Mapping[str, Any], articles: Mapping[str, Article]) -> Answer:
    """Make an answer of what `stored` gave; `articles` holds the versions it names, by key.

    Raises:
        KeyError, TypeError, ValueError: it is not what `stored` gave, or an article is missing.
    """
    _check_format(data)
    return _made(Answer, data, articles)


def keys_in(data: Mapping[str, Any]) -> set[str]:
    """Name the articles that a stored answer needs.

    Raises:
        KeyError, TypeError, ValueError: it is not what `stored` gave.
    """
    _check_format(data)
    return {place["article"] for place in (*data["citations"], *data["hits"])}


def _check_format(data: Mapping[str, Any]) -> None:
    if data["format"] != _FORMAT:
        raise ValueError(f"an answer of format {data['format']}")


@cache
def _kept(kind: type) -> Mapping[str, tuple[str, Any]]:
    """List the fields of a dataclass that are kept: what each is called there, and its type."""
    hints = get_type_hints(kind)
    called = {field.name: _CALLED.get((kind, field.name), field.name) for field in fields(kind)}
    return {name: (kept, hints[name]) for name, kept in called.items() if kept}


def _fields_of(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (kept, _) in _kept(type(value)).items():  # type: ignore[arg-type]  # To mypy, classes are not hashable.
        one = getattr(value, name)
        # A passage lies side by side with what else is known of its hit.
        found |= _fields_of(one) if isinstance(one, Passage) else {kept: _plain(one)}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Article):
        return key_of(value)
    if is_dataclass(value):
        return _fields_of(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _made(kind: type[_Value], data: Mapping[str, Any], articles: Mapping[str, Article]) -> _Value:
    """Make a value of its fields; those that are missing have their default."""
    given = {}
    for name, (kept, type_) in _kept(kind).items():  # type: ignore[arg-type]  # As above.
        if type_ is Passage:
            given[name] = _made(Passage, data, articles)
        elif kept in data:
            given[name] = _read(type_, data[kept], articles)
    return kind(**given)


def _read(kind: Any, kept: Any, articles: Mapping[str, Article]) -> Any:
    """Make of what was kept a value of this type."""
    inner = get_args(kind)
    if kind is Article:
        return articles[kept]
    if is_dataclass(kind):
        return _made(kind, kept, articles)  # type: ignore[arg-type]
    if get_origin(kind) is tuple:
        same = inner[-1] is Ellipsis
        return tuple(_read(inner[0] if same else inner[place], one, articles) for place, one in enumerate(kept))
    if NoneType in inner:
        (other,) = (one for one in inner if one is not NoneType)
        return None if kept is None else _read(other, kept, articles)
    if kind in (date, datetime):
        return kind.fromisoformat(kept)
    return _STATUSES.get(kept, kept) if kind == Status else kept
