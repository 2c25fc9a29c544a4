"""Errors of the package `index`.

    IndexingError
    ├── LoadError            a file, page or folder cannot be indexed
    │   ├── FetchError       an address is refused, unreachable, or has no article
    │   ├── UnknownType      no loader for this type of file
    │   └── EmptyArticle     no text is left after cleaning
    ├── IndexBusy            another process is writing
    ├── IndexClosed          the index is used after it was closed
    ├── IndexDamaged         the catalog or the vectors cannot be read
    ├── ModelError           the embedding model cannot be loaded
    │   └── ModelMismatch    the index was built with another embedding model
    ├── ArticleNotFound      no article has this id
    ├── NotFollowed          the source is not followed, or nothing is
    └── BadFilter            a search filter can match nothing, or is given twice

Every message is one sentence that names the file, folder, address or setting, and what to do. `Unreachable` is not in
the tree: it holds the end of such a sentence, without the address it begins with, and never leaves `index.web.fetch`.
"""


class IndexingError(Exception):
    """The base class of all errors of `index`."""


class LoadError(IndexingError):
    """A file, page or folder cannot be indexed."""


class FetchError(LoadError):
    """An address is refused, unreachable, or has no article."""


class UnknownType(LoadError):
    """There is no loader for this type of file."""


class EmptyArticle(LoadError):
    """No text is left after cleaning."""


class Unreachable(Exception):
    """Why an address cannot be read: the end of a sentence that begins with the address."""


class IndexBusy(IndexingError):
    """Another process is writing to the index."""


class IndexClosed(IndexingError):
    """The index is used after it was closed."""


class IndexDamaged(IndexingError):
    """The catalog or the vectors cannot be read."""


class ModelError(IndexingError):
    """The embedding model cannot be loaded."""


class ModelMismatch(ModelError):
    """The index was built with another embedding model."""


class ArticleNotFound(IndexingError):
    """No article has this id."""


class NotFollowed(IndexingError):
    """The source is not followed, or nothing is."""


class BadFilter(IndexingError):
    """A search filter can match nothing, or is given twice.

    `message` is what it says with `{placeholders}`, and `values` is what they stand for, so that it can be translated.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values
