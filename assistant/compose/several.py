"""Combine the answers to several questions of one message."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.check.citations import citations_of, numbered
from assistant.translatable import N_, quoted, together
from assistant.types import REFUSAL, Answer


def combined(question: str, answers: Sequence[Answer]) -> Answer:
    """Return one answer that combines those to the questions of a message, in order; refusals are named in the note.

    A quote has the same number everywhere. If all are refused, so is the whole.
    """
    claims = numbered(claim for answer in answers for claim in answer.claims)
    refused = [answer.searched for answer in answers if answer.refused]
    hits = {hit.passage.id: hit for answer in reversed(answers) for hit in reversed(answer.hits)}
    steps = dict.fromkeys(step for answer in answers for step in answer.timings)
    notes = [answer.note for answer in answers if len(refused) == len(answers)]
    if refused and claims:
        notes.append(N_("Not in these articles: {questions}", questions=tuple(map(quoted, refused))))
    return replace(
        answers[0],
        question=question,
        searched=" ".join(answer.searched for answer in answers),
        text=" ".join(claim.text for claim in claims) or REFUSAL,
        claims=tuple(claims),
        citations=citations_of(claims),
        refused=not claims,
        hits=tuple(reversed(hits.values())),
        timings={step: round(sum(answer.timings.get(step, 0.0) for answer in answers), 2) for step in steps},
        note=together(*notes),
    )
