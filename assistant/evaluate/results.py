"""Evaluation runs as plain data: written by `assistant eval --json` and `--save`, read by `--against`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from assistant.errors import BadResultsFile
from assistant.evaluate.metrics import Result
from assistant.evaluate.significance import Comparison, Estimate


class _Run(BaseModel):
    """A saved run; other members of the file are for people."""

    format: Literal[1]
    questions: list[Result]


def run_as_dict(results: Sequence[Result], figures: Mapping[str, Estimate]) -> dict[str, Any]:
    """Return a run as plain data: shares from 0 to 1, times in milliseconds."""
    return {
        "format": 1,
        "figures": {name: _rounded(asdict(found)) for name, found in figures.items()},
        "questions": [asdict(result) for result in results],
    }


def comparison_as_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data."""
    differences = {name: _rounded(asdict(found)) for name, found in comparison.differences.items()}
    return {**asdict(comparison), "differences": differences}


def run_of(stored: object, where: str) -> list[Result]:
    """Return the results of a run that `run_as_dict` serialised; `where` names it in errors.

    Raises:
        BadResultsFile: it is something else.
    """
    try:
        run = _Run.model_validate(stored)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadResultsFile(
            f"{where} is not a saved run ({place or 'top'}: {first['msg']}); give a file that --save has written"
        ) from error
    return run.questions


def read_json(file: Path) -> Any:
    """Read a JSON file.

    Raises:
        BadResultsFile: it is not there, or not JSON.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadResultsFile(f"{file} cannot be read ({reason}); give a file that --save has written") from error
    except (ValueError, RecursionError) as error:
        raise BadResultsFile(f"{file} is not JSON; give a file that --save has written") from error


def write_json(file: Path, value: object) -> None:
    """Write a JSON file.

    Raises:
        BadResultsFile: it cannot be written.
    """
    try:
        file.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadResultsFile(f"{file} cannot be written ({reason}); give --save another file") from error


def check_writable(file: Path) -> None:
    """Check that a file can be written, before minutes are spent on its contents.

    Raises:
        BadResultsFile: its folder is not there, or it is a folder itself.
    """
    if not file.absolute().parent.is_dir() or file.is_dir():
        raise BadResultsFile(f"{file} cannot be written (no such folder, or a folder itself); give --save another file")


def _rounded(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in fields.items()}
