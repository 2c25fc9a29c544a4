"""A BERT that reads a few texts without PyTorch: the weights of the embedding model, applied with numpy.

Importing sentence-transformers takes seconds, a forward pass over one question milliseconds. So a process that only
asks never imports it; what reads many texts does, and is faster from then on. The vectors are the same but for
rounding.

The model is the encoder of BERT (Devlin et al., 2019) with the mean of its token vectors as the text's (Reimers &
Gurevych, 2019). A model of any other build has no quick reader.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.side_by_side import SideBySide, one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

    Floats = NDArray[np.float32]

_MODULES = ["Transformer", "Pooling", "Normalize"]
# What has to be said so in config.json; what is not said there is as here.
_BUILD = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute", "is_decoder": False}


class QuickReader:
    """Reads texts one by one. Safe to share between threads.

    `dimension` is how many numbers a vector has, `most_tokens` how many word pieces of a text are read, special ones
    not counted, `vocabulary` how many pieces there are; on `cores` several calls of `read` go on side by side.
    """

    def __init__(self, weights: "dict[str, Floats]", config: dict[str, Any], whole: "Tokenizer", most: int) -> None:
        from tokenizers import Tokenizer

        self._weights = weights
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])
        self._layers = int(config["num_hidden_layers"])
        self._whole = whole
        self._cut = Tokenizer.from_str(whole.to_str())
        self._cut.enable_truncation(most)
        self.dimension = int(config["hidden_size"])
        self.most_tokens = most - 2
        self.vocabulary = whole.get_vocab_size()
        self.cores = SideBySide(alone=one_thread)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the numbers of each text's word pieces: no special ones, nothing cut."""
        return [one.ids for one in self._whole.encode_batch(list(texts), add_special_tokens=False)]

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row a text, each of length 1 (texts x dimension)."""
        return self.read(texts)[0]

    def read(self, texts: Sequence[str]) -> "tuple[Floats, list[Floats], list[Encoding]]":
        """Embed texts whole (texts x dimension, of length 1) and token by token, and tell which tokens those are."""
        encodings = self._cut.encode_batch(list(texts))
        states = [self._states(encoding) for encoding in encodings]
        means = np.stack([one.mean(axis=0) for one in states])
        return means / np.maximum(np.linalg.norm(means, axis=-1, keepdims=True), 1e-12), states, encodings

    def _states(self, encoding: "Encoding") -> "Floats":
        states = self._embedded(encoding)
        for number in range(self._layers):
            states = self._layer(states, f"encoder.layer.{number}")
        return states

    def _embedded(self, encoding: "Encoding") -> "Floats":
        weights, prefix = self._weights, "embeddings"
        states = (
            weights[f"{prefix}.word_embeddings.weight"][encoding.ids]
            + weights[f"{prefix}.position_embeddings.weight"][: len(encoding.ids)]
            + weights[f"{prefix}.token_type_embeddings.weight"][encoding.type_ids]
        )
        return self._normed(states, f"{prefix}.LayerNorm")

    def _layer(self, states: "Floats", name: str) -> "Floats":
        attention = f"{name}.attention"
        query, key, value = map(self._split, np.split(self._dense(states, f"{attention}.self"), len(_PARTS), axis=1))
        query *= 1 / math.sqrt(query.shape[-1])
        scores: Floats = query @ key.transpose(0, 2, 1)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        seen: Floats = (scores @ value).transpose(1, 0, 2).reshape(states.shape)
        states = self._normed(states + self._dense(seen, f"{attention}.output.dense"), f"{attention}.output.LayerNorm")
        inner = _gelu(self._dense(states, f"{name}.intermediate.dense"))
        return self._normed(states + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _split(self, states: "Floats") -> "Floats":
        return np.ascontiguousarray(states.reshape(len(states), self._heads, -1).transpose(1, 0, 2))

    def _dense(self, states: "Floats", name: str) -> "Floats":
        product: Floats = states @ self._weights[f"{name}.weight"]
        product += self._weights[f"{name}.bias"]
        return product

    def _normed(self, states: "Floats", name: str) -> "Floats":
        centred: Floats = states - states.mean(axis=-1, keepdims=True)
        variance = np.einsum("ij,ij->i", centred, centred)[:, None] / states.shape[-1]
        centred /= np.sqrt(variance + self._epsilon)
        centred *= self._weights[f"{name}.weight"]
        centred += self._weights[f"{name}.bias"]
        return centred


_PARTS = ("query", "key", "value")
# Rows at a time, so that all that GELU needs of them stays in a core's cache.
_ROWS = 32
_SERIES = tuple(map(np.float32, (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)))


def quick_reader(folder: Path) -> QuickReader | None:
    """Read a sentence-transformers model; None where it is not of the build that is read here."""
    weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
    config, reading = _json(folder / "config.json"), _json(folder / "sentence_bert_config.json")
    if not (weights.is_file() and tokenizer.is_file() and _is_of_the_build(folder, config, reading)):
        return None
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    named = {name.removeprefix("bert."): _floats(weight) for name, weight in load_file(weights).items()}
    whole: Tokenizer = Tokenizer.from_file(str(tokenizer))
    whole.no_padding()
    whole.no_truncation()
    return QuickReader(
        _laid_out(named, int(config["num_hidden_layers"])), config, whole, int(reading["max_seq_length"])
    )


def _laid_out(weights: "dict[str, Floats]", layers: int) -> "dict[str, Floats]":
    """Lay out the weights of the encoder as they are multiplied: inputs x outputs, those of the same input as one."""
    laid = {name: weight for name, weight in weights.items() if not name.startswith("encoder.")}
    for name, weight in weights.items():
        if name.startswith("encoder.") and ".attention.self." not in name:
            laid[name] = np.ascontiguousarray(weight.T)
    for number in range(layers):
        own = f"encoder.layer.{number}.attention.self"
        for kind in ("weight", "bias"):
            parts = [weights[f"{own}.{part}.{kind}"].T for part in _PARTS]
            laid[f"{own}.{kind}"] = np.ascontiguousarray(np.concatenate(parts, axis=-1))
    return laid


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


def _gelu(states: "Floats") -> "Floats":
    """Apply GELU in place; its error function is 7.1.26 of Abramowitz & Stegun (1964), right to 1.5e-7."""
    for start in range(0, len(states), _ROWS):
        rows = states[start : start + _ROWS]
        size = np.abs(rows)
        t = size * np.float32(0.3275911 / math.sqrt(2))
        t += 1
        np.reciprocal(t, out=t)
        series = t * _SERIES[0]
        for factor in _SERIES[1:]:
            series += factor
            series *= t
        np.square(size, out=t)
        t *= np.float32(-0.5)
        np.exp(t, out=t)
        # x / 2 * (1 + erf(x / sqrt(2))), where the error function of -x is that of x turned round.
        series *= t
        np.subtract(1, series, out=series)
        series *= size
        rows += series
        rows *= np.float32(0.5)
    return states
