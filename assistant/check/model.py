"""The trained checker on OpenVINO: whether a text bears out a claim, and which of the claim's tokens it does not.

It is natural language inference (Bowman et al., "A large annotated corpus for learning natural language inference",
2015) over a claim and a few sentences of an article, with a second head that says where a claim is false, as one word
in a copy may be. Its layers begin with the reader's; its embeddings are those of all-MiniLM-L6-v2, which is in a
package. `training/README.md` says on what it was trained, under which licences, and how.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.check.judge import NOT_JUDGED, Judge, Judgement, Thresholds
from assistant.errors import CheckerUnusable
from assistant.read.pairs import Pairs
from assistant.read.reading import tables_of
from assistant.read.sequence import Encoded
from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL
from index.text.language import language_of
from index.text.terms import ENGLISH

if TYPE_CHECKING:
    from index.embed.model import SentenceEmbedding
    from index.embed.openvino import OpenVinoBackend

WEIGHTS = Path(__file__).with_name("checker.safetensors")
VERSION = 1
"""What the file beside the weights says they are made for: raise it when a sequence or a head changes."""
MAX_CLAIM = 80
"""How many tokens of a claim are read; of a longer one its beginning and its end."""
_HEADS = ("label", "false")


class TrainedJudge:
    """Compares claims with stretches of articles. Safe to share between threads; loads its weights when it is made.

    `embeddings` are those of all-MiniLM-L6-v2. With `half`, it computes in bfloat16.

    Raises:
        CheckerUnusable: the weights are missing, damaged or of another version.
    """

    def __init__(self, embeddings: "OpenVinoBackend", *, half: bool = False, folder: Path | None = None) -> None:
        file = (folder or WEIGHTS.parent) / WEIGHTS.name
        # The three labels of the first token, and of each token of the claim whether it is false.
        self._pairs = Pairs(embeddings, file, VERSION, _HEADS, Thresholds, CheckerUnusable, half=half)
        self.thresholds = self._pairs.calibration

    def judge(self, claim: str, stretches: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Compare a claim with stretches, each a header (`assistant.read.sequence.header_of`) and a text."""
        said, computed = self._pairs.compute(claim, stretches, MAX_CLAIM)
        read = _read(said)
        found = []
        for _, states in computed:
            labels = np.exp(states[0, :3] - states[0, :3].max())
            supported, contradicted, _ = (labels / labels.sum()).tolist()
            false = 1 / (1 + np.exp(-states[1 : 1 + len(read.ids), 3]))
            found.append(Judgement(supported, contradicted, false.astype(np.float32), read))
        return found


class EnglishJudge:
    """Has a judge that was trained on English judge English alone; of the rest it knows nothing.

    What it does not judge is shown for comparison, and what stands in an article word for word is certain without it.
    """

    def __init__(self, judge: TrainedJudge) -> None:
        self._judge = judge
        self.thresholds = judge.thresholds

    def judge(self, claim: str, stretches: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Compare a claim with stretches, as `TrainedJudge.judge` does, where both are in English."""
        if _is_foreign(claim):
            return [NOT_JUDGED] * len(stretches)
        english = [one for one in stretches if not _is_foreign(one[1])]
        judged = dict(zip(english, self._judge.judge(claim, english), strict=True))
        return [judged.get(one, NOT_JUDGED) for one in stretches]


def _is_foreign(text: str) -> bool:
    return language_of(text) not in (None, ENGLISH)


def _read(claim: Encoded) -> Encoded:
    """Return the tokens of a claim that are read."""
    if len(claim.ids) <= MAX_CLAIM:
        return claim
    half = MAX_CLAIM // 2
    kept = (np.concatenate([values[:half], values[-half:]]) for values in (claim.ids, claim.starts, claim.ends))
    return Encoded(*kept)


def load_judge(embedding: "SentenceEmbedding", named: str | None = None) -> Judge:
    """Load the checker beside an index's embedding model, whose tables and precision it shares where it can.

    `named` is a cross-encoder to judge in its place, a folder or a model hub's name.

    Raises:
        CheckerUnusable: its weights are missing, damaged or of another version.
        BadSetting: there is no such cross-encoder, or it judges something else.
    """
    if named is not None:
        from assistant.check.cross_encoder import CrossEncoderJudge

        return CrossEncoderJudge(named)
    from index.embed.model import BFLOAT16

    tables = tables_of(embedding, DEFAULT_MODEL, CheckerUnusable)
    judge = TrainedJudge(tables, half=embedding.precision == BFLOAT16)
    return EnglishJudge(judge) if embedding.name == MULTILINGUAL_MODEL else judge
