"""What people say around a question and do not ask: greetings, thanks, "I see"."""

import re

_PHRASE = r"""(?:
    (?:hi|hello|hey)(?:\s+(?:there|again|all))?
  | how\s+are\s+you(?:\s+(?:doing|today))* | good\s+(?:morning|afternoon|evening|day)
  | (?:many\s+|ok(?:ay)?,?\s+|great,?\s+)?thanks?(?:\s+you)?(?:\s+(?:so|very)\s+much|\s+a\s+lot|\s+again|\s+anyway)?
        (?:\s+for\s+(?:that|this|the\s+(?:answer|help|information|info)|your\s+(?:answer|help)))?
  | ok(?:ay)? | great | good | nice | cool | wow | oh | ah | aha | perfect | excellent | awesome | amazing | interesting
  | very\s+(?:good|helpful|interesting|nice|useful) | alright | all\s+right | well | sure | right | yes | yeah | yep
  | i\s+(?:see|understand) | i['’]?\s?a?m\s+sorry | sorry | oops | understood | got\s+it | makes\s+sense
  | no\s+(?:worries|problem) | never\s?mind | my\s+apologies | please | pls | btw | by\s+the\s+way
  | (?:that|it|this)(?:['’]s|\s+is|\s+was)\s+(?:all\s+)?(?:(?:very|really|so|quite)\s+)?
        (?:fine|great|good|nice|ok(?:ay)?|right|helpful|useful|interesting|amazing|all(?:\s+right)?)
  | the\s+information\s+is\s+(?:very\s+)?(?:helpful|useful)
)"""
# A phrase counts where punctuation or the end sets it off: "Good, and the cost?", not "Good schools in Lyon".
_BEFORE = re.compile(rf"\s*(?:{_PHRASE}\s*(?:[.,!;:…–—-]+\s+|[.,!;:?…]*\s*$))+", re.IGNORECASE | re.VERBOSE)
_AFTER = re.compile(
    rf"(?:(?:^|[.,!?;…–—-]\s*|(?<=\w)\s+(?=pl(?:ease|s)\b)){_PHRASE}\s*[.!?…]*\s*)+$", re.I | re.VERBOSE
)

# Looking for an end from every place of a long text would take long.
_MAX_END_LENGTH = 200


def without_courtesy(text: str) -> str:
    """Leave out what is said before and after a question for politeness; "" where nothing else was said."""
    rest = text[found.end() :] if (found := _BEFORE.match(text)) else text
    if found := _AFTER.search(rest, max(0, len(rest) - _MAX_END_LENGTH)):
        # "It is free, right?" stays a question.
        stop = next((mark for mark in (rest[found.start()], rest[-1]) if mark in ".!?…"), "")
        rest = rest[: found.start()] + stop
    return rest.strip()
