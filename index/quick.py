"""A BERT that reads texts without PyTorch: the weights of the embedding model, run by OpenVINO.

Importing sentence-transformers takes seconds, a forward pass over one question milliseconds; and where many texts are
read, OpenVINO is the faster of the two. The vectors are the same but for rounding.

The model is the encoder of BERT (Devlin et al., 2019) with the mean of its token vectors as the text's (Reimers &
Gurevych, 2019). A model of any other build has no quick reader.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.pieces import rotation
from index.precision import rows_of
from index.side_by_side import cores
from index.tokens import Tokens, around, tokens_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from index.graph import Computation, Encoder

    Floats = NDArray[np.float32]

# How many texts for each core are begun before the first is waited for: whatever keeps who waits, the cores have work.
_AHEAD = 16
# How many cores share a text that is read alone, at most: a question has too few word pieces for more of them.
_SHARING = 4
_MODULES = ["Transformer", "Pooling", "Normalize"]
# What has to be said so in config.json; what is not said there is as here.
_BUILD = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute", "is_decoder": False}


class QuickReader:
    """Reads many texts at once, each on one core and none of it padding, or one on all. Safe to share between threads.

    `dimension` is how many numbers a vector has, `most_tokens` how many word pieces of a text are read, special ones
    not counted, `vocabulary` how many pieces there are. With `half` the bits (`halved`), it computes in bfloat16.
    """

    def __init__(self, weights: "dict[str, Floats]", config: dict[str, Any], tokenizer: "Tokenizer", most: int) -> None:
        tables = [weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")]
        self._words = tables[0]
        # All that is read is of the first type.
        self._places = tables[1] + tables[2][0]
        self._tokenizer = tokenizer
        self._before, self._after = around(tokenizer.encode("a"))
        self.dimension = int(config["hidden_size"])
        self.most_tokens = most - len(self._before) - len(self._after)
        self.vocabulary = tokenizer.get_vocab_size()
        self._at_once = cores()
        self._weights = weights, config
        self._set(half=False)

    def _set(self, *, half: bool) -> None:
        from index.graph import Encoder

        self.half = half
        given = *self._weights, rotation(self.dimension)
        self._beside = Encoder(*given, at_once=self._at_once, half=half)
        self._alone = Encoder(*given, threads=min(self._at_once, _SHARING), half=half)

    def halved(self) -> "QuickReader":
        """Return one of the same weights that computes with half the bits."""
        other = copy(self)
        other._set(half=True)
        return other

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Take texts apart into word pieces, nothing cut."""
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [tokens_of(*pair) for pair in zip(found, texts, strict=True)]

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row a text, each of length 1 (texts x dimension)."""
        return rows_of(self, self.tokenise(texts))

    def read(self, texts: Sequence[Tokens]) -> "Iterator[tuple[int, Floats, Floats]]":
        """Read texts and yield, as it comes to be known: a text's number, its vector, and those of its word pieces.

        The vector (dimension) has length 1. The pieces' (pieces x dimension, at most `most_tokens`) have any, and are
        turned as `index.pieces` turns them; they are there till the next text is asked for.
        """
        encoder = self._beside if len(texts) > 1 else self._alone
        begun: deque[tuple[int, Computation]] = deque()
        # The longest first, so that none is left to one core when all others are done.
        for number in sorted(range(len(texts)), key=lambda number: -len(texts[number])):
            if len(begun) == _AHEAD * self._at_once:
                # Half of them in one go: to be woken for each takes the cores from those that compute.
                half = len(begun) // 2
                begun[half - 1][1].wait()
                for _ in range(half):
                    yield from self._end(*begun.popleft())
            begun.append((number, self._begin(encoder, texts[number])))
        for one in begun:
            yield from self._end(*one)

    def begin(self, text: Tokens) -> "Callable[[], tuple[Floats, Floats]]":
        """Begin to read a text; what is returned, called once, waits for the two that `read` yields of it."""
        computation = self._begin(self._alone, text)

        def read() -> "tuple[Floats, Floats]":
            with computation as states:
                row, pieces = self._vectors(states)
                return row, pieces.copy()

        return read

    def _begin(self, encoder: "Encoder", text: Tokens) -> "Computation":
        embedded = self._words[np.concatenate([self._before, text.ids[: self.most_tokens], self._after])]
        embedded += self._places[: len(embedded)]
        return encoder.begin(embedded)

    def _end(self, number: int, computation: "Computation") -> "Iterator[tuple[int, Floats, Floats]]":
        with computation as states:
            yield number, *self._vectors(states)

    def _vectors(self, states: "Floats") -> "tuple[Floats, Floats]":
        """Take from the states of all tokens the text's vector, turned back, and those of its word pieces."""
        mean = states.mean(axis=0) @ rotation(self.dimension)
        mean /= max(float(np.linalg.norm(mean)), 1e-12)
        return mean, states[len(self._before) : len(states) - len(self._after)]


def quick_reader(folder: Path) -> QuickReader | None:
    """Read a sentence-transformers model; None where it is of another build."""
    weights, pieces = folder / "model.safetensors", folder / "tokenizer.json"
    config, reading = _json(folder / "config.json"), _json(folder / "sentence_bert_config.json")
    if not (weights.is_file() and pieces.is_file() and _is_of_the_build(folder, config, reading)):
        return None
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    named = {name.removeprefix("bert."): _floats(weight) for name, weight in load_file(weights).items()}
    tokenizer: Tokenizer = Tokenizer.from_file(str(pieces))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return QuickReader(named, config, tokenizer, int(reading["max_seq_length"]))


def _is_of_the_build(folder: Path, config: dict[str, Any], reading: dict[str, Any]) -> bool:
    modules, prompts = _json(folder / "modules.json"), _json(folder / "config_sentence_transformers.json")
    pooling = _json(folder / "1_Pooling" / "config.json")
    modes = {name for name, on in pooling.items() if name.startswith("pooling_mode_") and on}
    return bool(
        isinstance(modules, list)
        and [one["type"].rpartition(".")[2] for one in modules] == _MODULES
        and modes == {"pooling_mode_mean_tokens"}
        and all(config.get(name, value) == value for name, value in _BUILD.items())
        and reading.get("max_seq_length")
        and not reading.get("do_lower_case")
        and not any((prompts.get("prompts") or {}).values())
    )


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _floats(weight: "NDArray[Any]") -> "Floats":
    return np.ascontiguousarray(weight, dtype=np.float32) if weight.dtype.kind == "f" else weight
