"""A sentence-transformers model that reads many texts at once, on PyTorch: importing both takes seconds."""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embed.tokens import Tokens, around, tokens_of
from index.embed.workers import SideBySide
from index.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.tokens import Numbers

    Floats = NDArray[np.float32]

# Texts that are read as one: enough to be fast, few enough that hardly any of it is padding.
_BATCH = 8


class TransformerReader:
    """Reads texts in batches. Safe to share between threads; see `QuickReader`.

    With `half` the bits, it computes in bfloat16; what it returns is float32 all the same.
    """

    def __init__(self, folder: Path, name: str, *, half: bool = False) -> None:
        import torch

        self.half = half
        self._from = folder, name
        self._model = _load(folder, name)
        if half:
            self._model = self._model.to(torch.bfloat16)
        # Fast tokenizers are not reentrant.
        self._lock = threading.Lock()
        self._cores = SideBySide(partial(_compute_alone, torch.get_num_threads()))
        self.dimension = int(self._model.get_embedding_dimension())
        self._before, self._after = around(self._model.tokenizer("a").encodings[0])
        self.most_tokens = int(self._model.max_seq_length) - len(self._before) - len(self._after)
        self.vocabulary = len(self._model.tokenizer)

    def halved(self) -> "TransformerReader":
        """Return one of the same weights that computes with half the bits."""
        return TransformerReader(*self._from, half=True)

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Take texts apart into tokens, nothing cut."""
        with self._lock:
            found = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [tokens_of(*pair) for pair in zip(found.encodings, texts, strict=True)]

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts: one row a text, each of length 1 (texts x dimension)."""
        with self._lock:
            rows = self._model.encode(list(texts), show_progress_bar=False, convert_to_tensor=True)
        # With half the bits, a length would come out as rounded as the numbers are.
        floats: Floats = rows.float().numpy()
        floats /= np.maximum(np.linalg.norm(floats, axis=1, keepdims=True), 1e-12)
        return floats

    def read(self, texts: "Sequence[Numbers]") -> "Iterator[tuple[int, Floats]]":
        """Read texts, some together; see `QuickReader.read`."""
        return ((number, row) for number, row, _ in self.states(texts))

    def states(self, texts: "Sequence[Numbers]") -> "Iterator[tuple[int, Floats, Floats]]":
        """Read texts, some together, and yield the vectors of their tokens as well; see `QuickReader.states`."""
        # Texts of about one length share a batch; the last are the soonest read.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        found = self._cores.map(lambda batch: self._read([texts[number] for number in batch]), batches)
        for number, read in zip(order, (one for batch in found for one in batch), strict=True):
            yield number, *read

    def begin(self, text: "Numbers") -> "Callable[[], Floats]":
        """Put off reading a text: what is returned, called once, does it and gives its vector."""
        return lambda: self._read([text])[0][0]

    def _read(self, texts: "Sequence[Numbers]") -> "list[tuple[Floats, Floats]]":
        import torch

        whole = [np.concatenate([self._before, text[: self.most_tokens], self._after]) for text in texts]
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
            raise ValueError("its tokenizer does not tell where a token begins; a fast one is needed")
        return model
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the embedding model {name!r} in {folder} cannot be loaded ({error})") from error
