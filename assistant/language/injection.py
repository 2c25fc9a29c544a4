"""Detect text in an article that instructs a language model: it may be quoted, but supports no claim.

An LLM may obey such text, and what it then writes would be found in the article word for word; so no claim may rest on
it (indirect prompt injection: Greshake et al., "Not what you've signed up for", 2023). An instruction in words that
the pattern misses can still only put in a sentence that is shown with its source.
"""

import re

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,40}"
    r"\b(?:instructions?|prompts?|rules?|guidelines?|directions?|context|(?:said|told|given|written)\s+(?:above|before))\b"
    r"|\b(?:answer|reply|respond|output|print|write|say|return)\s+(?:only|nothing\s+but|exactly|just)\b"
    r"|\b(?:system|developer)\s+(?:prompt|message)\b"
    r"|\byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+)?(?:AI|language\s+model|LLM|chat\s?bot|assistant)\b"
    r"|</?(?:passage|question|system|assistant|user|instructions?)\b[^>]*>|<\|\w+\|>|\[/?INST\]",
    re.IGNORECASE,
)


def gives_orders(text: str, start: int, end: int) -> bool:
    """Say whether the paragraph of `text[start:end]` instructs a language model."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return _ORDERS.search(text, first, len(text) if last < 0 else last) is not None
