"""Numbers as words, in Spanish and English."""

_ES_SMALL = (
    "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno",
    "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
    "veintinueve",
)  # fmt: skip
_ES_TENS = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_ES_HUNDREDS = (
    "",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
)
_ES_ORDINALS = (
    "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo",
    "undécimo", "duodécimo", "decimotercero", "decimocuarto", "decimoquinto", "decimosexto", "decimoséptimo",
    "decimoctavo", "decimonoveno",
)  # fmt: skip
_ES_ORDINAL_TENS = ("", "", "vigésimo", "trigésimo", "cuadragésimo", "quincuagésimo", "sexagésimo", "septuagésimo",
                    "octogésimo", "nonagésimo")  # fmt: skip

_EN_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

LARGEST = 999_999_999
"""Larger numbers are said digit by digit."""


def spanish(number: int, *, feminine: bool = False, before_noun: bool = False) -> str:
    """Cardinal from 0 to `LARGEST`.

    Args:
        number: what to say.
        feminine: "veintiuna", "doscientas".
        before_noun: "un", "veintiún" when masculine.
    """
    if number >= 1_000_000:
        millions, rest = divmod(number, 1_000_000)
        head = "un millón" if millions == 1 else f"{spanish(millions, before_noun=True)} millones"
        return head if rest == 0 else f"{head} {spanish(rest, feminine=feminine, before_noun=before_noun)}"
    if number >= 1_000:
        thousands, rest = divmod(number, 1_000)
        head = "mil" if thousands == 1 else f"{spanish(thousands, feminine=feminine, before_noun=True)} mil"
        return head if rest == 0 else f"{head} {spanish(rest, feminine=feminine, before_noun=before_noun)}"
    if number >= 100:
        if number == 100:
            return "cien"
        hundreds, rest = divmod(number, 100)
        head = _ES_HUNDREDS[hundreds]
        if feminine and hundreds > 1:
            head = head[:-2] + "as"
        return head if rest == 0 else f"{head} {spanish(rest, feminine=feminine, before_noun=before_noun)}"
    if number >= 30:
        tens, rest = divmod(number, 10)
        head = _ES_TENS[tens]
        return head if rest == 0 else f"{head} y {_spanish_one(spanish(rest), feminine, before_noun)}"
    return _spanish_one(_ES_SMALL[number], feminine, before_noun)


def _spanish_one(word: str, feminine: bool, before_noun: bool) -> str:
    if not word.endswith("uno"):
        return word
    if feminine:
        return word[:-1] + "a"
    if before_noun:
        return "un" if word == "uno" else word[:-3] + "ún"
    return word


def spanish_ordinal(number: int, *, feminine: bool = False, before_noun: bool = False) -> str:
    """Ordinal up to the ninety-ninth; later ones are said as cardinals, as people do."""
    if not 1 <= number <= 99:
        return spanish(number, feminine=feminine)
    if number > 19:
        tens, rest = divmod(number, 10)
        head = _ES_ORDINAL_TENS[tens]
        head = head[:-1] + "a" if feminine else head
        return f"{head} {spanish_ordinal(rest, feminine=feminine, before_noun=before_noun)}" if rest else head
    word = _ES_ORDINALS[number - 1]
    if feminine:
        return word[:-1] + "a"
    return word[:-1] if before_noun and number in (1, 3, 13) else word


def english(number: int, *, hundred_and: bool = True) -> str:
    """Cardinal from 0 to `LARGEST`; with "and" before what follows the hundreds, as the British say it."""
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= size:
            head, rest = divmod(number, size)
            said = f"{english(head, hundred_and=hundred_and)} {name}"
            joint = " and " if hundred_and and 0 < rest < 100 else " "
            return f"{said}{joint}{english(rest, hundred_and=hundred_and)}" if rest else said
    if number >= 20:
        tens, rest = divmod(number, 10)
        return _EN_TENS[tens] if rest == 0 else f"{_EN_TENS[tens]}-{_EN_SMALL[rest]}"
    return _EN_SMALL[number]


def english_ordinal(number: int, *, hundred_and: bool = True) -> str:
    """Ordinal from 1 to `LARGEST`."""
    words = english(number, hundred_and=hundred_and)
    head, last = (words[: -len(tail)], tail) if (tail := words.replace("-", " ").split()[-1]) else ("", words)
    if last in _EN_ORDINALS:
        return head + _EN_ORDINALS[last]
    return head + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def english_year(year: int, *, hundred_and: bool = True) -> str:
    """A year between 1100 and 2099 as people say it: "nineteen ninety", "two thousand and five", "twenty thirty"."""
    century, rest = divmod(year, 100)
    if year // 10 == 200:
        return english(year, hundred_and=hundred_and)
    if rest == 0:
        return f"{english(century)} hundred"
    return f"{english(century)} {'oh ' if rest < 10 else ''}{english(rest)}"


def digits(text: str, language: str) -> str:
    """Every digit of `text` by itself; other characters are left out."""
    names = _ES_SMALL if language == "es" else _EN_SMALL
    return " ".join(names[int(character)] for character in text if character in "0123456789")
