"""A sentence-transformers model that reads many texts at once, on PyTorch: importing both takes seconds."""

import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import ModelError
from index.side_by_side import SideBySide

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

    Floats = NDArray[np.float32]


class TransformerReader:
    """Reads texts in batches. Safe to share between threads; see `QuickReader`.

    With `half` the bits, it computes in bfloat16; what it returns is float32 all the same.
    """

    at_once = 8

    def __init__(self, folder: Path, name: str, *, half: bool = False) -> None:
        import torch

        self.half = half
        self._model = _load(folder, name)
        if half:
            self._model = self._model.to(torch.bfloat16)
        # Fast tokenizers are not reentrant.
        self._lock = threading.Lock()
        self.cores = SideBySide(partial(_compute_alone, torch.get_num_threads()))
        self.dimension = int(self._model.get_embedding_dimension())
        self.most_tokens = int(self._model.max_seq_length) - 2
        self.vocabulary = len(self._model.tokenizer)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the numbers of each text's word pieces: no special ones, nothing cut."""
        with self._lock:
            found = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        ids: list[list[int]] = found["input_ids"]
        return ids

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row a text, each of length 1 (texts x dimension)."""
        with self._lock:
            rows = self._model.encode(
                list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_tensor=True
            )
        floats: Floats = rows.float().numpy()
        return floats

    def read(self, texts: Sequence[str]) -> "tuple[Floats, list[Floats], list[Encoding]]":
        """Embed texts whole (texts x dimension) and token by token, and tell which tokens those are."""
        import torch

        with self._lock:
            features = self._model.tokenizer(
                list(texts), padding=True, truncation=True, max_length=self.most_tokens + 2, return_tensors="pt"
            )
        with torch.inference_mode():
            found = self._model(dict(features))
        rows, tokens = (found[name].float().numpy() for name in ("sentence_embedding", "token_embeddings"))
        return rows, list(tokens), features.encodings


def _compute_alone(threads: int) -> None:
    """Keep what this thread computes on it; those that start later may share their work among so many threads."""
    import torch

    torch.set_num_threads(1)
    told = threading.Thread(target=torch.set_num_threads, args=(threads,))
    told.start()
    told.join()


def _load(folder: Path, name: str) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        if not getattr(model.tokenizer, "is_fast", False):
            raise ValueError("its tokenizer does not tell where a word piece begins; a fast one is needed")
        return model
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the embedding model {name!r} in {folder} cannot be loaded ({error})") from error
