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

from index.embed.backend import rows_of
from index.embed.tokens import Tokens, around, tokens_of
from index.embed.workers import cores

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from index.embed.bert import Computation, Encoder
    from index.embed.tokens import Numbers

    Floats = NDArray[np.float32]

# How many texts for each core are begun before the first is waited for: whatever keeps who waits, the cores have work.
_AHEAD = 16
# How many cores share a text that is read alone, at most: a question has too few tokens for more of them.
_SHARING = 4
_MODULES = ["Transformer", "Pooling", "Normalize"]
# What has to be said so in config.json; what is not said there is as here.
_BUILD = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute", "is_decoder": False}


class QuickReader:
    """Reads many texts at once, each on one core and none of it padding, or one on all. Safe to share between threads.

    `dimension` is how many numbers a vector has, `most_tokens` how many tokens of a text are read, special ones not
    counted, `vocabulary` how many there are. With `half` the bits (`halved`), it computes in bfloat16.

    A model that was trained from this one and kept its embeddings shares them: `embed`, `norm`, `config` and
    `tokenizer` are what its own `Encoder` needs besides its layers.
    """

    def __init__(self, weights: "dict[str, Floats]", config: dict[str, Any], tokenizer: "Tokenizer", most: int) -> None:
        tables = [weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")]
        self._words = tables[0]
        # The sums of a type and a place: types x places x dimension.
        self._places = tables[2][:, None] + tables[1]
        self.config, self.tokenizer = config, tokenizer
        self._weights = weights
        self._before, self._after = around(tokenizer.encode("a"))
        self.dimension = int(config["hidden_size"])
        self.most_tokens = most - len(self._before) - len(self._after)
        self.vocabulary = tokenizer.get_vocab_size()
        self._at_once = cores()
        self._set(half=False)

    def _set(self, *, half: bool) -> None:
        from index.embed.bert import Encoder

        self.half = half
        given = self._weights, self.config
        self._beside = Encoder(*given, at_once=self._at_once, half=half)
        self._alone = Encoder(*given, threads=min(self._at_once, _SHARING), half=half)

    def halved(self) -> "QuickReader":
        """Return one of the same weights that computes with half the bits."""
        other = copy(self)
        other._set(half=True)
        return other

    @property
    def norm(self) -> "dict[str, Floats]":
        """The weights of the normalisation that embedded tokens go through first, named as BERT's are."""
        return {name: weight for name, weight in self._weights.items() if name.startswith("embeddings.LayerNorm.")}

    def embed(self, ids: "Numbers", types: "Numbers | None" = None) -> "Floats":
        """Embed tokens (special ones among them) for an `Encoder`: tokens x dimension.

        `ids` are their numbers in the vocabulary, no more than the model has places; `types` says of each whether it
        is of the first text (0, as all are without it) or of the second (1).
        """
        embedded: Floats = self._words[ids]
        embedded += self._places[0, : len(ids)] if types is None else self._places[types, np.arange(len(ids))]
        return embedded

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Take texts apart into tokens, nothing cut."""
        found = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [tokens_of(*pair) for pair in zip(found, texts, strict=True)]

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row a text, each of length 1 (texts x dimension)."""
        return rows_of(self, [tokens.ids for tokens in self.tokenise(texts)])

    def read(self, texts: "Sequence[Numbers]") -> "Iterator[tuple[int, Floats]]":
        """Read texts, each as its tokens' numbers in the vocabulary, without special ones.

        Yields, as it comes to be known, a text's number and its vector (dimension, of length 1).
        """
        return ((number, row) for number, row, _ in self.states(texts))

    def states(self, texts: "Sequence[Numbers]") -> "Iterator[tuple[int, Floats, Floats]]":
        """Read texts as `read` does, and yield the vectors of a text's tokens as well.

        These (tokens x dimension, at most `most_tokens`) are of any length, and there till the next text is asked for.
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

    def begin(self, text: "Numbers") -> "Callable[[], Floats]":
        """Begin to read a text; what is returned, called once, waits for its vector."""
        computation = self._begin(self._alone, text)

        def read() -> "Floats":
            with computation as states:
                return _mean(states)

        return read

    def _begin(self, encoder: "Encoder", text: "Numbers") -> "Computation":
        return encoder.begin(self.embed(np.concatenate([self._before, text[: self.most_tokens], self._after])))

    def _end(self, number: int, computation: "Computation") -> "Iterator[tuple[int, Floats, Floats]]":
        with computation as states:
            yield number, _mean(states), states[len(self._before) : len(states) - len(self._after)]


def _mean(states: "Floats") -> "Floats":
    """Take the vector of a text from the states of all its tokens."""
    mean: Floats = states.mean(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-12)
    return mean


def quick_reader(folder: Path) -> QuickReader | None:
    """Read a sentence-transformers model; None where it is of another build."""
    weights, words = folder / "model.safetensors", folder / "tokenizer.json"
    config, reading = _json(folder / "config.json"), _json(folder / "sentence_bert_config.json")
    if not (weights.is_file() and words.is_file() and _is_of_the_build(folder, config, reading)):
        return None
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    named = {name.removeprefix("bert."): _floats(weight) for name, weight in load_file(weights).items()}
    tokenizer: Tokenizer = Tokenizer.from_file(str(words))
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
