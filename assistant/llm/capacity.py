"""How many tokens an LLM reads at once, as its server tells it.

OpenAI's list of models has no place for that, so each server has its own: in a field of that list, or at an address of
its own (Ollama, LM Studio). Where none tells, nothing is made up.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpx import Client

# What a server has loaded comes before what a model could read.
_FIELDS = ("loaded_context_length", "max_model_len", "context_length", "context_window")
_PATIENCE = 3.0


def told_in(fields: Mapping[str, Any]) -> int | None:
    """Return how many tokens a model reads, by what a list of models has on it besides its name."""
    meta = fields.get("meta")  # llama.cpp
    sizes = [meta.get("n_ctx") if isinstance(meta, dict) else None, *(fields.get(field) for field in _FIELDS)]
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)


def told_apart(address: str, model: str, *, headers: Mapping[str, str], here: bool) -> int | None:
    """Ask a server at `address` (…/v1) as LM Studio and Ollama want to be asked; None where it does not tell.

    `here` says that it is on this machine, where no proxy has to see what is asked.
    """
    import httpx

    root = re.sub(r"/v1/?$", "", address)
    with httpx.Client(base_url=root, headers=dict(headers), timeout=_PATIENCE, trust_env=not here) as client:
        for told in (_lm_studio, _ollama):
            # Whoever else answers at these addresses says something else, or nothing.
            with suppress(httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError):
                if size := told(client, model):
                    return size
    return None


def _lm_studio(client: "Client", model: str) -> int | None:
    listed = client.get("/api/v0/models").json()["data"]
    return next((told_in(one) for one in listed if one["id"] == model), None)


def _ollama(client: "Client", model: str) -> int | None:
    loaded = client.get("/api/ps").json()["models"]
    if size := next((told_in(one) for one in loaded if one["name"] in (model, f"{model}:latest")), None):
        return size
    shown = client.post("/api/show", json={"model": model}).json()
    found = re.search(r"^num_ctx\s+(\d+)", str(shown["parameters"]), re.MULTILINE)
    return int(found[1]) if found else None
