"""Texts fenced as data in a prompt, and how many tokens they have."""

import re

# No tokenizer is asked. English has some four characters to a token and Chinese three bytes: three bytes errs on the
# side of too many tokens in both.
_BYTES_PER_TOKEN = 3
_FENCE = re.compile(r"<(?=\s*/?\s*(?:passage|question)\b)", re.IGNORECASE)
# How chat templates write that somebody else speaks now. A server may read them inside a message, too.
_TURN = re.compile(
    r"<(?=[|｜][^>\n]{1,40}[|｜]>|/?s>|(?:start|end)_of_turn>|</?SYS>>)|\[(?=/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS)\])",
    re.IGNORECASE,
)


def tokens(text: str) -> int:
    """Guess how many tokens a text has; rather too many than too few."""
    return len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN + 1


def unfenced(text: str) -> str:
    """Keep a text from closing the fence around it, and from ending the message it stands in."""
    return _TURN.sub("(", _FENCE.sub("(", text))
