"""Recognise refusals, openings and closings of LLMs, and the language they write, in the page's four languages.

Only the words tell a refusal ("The passages do not contain …"), an opening or closing ("Sure! Here is the answer:", "I
hope this helps") and the language; all word lists for that are here.
"""

import re
import unicodedata
from collections import Counter

from assistant.language.words import folded, word_spans, words
from assistant.types import REFUSAL

_FLAGS = re.IGNORECASE | re.VERBOSE


def _given(articles: str, before: str, passages: str, vague: str, after: str) -> str:
    """Return a pattern for how an LLM names its sources; vague nouns count only with a word such as "provided".

    "The documents do not name him" may be what an article says, and "Article 5" is one of a treaty.
    """
    exact, given = rf"(?:{passages})\b(?!\ \d|\ of\b)", rf"(?:{vague})\b"
    named = rf"(?:{before})\w*\ {given}|{given}\ (?:{after})\w*|(?:(?:{before})\w*\ )?{exact}(?:\ (?:{after})\w*)?"
    return rf"(?:(?:{articles})\s?)?(?:{named})"


_GIVEN = {
    "en": _given(
        r"(?:any|none|each|all)\ of\ (?:the|these|those)|the|these|those|your|any|no",
        r"provided|given|above|supplied|available|retrieved|numbered",
        r"passages?|articles?|contexts?|excerpts?",
        r"sources?|documents?|texts?|information|materials?",
        r"provided|given|above|supplied|available|here|(?:that\ )?(?:i\ have|you\ (?:gave|provided)(?:\ me)?)",
    ),
    "de": _given(
        r"(?:keine?[rs]?\ )?(?:die|der|den|dem|das|dies\w+)|keine?[rs]?",
        r"bereitgestellt|vorliegend|gegeben|angegeben|genannt|obig|verfügbar|zur\ verfügung\ gestellt",
        r"passagen?|artikeln?|text(?:passagen|abschnitte?n?)|auszügen?|auszüge|kontext",
        r"texte?n?|abschnitte?n?|quellen?|dokumente?n?|informationen",
        r"oben",
    ),
    "fr": _given(
        r"aucune?\ (?:des|de\ ces)|les|ces|le|la|l['’]|cet?|des",
        r"présente",
        r"passages?|articles?|extraits?|contexte",
        r"textes?|sources?|documents?|informations?",
        r"fourni|donné|disponible|présenté|ci-dessus",
    ),
    "es": _given(
        r"ningun[oa]\ de\ (?:los|las)|los|las|el|la|estos|estas",
        r"presente",
        r"pasajes?|artículos?|fragmentos?|contexto",
        r"textos?|fuentes?|documentos?|información",
        r"proporcionad|dad[oa]|disponible|facilitad|anterior",
    ),
}
_SORRY = r"""^(?:(?:unfortunately|(?:i['’]?\s?a?m\ )?(?:very\ )?sorry|i\ apologi[sz]e
    |leider|es\ tut\ mir\ leid|entschuldigung|malheureusement|(?:je\ suis\ )?désolée?
    |lo\ siento|lamentablemente|desafortunadamente|sorry)[\s,.;:–—-]*
    (?:(?:but|aber|mais|pero)\s+)?)+"""
# "Based on the passages, …" names a source and makes no statement.
_BASED = rf"""(?:based\ on|according\ to|as\ per
    |laut|gemä(?:ß|ss)|nach|basierend\ auf|auf\ (?:der\ )?(?:grundlage|basis)(?:\ von)?
    |d['’]après|selon|sur\ la\ base\ de|según|con\ base\ en|basándome\ en|de\ acuerdo\ con
    |from|in|dans|en)\s(?:{"|".join(_GIVEN.values())})"""
_FROM = rf"{_BASED}\s*,\s*"
_LEADS = re.compile(rf"{_SORRY}|^{_FROM}", _FLAGS)
_NEVER = r"(?:not|n['’]t|never|cannot|fails?\ to|lacks?|no|nothing|nowhere|insufficient)\b"
_TELLS = r"""(?:contain|mention|say|tell|provide|answer|include|state|specif|give|discuss|address|cover|describe|have|
    indicate|reveal|identif|name|explain|refer|offer|report|list|enough|sufficient|do)"""
_REFUSAL = re.compile(
    "|".join(
        (
            # English: the passages do not, none of the articles does, there is nothing in them, I cannot.
            rf"none\ of\ {_GIVEN['en']}\ {_TELLS}|no\ (?:passage|article|source|document)s?\ {_TELLS}",
            rf"{_GIVEN['en']}\ (?:(?:do|does|did|can|could|is|are|seems?|appears?|simply|also|to)(?:\b|(?=n))\ ?)*"
            r"(?:(?:contain|provide|mention|make|give|offer|have|say|hold)s?\ (?:no|nothing)\b"
            rf"|{_NEVER}\ (?:\w+\ )?{_TELLS})",
            r"there(?:\ is|['’]s|\ are)\ (?:no|not\ (?:any|enough)|insufficient)\ (?:\w+\ )?"
            r"(?:information|mention|answer|details?)\b",
            r"i(?:['’]m|\ am)?\ "
            r"(?:cannot|can['’]?t|can\ not|could\ not|couldn['’]t|do\ not|don['’]t|not\ able\ to|unable\ to)"
            r"\ (?:answer|find|provide|determine|tell|locate|help|assist|give|identify|confirm|know|have|see)\b",
            r"(?:i\ )?(?:found|find|could\ find|can\ find|have)\ no\ (?:\w+\ )?(?:information|answer|mention)\b",
            r"(?:this|the|your|that)\ question\ (?:cannot|can['’]t|can\ not|is\ not)\ (?:be\ )?answer",
            r"it(?:\ is|['’]s)\ (?:not\ possible|impossible)\ to\ (?:answer|determine|say|tell)\b",
            r"(?:it|this|that|the\ answer|(?:the|this)\ information)?\s?(?:is\ )?not\ "
            rf"(?:in|given|mentioned|stated|provided|found|contained|available|specified|answered)"
            rf"(?:\ (?:in|by|from))?\ {_GIVEN['en']}",
            # German
            rf"(?:in|aus|den)?\s?{_GIVEN['de']}\ [^.,]{{0,50}}?\b(?:nicht|keine?[nrms]?|nichts)\b",
            rf"keine?[rs]?\ (?:der\ )?{_GIVEN['de']}\ (?:enth|erwähn|sag|nenn|beantwort|gib|geb)",
            r"(?:kann\ ich|ich\ kann)\b[^.]{0,60}\b(?:nicht|keine)\b"
            r"[^.]{0,30}(?:beantworten|sagen|finden|geben|antworten)",
            r"ich\ wei(?:ß|ss)\ (?:(?:es|das)\ )?nicht",
            r"ich\ habe\ (?:da(?:rüber|zu)\ )?keine\ (?:information|angabe|antwort)",
            r"es\ (?:gibt|liegen|finden\ sich)\b[^.]{0,40}\bkeine\ (?:information|angabe|hinweis|antwort)",
            r"(?:die|diese)\ frage\ (?:kann|lässt\ sich|ist)\b[^.]{0,60}\bnicht\b",
            # French
            rf"(?:dans\ )?{_GIVEN['fr']},?\ (?:\w+\ )?(?:ne|n['’])\s?[^.,]{{0,40}}?\b(?:pas|aucune?|rien)\b",
            rf"aucune?\ (?:des\ )?{_GIVEN['fr']}\ n",
            r"je\ (?:ne\ |n['’])(?:\w+\ )?(?:peux|sais|trouve|suis|dispose|ai|parviens)\b[^.]{0,30}\b(?:pas|aucune?)\b",
            r"il\ n['’]y\ a\ (?:pas|aucune?)\b[^.]{0,20}(?:information|mention|réponse)",
            r"il\ (?:m['’])?est\ impossible\ de\ (?:répondre|dire)",
            # Spanish
            rf"(?:en\ )?{_GIVEN['es']}\ no\ |ningun[oa]\ de\ {_GIVEN['es']}",
            rf"no\ (?:se\ |est[aá]\ )[^.,]{{0,40}}\ben\ {_GIVEN['es']}",
            r"no\ (?:puedo|(?:me\ )?es\ posible)\ (?:responder|contestar|determinar|encontrar|decir|proporcionar)",
            r"no\ (?:hay|tengo|dispongo\ de|encuentro|encontré|se\ encontró)\ (?:\w+\ )?"
            r"(?:información|mención|respuesta|datos)",
        )
    ),
    _FLAGS,
)
OWN_REFUSALS = (REFUSAL, "Nicht in diesen Artikeln.", "Pas dans ces articles.", "No está en estos artículos.")
"""The refusal as the program itself says it, in each language of the page."""
_REFUSALS = tuple(folded(text).rstrip(". ") for text in OWN_REFUSALS)
# "The passages do not say who, but seven people have been arrested" is an answer all the same.
_ALL_THE_SAME = re.compile(r",?\s(?:but|however|although|though|aber|jedoch|sondern|mais|pero|sino)\s", re.IGNORECASE)

_END = r"\s*[.!?:…]*\s*$"
_FRAME = re.compile(
    "|".join(
        (
            # A word or two of politeness, alone or before another opening.
            rf"""(?:sure(?:\ thing)?|certainly|of\ course|absolutely|definitely|ok(?:ay)?|alright|great
              |(?:great|good)\ question|thanks?(?:\ you)?(?:\ for\ [^.!:]*)?
              |you['’]re\ welcome|hello|hi(?:\ there)?|(?:i['’]?\s?a?m\ )?sorry
              |gern(?:e|\ geschehen)?|natürlich|klar|sicher|selbstverständlich|hallo|guten\ tag|gute\ frage|leider
              |bien\ sûr|certainement|d['’]accord|avec\ plaisir|bonjour|bonne\ question|désolée?
              |¡?(?:claro(?:\ que\ sí)?|por\ supuesto|desde\ luego|con\ gusto|hola|de\ acuerdo)
              |buena\ pregunta|lo\ siento
              ){_END}""",
            # Announcements: what follows the colon is part of the answer.
            rf"""(?:(?:sure|certainly|of\ course|okay|gerne|natürlich|klar|bien\ sûr|claro|por\ supuesto)[,!.]?\s+)?
              (?:{_FROM})?
              (?:here(?:\ is|\ are|['’]s)|hier\ (?:ist|sind|kommt|folgt)|voici|aquí\ (?:está|están|tienes?|te|le|hay))\b
              [^.:!?]{{0,100}}(?::\s*|{_END})""",
            r"""(?:(?:short|final|the|kurze|die|la|réponse|respuesta)\ )?
              (?:answers?|response|antwort|réponse|respuesta|summary|zusammenfassung|résumé|resumen)
              (?:\ (?:is|lautet|ist|est|es|courte|finale))?\s*(?::\s*|$)""",
            r"""(?:sources?|references?|citations?|quellen?|références?|fuentes?|referencias?)\s*:[\s\W\d]*$""",
            rf"{_BASED}\s*:\s*",
            # Closings.
            r"(?:i\ )?hope\ (?:this|that|it|these)\b[^.:]*\b(?:help|useful|answer|clear)",
            r"(?:please\ )?(?:let\ me\ know|feel\ free\ to|(?:do\ not|don['’]t)\ hesitate)\b",
            r"(?:if\ you\ (?:have|need|want|['’]d|would)|is\ there|do\ you\ have)\b[^.]*"
            r"\b(?:questions?|else|(?:more|further)\ (?:help|information|details|assistance))\b",
            r"(?:i['’]?\s?a?m|i['’]d\ be)\ (?:happy|glad)\ to\ (?:help|assist)",
            r"ich\ hoffe,?\ [^.]*(?:hilf|helfen|geholfen|hilfreich)",
            r"(?:wenn|falls|sollten)\ (?:du|sie|ihr)\b[^.]*\b(?:fragen\ ha\w+|mehr\ wissen|weitere\w*\ \w+)\b",
            r"lass(?:en\ sie)?\ (?:es\ )?mich\b[^.]*\bwissen",
            r"j['’]espère\ que\b[^.]*(?:aide|util)|n['’]hésite[sz]?\ (?:pas|surtout)",
            r"si\ (?:vous\ avez|tu\ as)\b[^.]*\bquestions?",
            r"espero\ que\b[^.]*(?:ayud|sirv|útil)|no\ dud(?:es|e)\ en|h[aá]z(?:me|melo)\ saber",
            r"si\ (?:tienes?|necesitas?)\b[^.]*\b(?:preguntas?|dudas?|más\ (?:ayuda|información))",
        )
    ),
    _FLAGS,
)
# How refusals, openings and closings begin: the fewest words (at least two) that tell them from other sentences.
_BEGINS = re.compile(
    rf"""{_SORRY}|\S*$
    |(?:none(?:\ of(?:\ the)?)?|(?:in\ |dans\ |en\ )?(?:the|these|die|der|den|les|los|las|la)|in|en|dans)(?:$|\s
      (?:provided|given|above|passage|article|context|source|document|text|excerpt|information|question|answer
        |bereitgest|vorliegend|passag|artikel|quelle|dokument|informat|frage|antwort
        |extrait|réponse|pasaje|artículo|fragment|fuente|respuesta))
    |keine?[rs]?\ (?:der|info|pass|art)|aucune?\ (?:des|info|pass|art)|ningun
    |based|according|from\ the|here|there\ (?:is|are)(?:$|\ no|\ insuf)|i\ (?:ca|could|do|am|was|found|hope)|i['’]
    |if\ you|it\ is(?:$|\ not|\ im)|it['’]s\ (?:not|im)|(?:this|that|your)\ (?:quest|info)
    |not\ (?:in|ment|stat|giv|prov|avail|found)|please|let\ me|feel\ free|do\ (?:you|not)|don['’]t|is\ there
    |sure|certainly|of\ course|ok|answer|sources?|thank
    |laut|gemä|basier|auf\ (?:der$|der\ grund|der\ basis|grund|basis)|hier|ich\ (?:k|w|hab|hof)|es\ (?:gibt|lieg|find)
    |(?:diese|die)\ frage|wenn\ (?:du|sie|ihr)|falls|sollten|lass|gern|natürlich|klar|kann\ ich|antwort|quelle
    |d['’]après|selon|sur\ la|voici|je\ n|il\ n['’]y|il\ (?:m['’])?est|j['’]esp|n['’]h|bien\ sûr
    |si\ (?:vous|tu|tien|nec)
    |según|con\ base|basánd|aquí|no\ (?:pu|es\ pos|me|hay|ten|disp|enc|se|dud)|espero|h[aá]z|¡?claro|¡?por\ sup""",
    _FLAGS,
)

# Some of the commonest words of each language; shared words are in both lists.
_COMMON = {
    "en": """
        the of and to in is was that for it on as with by at from are were be been has have had not an this which or but
        they his her their its he she who will would more than said after into about one no all
    """,
    "de": """
        der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat
        dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis
        wurde wurden kein keine keines
    """,
    "fr": """
        le la les de des du et à en un une est que qui dans pour sur au aux par pas plus ne se ce il elle ils son sa ses
        avec été ont a sont cette mais ou où leur n'a d'un d'une aucun aucune
    """,
    "es": """
        el la los las de del y en un una es que por para con se no su al lo como más pero sus le ha han sido fue son
        este esta entre cuando muy sin sobre también ninguna ninguno hasta
    """,
}
_WORDS = {code: frozenset(text.split()) for code, text in _COMMON.items()}
_ENOUGH = 2
_LONG = 8


def is_refusal(sentence: str) -> bool:
    """Say whether an LLM's sentence is a refusal: the articles do not answer, or it cannot."""
    bare = folded(sentence).strip("\"'“”«»*. ")
    if bare.startswith(_REFUSALS):
        return True
    while bare != (rest := _LEADS.sub("", bare)):
        bare = rest
    return bool(_REFUSAL.match(bare)) and not _ALL_THE_SAME.search(bare)


def without_framing(sentence: str) -> str:
    """Return an LLM's sentence without openings and closings; "" if nothing is left."""
    rest = sentence.strip()
    while found := _FRAME.match(rest):
        # A closing is dropped to its end, an announcement up to its colon.
        announces = found.group().rstrip().endswith(":")
        rest = rest[found.end() :].strip() if announces else ""
    return rest


def may_be_dropped(begun: str) -> bool:
    """Say whether a sentence that begins with these words may turn out to be a refusal or an opening."""
    bare = folded(begun).strip("\"'“”«»*. ")
    refuses = any(text.startswith(bare) or bare.startswith(text) for text in _REFUSALS)
    return refuses or bool(_BEGINS.match(bare))


def language_of(text: str) -> str | None:
    """Return the language of a text: "en", "de", "fr" or "es" by its commonest words, any other by its script.

    None if neither decides: a few words, names, or another language in Latin letters.
    """
    scripts = Counter(unicodedata.name(letter, "?").partition(" ")[0] for letter in text if letter.isalpha())
    script, count = scripts.most_common(1)[0] if scripts else ("", 0)
    if script not in ("", "LATIN") and count > sum(scripts.values()) / 2:
        return script.lower()
    found = words(text)
    counted = {code: sum(word in common for word in found) for code, common in _WORDS.items()}
    (best, most), (_, second) = Counter(counted).most_common(2)
    return best if most >= _ENOUGH and most > second else None


def is_foreign(text: str, languages: frozenset[str]) -> bool:
    """Say whether a text is in none of these languages.

    A text of unknown language is foreign if it is long and has none of their commonest words.
    """
    if not languages:
        return False
    if (own := language_of(text)) is not None:
        return own not in languages
    known = frozenset().union(*(_WORDS.get(code, frozenset()) for code in languages))
    # A list of names is in any language.
    small = [word for word, start, _ in word_spans(text) if text[start].islower()]
    return bool(known) and len(small) >= _LONG and known.isdisjoint(words(text))
