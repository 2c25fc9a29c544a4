"""Detect follow-ups: questions that need an earlier turn to be understood. By rules, for English.

A question is a follow-up if a pronoun or pointer in it has no antecedent there ("what did he say about that?"), if it
continues another ("and in 2023?", "what about X?", "I meant Y"), or if it leaves out its topic ("how much?", "which is
more important?"). These are the ways in which people refer to earlier turns in conversational question answering (Choi
et al., "QuAC", 2018; Dalton et al., "TREC CAsT 2019", 2020). Whether a pronoun has its antecedent in the question
depends on the words before it and on where clauses begin: "When did Rubio say he would resign?" is no follow-up, "When
did Rubio meet him?" is, since a verb's object is not its subject (Chomsky's principle B).
"""

import re
from collections.abc import Sequence

from assistant.language.words import STOP_WORDS, names, word_spans, words
from assistant.question.courtesy import without_courtesy

# Words that say as little about the topic as stop words do.
_VAGUE_WORDS = STOP_WORDS | frozenset(
    """
    actually afterwards believe bet big case clarify come continue cost costs describe detail details difference
    elaborate exactly example examples exist expand explain far fast go going guess happen happened happening
    happens hear heard heavy help high hope info information instead kind know later like long make many mean
    means name need needed next old ones please pls possible price really reason reasons sense short simply size
    sort specific specifically summarise summarize summary sure tall thing things think together true type want
    wish wonder word words work works
    """.split()
)
# A question with one of these is taken for English; "also", "so", "her", "was", "he" are words of other languages too.
_ENGLISH = frozenset(
    """
    about and any are because but by can could did do does else ever for from give had has have he him his how if
    is it its mean meant more much of other please she should tell thanks that the their them then there these
    they this those to were what when where which who whom whose why with would yes you
    """.split()
)
_AUXILIARIES = frozenset(
    """
    am are aren't be can can't could couldn't did didn't do does doesn't don't had has have is isn't may might must
    shall should was wasn't were weren't will won't would wouldn't
    """.split()
)
_HAVING = frozenset("get gets got had has have having gave give gives gained lost lose loses".split())
# These begin a clause, and a pronoun after them may have its antecedent before them.
_SUBORDINATORS = frozenset(
    """
    although as because before after how if once since that though unless until what when where whether which while who
    whose why
    """.split()
)
# "Who dissented?": a verb alone.
_ASKING = frozenset("who what when where which".split())
# A question with more topic words than this is complete.
_MAX_FRAGMENT = 3
_SUBJECTS, _OBJECTS, _POSSESSIVES = {"he", "she", "they"}, {"him", "them", "hers", "theirs"}, {"his", "its", "their"}

_OPENING = re.compile(
    r"(?:and|but|so|also|or|then)\b(?!-)|(?:what|how) (?:about|else)\b|who else\b|if (?:not|so|yes)\b|otherwise\b"
    r"|in (?:that|this|which) case\b|no,|(?:no,? |actually,? |wait,? )?i (?:meant?|(?:am|was) (?:talking|asking))\b",
    re.IGNORECASE,
)
_MOVING = re.compile(r"(?:and|or|but)\b(?!.*\b(?:he|she|they|it)\b)|(?:what|how) about\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:he|she|they|it|him|them|his|hers?|its|theirs?)\b", re.IGNORECASE)
_TIMES = r"(?:week|month|year|time|morning|evening|weekend|spring|summer|autumn|fall|winter|season|century|decade)"
_POINTER = re.compile(
    rf"""\b(?:
        (?<!which\sof\s)th(?:is|ese)\b(?!\s+{_TIMES}s?\b)
      | those\b(?!\s+(?:\w+\s+)?(?:who|that|which|in|of|from|with|at|on|for)\b|\s+{_TIMES}s?\b)
      | (?:about|of|with|by|after|before|from|at|for|to|on|like|since|under|behind)\s+that\b
          (?!\s+(?:is|are|was|were|of|\w+ed)\b)
      | (?<!there\s)(?:did|does|is|was|has|can|could|will|would|should)\s+that\b(?!\s+(?:the|a|an)\b)
      | that\s+(?:one|company|firm|bank|country|state|city|party|team|man|woman|person|deal|agreement|law|report|study
          |case|book|film|article|decision|plan|answer|point|meeting|claim)\b
      | the\s+(?:former|latter)(?=\s*[?.!]*$|\s+(?:is|was|do|does|did|has|have|had|will|one|case)\b)
      | the\s+same(?=\s*[?.!]*$) | (?<!over\s)the\s+others?(?!\s+\w)\b
      | (?:the\s+)?(?:first|second|third|fourth|last)\s+(?:one|two)\b(?!\s+\w+\s+(?:of|in)\b)
      | (?:is|are|were|do|did|have|will)\s+both\b(?=\s*[?.!]*$|\s+(?:still|also|now|alive|equally|in|on|from)\b)
      | (?:each|all|both|any|some|none|most|many|which|one|two|three)\s+of\s+(?:them|those)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_THERE = re.compile(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!n't )(?<!n’t )(?<!\bwill )(?<!\bbe )(?<!\bhas )(?<!\bhave )"
    r"(?<!\bhad )(?<!\bcan )(?<!\bcould )(?<!\bshould )(?<!\bmust )(?<!\bwould )(?<!\bmay )(?<!\bmight )\bthere\b"
    r"(?!\s+(?:is|are|was|were|will|would|has|have|had|be|must|can|could|should|may|might|isn|aren|exist\w*)\b|['’])",
    re.IGNORECASE,
)
# "How long does it take to learn …", "is it safe to …": an "it" without a referent.
_EXPLETIVE = re.compile(
    r"""\bit\b(?=\s+(?:
        (?:that|true|the\s+case|necessary|possible|legal|illegal|worth|wrong|the\s+(?:wrong|right)\s+time)\b\s+\w
      | (?:snow|rain)s?\b | get\s+(?:dark|hot|cold|light|warm)\b | (?:called|mean)\s+(?:when|if|to|for)\b
      | \w+ed\s+(?:how|that|whether|who|what|when)\b
      # "Is it safe to take cover?", and not "is it easy to do?".
      | (?:\w+\s+){1,4}?(?:to|for|when|if|that)\s+(?:\w+\s+)?(?!do\b|use\b)\w{2,}\s+\w+ ))""",
    re.IGNORECASE | re.VERBOSE,
)
# "Did Zelensky come too?" compares with an earlier turn. "What happened next?" does so only if it names nobody.
_ALIKE = re.compile(
    r"\b(?:too|either|neither|instead|as well"
    r"|(?:has|have|had|get|need|want|make|buy|use|this|that|another|which|new|old) ones?)\s*[?.!]*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(?:afterwards?|next|then|others|else|any|besides|(?:at|by|since) that time)\s*[?.!]*$", re.IGNORECASE
)
_COMPARED = re.compile(r"which\s+(?:is|are|was|were|does|did|has|one|ones)\b", re.IGNORECASE)
_FRAGMENT = re.compile(
    r"(?:in|on|at|for|by|from|with|without|after|before|since|until|during|under|only|even|not|because|more|any)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"\bthe\s+(\w+)", re.IGNORECASE)
# "Other than his discoveries, what was Tesla known for?": who is meant may come later.
_FRONTED = re.compile(
    r"(?:other than|outside(?: of)?|in|during|after|before|besides|despite|with|since|for|like|unlike|along with)\b",
    re.I,
)
# "What are the main effects of its use": the pronoun is part of what is asked for.
_PART_OF = re.compile(
    r"\b(?:is|are|was|were|about|know)\s+the\s+(?:[\w'’-]+\s+){1,3}(?:of|in|for|with|to|behind|about)\s*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,.;:?!()–—]\s*|\b(?:and|or|but|so)\s+(?=(?:what|who|when|where|why|how|which|is|are|was|were|did|does|do|has|can)\b)",
    re.IGNORECASE,
)


def is_followup(question: str) -> bool:
    """Say whether a question needs an earlier turn to be understood; never for thanks alone or other languages."""
    asked = without_courtesy(question)
    found = words(asked)
    if not found or (len(found) > 1 and not _ENGLISH.intersection(found) and not any(map(str.isdigit, asked))):
        return False
    return (
        bool(_OPENING.match(asked))
        or all(word in _VAGUE_WORDS for word in found)
        or _is_short(asked)
        or refers_back(asked)
    )


def adds_topic(question: str) -> bool:
    """Say whether a follow-up adds a topic: "and the ECB?", "what about India?"."""
    return bool(names(question)) or bool(_MOVING.match(question))


def asks_about_answer(question: str) -> bool:
    """Say whether a follow-up is about the last answer itself: "why?", "did he agree to that?"."""
    return bool(_POINTER.search(question)) or (not topic_words(words(question)) and not _PRONOUN.search(question))


def _is_short(asked: str) -> bool:
    """Say whether a question leaves out its topic: a fragment, a bare comparison, "what are the limits?"."""
    found = words(asked)
    topic = topic_words(found)
    if len(topic) > _MAX_FRAGMENT:
        return False
    if _ALIKE.search(asked):
        return True
    whole = bool(_AUXILIARIES.intersection(found) or _SUBORDINATORS.intersection(found[1:]))
    if len(found) == len(topic) + 1 == 2 and found[0] in _ASKING:
        return True
    named = bool(names(asked))
    if _FRAGMENT.match(asked) and not whole and (not named or asked.endswith("?")):
        return True
    if named:
        return False
    if _CLOSING.search(asked):
        return True
    definite = any(_topic_words_of(noun) for noun in _DEFINITE.findall(asked))
    return len(topic) <= 1 and (definite or bool(_COMPARED.match(asked)))


def refers_back(question: str) -> bool:
    """Say whether a question refers to an earlier turn: a pronoun or "that company" without antecedent in it."""
    bare = _EXPLETIVE.sub("  ", question)
    for clause in _clauses(bare):
        if _POINTER.search(clause) or _THERE.search(clause) or _pronoun_refers_back(clause):
            return True
        # A later clause may refer to what this one names.
        if _topic_words_of(clause):
            return False
    return False


def _pronoun_refers_back(clause: str) -> bool:
    """Say whether a question's first clause has a pronoun without antecedent."""
    found = word_spans(clause)
    for place, (word, start, _) in enumerate(found):
        before = [one for one, *_ in found[:place]]
        previous, following = (before or [""])[-1], [one for one, *_ in found[place + 1 : place + 2]]
        topic = topic_words(before)
        # "Which IT companies …", "the song Let It Be".
        if place and clause[start].isupper():
            continue
        acts = previous in _AUXILIARIES | _SUBORDINATORS | {""} or bool(_AUXILIARIES.intersection(following))
        if word in _SUBJECTS or (word == "it" and acts):
            if not topic or previous in _AUXILIARIES:
                return True
        elif word in _POSSESSIVES or (word == "her" and following and following[0] not in STOP_WORDS):
            later = _FRONTED.match(clause) and names(clause[start:])
            if not later and not _has_owner(clause[:start], topic, previous):
                return True
        elif word in _OBJECTS or word in ("it", "her"):
            # "Which country signed it to give it a name?": the object of another clause may be what is before it.
            opens = max((n for n, one in enumerate(before) if n and one in _SUBORDINATORS), default=0)
            helped = bool(following) and following[0] not in STOP_WORDS and len(topic) > 1
            if not helped and not topic_words(before[:opens]):
                return True
    return False


def _has_owner(before: str, topic: Sequence[str], previous: str) -> bool:
    """Say whether the words before a possessive can name its owner."""
    if not topic or _PART_OF.search(before):
        return False
    return len(topic) > 1 or previous in _HAVING or bool(names(before))


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(text) if clause.strip()]


def _topic_words_of(text: str) -> list[str]:
    return topic_words(words(text))


def topic_words(found: Sequence[str]) -> list[str]:
    """Return the words that say what a question is about."""
    return [word for word in found if word not in _VAGUE_WORDS]
