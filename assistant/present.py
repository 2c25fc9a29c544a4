"""What the page and the terminal show alike: excerpts, dates, a label, and the passages nearest to a refusal."""

from datetime import date

from assistant.values import Answer, Claim
from index.article import Hit

EXCERPT = 240
NEAREST = 3
DISPUTED = "Disputed:"
"""The words before a sentence that denies or disputes the claim before it."""


def excerpt(text: str, limit: int = EXCERPT) -> str:
    """Shorten a text to at most `limit` characters, at a space where there is one, and say so with an ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" .,;:–—-") + "…"


def readable(day: date) -> str:
    """Write a date out, whatever the locale of the machine: 24 October 2025."""
    months = "January February March April May June July August September October November December".split()
    return f"{day.day} {months[day.month - 1]} {day.year}"


def nearest(answer: Answer) -> list[tuple[int, Hit]]:
    """Return the passages to show beside a refusal, best first, with their place in `answer.hits`."""
    return list(enumerate(answer.hits[:NEAREST]))


def confidence(answer: Answer) -> str | None:
    """Say in words how probable it is that an answer's best sentence answers; None where nothing tells."""
    found = [claim.confidence for claim in answer.claims if claim.confidence is not None]
    return f"Confidence {min(max(found), 0.99):.0%}" if found else None


def status(claim: Claim) -> str | None:
    """Say in words how far a claim is supported, and what it says that its articles do not; None when all is well."""
    if claim.status == "supported":
        return None
    doubt = "partly supported" if claim.status == "partly supported" else "not supported by the articles"
    return f"{doubt}: {', '.join(claim.missing)}" if claim.missing else doubt


def remarks(answer: Answer) -> list[str]:
    """Say who wrote an answer, why it ended early, and what else there is to know; [] when it is made of quotes."""
    written = f"Written by {answer.written_by}; every sentence is checked" if answer.written_by else None
    stopped = f"Stopped before the end: {answer.stopped}" if answer.stopped else None
    return [line for line in (answer.note, stopped, written) if line]
