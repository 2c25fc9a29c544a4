"""Fields above the text of a Markdown file: between lines of `---` in YAML, of `+++` in TOML, or an object in JSON."""

import re
from collections.abc import Mapping
from typing import Any

from index.errors import LoadError

# Lines between two rules are front matter when the first of them is a key; else they are text between two rules.
_YAML = re.compile(r"\s*---[ \t]*\r?\n(?:[ \t]*#.*\r?\n|[ \t]*\r?\n)*[A-Za-z][\w-]*[ \t]*:(?:[ \t]|\r?\n)")
_JSON = re.compile(r'\s*\{\s*"[\w-]+"\s*:')
_TOML = re.compile(
    r"\s*\+\+\+[ \t]*\r?\n((?:[ \t]*(?:#.*)?\r?\n)*[ \t]*(?:\[|[\w\"'.-]+[ \t]*=)(?s:.*?)\r?\n)\+\+\+[ \t]*(?:\r?\n|\Z)"
)


def front_matter(source: object, text: str) -> tuple[Mapping[str, Any], str]:
    """Read the fields above a text; returns them, none where there are none, and the text below.

    Raises:
        LoadError: there are, and they cannot be read.
    """
    if found := _TOML.match(text):
        return _toml(source, found[1]), text[found.end() :]
    if _JSON.match(text):
        return _json(text)
    return _yaml(source, text) if _YAML.match(text) else ({}, text)


def _json(text: str) -> tuple[Mapping[str, Any], str]:
    """Read an object above a text; what is none, or has no end, is text."""
    import json

    begins = len(text) - len(text.lstrip())
    try:
        fields, end = json.JSONDecoder().raw_decode(text, begins)
    except (ValueError, RecursionError):
        return {}, text
    return (fields, text[end:]) if text[end:].lstrip(" \t").startswith(("\n", "\r")) else ({}, text)


def _toml(source: object, written: str) -> Mapping[str, Any]:
    import tomllib

    try:
        fields = tomllib.loads(written.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise LoadError(
            f"{source} has front matter that is not TOML ({said}); correct it between the +++ lines"
        ) from error
    # Hugo's own fields go first; what else a site has stands in a table of its own.
    params = fields.get("params")
    return {**params, **fields} if isinstance(params, dict) else fields


def _yaml(source: object, text: str) -> tuple[Mapping[str, Any], str]:
    import frontmatter
    import yaml

    try:
        fields, body = frontmatter.parse(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" near line {where.line + 2}" if where else ""
        raise LoadError(
            f"{source} has front matter that is not YAML{line}; correct it between the --- lines"
        ) from error
    return fields, body
