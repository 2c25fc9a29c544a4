"""Reading the hits of a question: the best first, and more only while nothing found so far is a sure answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.read.evidence import Evidence, Scored, ranked, read

if TYPE_CHECKING:
    from assistant.errors import WeightsUnusable
    from assistant.read.model import Reader
    from index.embed.model import SentenceEmbedding
    from index.embed.openvino import OpenVinoBackend
    from index.types import Hit


FIRST = 4
"""How many passages are read for every question, and how many more at a time while nothing is sure."""
MAX_READ = 8
"""How many passages are read at most: of eight more, none of the sets had a better answer."""
SURE = 0.5
"""A sentence that answers with this probability is sure enough to stop."""


def candidates(sources: int) -> int:
    """Tell how many passages to search for where so many hits are wanted: more, for some of them are read in vain."""
    return max(sources, MAX_READ) if sources >= FIRST else sources


class Reading:
    """Ranks the sentences of hits by the probability that they answer. Safe to share between threads."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self.calibration = reader.calibration

    @property
    def threshold(self) -> float:
        """The probability from which the best sentence of a question counts as an answer."""
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
        """Rank the sentences of hits, most probable first.

        `retrieved` is what the retriever makes of each hit, `absent` how many telling words of the question no article
        has. Hits are read in their order, `FIRST` at a time; those that are not read have no sentences here. `every`
        says not to stop where a sure answer is found.
        """
        scored: list[Scored] = []
        found: list[Evidence] = []
        for start in range(0, min(len(hits), MAX_READ), FIRST):
            scored += read(self._reader, question, hits[start : min(start + FIRST, MAX_READ)], start)
            found = ranked(scored, hits, retrieved, self.calibration, absent)
            if found and found[0].probability >= SURE and not every:
                break
        return found


def load_reading(embedding: "SentenceEmbedding") -> Reading:
    """Load the reader beside an index's embedding model, whose tables and precision it shares where it can.

    Raises:
        ReaderUnusable: its weights are missing, damaged or of another version.
    """
    from assistant.errors import ReaderUnusable
    from assistant.read.model import Reader
    from index.embed.model import BFLOAT16

    return Reading(Reader(tables_of(embedding, ReaderUnusable), half=embedding.precision == BFLOAT16))


def tables_of(embedding: "SentenceEmbedding", error: "type[WeightsUnusable]") -> "OpenVinoBackend":
    """Return the tables of all-MiniLM-L6-v2, on which reader and checker stand; the index's own where it has them.

    Raises:
        WeightsUnusable: as `error`: that model is not as it should be.
    """
    from index.embed.model import DEFAULT_MODEL, model_folder
    from index.embed.openvino import load_openvino

    own = embedding.openvino() if embedding.name == DEFAULT_MODEL else None
    if shared := own or load_openvino(model_folder(DEFAULT_MODEL)):
        return shared
    raise error(f"the {error.of} needs {DEFAULT_MODEL}, which is not as it should be; reinstall it")
