"""Rank the sentences of hits with the reader: the best hits first, and more only until an answer is sure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.read.evidence import Evidence, Scored, ranked, read
from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL

if TYPE_CHECKING:
    from assistant.errors import WeightsUnusable
    from assistant.read.model import Reader
    from index.embed.model import SentenceEmbedding
    from index.embed.openvino import OpenVinoBackend
    from index.types import Hit


READ_AT_ONCE = 4
"""Passages read at a time: for every question, and again until an answer is sure."""
MAX_READ = 8
"""Most passages read: reading eight more gave none of the benchmark sets better answers."""
# Who wants fewer hits than this wants the best alone, and reads no more; it need not follow READ_AT_ONCE.
_MIN_SOURCES = 4
SURE = 0.5
"""The probability from which an answer is sure, and reading stops."""


def candidates(sources: int) -> int:
    """Return how many passages to search for if `sources` hits are wanted: more, to have enough to read."""
    return max(sources, MAX_READ) if sources >= _MIN_SOURCES else sources


class Ranker:
    """Ranks the sentences of hits by the probability that they answer. Thread-safe."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self.calibration = reader.calibration

    @property
    def threshold(self) -> float:
        """The probability from which a question's best sentence counts as an answer."""
        return self.calibration.threshold

    def rank(
        self,
        question: str,
        hits: "Sequence[Hit]",
        retrieved: Sequence[float],
        absent: int = 0,
        *,
        every: bool = False,
    ) -> list[Evidence]:
        """Return the sentences of hits, most probable first.

        `retrieved` has the retriever's score of each hit; `absent` is how many distinctive words of the question no
        article has. Hits are read in order, `READ_AT_ONCE` at a time; unread ones contribute no sentences. With `every`
        it reads on even after a sure answer.
        """
        scored: list[Scored] = []
        found: list[Evidence] = []
        for start in range(0, min(len(hits), MAX_READ), READ_AT_ONCE):
            scored += read(self._reader, question, hits[start : min(start + READ_AT_ONCE, MAX_READ)], start)
            found = ranked(scored, hits, retrieved, self.calibration, absent)
            if found and found[0].probability >= SURE and not every:
                break
        return found


def load_ranker(embedding: "SentenceEmbedding") -> Ranker:
    """Load the reader for an index's embedding model, sharing its tables if possible and its precision.

    Beside the multilingual model it is the multilingual reader, beside any other the English one.

    Raises:
        ReaderUnusable: its weights are missing, damaged or of another version.
    """
    from assistant.errors import ReaderUnusable
    from assistant.read.model import MULTILINGUAL_WEIGHTS, WEIGHTS, Reader
    from index.embed.model import BFLOAT16

    multilingual = embedding.name == MULTILINGUAL_MODEL
    model, file = (MULTILINGUAL_MODEL, MULTILINGUAL_WEIGHTS) if multilingual else (DEFAULT_MODEL, WEIGHTS)
    return Ranker(Reader(tables_of(embedding, model, ReaderUnusable), half=embedding.precision == BFLOAT16, file=file))


def tables_of(embedding: "SentenceEmbedding", model: str, error: "type[WeightsUnusable]") -> "OpenVinoBackend":
    """Return the embedding tables of a packaged model for reader or checker; the index's own if it uses that model.

    Raises:
        WeightsUnusable: as `error`: that model cannot be loaded.
    """
    from index.embed.model import model_folder
    from index.embed.openvino import load_openvino

    own = embedding.openvino() if embedding.name == model else None
    if shared := own or load_openvino(model_folder(model)):
        return shared
    raise error(f"the {error.of} needs {model}, which is not as it should be; reinstall it")
