"""Embed texts with PyTorch and sentence-transformers, whose import takes seconds: for models OpenVINO cannot load."""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed.tokens import Tokens, special_tokens, tokens_of
from index.embed.workers import CorePool
from index.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.tokens import TokenIds

    Floats = NDArray[np.float32]

# Texts per batch: enough to be fast, few enough for little padding.
_BATCH = 8


class PyTorchBackend:
    """Embeds texts in batches, one batch per core. Safe to share between threads; see `OpenVinoBackend`.

    With `bfloat16` it computes in bfloat16; the vectors it returns are float32 either way.
    """

    def __init__(self, folder: Path, name: str, *, bfloat16: bool = False) -> None:
        import torch

        self.bfloat16 = bfloat16
        self._source = folder, name
        self._model = _load(folder, name)
        if bfloat16:
            self._model = self._model.to(torch.bfloat16)
        # Fast tokenizers are not reentrant.
        self._lock = threading.Lock()
        self._cores = CorePool(partial(_compute_on_one_core, torch.get_num_threads()))
        self.dimension = int(self._model.get_embedding_dimension())
        self._before, self._after = special_tokens(self._model.tokenizer("a").encodings[0])
        self.max_tokens = int(self._model.max_seq_length) - len(self._before) - len(self._after)
        self.vocabulary = len(self._model.tokenizer)

    def in_bfloat16(self) -> "PyTorchBackend":
        """Return a backend with the same weights that computes in bfloat16."""
        return PyTorchBackend(*self._source, bfloat16=True)

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Split texts into tokens, without truncation."""
        with self._lock:
            found = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [tokens_of(*pair) for pair in zip(found.encodings, texts, strict=True)]

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row per text, each of length 1 (texts x dimension)."""
        with self._lock:
            rows = self._model.encode(list(texts), show_progress_bar=False, convert_to_tensor=True)
        # Normalised in float32: in bfloat16 the lengths would be rounded, too.
        floats: Floats = rows.float().numpy()
        floats /= np.maximum(np.linalg.norm(floats, axis=1, keepdims=True), 1e-12)
        return floats

    def encode_ids(self, texts: "Sequence[TokenIds]") -> "Iterator[tuple[int, Floats]]":
        """Embed texts given as token ids, in batches; see `OpenVinoBackend.encode_ids`."""
        return ((number, row) for number, row, _ in self.encode_with_states(texts))

    def encode_with_states(self, texts: "Sequence[TokenIds]") -> "Iterator[tuple[int, Floats, Floats]]":
        """Embed in batches and yield token vectors as well; see `OpenVinoBackend.encode_with_states`."""
        # Texts of similar length share a batch; the shortest come last, so that all cores end at about the same time.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        encoded = self._cores.map(lambda batch: self._encode_batch([texts[number] for number in batch]), batches)
        for number, vectors in zip(order, (one for batch in encoded for one in batch), strict=True):
            yield number, *vectors

    def start(self, text: "TokenIds") -> "Callable[[], Floats]":
        """Return a function that embeds a text when it is called."""
        return lambda: self._encode_batch([text])[0][0]

    def _encode_batch(self, texts: "Sequence[TokenIds]") -> "list[tuple[Floats, Floats]]":
        import torch

        whole = [np.concatenate([self._before, text[: self.max_tokens], self._after]) for text in texts]
        features = self._model.tokenizer.pad({"input_ids": [ids.tolist() for ids in whole]}, return_tensors="pt")
        with torch.inference_mode():
            found = self._model(dict(features))
            rows = torch.nn.functional.normalize(found["sentence_embedding"].float())
            tokens = found["token_embeddings"].float()
        special = len(self._after)
        own = [
            states[features.attention_mask[number].bool()][len(self._before) : len(whole[number]) - special].numpy()
            for number, states in enumerate(tokens)
        ]
        return list(zip(rows.numpy(), own, strict=True))


def _compute_on_one_core(threads: int) -> None:
    """Keep this thread's computations on one core; threads started later may use `threads` cores again."""
    import torch

    torch.set_num_threads(1)
    # PyTorch applies the number to the calling thread and to threads started later: set it back from another thread.
    restoring = threading.Thread(target=torch.set_num_threads, args=(threads,))
    restoring.start()
    restoring.join()


def _load(folder: Path, name: str) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        if not getattr(model.tokenizer, "is_fast", False):
            raise ValueError("its tokenizer does not tell where a token begins; a fast one is needed")
        return model
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the embedding model {name!r} in {folder} cannot be loaded ({error})") from error
