"""A question, read once for all that is done with it: searching, re-ranking passages, ranking sentences.

Its words are matched by late interaction (MaxSim; Khattab & Zaharia, "ColBERT", 2020): each word piece of the question
takes its nearest piece of a text, weighted by how rare its word is. The pieces' vectors come from the embedding model.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from assistant.hints import Hints, hints
from assistant.wanted import wanted
from assistant.words import Stems, content_words, names, word_spans
from index.article import Article, Hit
from index.pieces import rotate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed import TokenVectors
    from index.pieces import Batch, Pieces
    from index.store import Facts, Index

    Vector = NDArray[np.float32]
    Flags = NDArray[np.bool_]

_Made = TypeVar("_Made")

# What a word that says how something is asked weighs beside a rare one.
_STOP_WORD_WEIGHT = 0.1
# What a word of an earlier question weighs beside one of the question asked.
_EARLIER_WORD_WEIGHT = 0.5
# From how many passages on the index itself says more about how rare a word is than the language does.
_TELLING_PASSAGES = 200
# How many places in passages the words that are searched may have together. BM25 is computed for every passage with any
# of them, and a word that most have adds next to nothing to it.
_MOST_PLACES = 20_000


@dataclass(frozen=True, slots=True)
class Matched:
    """The word pieces of a passage, and their cosines with those of a question: question pieces x passage pieces."""

    pieces: "Pieces"
    matches: "Vector"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the embedding model makes of a question: see `Query`. `direction` is the whole of it, turned as pieces are.

    `weights` is what each piece weighs, and `carries` whether it carries meaning.
    """

    vectors: "Vector"
    direction: "Vector"
    weights: "Vector"
    carries: "Flags"


class Query:
    """A question, ready to be searched and to be matched with many texts.

    `text` is the question as it is searched, `vector` its embedding, `kind` the kind of answer it wants, `terms` its
    content words and `rarities` how rare each is (0 to 1), `telling` those of them that are searched, `vectors` its
    word pieces (pieces x dimension, turned as `Pieces` are), `hints` what it says about which articles it means,
    `facts` what there was to know of all articles when it was read.
    What takes the embedding model is there when the model is done, and waited for till then: words can be searched
    meanwhile. `took` notes the milliseconds of each part of the search.
    """

    def __init__(
        self,
        question: str,
        asked: str,
        reading: "Callable[[], tuple[Vector, TokenVectors]]",
        rarities: Mapping[str, float],
        telling: Sequence[str],
        said: Hints,
        facts: "Facts",
        took: dict[str, float],
    ) -> None:
        self.text = question
        self.terms = list(rarities)
        self.telling = telling
        self.kind = wanted(asked)
        self.hints = said
        self.facts = facts
        self.rarities = rarities
        self.took = took
        self._reading = reading
        self._reads = threading.Lock()
        self._made: tuple[Vector, TokenVectors] | None = None
        named = names(asked)
        self._named = [_shared(*pair) for pair in zip(named, Stems().of(named), strict=True)]
        self._matched: dict[str, Matched] = {}

    @cached_property
    def _read(self) -> _Read:
        vector, tokens = self._embedded()
        # A model may turn the mean of its pieces into a vector of another space; then the pieces' own mean stands in.
        same = len(vector) == tokens.vectors.shape[1]
        own = rotate(vector[None])[0] if same else tokens.vectors.mean(axis=0)
        direction = own / max(float(np.linalg.norm(own)), 1e-9)
        return _Read(tokens.vectors, direction, *_piece_weights(self.text, tokens, self.rarities))

    @property
    def vector(self) -> "Vector":
        """The question's embedding (dimension)."""
        return self._embedded()[0]

    @property
    def vectors(self) -> "Vector":
        """The question's word pieces (pieces x dimension), turned as `Pieces` are."""
        return self._read.vectors

    def _embedded(self) -> "tuple[Vector, TokenVectors]":
        with self._reads:
            if self._made is None:
                self._made = self._reading()
            return self._made

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Note in `took` how long a part of the search takes, all times together that it is done."""
        began = time.perf_counter()
        yield
        self.took[part] = round(self.took.get(part, 0.0) + _since(began), 2)

    def matched(self, index: "Index", hits: Sequence[Hit]) -> list[Matched]:
        """Match the question with the passages of hits, each of which is read once, however often it is asked for."""
        new = [hit for hit in hits if hit.passage.id not in self._matched]
        if new:
            self._match([hit.passage.id for hit in new], index.pieces(new))
        return [self._matched[hit.passage.id] for hit in hits]

    def match_kept(self, index: "Index", ids: Sequence[str]) -> list[Matched] | None:
        """Match the question with passages by id, as `matched` does; None where pieces of one of them are not kept."""
        new = [id_ for id_ in ids if id_ not in self._matched]
        if new:
            self._match(*index.kept_pieces(new))
        found = [self._matched[id_] for id_ in ids if id_ in self._matched]
        return found if len(found) == len(ids) else None

    def _match(self, ids: Sequence[str], batch: "Batch") -> None:
        with self.timed("late interaction"):
            matches = batch.matches(self.vectors)
            for id_, pieces, place in zip(ids, batch, batch.slices(), strict=True):
                self._matched[id_] = Matched(pieces, matches[:, place])

    def late(self, passages: Sequence[Matched]) -> "Vector":
        """Tell how well each passage matches as a whole: the `mean` of the question's best matches there."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        best = np.stack([passage.matches.max(axis=1, initial=0.0) for passage in passages])
        found: Vector = best @ self._read.weights / max(float(self._read.weights.sum()), 1e-9)
        return found

    def mean(self, best: "Vector") -> float:
        """Average the best match of each word piece, weighted by its word's rarity: -1 to 1."""
        return float((best * self._read.weights).sum() / max(float(self._read.weights.sum()), 1e-9))

    def asking(self, best: "Vector") -> float:
        """Average the best match of the pieces that say how it is asked ("who", "did", "?"); of all when none does."""
        return float(best[~self._read.carries].mean()) if not self._read.carries.all() else self.mean(best)

    def cosine(self, vector: "Vector") -> float:
        """Tell the cosine of the question's embedding and a vector of pieces, or a sum of them: -1 to 1."""
        return float(vector @ self._read.direction / max(float(np.linalg.norm(vector)), 1e-9))

    def names_another(self, article: Article) -> bool:
        """Say whether the question names somebody, something or a number that stands nowhere in the article."""
        if not self._named:
            return False
        published = f"{article.published:%Y %B %b}" if article.published else ""
        whole = " ".join((article.title, article.publisher or "", published, article.text)).lower()
        return any(name not in whole for name in self._named)


def _shared(word: str, stem: str) -> str:
    """Tell how a word and its stem begin alike: what its other forms begin with too."""
    return "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, stem, strict=False)))


def read_query(index: "Index", question: str, asked: str | None = None, *, today: date | None = None) -> Query:
    """Read a question with the index's embedding model.

    `asked` is what was really asked, where `question` puts an earlier question before it: the earlier one's words say
    what it is about, and have been answered. `today` is the day that "last week" counts from, by default the present.
    """
    began, took = time.perf_counter(), dict[str, float]()
    # Its words are searched meanwhile.
    result = index.embedding.begin(question)

    def reading() -> "tuple[Vector, TokenVectors]":
        found = result()
        took["encode"] = _since(began)
        return found

    terms, new = content_words(question), content_words(asked or question)
    counted = index.catalog.passages_with(terms)
    facts = index.facts()
    weights = {
        term: weight if term in new else weight * _EARLIER_WORD_WEIGHT
        for term, weight in zip(terms, rarities(index, terms, counted, facts.passages), strict=True)
    }
    publishers, day = facts.publishers, today or date.today()
    said = hints(question, publishers, day)
    if asked:
        said = hints(asked, publishers, day) or said
    took["words"] = _since(began)
    return Query(question, asked or question, reading, weights, telling(terms, counted), said, facts, took)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1_000, 2)


def telling(terms: Sequence[str], counted: Sequence[int]) -> list[str]:
    """Leave out the commonest words where all together stand in too many passages; the rarest one always stays.

    `counted` says in how many passages each stands.
    """
    left = _MOST_PLACES
    kept: set[str] = set()
    for term, holding in sorted(zip(terms, counted, strict=True), key=lambda pair: pair[1]):
        left -= holding
        if kept and left < 0:
            break
        kept.add(term)
    return [term for term in terms if term in kept]


def rarities(index: "Index", terms: Sequence[str], counted: Sequence[int], total: int) -> list[float]:
    """Weigh words by how rare they are, from 0 to 1; `counted` says in how many of the `total` passages each stands.

    That is inverse document frequency, shrunk towards a word's rarity in the language where the index is small: in a
    single article on sanctions, "sanctions" is everywhere, and still what the question is about.
    """
    most = math.log(1 + (total + 0.5) / 0.5)
    weights = []
    for known, holding in zip(index.embedding.rarities(terms), (min(total, n) for n in counted), strict=True):
        here = math.log(1 + (total - holding + 0.5) / (holding + 0.5)) / most
        weights.append((total * here + _TELLING_PASSAGES * known) / (total + _TELLING_PASSAGES))
    return weights


def _piece_weights(question: str, tokens: "TokenVectors", rarities: Mapping[str, float]) -> "tuple[Vector, Flags]":
    """Give each word piece its word's rarity, shared among the word's pieces, and say whether it carries meaning."""
    weights = np.full(len(tokens.starts), _STOP_WORD_WEIGHT, dtype=np.float32)
    carries = np.zeros(len(tokens.starts), dtype=bool)
    starts = tokens.starts
    for word, start, end in word_spans(question):
        pieces = (starts >= start) & (starts < end)
        if word in rarities and pieces.any():
            weights[pieces] = max(rarities[word], _STOP_WORD_WEIGHT) / math.sqrt(pieces.sum())
            carries |= pieces
    return weights, carries
