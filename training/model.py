"""The reader as PyTorch trains it: the embedding model's layers with two heads; its embeddings stay as they are.

Of the multilingual model the lower half of the layers stays as it is, too: what makes languages alike is there (Pires
et al., "How multilingual is multilingual BERT?", 2019), and it is what its package has already.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from index.embed.model import model_folder
from index.embed.multilingual import read_model
from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import BertModel

# One pass over so many questions does not learn them by heart, and drawing random numbers takes time.
_NO_DROPOUT: dict[str, Any] = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


class Reader(torch.nn.Module):
    """An encoder with a head that says for each token whether an answer starts or ends there, and one for the whole."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        super().__init__()
        self.bert = _multilingual() if model == MULTILINGUAL_MODEL else _default(model_folder(model))
        width = self.bert.config.hidden_size
        self.span = torch.nn.Linear(width, 2)
        self.rel = torch.nn.Linear(width, 1)
        layers = self.bert.encoder.layer
        frozen = layers[: len(layers) // 2] if model == MULTILINGUAL_MODEL else ()
        for part in (self.bert.embeddings, *frozen):
            for weights in part.parameters():
                weights.requires_grad = False

    def forward(self, ids: "Tensor", mask: "Tensor", types: "Tensor") -> tuple["Tensor", "Tensor"]:
        """Return start and end scores (sequences x tokens x 2), and the whole sequences' (sequences)."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        states = states.float()
        return self.span(states), self.rel(states[:, 0]).squeeze(-1)


def _default(folder: Path) -> "BertModel":
    from transformers import BertModel

    return BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager", **_NO_DROPOUT)


def _multilingual() -> "BertModel":
    import numpy as np
    from transformers import BertConfig, BertModel

    weights, config, tokenizer = read_model(model_folder(MULTILINGUAL_MODEL))
    made = BertConfig(vocab_size=tokenizer.get_vocab_size(), **config, **_NO_DROPOUT)
    made._attn_implementation = "eager"
    bert = BertModel(made, add_pooling_layer=False)
    words = "embeddings.word_embeddings.weight"
    weights[words] = weights[words][np.arange(made.vocab_size)]
    bert.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    return bert
