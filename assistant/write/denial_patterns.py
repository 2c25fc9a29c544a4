"""Patterns of denials: which verb denies, who does, and what is denied.

`cues` matches one sentence. It skips what only looks like a denial: negated ("did not deny"), possible
("could dispute"), asked for ("urged him to deny"), passive without a speaker ("was denied entry"), and refusals of a
request, an offer or a plan, which are events ("rejected the bid").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.language.words import STOP_WORDS, words

# Longer "sentences" are tables or no prose.
_MAX_LENGTH = 1_000
# Every cue has one of these words; most sentences have none.
_WORDED = re.compile(
    r"\b(?:den[iy]|disput|reject|dismiss|refut|rebut|contradict|contest|debunk|call|describ|brand|label|insist|maintain)"
    r"|\bth(?:ere|is|at|ose|ese|e|em)\b.*\b(?:no|false|untrue|baseless|groundless|unfounded|misleading|inaccurate|wrong"
    r"|incorrect|fabricat|lie|lying|nonsense|fiction|fake|invented|not|never|mistaken)|\bno\s+(?:evidence|proof|indication"
    r"|sign)",
    re.I | re.S,
)

_REPORTS = (
    r"(?:accounts?|claims?|allegations?|accusations?|suggestions?|assertions?|insinuations?|reports?|reporting|rumou?rs?"
    r"|characteri[sz]ations?|narrative|speculation|contention|findings?|figures?|estimates?|conclusions?)"
)
_DENY = r"(?P<verb>den(?:y|ies|ied|ying)|disput(?:e|es|ed|ing)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?"
_DENY += r"|refut(?:e|es|ed|ing)|rebut(?:s|ted|ting)?|contradict(?:s|ed|ing)?|contest(?:s|ed|ing)?|debunk(?:s|ed|ing)?)"
_FALSE = (
    r"(?:(?:simply|completely|entirely|totally|absolutely|categorically|plainly|just|a|an|pure|complete)\s+)*"
    r"(?:false|untrue|baseless|groundless|unfounded|misleading|inaccurate|incorrect|wrong|fabricated|fabrications?|lies?"
    r"|nonsense|fiction|fake(?:\s+news)?|invented|not\s+(?:true|accurate|correct|the\s+case))"
)
_THAT = r"(?:this|that|it|them|these|those)"
_WHOSE = (
    r"(?:(?:an?|the|this|that|these|those|such|all|any|both|his|her|their|its|media|press|recent|earlier)\s+"
    r"|[\w.’'-]+['’]s?\s+)*"
)
_END = r"(?=\s*(?:$|[.,;:!?—–]|\b(?:and|but|as|in|on|when|while|after|saying|calling|insisting|told)\b))"

# Where the denied clause ends and the next one begins.
_CLAUSE = re.compile(
    r"[;:—–]|,\s+(?:and|but|saying|calling|which|who|insisting|adding|according)\b|\s+and\s+(?=(?:said|says|insist|den|call"
    r"|reject|dismiss|disput|accus|praise)\w*)|[.!?]+[\"”’')]*$|,\s+(?=[^,]+\b(?:said|says|told)\b[^,]*$)"
)
_DENIES = re.compile(rf"\b{_DENY}\b\s*", re.I)
# Verbs that refuse offers as often as they deny claims.
_REFUSES = ("reject", "dismiss", "contest")
_CALLED = re.compile(
    rf"\b(?P<verb>call(?:s|ed|ing)?|describ(?:es|ed|ing)|brand(?:s|ed|ing)|dismiss(?:es|ed|ing)?|label(?:s|led|ling))\s+"
    rf"(?P<object>(?:{_WHOSE}{_REPORTS}\b[^,;]{{0,80}}?|{_THAT}))\s+(?:as\s+)?[\"“'‘]?{_FALSE}\b",
    re.I,
)
_SAID_FALSE = re.compile(
    rf"\b(?P<verb>said|says|say|insisted|insists|added|stressed|wrote)\s+(?:that\s+)?"
    rf"(?P<object>{_WHOSE}{_REPORTS}\b[^,;]{{0,80}}?|{_THAT})\s+(?:was|were|is|are)\s+[\"“'‘]?{_FALSE}\b",
    re.I,
)
_FALSE_SAID = re.compile(
    rf"^[\"“'‘]?(?P<object>{_WHOSE}{_REPORTS}\b[^,;]{{0,80}}?|(?:this|that|it))\s+(?:was|were|is|are)\s+{_FALSE}\b"
    rf"[^.]*[,\"”'’]\s*(?P<speaker>[^,]*?\b(?P<verb>said|says|told|insisted|wrote)\b.*)",
    re.I,
)
_SAID_NO = re.compile(
    r"\b(?P<verb>said|says|say|insisted|insists|stressed)\s+(?:that\s+)?there\s+(?:was|were|is|are|has\s+been|had\s+been)\s+"
    r"(?:no|never\s+(?:a|any))\s+(?!(?:need|plans?|time|date|reason|way|doubt|alternative|choice|comment|deadline|rush"
    r"|question|deal|decision|point|hurry|agreement|room|guarantee|winner)s?\b)(?P<object>.*)",
    re.I | re.S,
)
_NO_EVIDENCE = re.compile(
    r"\bthere\s+(?:is|was|has\s+been)\s+(?P<object>no\s+(?:evidence|proof|indication|sign|truth|basis)\b.*?)"
    r"(?:,[\"”'’]?|\s)\s*(?P<speaker>according\s+to\s+.+|(?<=[,\"”'’]\s)[^,]*\b(?:said|says|told)\b.*)",
    re.I | re.S,
)
_FOUND_NO = re.compile(
    r"\b(?P<verb>found|saw|has\s+seen|had\s+seen)\s+no\s+(?:evidence|proof|indication|signs?)\s+(?P<object>(?:that|of)\b.*)",
    re.I | re.S,
)
_INSISTED = re.compile(
    r"\b(?P<verb>insist(?:s|ed)|maintain(?:s|ed))\s+(?:that\s+)?(?P<object>[^,;]{1,60}?\b(?:had|has|have|was|were|is|are"
    r"|did|does|do)\s+(?:not|never)\b.*)",
    re.I | re.S,
)
_SUGGEST_WRONG = re.compile(
    r"\b(?P<verb>said|says|insisted)\s+(?:that\s+)?(?:those|anyone|people|whoever)\s+who\s+"
    r"(?:suggest|hint|claim|say|allege|believe|think)(?:s|ed)?\s+(?!otherwise|so\b)(?P<object>.*?)\s+(?:is|are|was|were)\s+"
    r"(?:wrong|lying|mistaken|spreading\s+lies|making\s+it\s+up)",
    re.I,
)
_PASSIVE = re.compile(
    rf"(?P<object>{_WHOSE}{_REPORTS}\b[^,;]{{0,80}}?)\s+(?:was|were|is|are|has\s+been|have\s+been)\s+(?:\w+ly\s+)?"
    r"(?P<verb>denied|rejected|dismissed|disputed|refuted|contradicted|rebutted)\s+by\s+(?P<speaker>.+)",
    re.I,
)
# What stands before a verb that is no denial by the speaker.
_NOT_SAID = re.compile(
    r"(?:\b(?:not|never|no\s+one|nobody|none|neither|nor|few|without|rather\s+than|instead\s+of|stopp?ed\s+short\s+of|hardly"
    r"|to|can|could|may|might|would|should|must|will|shall|cannot|if|unless|whether|was|were|be|been|being|is|are|by|of"
    r"|for|from|that\s+(?:she|he|they)|get|gets|got)|n['’]t)\s+(?:\w+ly\s+|have\s+|has\s+|had\s+|ever\s+|yet\s+"
    r"|confirm(?:ed)?\s+(?:n?or)\s+|n?or\s+){0,3}$",
    re.I,
)
_NOBODY_SAYS = re.compile(
    r"\b(?:neither|not|never|nor|no\s+one|nobody)\b[^.,;]*\bn?or\s+$"
    r"|\b(?:no\s+one|nobody|none|neither|few|if|unless|whether|until)\b[^,;]*$",
    re.I,
)
_DENIED_WITHIN = re.compile(r"\b(?:not|never)\s+")
_OWN = re.compile(
    r"(?:any|all|some)?\s*(?:wrongdoing|involvement|responsibility|knowledge|links?|ties|role|part|guilt|blame|misconduct"
    r"|having|\w+ing\b|(?:that\s+)?(?:he|she|they|it)\s+(?:had|has|have|was|were|is|are|did|would|will|ever|could)\b)",
    re.I,
)
_ING_NOUN = re.compile(r"(?:anything|everything|nothing|something|king|spring|evening|morning|building|during)\b", re.I)
_BARE_OWN = re.compile(
    rf"(?:(?:any|all)\s+)?(?:wrongdoing|involvement|responsibility|guilt|misconduct|doing\s+so|it|them|everything){_END}",
    re.I,
)
_BARE = re.compile(rf"(?:{_THAT}|(?:(?:the|this|that|these|those|such|both|all)\s+)+{_REPORTS}){_END}", re.I)
_ONLY_THAT = re.compile(rf"{_THAT}{_END}", re.I)
_ACCOUNT = re.compile(rf"{_WHOSE}{_REPORTS}\b(?!['’]|\s+(?:for|to)\b)", re.I)
_IDEA = re.compile(r"(?:(?:the|any)\s+)?(?:idea|notion|view|theory|suggestion|possibility)\s+that\b|that\b", re.I)
_SELF = re.compile(
    r"\s*(?:(?:(?:the|any)\s+)?(?:idea|notion|view|theory|suggestion|possibility)\s+)?that\s+(?:he|she|they|it)\b", re.I
)

# They rule on claims instead of denying them.
_RULES_ON = re.compile(r"\b(?:judges?|courts?|tribunal|jury|panel|magistrates?|insurers?|regulators?)\b", re.I)
_ROLES = re.compile(
    r"\b(?:spokes(?:man|woman|person|people)|officials?|ministry|ministers?|government|company|firm|bank|police|army"
    r"|military|president|prosecutors?|lawyers?|embassy|agency|department|commission|management|union|club|director"
    r"|chair(?:man|woman)?|chief|owners?|operators?|makers?|scientists?|researchers?|experts?|critics|team|authorities"
    r"|council|mayor|governor|senator|envoy|ambassador|airline|university|hospital|church|party|family)\b",
    re.I,
)
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’'-]*")
_REPORTED = re.compile(
    r"\b(?:credit|credits|credited|blamed?|blames|accused?|accuses|said|says?|told|tells?|reported|reports|claim(?:s|ed)?"
    r"|alleged?|alleges|reveal(?:s|ed)?|suggest(?:s|ed)?|believed?|believes|recall(?:s|ed)?|described?|describes|wrote"
    r"|according\s+to|in\s+their\s+telling)\b",
    re.I,
)
# Most words after the verb in "…, a newspaper reported on Monday".
_MAX_TAG_WORDS = 3
_ACCUSES = re.compile(r"accus|blam|alleg|credit", re.I)
_MANY = re.compile(
    r"\b(?:prosecutors|officials|insiders|sources|critics|people|police|reports|investigators|witnesses|media|newspapers?"
    r"|lawyers|opponents|some|several|others)\b",
    re.I,
)
_NEGATION = re.compile(r"\b(?:not|no|never|none|nothing|neither|nor|without)\b|n['’]t\b", re.I)


@dataclass(frozen=True, slots=True)
class Cue:
    """A denial in a sentence.

    `speaker` is the text with the speaker, `topic` what is denied, `source` whose account of it ("the IMF's report").
    `bare` says that the topic only refers back ("this claim"), `account` that somebody's account of the topic is
    denied, `own` that it is an act of the speaker.
    """

    speaker: str
    topic: str
    source: str = ""
    bare: bool = False
    account: bool = False
    own: bool = False


def cues(sentence: str) -> list[Cue]:
    """Return the denials in a sentence, with speaker and topic; [] for most sentences."""
    if len(sentence) > _MAX_LENGTH or not _WORDED.search(sentence) or sentence.rstrip("\"”’') ").endswith("?"):
        return []
    return list(_found(sentence))


def _found(sentence: str) -> Iterator[Cue]:
    for pattern in (_CALLED, _SAID_FALSE, _SAID_NO, _FOUND_NO, _INSISTED, _SUGGEST_WRONG):
        for match in pattern.finditer(sentence):
            before = sentence[: match.start("verb")]
            if not _unsaid(before):
                denied = _DENIED_WITHIN.sub("", match["object"]) if pattern is _INSISTED else match["object"]
                yield from _cue(before, denied, account=pattern in (_CALLED, _SAID_FALSE))
    for pattern in (_FALSE_SAID, _PASSIVE, _NO_EVIDENCE):
        if said := pattern.search(sentence):
            denied = _NEGATION.sub("", said["object"], count=1) if pattern is _NO_EVIDENCE else said["object"]
            yield from _cue(said["speaker"], denied, account=pattern is not _NO_EVIDENCE)
    yield from _active(sentence)


def _active(sentence: str) -> Iterator[Cue]:
    for match in _DENIES.finditer(sentence):
        before, rest = sentence[: match.start("verb")], sentence[match.end() :]
        verb = match["verb"].lower()
        if _unsaid(before) or _RULES_ON.search(before) or (verb.endswith("ing") and not before.rstrip().endswith(",")):
            continue
        yield from _object(before, rest, denies=verb.startswith("den"), refuses=verb.startswith(_REFUSES))


def _object(before: str, rest: str, *, denies: bool, refuses: bool) -> Iterator[Cue]:
    """Yield a cue from a verb's object: "denied [this claim]"; a verb that also refuses offers needs more evidence."""
    if refuses and _ONLY_THAT.match(rest):
        return
    if _BARE.match(rest) or (denies and _BARE_OWN.match(rest)):
        yield Cue(before, "", bare=True)
    elif account := _ACCOUNT.match(rest):
        clause = re.match(r"\s+that\b", rest[account.end() :], re.I)
        yield from _cue(before, rest, account=not clause, own=bool(_SELF.match(rest, account.end())))
    elif _IDEA.match(rest) or (denies and re.match(r"there\s+(?:was|were|is|are|had|has)\b", rest, re.I)):
        yield from _cue(before, rest, own=bool(_SELF.match(rest) or (denies and _OWN.match(rest))))
    elif denies and _OWN.match(rest) and not _ING_NOUN.match(rest):
        yield from _cue(before, rest, own=True)


def _cue(speaker: str, rest: str, *, account: bool = False, own: bool = False) -> Iterator[Cue]:
    topic = _CLAUSE.split(rest, maxsplit=1)[0].strip()
    if _BARE.match(topic):
        yield Cue(speaker, "", bare=True)
    elif not _NEGATION.search(topic):
        told = _ACCOUNT.match(topic)
        source, topic = (told.group(), topic[told.end() :]) if told else ("", topic)
        yield Cue(speaker, topic, source, account=account, own=own)


def _unsaid(before: str) -> bool:
    return bool(_NOT_SAID.search(before) or _NOBODY_SAYS.search(before))


def names(text: str) -> frozenset[str]:
    """Return the first words of names in a text, lower case, without titles and stop words."""
    found = (words(name)[0] for name in _NAME.findall(text) if words(name))
    return frozenset(word for word in found if word not in STOP_WORDS and word not in _TITLES)


_TITLES = frozenset("mr mrs ms dr prof sir president secretary minister senator gov gen".split())


def has_speaker(text: str) -> bool:
    """Say whether a text has a name, or a role that may speak."""
    return bool(_ROLES.search(text) or names(text))


def attributed(sentence: str) -> tuple[str, str]:
    """Split reported speech into the part with the speaker and the words reported; ("", "") for other sentences."""
    match = _REPORTED.search(sentence)
    if match is None:
        return "", ""
    before, after = sentence[: match.start()], sentence[match.end() :]
    if match.group().lower().startswith("according"):
        speaker, _, rest = after.partition(",")
        return speaker, before + rest
    if before.rstrip().endswith((",", '"', "”")):
        return after, before
    if len(words(after)) <= _MAX_TAG_WORDS and "," in before:
        told, _, speaker = before.rpartition(",")
        return speaker, told
    return before, after


def speaks(sentence: str) -> bool:
    """Say whether a sentence reports one person's words, so that a later "he" is the speaker, not the accused."""
    match = _REPORTED.search(sentence)
    speaker, _ = attributed(sentence)
    return match is not None and not _ACCUSES.search(match.group()) and not _MANY.search(speaker)


def negated(sentence: str) -> bool:
    """Say whether a sentence has a negation."""
    return bool(_NEGATION.search(sentence))
