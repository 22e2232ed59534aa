"""Whether an answer says that she does not know. Pure.

A brain that writes freely is told to say so in a sentence; these are the words that such sentences take. An answer that
says so and then answers after all counts as not known: an owner had better look at it.
"""

import re

_ADMITS = {
    "es": re.compile(
        r"\bno (?:lo )?s[eé](?=\s*[.,;:!]|\s*$"
        r"|[\s.,;:!]+(?:si|qu[eé]|cu[aá]|d[oó]nde|c[oó]mo|con|exact|ahora|eso|pero|y)\b)"
        r"|\bno (?:le |te )?sabr[ií]a decir"
        r"|\bno (?:tengo|dispongo de|cuento con|encuentro) [^.,;:]{0,24}"
        r"\b(?:datos?|informaci[oó]n|detalles?|constancia)\b"
        r"|\bno me consta\b|\bdesconozco\b|\bno estoy segur[oa]\b"
        r"|\bno puedo (?:confirm[aá]r|asegur[aá]r|dec[ií]r)(?:se)?(?:le|te|lo)?\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\bI(?: do not|['’ ]?don['’]?t) (?:actually |really )?know\b"
        r"|\bI(?:['’]m| am) (?:not sure|afraid I don['’]t know)\b"
        r"|\bI(?: do not|['’ ]?don['’]?t) have [^.,;:]{0,24}\b(?:information|details?|data|record)\b"
        r"|\bI (?:can['’]?t|cannot|couldn['’]t) (?:confirm|say|tell you)\b|\bnot something I know\b|\bno information\b",
        re.IGNORECASE,
    ),
}


def admits_ignorance(answer: str, language: str) -> bool:
    """Whether she says that she does not know; never in a language whose words are not listed here."""
    admits = _ADMITS.get(language)
    return admits is not None and admits.search(answer) is not None
