"""Article text without what the page around it left behind.

Cleaning never rewrites a sentence: it drops lines that are page furniture, joins hard-wrapped lines, and makes
white space and control characters plain. What comes out is the text that is stored, and that quotes are cut from.
"""

import re
import unicodedata

# Lines that are furniture wherever they stand, matched whole, case ignored.
_FURNITURE = re.compile(
    r"""(?: \d+\s*(?:-\s*)?min(?:ute)?s?\s+read | (?:estimated\s+)?reading\s+time\b.{0,20} | table\s+of\s+contents
      | (?:\S+\s){1,3}logo | advertisement | sponsored(?:\s+content)? | (?:skip|jump)\s+to\s+(?:main\s+)?content
      | (?:main\s+)?menu | search | home | sign\s+(?:in|up) | log\s*in | subscribe(?:\s+now)? | newsletter
      | share(?:\s+(?:this|on|via)\b.{0,40})? | (?:copy|print|save|email)(?:\s+(?:link|this|article|page))?
      | (?:follow\s+us|back\s+to\s+top|read\s+more|see\s+also|more\s+stories|comments?|leave\s+a\s+comment)
      | (?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|instagram|youtube)(?:\s*[|·•]\s*\w+)*
      | accept(?:\s+all)?(?:\s+cookies)? | (?:we|this\s+(?:web)?site)\s+uses?\s+cookies\b.*
      | (?:all\s+rights\s+reserved\b|copyright\b|©).{0,80} )[.:]?""",
    re.IGNORECASE | re.VERBOSE,
)
# A short line that opens the list of other articles below the text, or the publisher's notice: where it stands in
# the last part of the text, the article is over.
_TAIL_LINE = re.compile(
    r"""(?: related\s+(?:articles?|stories|posts?|topics?|reading) | (?:you\s+)?(?:may|might)\s+also\s+(?:like|be\s+.*)
      | recommended(?:\s+for\s+you)? | more\s+(?:from|on|in)\s.{1,40} | (?:read|up)\s+next | most\s+(?:read|popular)
      | sign\s+up\s+(?:for|to)\s.{1,80} | subscribe\s+to\s.{1,80} )[.:]?""",
    re.IGNORECASE | re.VERBOSE,
)
_NOTICE = re.compile(
    r"""(?: (?:high\s+)?risk\s+(?:warning|disclosure|disclaimer) | (?:legal\s+|general\s+)?disclaimer
      | (?:cookie|privacy)\s+(?:notice|policy) )\s*[:—–-]""",
    re.IGNORECASE | re.VERBOSE,
)
_BULLET = re.compile(r"\s*(?:[-*•‣◦▪–—]\s|\d{1,3}[.)]\s)")
_CONTROL = {c: None for c in [*range(0x20), *range(0x7F, 0xA0)] if chr(c) not in "\t\n"}
# Marks that show nothing and only get in the way of search. The joiners stay: scripts and emoji need them.
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF])
_SHORTEST_WRAPPED_LINE = 50


def clean(text: str) -> str:
    """Clean the text of one article: one paragraph or list item a line, blank lines between paragraphs.

    Returns "" when nothing but furniture was there.
    """
    paragraphs = [_lines(block) for block in re.split(r"\n\s*\n", plain(text))]
    lines = _without_furniture([line for block in paragraphs for line in [*block, ""]])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain(text: str) -> str:
    """Make characters plain: canonical composition, line feeds alone for line ends, no control or invisible marks.

    A lone surrogate, which no file can hold, becomes U+FFFD.
    """
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    text = text.translate(_CONTROL).translate(_INVISIBLE)
    text = re.sub(r"[^\S\n]+", " ", text)
    return unicodedata.normalize("NFC", text)


def _lines(block: str) -> list[str]:
    """Join the lines of a hard-wrapped paragraph; leave lists, verse and addresses as they are."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    joined: list[str] = []
    for number, line in enumerate(lines):
        wraps = number > 0 and len(lines[number - 1]) >= _SHORTEST_WRAPPED_LINE and not _BULLET.match(line)
        if wraps and not _furniture(line):
            joined[-1] += " " + line
        else:
            joined.append(line)
    return joined


def _furniture(line: str) -> bool:
    return _FURNITURE.fullmatch(line) is not None


def _without_furniture(lines: list[str]) -> list[str]:
    kept: list[str] = []
    written = sum(map(len, lines))
    seen = 0
    for line in lines:
        late = seen > written / 2
        seen += len(line)
        if late and (_TAIL_LINE.fullmatch(line) or _NOTICE.match(line)):
            break
        if not _furniture(line):
            kept.append(line)
    return kept
