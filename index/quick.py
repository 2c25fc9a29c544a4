"""A BERT that reads texts without PyTorch: the weights of the embedding model, run by OpenVINO.

Importing sentence-transformers takes seconds, a forward pass over one question milliseconds; and where many texts are
read, OpenVINO is the faster of the two. The vectors are the same but for rounding.

The model is the encoder of BERT (Devlin et al., 2019) with the mean of its token vectors as the text's (Reimers &
Gurevych, 2019). A model of any other build has no quick reader.
"""

import json
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
    """Reads texts one by one, each on one core and none of it padding. Safe to share between threads.

    `dimension` is how many numbers a vector has, `most_tokens` how many word pieces of a text are read, special ones
    not counted, `vocabulary` how many pieces there are; on `cores` several calls of `read` go on side by side. With
    `half` the bits, it computes in bfloat16.
    """

    # More would leave a core without work at the end, while another reads the last of them.
    at_once = 1

    def __init__(
        self, weights: "dict[str, Floats]", config: dict[str, Any], whole: "Tokenizer", most: int, *, half: bool
    ) -> None:
        from tokenizers import Tokenizer

        from index.graph import Encoder

        tables = [weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")]
        self.half = half
        self._words = tables[0]
        # All that is read is of the first type.
        self._places = tables[1] + tables[2][0]
        self._whole = whole
        self._cut = Tokenizer.from_str(whole.to_str())
        self._cut.enable_truncation(most)
        self.dimension = int(config["hidden_size"])
        self.most_tokens = most - 2
        self.vocabulary = whole.get_vocab_size()
        self.cores = SideBySide(alone=one_thread)
        self._encode = Encoder(weights, config, self.cores.count, half=half)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the numbers of each text's word pieces: no special ones, nothing cut."""
        # Fast is: without telling where in the text each piece stands.
        return [one.ids for one in self._whole.encode_batch_fast(list(texts), add_special_tokens=False)]

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row a text, each of length 1 (texts x dimension)."""
        return np.concatenate(self.cores.map(lambda text: self.read([text])[0], texts))

    def read(self, texts: Sequence[str]) -> "tuple[Floats, list[Floats], list[Encoding]]":
        """Embed texts whole (texts x dimension, of length 1) and token by token, and tell which tokens those are."""
        encodings = self._cut.encode_batch(list(texts))
        states = [self._states(encoding) for encoding in encodings]
        means = np.stack([one.mean(axis=0) for one in states])
        return means / np.maximum(np.linalg.norm(means, axis=-1, keepdims=True), 1e-12), states, encodings

    def _states(self, encoding: "Encoding") -> "Floats":
        embedded = self._words[encoding.ids] + self._places[: len(encoding.ids)]
        return self._encode(embedded)


def quick_reader(folder: Path, *, half: bool = False) -> QuickReader | None:
    """Read a sentence-transformers model, to compute with `half` the bits or all; None where it is of another build."""
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
    return QuickReader(named, config, whole, int(reading["max_seq_length"]), half=half)


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
