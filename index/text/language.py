"""Tell the language of an article by its text, and normalise what is declared of it.

What is declared is often a template's default, so a text that is long enough has the last word. The detector is
py3langid (Lui & Baldwin, "langid.py: An off-the-shelf language identification tool", 2012; Barbaresi's fork).
"""

import re
import threading
from collections.abc import Callable
from functools import cache

from index.text.terms import is_wide

# The detector needs about a millisecond for so many characters, and more do not make it surer.
_MAX_READ = 2_000
# The fewest letters that are a text; below, only what is declared counts. A letter of a wide script says more.
_MIN_LETTERS = 30
_MIN_WIDE_LETTERS = 8
# How sure the detector must be: to contradict what is declared, and to speak where nothing is.
_CONTRADICTS, _TELLS = 0.9, 0.7
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_.@].*)?$")
# Both ways to write Norwegian, and codes that were replaced.
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}
_loading = threading.Lock()


def language_of(text: str, declared: str | None = None) -> str | None:
    """Return the language of a text as a code of ISO 639-1, such as "de"; None if neither text nor declaration tells.

    `declared` is a tag such as "de-AT" or "zh-Hans-CN". It counts where the text is short or mixed.
    """
    said = normalised(declared)
    sample = text[:_MAX_READ]
    letters = sum(map(str.isalpha, sample))
    if letters < (_MIN_WIDE_LETTERS if is_wide(sample) else _MIN_LETTERS):
        return said
    with _loading:
        classify = _detector()
    found, probability = classify(sample)
    return normalised(found) if probability >= (_CONTRADICTS if said else _TELLS) else said


def normalised(tag: str | None) -> str | None:
    """Return the language of a tag in its shortest code, "de" for "de-AT" or "deu"; None if it names none."""
    found = _TAG.match((tag or "").strip())
    if not found:
        return None
    code = found[1].lower()
    return _SAME.get(code) or (code if len(code) == len("de") else _short(code))


@cache
def _short(code: str) -> str | None:
    """Return the code of two letters for one of three ("ger", "deu"), or itself where there is none ("yue")."""
    from babel.core import get_global

    aliases = get_global("language_aliases")
    known = str(aliases.get(code, code)).partition("_")[0]
    return None if known in ("und", "mul", "zxx") else known


@cache
def _detector() -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Without codes of three letters: dialects, which it takes for the languages that they are close to.
    detector.set_languages([code for code in detector.labels if len(code) == len("de")])
    classify: Callable[[str], tuple[str, float]] = detector.classify
    return classify
