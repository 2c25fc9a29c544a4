"""Find an LLM's context size, as reported by its server.

OpenAI's list of models has no field for it, so servers add one, or report it at an address of their own (Ollama, LM
Studio). If none does, it is unknown.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpx import Client

# The size that the server has loaded comes before the model's maximum.
_FIELDS = ("loaded_context_length", "max_model_len", "context_length", "context_window")
_PATIENCE = 3.0


def context_in(fields: Mapping[str, Any]) -> int | None:
    """Return a model's context size in tokens from its entry in a list of models; None if it is not there."""
    meta = fields.get("meta")  # llama.cpp
    sizes = [meta.get("n_ctx") if isinstance(meta, dict) else None, *(fields.get(field) for field in _FIELDS)]
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)


def context_from_server(address: str, model: str, *, headers: Mapping[str, str], here: bool) -> int | None:
    """Ask a server at `address` (…/v1) for a model's context size, as LM Studio and Ollama report it; None if unknown.

    `here` says that it is on this machine, so that no proxy is used.
    """
    import httpx

    root = re.sub(r"/v1/?$", "", address)
    with httpx.Client(base_url=root, headers=dict(headers), timeout=_PATIENCE, trust_env=not here) as client:
        for told in (_lm_studio, _ollama):
            # Other servers answer something else at these addresses, or nothing.
            with suppress(httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError):
                if size := told(client, model):
                    return size
    return None


def _lm_studio(client: "Client", model: str) -> int | None:
    listed = client.get("/api/v0/models").json()["data"]
    return next((context_in(one) for one in listed if one["id"] == model), None)


def _ollama(client: "Client", model: str) -> int | None:
    loaded = client.get("/api/ps").json()["models"]
    if size := next((context_in(one) for one in loaded if one["name"] in (model, f"{model}:latest")), None):
        return size
    shown = client.post("/api/show", json={"model": model}).json()
    found = re.search(r"^num_ctx\s+(\d+)", str(shown["parameters"]), re.MULTILINE)
    return int(found[1]) if found else None
