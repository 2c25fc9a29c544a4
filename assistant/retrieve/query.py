"""A question, read once for all that is done with it: its words, its embedding, and which articles it means."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from assistant.language.words import content_words
from assistant.question.boosts import Hints, hints

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.store.index import Facts, Index

    Vector = NDArray[np.float32]

# How many places in passages the words that are searched may have together. BM25 is computed for every passage with any
# of them, and a word that most have adds next to nothing to it.
_MAX_PLACES = 20_000


class Query:
    """A question, ready to be searched.

    `text` is the question as it is searched, `telling` those of its content words that are searched, `hints` what it
    says about which articles it means, `facts` what there was to know of all articles when it was read. Its embedding,
    `vector`, is there when the model is done, and waited for till then: words can be searched meanwhile. `took` notes
    the milliseconds of each part of the search.
    """

    def __init__(
        self,
        question: str,
        embedding: "Callable[[], Vector]",
        telling: Sequence[str],
        said: Hints,
        facts: "Facts",
        took: dict[str, float],
    ) -> None:
        self.text = question
        self.telling = telling
        self.hints = said
        self.facts = facts
        self.took = took
        self._embedding = embedding
        self._waiting = threading.Lock()
        self._vector: Vector | None = None

    @property
    def vector(self) -> "Vector":
        """The question's embedding (dimension)."""
        with self._waiting:
            if self._vector is None:
                self._vector = self._embedding()
            return self._vector

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Note in `took` how long a part of the search takes, all times together that it is done."""
        began = time.perf_counter()
        yield
        self.took[part] = round(self.took.get(part, 0.0) + _since(began), 2)


def read_query(index: "Index", question: str, asked: str | None = None, *, today: date | None = None) -> Query:
    """Read a question with the index's embedding model.

    `asked` is what was really asked, where `question` puts an earlier question before it: what it says about which
    articles it means goes before what the whole says. `today` is the day that "last week" counts from, by default the
    present.
    """
    began, took = time.perf_counter(), dict[str, float]()
    # Its words are searched meanwhile.
    result = index.embedding.begin(question)

    def embedding() -> "Vector":
        vector = result()
        took["encode"] = _since(began)
        return vector

    terms = content_words(question)
    facts = index.facts()
    publishers, day = facts.publishers, today or date.today()
    said = hints(question, publishers, day)
    if asked:
        said = hints(asked, publishers, day) or said
    searched = telling(terms, index.catalog.passages_with(terms))
    took["words"] = _since(began)
    return Query(question, embedding, searched, said, facts, took)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1_000, 2)


def telling(terms: Sequence[str], counted: Sequence[int]) -> list[str]:
    """Leave out the commonest words where all together stand in too many passages; the rarest one always stays.

    `counted` says in how many passages each stands.
    """
    left = _MAX_PLACES
    kept: set[str] = set()
    for term, holding in sorted(zip(terms, counted, strict=True), key=lambda pair: pair[1]):
        left -= holding
        if kept and left < 0:
            break
        kept.add(term)
    return [term for term in terms if term in kept]
