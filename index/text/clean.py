"""Remove boilerplate from the text of an article, and normalise its white space.

Cleaning never rewrites a sentence: it drops boilerplate lines, joins hard-wrapped lines, and normalises white space and
control characters. The result is the text that is stored and quoted.
"""

import re
import unicodedata

# Lines that are boilerplate anywhere, matched whole and without regard to case. Words that could be a sentence
# ("Search", "Home.") are matched without a full stop.
_BOILERPLATE = re.compile(
    r"""  \d+\s*(?:-\s*)?min(?:ute)?s?\s+read | (?:estimated\s+)?reading\s+time:?\s.{1,20} | table\s+of\s+contents:?
      | advertisement | sponsored(?:\s+content)? | (?:skip|jump)\s+to\s+(?:main\s+)?content
      | (?:main\s+)?menu | search | home | sign\s+(?:in|up) | log\s*in | subscribe(?:\s+now)? | newsletter
      | share(?:\s+(?:this(?:\s+(?:article|story|page|post))?|(?:on|via)\s+\w+))?:?
      | (?:copy|print|save|email)(?:\s+(?:link|this|article|page))?
      | (?:follow\s+us|back\s+to\s+top|read\s+more|see\s+also|more\s+stories|comments?|leave\s+a\s+comment):?
      | (?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|instagram|youtube)(?:\s*[|·•]\s*\w+)*
      | accept(?:\s+all)?\s+cookies | (?:we|this\s+(?:web)?site)\s+uses?\s+cookies\s+(?:to|and|on|for)\s.{1,200}
      | (?:copyright\s+)?(?:©|\(c\)).{0,80} | copyright\s+\d{4}.{0,80} | (?:.{0,60}\s)?all\s+rights\s+reserved\.?
      | (?:related|recommended|more)\s+(?:articles|stories|posts|topics|reading|for\s+you):? | most\s+(?:read|popular):?
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What stands where the rest of an article costs something: one line that speaks to its reader.
_PAYWALL = re.compile(
    r"""  (?:please\s+|to\s+(?:continue|keep)\s+reading,?\s+)?
          (?:subscribe|sign\s*(?:up|in)|log\s*in|register|join|become\s+an?\s+(?:member|subscriber))\b
          .{0,80}\b(?:to\s+(?:continue|keep|read|unlock|access|view)|(?:full|unlimited)\s+(?:access|story|article))\b.{0,80}
      | (?:to\s+)?(?:continue|keep)\s+reading\b.{0,40}\b(?:subscri|account|log\s*in|sign|free|member).{0,80}
      | this\s+(?:article|content|story|page|post)\s+is\s.{0,30}\b(?:for|to|by)\s.{0,30}
          \b(?:subscribers?|members?|subscription|registered)\b.{0,80}
      | you(?:['’]ve|\s+have)\s.{0,40}\b(?:free|monthly|remaining|complimentary)\b.{0,20}\b(?:article|stor).{0,80}
      | already\s+(?:an?\s+)?(?:subscriber|member|subscribed|registered|have\s+an?\s+(?:account|subscription))\b.{0,60}
      | dieser\s+(?:artikel|inhalt|beitrag)\s+ist\s.{0,40}(?:abonnent|abo\b|mitglieder|registriert).{0,60}
      | (?:bereits|schon)\s+(?:abonnent|mitglied|registriert|kunde).{0,60}
      | jetzt\s.{0,40}(?:weiterlesen|freischalten|abonnieren)[.!]?
      | cet?\s+(?:article|contenu)\s+est\s+réservé.{0,80} | déjà\s+abonn.{0,60} | abonnez-vous\s+pour\s.{0,80}
      | il\s+vous\s+reste\s.{0,40}à\s+lire.{0,40}
      | est[ea]\s+(?:artículo|contenido|noticia)\s+es\s.{0,40}(?:suscriptores|socios).{0,60}
      | ¿?ya\s+(?:eres|es)\s+suscriptor.{0,60} | suscríb[ae]te\s+para\s.{0,80}
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The alt text of a logo: "Markets.com Logo".
_LOGO = re.compile(r"\S+(?:\s\S+)?\sLogo")
# The heading of a list of links to other articles. Everything below it is dropped, unless it contains a sentence.
_LINK_LIST = re.compile(
    r"""  related\s+(?:articles|stories|posts|topics|reading) | recommended(?:\s+for\s+you)? | (?:read|up)\s+next
      | (?:you\s+)?(?:may|might)\s+also\s+(?:like|be\s+interested\s+in) | most\s+(?:read|popular)
      | more\s+(?:from|on)\s.{1,40} | sign\s+up\s+(?:for|to)\s.{1,80} | subscribe\s+to\s.{1,80}
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A publisher's notice: one paragraph in the second half of the text.
_NOTICE = re.compile(
    r"""(?:high\s+)?risk\s+(?:warning|disclosure|disclaimer)\s*[:—–-]
      | (?:(?:legal|general|financial)\s+)?disclaimer\s*[:—–-].*\b(?:advice|liab\w+|risk|recommendation|purposes)\b
      | (?:cookie|privacy)\s+(?:notice|policy)\s*[:—–-]""",
    re.IGNORECASE | re.VERBOSE,
)
_STOP = re.compile(r"""[.!?:…。！？]["'”’»)\]]*$""")
_BULLET = re.compile(r"\s*(?:[-*•‣◦▪–—]\s|\d{1,3}[.)]\s)")
# Control characters, invisible characters that hamper search, and directional embeddings and overrides, whose effect
# would go on past the end of a quote. Joiners and plain directional marks stay: scripts and emoji need them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]+")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Any white space within a line but a single plain space.
_SPACE = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
# The widths of lines in a hard-wrapped paragraph, and how much they may differ; the last line is not counted.
_WRAPPED_WIDTHS = range(50, 121)
_WRAPPED_SPREAD = 30
_MIN_SENTENCE_WORDS = 8


def clean(text: str) -> str:
    """Clean the text of one article: one paragraph or list item per line, blank lines between paragraphs.

    Returns "" if there is nothing but boilerplate.
    """
    paragraphs = [_unwrapped(block) for block in re.split(r"\n\s*\n", plain(text))]
    lines = _without_boilerplate([line for block in paragraphs for line in [*block, ""]])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def plain(text: str) -> str:
    """Normalise characters: NFC, line feeds as line ends, no control or invisible characters.

    A lone surrogate, which cannot be stored, becomes U+FFFD.
    """
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    text = _LINE_END.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _SPACE.sub(" ", text)
    return unicodedata.normalize("NFC", text)


def _unwrapped(block: str) -> list[str]:
    """Join the lines of a hard-wrapped paragraph; leave lists, verse and one-line paragraphs as they are."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    if not _is_wrapped(lines):
        return lines
    is_list = sum(_BULLET.match(line) is not None for line in lines) > 1 or _BULLET.match(lines[0]) is not None
    joined = lines[:1]
    for line in lines[1:]:
        if is_list and _BULLET.match(line):
            joined.append(line)
        else:
            joined[-1] += " " + line
    return joined


def _is_wrapped(lines: list[str]) -> bool:
    """Say whether lines are hard-wrapped: about equally wide except the last, no table, and not each a sentence."""
    if any(_BOILERPLATE.fullmatch(line) for line in lines[:-1]) or all(" | " in line for line in lines):
        return False
    widths = [len(line) for line in lines[:-1] if not _BULLET.match(line)] or [len(line) for line in lines[:-1]]
    return (
        bool(widths)
        and all(width in _WRAPPED_WIDTHS for width in widths)
        and max(widths) - min(widths) <= _WRAPPED_SPREAD
        and not all(_STOP.search(line) for line in lines[:-1])
    )


def _without_boilerplate(lines: list[str]) -> list[str]:
    kept: list[str] = []
    written = sum(map(len, lines))
    seen = 0
    for number, line in enumerate(lines):
        late = seen > written / 2
        seen += len(line)
        if late and _LINK_LIST.fullmatch(line) and not any(_is_sentence(rest) for rest in lines[number + 1 :]):
            break
        notice = late and _NOTICE.match(line)
        if not (notice or _BOILERPLATE.fullmatch(line) or _LOGO.fullmatch(line) or _PAYWALL.fullmatch(line)):
            kept.append(line)
    return kept


def _is_sentence(line: str) -> bool:
    return len(line.split()) >= _MIN_SENTENCE_WORDS and _STOP.search(line) is not None and not _NOTICE.match(line)
