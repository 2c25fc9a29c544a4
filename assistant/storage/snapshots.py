"""Serialise answers for storage, with everything shown, so that changes to the index do not affect them.

The articles that an answer cites are stored too, each version once, under `Snapshot.key`. The fields of a value's
dataclass are stored; a new field needs a default, which older answers have. Translatable texts are stored in English,
with what translating them takes beside them, under `messages`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from assistant.translatable import Translatable, Value
from assistant.types import Answer, Status
from index.types import Article, Passage

_FORMAT = 1
# Old names of statuses, and their new names.
_STATUSES: dict[str, Status] = {"partly supported": "to be compared"}
# Fields stored under another name, or not at all.
_CALLED: dict[tuple[type, str], str | None] = {(Answer, "allowed"): "filter", (Answer, "draft"): None}
_MESSAGES = "messages"
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of an article as plain data, and its key in storage."""

    key: str
    fields: dict[str, Any]


def key_of(article: Article) -> str:
    """Return the key of an article's version."""
    return f"{article.id}.{article.content_hash}"


def snapshots(answer: Answer) -> list[Snapshot]:
    """Return snapshots of the articles that an answer cites or retrieved, each version once."""
    articles = [citation.article for citation in answer.citations] + [hit.article for hit in answer.hits]
    by_key = {key_of(article): article for article in articles}
    return [Snapshot(key, _fields_of(one)) for key, one in by_key.items()]


def article_of(fields: Mapping[str, Any]) -> Article:
    """Return the article of a snapshot.

    Raises:
        KeyError, TypeError, ValueError: it is no snapshot of an article.
    """
    return _made(Article, fields, {})


def stored(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain data, with its articles replaced by their keys."""
    return {"format": _FORMAT, **_fields_of(answer)}


def answer_of(data: Mapping[str, Any], articles: Mapping[str, Article]) -> Answer:
    """Return the answer that `stored` serialised; `articles` holds its articles by key.

    Raises:
        KeyError, TypeError, ValueError: it is not what `stored` gave, or an article is missing.
    """
    _check_format(data)
    return _made(Answer, data, articles)


def keys_in(data: Mapping[str, Any]) -> set[str]:
    """Return the keys of the articles that a stored answer needs.

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
    """Return the stored fields of a dataclass: the name of each in storage, and its type."""
    hints = get_type_hints(kind)
    called = {field.name: _CALLED.get((kind, field.name), field.name) for field in fields(kind)}
    return {name: (kept, hints[name]) for name, kept in called.items() if kept}


def _fields_of(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (kept, _) in _kept(type(value)).items():  # type: ignore[arg-type]  # To mypy, classes are not hashable.
        one = getattr(value, name)
        # A passage's fields are merged into those of its hit.
        found |= _fields_of(one) if isinstance(one, Passage) else {kept: _plain(one)}
        if isinstance(one, Translatable):
            found.setdefault(_MESSAGES, {})[kept] = message_fields(one)
    return found


def message_fields(text: Translatable) -> dict[str, Any]:
    """Return what translating a text takes, without its English text, as plain data."""
    fields = {
        "message": text.message,
        "plural": text.plural,
        "number": text.number,
        "is_sentence": text.is_sentence,
        "values": {name: _plain_value(value) for name, value in text.values.items()},
    }
    return {name: value for name, value in fields.items() if value}


def translatable_of(text: str, fields: Mapping[str, Any] | None) -> str:
    """Return a text with what `message_fields` gave of it; the text alone for None.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: it is not what `message_fields` gave.
    """
    if fields is None:
        return text
    values = {name: _value_of(value) for name, value in fields.get("values", {}).items()}
    number, is_sentence = fields.get("number", 0), fields.get("is_sentence", False)
    return Translatable(text, fields["message"], values, fields.get("plural", ""), number, is_sentence)


def _plain_value(value: Value) -> Any:
    if isinstance(value, Translatable):
        return {"text": str(value), **message_fields(value)}
    if isinstance(value, tuple):
        return [_plain_value(one) for one in value]
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _value_of(kept: Any) -> Value:
    if isinstance(kept, list):
        return tuple(_value_of(one) for one in kept)
    if isinstance(kept, dict):
        return date.fromisoformat(kept["day"]) if "day" in kept else translatable_of(kept["text"], kept)
    if not isinstance(kept, str | int):
        raise TypeError(f"a value of a message is {kept!r}")
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, Article):
        return key_of(value)
    if is_dataclass(value):
        return _fields_of(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Translatable):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _made(kind: type[_Value], data: Mapping[str, Any], articles: Mapping[str, Article]) -> _Value:
    """Return a value from its stored fields; missing ones have their default."""
    given: dict[str, Any] = {}
    for name, (kept, type_) in _kept(kind).items():  # type: ignore[arg-type]  # As above.
        if type_ is Passage:
            given[name] = _made(Passage, data, articles)
        elif kept in data:
            given[name] = _read(type_, data[kept], articles)
            if kept in data.get(_MESSAGES, {}):
                given[name] = translatable_of(data[kept], data[_MESSAGES][kept])
    return kind(**given)


def _read(kind: Any, kept: Any, articles: Mapping[str, Article]) -> Any:
    """Return a stored value as this type."""
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
