"""The answer made of quotes, or a refusal."""

import time

from assistant.check.citations import citations_of, verify
from assistant.question.understand import unmentioned
from assistant.read.find import Found
from assistant.types import REFUSAL, Answer
from assistant.write.quote import quote


def quoted_answer(found: Found) -> Answer:
    """Return an answer of quotes from the evidence, or a refusal if none answers."""
    began = time.perf_counter()
    quoted = quote(found.ranked, found.threshold, many=found.many) if found.answerable else []
    checked = time.perf_counter()
    claims = verify(quoted)
    ended = time.perf_counter()
    took = {"answer": round((ended - began) * 1000, 2), "answer/verify": round((ended - checked) * 1000, 2)}
    return Answer(
        question=found.question,
        searched=found.searched,
        text=" ".join(claim.text for claim in claims) or REFUSAL,
        claims=tuple(claims),
        citations=citations_of(claims),
        refused=not claims,
        hits=found.hits,
        timings={**found.timings, **took},
        note=None if claims else unmentioned(found.absent),
        allowed=found.allowed,
    )
