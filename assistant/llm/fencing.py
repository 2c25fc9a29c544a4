"""Make texts safe to fence as data in a prompt, and estimate their tokens."""

import re

# An estimate without tokenizer. English has about four characters per token and Chinese three bytes, so that three
# bytes overestimates both.
_BYTES_PER_TOKEN = 3
_FENCE = re.compile(r"<(?=\s*/?\s*(?:passage|question)\b)", re.IGNORECASE)
# Turn markers of chat templates. A server may also interpret them inside a message.
_TURN = re.compile(
    r"<(?=[|｜][^>\n]{1,40}[|｜]>|/?s>|(?:start|end)_of_turn>|</?SYS>>)|\[(?=/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS)\])",
    re.IGNORECASE,
)


def tokens(text: str) -> int:
    """Return an upper estimate of a text's tokens."""
    return len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN + 1


def unfenced(text: str) -> str:
    """Return a text that can neither close the fence around it nor end its message."""
    return _TURN.sub("(", _FENCE.sub("(", text))
