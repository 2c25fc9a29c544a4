"""A question prepared once for all searches: its terms, its embedding and its boosts."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from assistant.language.words import content_words
from assistant.question.boosts import Boosts, read_boosts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.store.index import Index, Statistics

    Vector = NDArray[np.float32]

# Most passages that the searched terms may occur in, summed over the terms. BM25 is computed for every passage with any
# of them, and a term that most passages have adds next to nothing.
_MAX_OCCURRENCES = 20_000


class Query:
    """A question prepared for search.

    `text` is the question as searched, `lexical_terms` the content words for lexical search, `boosts` the articles it
    prefers, `facts` the index-wide statistics at that time. `vector` waits for the embedding model; lexical search can
    run meanwhile. `timings` has the milliseconds of each part of the search.
    """

    def __init__(
        self,
        question: str,
        embedding: "Callable[[], Vector]",
        lexical_terms: Sequence[str],
        boosts: Boosts,
        facts: "Statistics",
        timings: dict[str, float],
    ) -> None:
        self.text = question
        self.lexical_terms = lexical_terms
        self.boosts = boosts
        self.facts = facts
        self.timings = timings
        self._embedding = embedding
        self._waiting = threading.Lock()
        self._vector: Vector | None = None

    @property
    def vector(self) -> "Vector":
        """The question's embedding (shape: dimension)."""
        with self._waiting:
            if self._vector is None:
                self._vector = self._embedding()
            return self._vector

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Add the milliseconds of the `with` block to a part in `timings`."""
        began = time.perf_counter()
        yield
        self.timings[part] = round(self.timings.get(part, 0.0) + _since(began), 2)


def read_query(index: "Index", question: str, asked: str | None = None, *, today: date | None = None) -> Query:
    """Prepare a question for search, with the index's embedding model.

    `asked` is the original question if `question` puts an earlier one before it: its boosts take precedence over those
    of the whole. `today` is the day that "last week" is relative to, by default the present.
    """
    began, timings = time.perf_counter(), dict[str, float]()
    index.follow_model()
    # The embedding is computed meanwhile.
    result = index.embedding.start(question)

    def embedding() -> "Vector":
        vector = result()
        timings["encode"] = _since(began)
        return vector

    facts = index.statistics()
    terms = content_words(question, facts.languages)
    publishers, day = facts.publishers, today or date.today()
    boosts = read_boosts(question, publishers, day)
    if asked:
        boosts = read_boosts(asked, publishers, day) or boosts
    lexical_terms = rarest_terms(terms, index.catalog.count_passages_with(terms))
    timings["words"] = _since(began)
    return Query(question, embedding, lexical_terms, boosts, facts, timings)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1_000, 2)


def rarest_terms(terms: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Return the terms without the commonest, so that lexical search stays fast; the rarest one always stays.

    `counts` are the numbers of passages that contain each term.
    """
    left = _MAX_OCCURRENCES
    kept: set[str] = set()
    for term, holding in sorted(zip(terms, counts, strict=True), key=lambda pair: pair[1]):
        left -= holding
        if kept and left < 0:
            break
        kept.add(term)
    return [term for term in terms if term in kept]
