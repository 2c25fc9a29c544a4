"""The training loop of reader and checker: batches in, weights out; stopped, it goes on where it was."""

import math
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors.torch import save_file

SAVED_EVERY = 200
"""After how many batches the state is kept."""

_WARM = 0.05
_LOWEST = 0.02

_Model = TypeVar("_Model", bound=torch.nn.Module)
_Item = TypeVar("_Item")


def run(
    model: _Model,
    rows: Sequence[Sequence[_Item]],
    loss_of: Callable[[_Model, Sequence[_Item]], torch.Tensor],
    files: tuple[Path, Path],
    minutes: float,
    rate: float,
) -> None:
    """Train over all batches once, or for so many minutes.

    `files` are where the state is kept and where the weights are written; where there is a state, it goes on from it.
    `rate` is the highest learning rate: it rises over the first batches and falls to next to nothing.
    """
    state, out = files
    weights = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
    step, spent = 0, 0.0
    if state.is_file():
        kept: dict[str, Any] = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"], strict=False)
        optimizer.load_state_dict(kept["optimizer"])
        step, spent = kept["step"], kept["spent"]
        print(f"going on from step {step}", flush=True)
    model.train()
    began, mean = time.monotonic() - spent, math.nan
    while step < len(rows):
        elapsed = time.monotonic() - began
        done = max(step / len(rows), elapsed / (60 * minutes))
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / (_WARM * len(rows))) * max(_LOWEST, 1 - done)
        loss = loss_of(model, rows[step])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        step += 1
        mean = loss.item() if math.isnan(mean) else 0.98 * mean + 0.02 * loss.item()
        if step % 50 == 0:
            print(f"{step}/{len(rows)} {done:.1%} loss {mean:.3f} {elapsed / 60:.1f} min", flush=True)
        if step % SAVED_EVERY == 0:
            keep(model, optimizer, step, time.monotonic() - began, state, out)
    keep(model, optimizer, step, time.monotonic() - began, state, out)


def keep(model: torch.nn.Module, optimizer: Any, step: int, spent: float, state: Path, out: Path) -> None:
    """Keep the state, whole or not at all, and write the weights."""
    moving = {name for name, one in model.named_parameters() if one.requires_grad}
    trained_so_far = {name: value for name, value in model.state_dict().items() if name in moving}
    kept = {"model": trained_so_far, "optimizer": optimizer.state_dict(), "step": step, "spent": spent}
    beside = state.with_suffix(".new")
    torch.save(kept, beside)
    os.replace(beside, state)
    save_file(trained(model), out)


def trained(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Take the weights that were trained, in 16 bits: layers and heads, but not the embeddings."""
    return {name: one.detach().half().contiguous() for name, one in model.named_parameters() if one.requires_grad}
