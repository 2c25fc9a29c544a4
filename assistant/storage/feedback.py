"""What people thought of answers, as data and as questions that `assistant eval` asks.

Only what a thumb up settles becomes a question: an answer that was found right says which sentences settle it, a
refusal that was found right says that nothing does. A thumb down says that something was wrong, not what is right.
"""

from collections.abc import Sequence
from typing import Any

from assistant.language.words import folded
from assistant.types import Rated


def counts(rated: Sequence[Rated]) -> dict[str, int]:
    """Count the thumbs up and down."""
    ups = sum(one.exchange.feedback is not None and one.exchange.feedback.verdict == "up" for one in rated)
    return {"up": ups, "down": len(rated) - ups}


def as_rows(rated: Sequence[Rated]) -> list[dict[str, Any]]:
    """Turn ratings into what JSON can hold."""
    return [
        {
            "verdict": one.exchange.feedback.verdict,
            "word": one.exchange.feedback.word,
            "question": one.exchange.question,
            "searched": one.exchange.answer.searched,
            "answer": one.exchange.answer.text,
            "refused": one.exchange.answer.refused,
            "owner": one.owner,
            "at": one.at.isoformat(),
        }
        for one in rated
        if one.exchange.feedback and one.exchange.answer
    ]


def as_questions(rated: Sequence[Rated]) -> list[dict[str, Any]]:
    """Turn ratings, newest first, into lines of a questions file, oldest first; what settles nothing is left out.

    A question is written as it was searched, so that it stands alone. Rated more than once, the newest rating counts.
    """
    seen: set[str] = set()
    lines = []
    for one in rated:
        answer = one.exchange.answer
        if answer is None or folded(answer.searched) in seen:
            continue
        seen.add(folded(answer.searched))
        if line := _line(one):
            lines.append(line)
    return lines[::-1]


def _line(one: Rated) -> dict[str, Any] | None:
    feedback, answer = one.exchange.feedback, one.exchange.answer
    if feedback is None or answer is None or feedback.verdict != "up":
        return None
    line: dict[str, Any] = {"question": answer.searched.strip()}
    if answer.refused:
        line["answerable"] = False
    else:
        held = (claim for claim in answer.claims if claim.status == "supported" and not claim.denies)
        quotes = list(dict.fromkeys(citation.quote for claim in held for citation in claim.citations))
        if not quotes:
            return None
        line |= {"sentence": quotes[0], "also": quotes[1:]}
    return {**line, "note": feedback.word} if feedback.word else line
