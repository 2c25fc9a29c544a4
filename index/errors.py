"""Errors of the index side.

    IndexingError
    ├── LoadError            one file, page or folder cannot become an article
    │   ├── FetchError       an address is refused, cannot be reached, or does not answer with an article
    │   ├── UnknownType      no loader for this kind of file
    │   └── EmptyArticle     nothing is left to index
    ├── IndexBusy            another process is writing
    ├── IndexClosed          the index was closed, and is used all the same
    ├── IndexDamaged         the catalog or the vectors cannot be read
    ├── ModelError           the embedding model cannot be loaded
    │   └── ModelMismatch    the index was built with another embedding model
    ├── ArticleNotFound      no article has this id
    ├── NotFollowed          it is not followed, or nothing is
    └── BadFilter            a search filter that can match nothing, or is given twice

Every message is one sentence that names the file, folder, address or setting, and the way out. `Unreachable` stands
beside the tree: it is the end of such a sentence, which begins with an address, and never leaves `index.web.fetch`.
"""


class IndexingError(Exception):
    """Base of everything the index side raises on purpose."""


class LoadError(IndexingError):
    """One file, page or folder cannot become an article."""


class FetchError(LoadError):
    """An address is refused, cannot be reached, or does not answer with an article."""


class UnknownType(LoadError):
    """There is no loader for this kind of file."""


class EmptyArticle(LoadError):
    """Nothing is left to index."""


class Unreachable(Exception):
    """Why an address cannot be read: the rest of a sentence that begins with the address."""


class IndexBusy(IndexingError):
    """Another process is writing to the index."""


class IndexClosed(IndexingError):
    """The index was closed, and is used all the same."""


class IndexDamaged(IndexingError):
    """The catalog or the vectors cannot be read."""


class ModelError(IndexingError):
    """The embedding model cannot be loaded."""


class ModelMismatch(ModelError):
    """The index was built with another embedding model."""


class ArticleNotFound(IndexingError):
    """No article has this id."""


class NotFollowed(IndexingError):
    """It is not followed, or nothing is."""


class BadFilter(IndexingError):
    """A search filter that can match nothing, or is given twice."""
