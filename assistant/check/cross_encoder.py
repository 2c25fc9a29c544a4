"""Another judge in place of the trained checker: a cross-encoder for entailment or grounding that a user names.

Such models read a text and a claim together and give labels, the three of natural language inference, or whether the
text bears the claim out (Tang, Laban & Durrett, "MiniCheck: Efficient Fact-Checking of LLMs on Grounding Documents",
2024). None comes with the project, and none was calibrated here.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.check.judge import Judgement, Thresholds, of_the_whole
from assistant.errors import BadSetting

if TYPE_CHECKING:
    from torch import Tensor

MIN_SURE = 0.95
"""How probable a named model must find "supported" or "contradicted" for it to be said.

Nobody has measured here how often a model is right that any user may name, and such models are too sure of themselves
rather than not sure enough (Guo et al., "On Calibration of Modern Neural Networks", 2017).
"""
_SUPPORTED = frozenset(
    {"entailment", "entailed", "entails", "support", "supported", "supports", "grounded", "consistent", "faithful"}
)
_CONTRADICTED = frozenset(
    {"contradiction", "contradicted", "contradicts", "contradictory", "refute", "refuted", "refutes"}
)
_NAMELESS = re.compile(r"label\d+")
_SAME = "The museum was closed for three weeks after the fire."
# A model may as well look for what two texts have in common, or for contradictions.
_OTHERS = (
    "Prices of wheat rose in most of the countries that were asked.",
    "The museum was never closed after the fire.",
)


class CrossEncoderJudge:
    """Compares claims with stretches of articles by a cross-encoder. Safe to share between threads.

    `name` is a folder, or a model hub's name (which may download it).

    Raises:
        BadSetting: there is no such model, or its labels do not say whether a text bears out a claim.
    """

    thresholds: Final = Thresholds(MIN_SURE, MIN_SURE)

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        folder = Path(name).expanduser()
        try:
            self._model = CrossEncoder(str(folder) if folder.is_dir() else name, device="cpu", trust_remote_code=False)
            names: Mapping[int, str] = self._model.config.id2label
        except (OSError, ValueError, KeyError, AttributeError, ImportError, RuntimeError) as error:
            raise BadSetting(
                f"the checker {name!r} is neither a folder with a cross-encoder nor to be had from the model hub; "
                "name another with --checker, or leave it out"
            ) from error
        # An LLM that is asked for "yes" or "no" has one score, whatever labels its configuration is left with.
        labels = [names[n] for n in sorted(names)] if len(names) == self._model.num_labels else []
        self._supported, self._contradicted = _read(name, labels)
        # Tokenizers keep how a batch is cut and padded while they read it.
        self._lock = threading.Lock()
        same, *others = self.judge(_SAME, [("", text) for text in (_SAME, *_OTHERS)])
        if same.supported <= max(other.supported for other in others):
            raise BadSetting(
                f"the checker {name!r} does not find a sentence borne out by itself more than by another; "
                "name one for entailment or grounding with --checker, or leave it out"
            )

    def judge(self, claim: str, stretches: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Compare a claim with stretches, each a header (`assistant.read.sequence.header_of`) and a text."""
        pairs = [(f"{header} {text}".strip(), claim) for header, text in stretches]
        with self._lock:
            found = self._model.predict(pairs, activation_fn=_unchanged, apply_softmax=True, show_progress_bar=False)
        against = self._contradicted
        return [
            of_the_whole(float(row[self._supported]), 0.0 if against is None else float(row[against])) for row in found
        ]


def _read(name: str, labels: Sequence[str]) -> tuple[int, int | None]:
    """Find which label of a model says that a text bears out a claim, and which that it contradicts it, if one does.

    Two labels without names are MiniCheck's: the second says that it does.

    Raises:
        BadSetting: that is not to be told.
    """
    bare = [re.sub(r"[^a-z0-9]", "", label.lower()) for label in labels]
    if len(bare) == 2 and all(_NAMELESS.fullmatch(label) for label in bare):
        return 1, None
    supported = [n for n, label in enumerate(bare) if label in _SUPPORTED]
    contradicted = [n for n, label in enumerate(bare) if label in _CONTRADICTED]
    if len(bare) < 2 or len(supported) != 1 or len(contradicted) > 1:
        raise BadSetting(
            f"the checker {name!r} has {_listed(labels)}, which does not say whether a text bears out a claim "
            "(entailment, contradiction; supported); name another with --checker, or leave it out"
        )
    return supported[0], contradicted[0] if contradicted else None


def _listed(labels: Sequence[str]) -> str:
    return f"the labels {', '.join(labels)}" if len(labels) > 1 else "a single score"


def _unchanged(scores: "Tensor") -> "Tensor":
    """Leave what a model says as it is: some bring a function of their own, whose outcome is no probability."""
    return scores
