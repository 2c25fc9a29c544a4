"""Embed texts with OpenVINO instead of PyTorch: the same weights, and the same vectors but for rounding.

Importing sentence-transformers takes seconds, embedding a question milliseconds; and OpenVINO is the faster of the two
on many texts.

The model is BERT's encoder (Devlin et al., 2019) with mean pooling (Reimers & Gurevych, 2019). Other architectures are
left to PyTorch.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed.backend import encode_in_order
from index.embed.tokens import Tokens, special_tokens, tokens_of
from index.embed.workers import cores

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from index.embed.bert import Computation, Encoder
    from index.embed.tokens import TokenIds

    Floats = NDArray[np.float32]

# Texts queued per core before the first is waited for, so that no core runs idle while its results are collected.
_QUEUED_PER_CORE = 16
# Most cores that share a single text: a question has too few tokens for more.
_MAX_CORES_PER_TEXT = 4
_MODULES = ["Transformer", "Pooling", "Normalize"]
# The architecture that `bert.Encoder` computes. config.json may leave these fields out, but not set them otherwise.
_ARCHITECTURE = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "is_decoder": False,
}


class OpenVinoBackend:
    """Embeds texts with OpenVINO: many in parallel, one per core and unpadded; a single text uses several cores.

    `dimension` is the length of a vector, `max_tokens` how many tokens of a text are read (without special tokens),
    `vocabulary` how many tokens there are. With `bfloat16` (see `in_bfloat16`) it computes in bfloat16. Safe to share
    between threads.

    `prompts` are what the model was trained to see before a question and before any other text.

    Models fine-tuned from this one can share its embedding tables: `embed`, `layers`, `config` and `tokenizer` are what
    their `Encoder` needs besides its own layers, `opening` and `closing` the special tokens around a text.
    """

    def __init__(
        self,
        weights: "dict[str, Floats]",
        config: dict[str, Any],
        tokenizer: "Tokenizer",
        max_length: int,
        prompts: tuple[str, str] = ("", ""),
    ) -> None:
        tables = [weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")]
        self._word_embeddings = tables[0]
        # Type plus position embeddings: types x positions x dimension.
        self._position_embeddings = tables[2][:, None] + tables[1]
        self.config, self.tokenizer = config, tokenizer
        self._weights = weights
        self.opening, self.closing = special_tokens(tokenizer.encode("a"))
        self._before_question, self._before = (
            np.concatenate([self.opening, np.array(one.ids, dtype=np.int32)])
            for one in tokenizer.encode_batch(list(prompts), add_special_tokens=False)
        )
        self.dimension = int(config["hidden_size"])
        self.max_tokens = max_length - len(self._before) - len(self.closing)
        self.vocabulary = tokenizer.get_vocab_size()
        self._cores = cores()
        self._set_precision(bfloat16=False)

    def _set_precision(self, *, bfloat16: bool) -> None:
        from index.embed.bert import Encoder

        self.bfloat16 = bfloat16
        model = self._weights, self.config
        self._parallel = Encoder(*model, streams=self._cores, bfloat16=bfloat16)
        self._single = Encoder(*model, threads_per_stream=min(self._cores, _MAX_CORES_PER_TEXT), bfloat16=bfloat16)

    def in_bfloat16(self) -> "OpenVinoBackend":
        """Return a backend with the same weights that computes in bfloat16."""
        other = copy(self)
        other._set_precision(bfloat16=True)
        return other

    @property
    def layers(self) -> "dict[str, Floats]":
        """The weights of all layers, named as in BERT: without the tables of embeddings."""
        return {name: weight for name, weight in self._weights.items() if not name.endswith("_embeddings.weight")}

    def embed(self, ids: "TokenIds", types: "TokenIds | None" = None) -> "Floats":
        """Look up the embeddings of tokens, special tokens included, as input of an `Encoder`: tokens x dimension.

        There may be no more `ids` than the model has positions. `types` says for each token whether it belongs to the
        first text (0, the default for all) or to the second (1).
        """
        embedded: Floats = self._word_embeddings[ids]
        positions = self._position_embeddings
        embedded += positions[0, : len(ids)] if types is None else positions[types, np.arange(len(ids))]
        return embedded

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Split texts into tokens, without truncation."""
        found = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [tokens_of(*pair) for pair in zip(found, texts, strict=True)]

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row per text, each of length 1 (texts x dimension)."""
        return encode_in_order(self, [tokens.ids for tokens in self.tokenise(texts)])

    def encode_ids(self, texts: "Sequence[TokenIds]") -> "Iterator[tuple[int, Floats]]":
        """Embed texts given as token ids, without special tokens.

        Yields each text's number and its vector (dimension, of length 1), in the order in which they are ready.
        """
        return ((number, row) for number, row, _ in self.encode_with_states(texts))

    def encode_with_states(self, texts: "Sequence[TokenIds]") -> "Iterator[tuple[int, Floats, Floats]]":
        """Embed as `encode_ids` does, and yield the vectors of each text's tokens as well.

        Token vectors (tokens x dimension, at most `max_tokens`) are not normalised, and valid only until the next text
        is asked for.
        """
        encoder = self._parallel if len(texts) > 1 else self._single
        started: deque[tuple[int, Computation]] = deque()
        # Longest first, so that no core is left alone with a long text at the end.
        for number in sorted(range(len(texts)), key=lambda number: -len(texts[number])):
            if len(started) == _QUEUED_PER_CORE * self._cores:
                # Collect half of the queue at once: waking up for each text would take time from the encoding cores.
                half = len(started) // 2
                started[half - 1][1].wait()
                for _ in range(half):
                    yield from self._finish(*started.popleft())
            started.append((number, self._start(encoder, texts[number])))
        for one in started:
            yield from self._finish(*one)

    def start(self, text: "TokenIds") -> "Callable[[], Floats]":
        """Start to embed a question; call the returned function once to wait for its vector."""
        computation = self._start(self._single, text, self._before_question)

        def wait() -> "Floats":
            with computation as states:
                return _mean(states)

        return wait

    def _start(self, encoder: "Encoder", text: "TokenIds", before: "TokenIds | None" = None) -> "Computation":
        first = self._before if before is None else before
        return encoder.start(self.embed(np.concatenate([first, text[: self.max_tokens], self.closing])))

    def _finish(self, number: int, computation: "Computation") -> "Iterator[tuple[int, Floats, Floats]]":
        with computation as states:
            yield number, _mean(states), states[len(self._before) : len(states) - len(self.closing)]


def _mean(states: "Floats") -> "Floats":
    """Return a text's vector, of length 1: the mean of its token vectors."""
    mean: Floats = states.mean(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-12)
    return mean


def load_openvino(folder: Path) -> OpenVinoBackend | None:
    """Load a sentence-transformers model, or return None if its architecture is not supported."""
    weights, vocabulary = folder / "model.safetensors", folder / "tokenizer.json"
    config, settings = _json(folder / "config.json"), _json(folder / "sentence_bert_config.json")
    if not (weights.is_file() and vocabulary.is_file() and _is_supported(folder, config, settings)):
        return None
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    named = {name.removeprefix("bert."): _floats(weight) for name, weight in load_file(weights).items()}
    tokenizer: Tokenizer = Tokenizer.from_file(str(vocabulary))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return OpenVinoBackend(named, config, tokenizer, int(settings["max_seq_length"]))


def _is_supported(folder: Path, config: dict[str, Any], settings: dict[str, Any]) -> bool:
    modules, prompts = _json(folder / "modules.json"), _json(folder / "config_sentence_transformers.json")
    pooling = _json(folder / "1_Pooling" / "config.json")
    modes = {name for name, on in pooling.items() if name.startswith("pooling_mode_") and on}
    return bool(
        isinstance(modules, list)
        and [one["type"].rpartition(".")[2] for one in modules] == _MODULES
        and modes == {"pooling_mode_mean_tokens"}
        and all(config.get(name, value) == value for name, value in _ARCHITECTURE.items())
        and settings.get("max_seq_length")
        and not settings.get("do_lower_case")
        and not any((prompts.get("prompts") or {}).values())
    )


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _floats(weight: "NDArray[Any]") -> "Floats":
    return np.ascontiguousarray(weight, dtype=np.float32) if weight.dtype.kind == "f" else weight
