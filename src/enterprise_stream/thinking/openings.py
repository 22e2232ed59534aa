"""A word to begin with while the answer is on its way, as people say one; only where it fits what was asked.

An opening promises nothing ("Claro" before "No tenemos piscina" would), so it may stand before any answer.
"""

import re

OPENINGS = {
    "es": ("A ver,", "Pues mire,", "Veamos,"),
    "en": ("Let me see,", "Well, let's see,", "Right, let me see,"),
}
"""Said in turn, so that none is heard twice running."""

LEAST_WORDS = 3
"""A shorter question ("¿Y el wifi?") is answered without ado."""

_ASKS = {
    "es": re.compile(
        r"[¿?]|\b(?:qu[eé]|cu[aá]l(?:es)?|cu[aá]ndo|cu[aá]nt[oa]s?|d[oó]nde|c[oó]mo|hay|tienen?|puedo|podr[ií]an?|"
        r"saber|preguntar|dígame|dime)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\?|\b(?:what|which|when|where|how|is there|are there|do you|can i|could you|know|ask|tell me)\b",
        re.IGNORECASE,
    ),
}
_NOT_NOW = {
    "es": re.compile(
        r"\b(?:gracias|adi[oó]s|hasta luego|no funciona|rot[oa]|queja|emergencia|urgente|ayuda|enferm[oa]|accidente)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:thanks?|thank you|goodbye|bye|not working|broken|complain\w*|emergency|urgent|help|ill|sick|accident)\b",
        re.IGNORECASE,
    ),
}


def opening_for(words: str, language: str, turn: int) -> str | None:
    """What she may begin with before an answer to `words`; None where nothing fits.

    Args:
        words: what the guest said.
        language: ISO 639-1 code that the answer is in.
        turn: the turn's number, so that openings take turns.
    """
    known = OPENINGS.get(language)
    if known is None or len(words.split()) < LEAST_WORDS or not _ASKS[language].search(words):
        return None
    if _NOT_NOW[language].search(words):
        return None
    return known[turn % len(known)]
