"""Words and names that are like others, as the embedding model has it: to reword questions, and to alter them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training import forms

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

_WORD = re.compile(r"\b[a-z]{3,}\b")
_MIN_COUNT = 6
# From here on two words mean much the same to the embedding model ("jewels" and "jewellery": .72; "decided" and
# "minister": .2). Below, kinds of one thing begin ("minister" and "governor": .66 is among what is let through).
_SAME = 0.63
_NEIGHBOURS = 6
_COUNTS = frozenset("one two three four five six seven eight nine ten eleven twelve hundred thousand million".split())
_STEM = 4
_BLOCK = 1_000


class Alike:
    """Knows words that mean much the same, of those that stand in `texts`, and names of one kind."""

    def __init__(self, folder: Path, tokenizer: "Tokenizer", texts: Iterable[str]) -> None:
        from safetensors.numpy import load_file

        from index.embed.openvino import load_openvino

        counts = Counter(word for text in texts for word in _WORD.findall(text))
        self._words = sorted(word for word, count in counts.items() if count >= _MIN_COUNT)
        self._numbers = {word: n for n, word in enumerate(self._words)}
        reader = load_openvino(folder)
        assert reader is not None
        self._vectors = reader.encode(self._words) if self._words else np.zeros((0, 1), dtype=np.float32)
        table: NDArray[np.float32] = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
        self._table, self._tokenizer = table, tokenizer
        self._near = cache(self._found)
        self._kind = cache(self._static)

    def near(self, word: str) -> Sequence[str]:
        """Return words that mean much the same as a lower-case word but are not forms of it; best first."""
        return self._near(word)

    def _found(self, word: str) -> Sequence[str]:
        if word not in self._numbers or word in _COUNTS:
            return ()
        scores = self._vectors @ self._vectors[self._numbers[word]]
        best = [self._words[n] for n in np.argsort(-scores)[: 4 * _NEIGHBOURS] if scores[n] >= _SAME]
        barred = {word[:_STEM], forms.OPPOSITES.get(word, word)[:_STEM]}
        return [one for one in best if one[:_STEM] not in barred][:_NEIGHBOURS]

    def of_kind(self, name: str, others: Sequence[str], most: int = 3) -> Sequence[str]:
        """Return of some names the few whose words are most like this one's, and none that shares a word with it."""
        stems = {part[:_STEM] for part in name.lower().split()}
        others = [one for one in others if stems.isdisjoint(part[:_STEM] for part in one.lower().split())]
        if len(others) <= most:
            return others
        scores = np.stack([self._kind(one) for one in others]) @ self._kind(name)
        return [others[n] for n in np.argsort(-scores)[:most]]

    def _static(self, name: str) -> "NDArray[np.float32]":
        vector = self._table[self._tokenizer.encode(name, add_special_tokens=False).ids].mean(axis=0)
        return np.asarray(vector / (np.linalg.norm(vector) + 1e-9), dtype=np.float32)
