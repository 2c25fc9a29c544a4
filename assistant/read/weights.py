"""Load the packaged weights, after checking their version and checksum."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from assistant.errors import WeightsUnusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


_Made = TypeVar("_Made")


def load_weights(
    file: Path, version: int, calibration: Callable[..., _Made], error: type[WeightsUnusable]
) -> "tuple[_Made, dict[str, Floats]]":
    """Load weights and their calibration.

    `file` is a safetensors file; a JSON file of the same name has its `version`, checksum and calibration.

    Raises:
        WeightsUnusable: as `error`: they are missing, damaged or of another version.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    again = f"reinstall article-assistant ({error.goes_on} without them)"
    try:
        about: dict[str, Any] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
        data = file.read_bytes()
    except FileNotFoundError as missing:
        raise error(f"the {error.of}'s weights {missing.filename} are missing; {again}") from missing
    except (OSError, ValueError) as unread:
        raise error(f"the {error.of}'s weights {file} cannot be read ({unread}); {again}") from unread
    if about.get("version") != version:
        raise error(f"the {error.of}'s weights {file} are of version {about.get('version')} and not {version}; {again}")
    try:
        if hashlib.sha256(data).hexdigest() != about["sha256"]:
            raise error(f"the {error.of}'s weights {file} are damaged; {again}")
        weights = {name.removeprefix("bert."): value.astype(np.float32) for name, value in load(data).items()}
        return calibration(**about["calibration"]), weights
    except (SafetensorError, KeyError, TypeError) as damaged:
        raise error(f"the {error.of}'s weights {file} are damaged; {again}") from damaged
