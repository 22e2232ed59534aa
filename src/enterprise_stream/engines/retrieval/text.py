"""Guests' words made comparable: folded to plain letters, numbers as digits."""

import re
import unicodedata

MAX_CHARS = 1_000
"""Words beyond this are not looked at: a guest who speaks for a minute says about that much."""

_ES_UNITS = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciseis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidos",
    "veintitres",
    "veinticuatro",
    "veinticinco",
    "veintiseis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
_ES_TENS = {
    word: 10 * tens
    for tens, word in enumerate(["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"], 3)
}
_EN_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = {
    word: 10 * tens
    for tens, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_EN_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_UNITS = {
    "es": {word: number for number, word in enumerate(_ES_UNITS)} | {"primero": 1, "veintiun": 21, "cien": 100},
    "en": {word: number for number, word in enumerate(_EN_UNITS)}
    | {word: number for number, word in enumerate(_EN_ORDINALS)}
    | {"twentieth": 20, "thirtieth": 30, "hundred": 100},
}
_TENS = {"es": _ES_TENS, "en": _EN_TENS}


def fold(text: str) -> str:
    """Lower case, no accents, words of letters and digits apart by single spaces; "/", ":" and "-" stay in numbers."""
    plain = unicodedata.normalize("NFKD", text[:MAX_CHARS]).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"(?<=\d)[.](?=\d{3}\b)|(?<=\d)(?:st|nd|rd|th|º|ª)\b", "", plain)
    plain = re.sub(r"(?<=\d)\s*[-–]\s*(?=\d)", " - ", plain)
    return " ".join(re.findall(r"\d+(?:[/:]\d+)*|[a-zñ0-9]+|(?<= )-(?= )", plain))


def with_digits(folded: str, language: str) -> str:
    """Number words of a folded text as digits: "treinta y uno de mayo" → "31 de mayo", "the third" → "the 3"."""
    units, tens = _UNITS.get(language, {}), _TENS.get(language, {})
    words = folded.split()
    result: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in tens:
            value, used = tens[word], 1
            joined = at + 2 if at + 1 < len(words) and words[at + 1] == "y" else at + 1
            if joined < len(words) and 1 <= units.get(words[joined], 0) <= 9:
                value, used = value + units[words[joined]], joined - at + 1
            result.append(str(value))
            at += used
        else:
            result.append(str(units[word]) if word in units else word)
            at += 1
    return " ".join(result)


_PREFACE = re.compile(
    r"^[\s,.;:¿¡!?…-]*(?:"
    r"espera(?:d|te)?|espere|esp[eé]rese|(?:dame |deme )?un (?:moment(?:it)?o|segund(?:it)?o)|perdon[ae](?:d|me)?|"
    r"perd[oó]n(?: por (?:molestar|la molestia|interrumpir))?|disculp[ae](?:d|me)?|oye|oiga|mira|mire|escuch[ae]|"
    r"a ver|sabes qu[eé]|me (?:oyes?|escuchas?)|(?:tengo )?una pregunta(?: (?:r[aá]pida|tonta|m[aá]s))?|"
    r"(?:mejor )?(?:dime|d[ií]game)(?: una cosa)?|bueno|pues|eh+|em+|mmm*|"
    r"wait|hang on|hold on|(?:just )?(?:one|a) (?:second|moment|minute)|(?:i'?m )?sorry(?: to bother you)?|excuse me|"
    r"look(?=,)|listen(?=,)|well|actually|you know what|can you hear me|(?:just )?(?:a )?quick question|uh+|um+"
    r")\b[\s,.;:…!?-]*(?=[\w¿¡])",
    re.IGNORECASE,
)


def without_preface(text: str) -> str:
    """An utterance without what only claims the floor: "espera, oye, ¿cuánto…" → "¿cuánto…"."""
    while (rest := _PREFACE.sub("", text, count=1)) != text:
        text = rest
    return text


def segments(text: str) -> list[str]:
    """The questions inside an utterance: split at sentence ends and before a second question word."""
    parts = re.split(r"(?<=[?!.;])\s+|(?=[¿¡])", text[:MAX_CHARS])
    result = []
    for part in parts:
        result.extend(_SECOND.split(part))
    return [part.strip(" ,") for part in result if re.search(r"\w", part)]


_ASKS_ES = (
    r"cu[aá]nt|qu[eé]\b|d[oó]nde|c[oó]mo|cu[aá]l|cu[aá]ndo|a qu[eé]|hay\b|tienen|se puede|puedo|podemos|admiten|"
    r"aceptan|est[aá]\b|es\b"
)
_ASKS_EN = (
    r"how\b|what|where|when\b|which|who\b|is there|are there|is it\b|are\b|do you|does|can (?:i|we)|could|"
    r"is (?:the|breakfast|parking)"
)
_SECOND = re.compile(
    rf"\s*,?\s+(?:y|e)\s+(?:tambi[eé]n\s+)?(?=¿|{_ASKS_ES})|\s*,?\s+and\s+(?:also\s+)?(?={_ASKS_EN})", re.IGNORECASE
)


_SOUNDS = (
    *(("ll", "y"), ("qu", "k"), ("ck", "k"), ("ch", "x"), ("ph", "f"), ("ce", "se"), ("ci", "si"), ("ge", "je")),
    *(("gi", "ji"), ("c", "k"), ("z", "s"), ("v", "b"), ("h", ""), ("w", "u")),
)


def sound(folded: str) -> str:
    """Roughly how folded words sound in Spanish: the spellings that recognisers mix up fall together."""
    for spelling, heard in _SOUNDS:
        folded = folded.replace(spelling, heard)
    return re.sub(r"([a-zñ])\1+", r"\1", folded)


def lowered(sentence: str) -> str:
    """A sentence as it goes on after a colon; names keep their capitals."""
    return re.sub(r"^(\W*)(\w)", lambda match: match[1] + match[2].lower(), sentence)
