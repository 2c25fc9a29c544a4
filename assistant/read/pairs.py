"""Encode pairs of texts: the code that reader and checker share, each with its own weights and heads."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from assistant.errors import WeightsUnusable
from assistant.read.sequence import Encoded, encode, sequence
from assistant.read.sequence import Sequence as Tokens
from assistant.read.weights import load_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.openvino import OpenVinoBackend

    Floats = NDArray[np.float32]

_Made = TypeVar("_Made")


class Pairs(Generic[_Made]):
    """Encodes passages together with a first text. Thread-safe; the constructor loads the weights.

    `embeddings` are those of the embedding model it was trained from. `file` holds the layers that were trained, in
    place of that model's, and the `heads`: linear layers whose outputs are concatenated for each token. `calibration`
    constructs the calibration stored beside the weights. `half` computes in bfloat16.

    Raises:
        WeightsUnusable: as `error`: the weights are missing, damaged or not of this version.
    """

    def __init__(
        self,
        embeddings: "OpenVinoBackend",
        file: Path,
        version: int,
        heads: tuple[str, ...],
        calibration: Callable[..., _Made],
        error: type[WeightsUnusable],
        *,
        half: bool,
    ) -> None:
        from index.embed.bert import Encoder
        from index.embed.workers import cores

        self.calibration, weights = load_weights(file, version, calibration, error)
        self._embeddings = embeddings
        self._marks = int(embeddings.opening[0]), int(embeddings.closing[-1])
        matrix = np.concatenate([weights[f"{head}.weight"] for head in heads])
        bias = np.concatenate([weights[f"{head}.bias"] for head in heads])
        layers = {name: value for name, value in weights.items() if not name.startswith(heads)}
        self._encoder = Encoder(
            embeddings.layers | layers, embeddings.config, head=(matrix, bias), streams=cores(), bfloat16=half
        )

    def compute(
        self, first: str, passages: Sequence[tuple[str, str]], most: int
    ) -> "tuple[Encoded, Iterator[tuple[Tokens, Floats]]]":
        """Encode passages, each a header (`assistant.read.sequence.header_of`) and a text, with a first text.

        At most `most` tokens of the first text are read. Returns all its tokens, and for each passage in order the
        tokens read and the heads' outputs (tokens x outputs), which are valid until the next are requested.
        """
        headers = list(dict.fromkeys(header for header, _ in passages))
        said, *cut = encode(self._embeddings.tokenizer, [first, *headers, *(text for _, text in passages)])
        known = dict(zip(headers, cut, strict=False))
        sequences = [
            sequence(said.ids, known[header].ids, places, most, self._marks)
            for (header, _), places in zip(passages, cut[len(headers) :], strict=True)
        ]
        return said, self._computed(sequences)

    def _computed(self, sequences: Sequence[Tokens]) -> "Iterator[tuple[Tokens, Floats]]":
        # The longest first, so that none is left to one core when all others are done.
        begun = {
            number: self._encoder.start(self._embeddings.embed(sequences[number].ids, sequences[number].types))
            for number in sorted(range(len(sequences)), key=lambda number: -len(sequences[number]))
        }
        for number, one in enumerate(sequences):
            with begun[number] as states:
                yield one, states
