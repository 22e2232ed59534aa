"""Words that tell who wants the floor, per language.

A language that is not listed has no such words, so there only sound and silence decide.
"""

import re

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def _lexicon(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BACKCHANNELS = {
    "es": _lexicon(
        """ajá aja ajam sí si vale mm mmm mhm hmm ya claro ok okay bien eh ah oh uh bueno perfecto genial"""
    ),
    "en": _lexicon("""uh huh uhhuh mm mmm mhm hmm yeah yes yep ok okay right sure ah oh aha i see got it well great"""),
}
_MAX_BACKCHANNEL_WORDS = 3

_UNFINISHED = {
    "es": _lexicon(
        """a al ante con contra de del desde e el en entre eh este esto hacia hasta la las lo los me mi mis ni o para
        pero por porque pues que quería querría quisiera quiero se según si sin sobre su sus te tu tus u un una unas
        unos y necesito cuánto cuál cuándo muy más"""
    ),
    "en": _lexicon(
        """a about an and are at because but by can could do does for from how i if in into is like my of on or our so
        than that the their to uh um was were when which with would your want need i'm i'd it's"""
    ),
}
# Words of the lists above that also end a finished question or exclamation.
_ENDS_WHEN_ASKED = _lexicon("cuánto cuál cuándo más este esto si how which when that for in about is on i can")


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return _WORD.findall(text.lower())


def is_backchannel(text: str, language: str) -> bool:
    """Whether the text only says "I am listening"."""
    words = words_of(text)
    return 0 < len(words) <= _MAX_BACKCHANNEL_WORDS and all(w in _BACKCHANNELS.get(language, ()) for w in words)


def is_unfinished(text: str, language: str) -> bool:
    """Whether the last words call for more: a trailing "…", a comma, or a word that cannot end a phrase."""
    trimmed = text.rstrip()
    if trimmed.endswith(("...", "…", ",", "-", "–", "—")):
        return True
    words = words_of(trimmed)
    if not words or words[-1] not in _UNFINISHED.get(language, ()):
        return False
    return not (trimmed.endswith(("?", "!")) and words[-1] in _ENDS_WHEN_ASKED)
