"""Queries of the full-text index: words in all the forms that the languages of the articles give them."""

from collections.abc import Sequence

import sqlalchemy as sa

from index.text.terms import forms_of

# Each language is looked up after the one before, since SQLite would read the whole index for DISTINCT.
_LANGUAGES = sa.text(
    """WITH RECURSIVE each(code) AS (
           SELECT min(language) FROM articles
           UNION ALL SELECT (SELECT min(language) FROM articles WHERE language > each.code) FROM each WHERE code > ''
       ) SELECT code FROM each WHERE code > ''"""
)


def languages_in(connection: sa.Connection) -> list[str]:
    """Return the languages of the articles, sorted."""
    return list(connection.scalars(_LANGUAGES))


def matching(words: Sequence[str], languages: Sequence[str], *, begun: bool = False) -> str:
    """Return an FTS5 query for any of the words, each in any of the forms that it may have in these languages.

    With `begun` the words are beginnings of words.
    """
    forms = dict.fromkeys(form for word in words for form in forms_of(word, languages, begun=begun))
    return " OR ".join(phrase(form.terms) + "*" * form.begun for form in forms)


def phrase(terms: str) -> str:
    """Return terms as an FTS5 phrase; quoting keeps them from being read as syntax."""
    return '"' + terms.replace('"', " ").replace("\0", " ").strip() + '"'
