"""Plain ways to answer, to measure the product against: by meaning, by words, and by both.

Each ranks passages, and the sentences of its four best passages by what fits its way: the cosine of sentence and
question; the share of the question's words that stand in the sentence, weighted by inverse document frequency; or the
sum of the two, standardised. They show nothing and never refuse.
"""

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from assistant.evaluate.metrics import FoundText, Response
from assistant.language.words import Stems, content_words, words
from assistant.llama_index import HybridRetriever
from assistant.retrieve.search import standardised
from index.store.index import Index
from index.text.sentences import sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PASSAGES = 10
_READ = 4
# No figure looks further down the ranked sentences.
_KEPT = 3

Ask = Callable[[str], Response]


class Baselines:
    """The three ways over one index; what they compute of a sentence is kept for the next question."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._stems = Stems()
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def rows(self) -> dict[str, Ask]:
        """Name the ways: name to what answers a question."""
        return {
            "dense": self._way(self._dense, self._cosines),
            "lexical": self._way(self._lexical, self._coverages),
            "hybrid": self._way(
                self._hybrid,
                lambda question, texts: (
                    standardised(self._cosines(question, texts)) + standardised(self._coverages(question, texts))
                ),
            ),
        }

    def _way(
        self, find: Callable[[str], list[FoundText]], score: "Callable[[str, Sequence[str]], NDArray[np.float64]]"
    ) -> Ask:
        def ask(question: str) -> Response:
            began = time.perf_counter()
            passages = find(question)
            read = [
                FoundText(passage.text[start:end], passage.article)
                for passage in passages[:_READ]
                for start, end in sentences(passage.text)
            ]
            order = np.argsort(-score(question, [found.text for found in read]), kind="stable") if read else ()
            took = round((time.perf_counter() - began) * 1000, 2)
            return Response(passages, [read[n] for n in order[:_KEPT]], None, took)

        return ask

    # --- passages

    def _dense(self, question: str) -> list[FoundText]:
        return self._found(self._index.dense(self._index.embedding.encode([question])[0], _PASSAGES))

    def _lexical(self, question: str) -> list[FoundText]:
        return self._found(self._index.lexical(content_words(question), _PASSAGES))

    def _hybrid(self, question: str) -> list[FoundText]:
        hits = HybridRetriever(self._index, limit=_PASSAGES, read=False).hits(question)
        return [FoundText(hit.text, hit.article) for hit in hits]

    def _found(self, scores: dict[str, float]) -> list[FoundText]:
        there = self._index.catalog.passages(list(scores))
        passages = (there[id_] for id_ in scores if id_ in there)
        return [FoundText(article.text[passage.start : passage.end], article) for passage, article in passages]

    # --- sentences

    def _cosines(self, question: str, texts: Sequence[str]) -> "NDArray[np.float64]":
        new = list(dict.fromkeys(text for text in [question, *texts] if text not in self._vectors))
        if new:
            self._vectors |= dict(zip(new, self._index.embedding.encode(new), strict=True))
        vector = self._vectors[question]
        return np.asarray([float(self._vectors[text] @ vector) for text in texts])

    def _coverages(self, question: str, texts: Sequence[str]) -> "NDArray[np.float64]":
        _, total = self._index.catalog.count()
        asked = content_words(question)
        weights = {
            stem: math.log(1 + (total - holding + 0.5) / (holding + 0.5))
            for word, stem in zip(asked, self._stems.of(asked), strict=True)
            for holding in [min(total, self._index.catalog.count_passages_with([word])[0])]
        }
        whole = sum(weights.values()) or 1.0
        held = (set(self._stems.of(words(text))) for text in texts)
        return np.asarray([sum(w for stem, w in weights.items() if stem in there) / whole for there in held])
