"""The reader as PyTorch trains it: the embedding model's layers with two heads; its embeddings stay as they are."""

from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


class Reader(torch.nn.Module):
    """An encoder with a head that says for each token whether an answer starts or ends there, and one for the whole."""

    def __init__(self, folder: Path) -> None:
        from transformers import BertModel

        super().__init__()
        self.bert = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="eager",
            # One pass over so many questions does not learn them by heart, and drawing random numbers takes time.
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        width = self.bert.config.hidden_size
        self.span = torch.nn.Linear(width, 2)
        self.rel = torch.nn.Linear(width, 1)
        for weights in self.bert.embeddings.parameters():
            weights.requires_grad = False

    def forward(self, ids: "Tensor", mask: "Tensor", types: "Tensor") -> tuple["Tensor", "Tensor"]:
        """Return start and end scores (sequences x tokens x 2), and the whole sequences' (sequences)."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        states = states.float()
        return self.span(states), self.rel(states[:, 0]).squeeze(-1)
