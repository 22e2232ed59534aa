"""Numbers that name something: telephones, rooms, codes, roads, floors, kings."""

import re
from collections.abc import Iterator

from enterprise_stream.speaking.number_words import digits, english, english_ordinal, spanish, spanish_ordinal
from enterprise_stream.speaking.say_as.english import ROOMS
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.numbers import DASH
from enterprise_stream.speaking.say_as.rule import Around, Match, Rule, group
from enterprise_stream.speaking.say_as.tables import Tables

MIN_PHONE_DIGITS, MAX_PHONE_DIGITS = 9, 15
"""Spain's numbers have nine digits; fifteen is the most that E.164 allows."""

_HELP_LINES = frozenset({"112", "911", "999", "061", "062", "091", "092", "016", "080", "088", "089"})
"""Short numbers that are called; said digit by digit where one is told to call."""

_CALLED = frozenset(
    {"al", "el", "llame", "llamar", "marque", "marcar", "número", "teléfono", "call", "dial", "ring", "on", "or", "o"}
)
_COUNTRY = r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9]\d{2}"
"""Country calling codes: those of one and two digits as ITU-T E.164 assigns them, then those of three."""

_PLUS = rf"(?P<plus>\+\s?(?P<country>{_COUNTRY})[\s.-]?|00\s?(?P<country2>[1-9]\d)[\s.-])?"
_PHONE = rf"{_PLUS}(?P<number>\(?\d{{1,9}}\)?(?:[\s.-]{{1,2}}\d{{1,9}}){{1,6}}|\d{{7,15}})(?!\d)"
_IBAN = r"[A-Z]{2}\d{2}(?:\s?\d{4}){3,7}(?:\s?\d{1,3})?(?!\w)"
_HIGHEST = 99
"""The highest floor; 360º is no ordinal."""

_WARM = frozenset(("a", "hace", "unos", "los", "máxima", "mínima"))
"""Words before 25º where it is a temperature."""

_PRESSED = frozenset(("pulse", "pulsar", "marque", "marcar", "presione", "tecla", "press", "dial", "hit", "key", "the"))
_ARTICLES = {"el": False, "del": False, "al": False, "la": True}
"""Articles before an edition's Roman number, and whether they are feminine."""

_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


class Codes:
    """Rules for numbers that name, in a locale."""

    def __init__(self, locale: Locale, words: Tables) -> None:
        self._locale = locale
        self._words = words
        self._spanish = locale.language == "es"

    def phones(self) -> Iterator[Rule]:
        """Telephone numbers, and codes that are given digit by digit."""
        yield Rule(re.compile(r"(?P<digits>\d{1,8})#|[#*](?=[\s.,;:)]|$)"), self._keys)
        yield Rule(re.compile(r"(?P<number>\d{1,2}\.\d{3}\.\d{3})[-\s]?(?P<letter>[A-Z])\b"), self._identity)
        yield Rule(re.compile(_PHONE), self._phone)
        yield Rule(re.compile(r"(?P<digits>\d{3,10})(?![.,:/]\d)"), self._code)
        yield Rule(re.compile(r"(?P<group>\d{2,4}(?:-\d{2,4}){1,3})(?![.,:/]\d)"), self._grouped)

    def ordinals(self) -> Iterator[Rule]:
        """Ordinals, and numbers that stand in a list."""
        if self._spanish:
            marks = r"\.?(?P<mark>[ºª](?:-?(?P<door>[A-Z])\b)?|er\b\.?|[rdtmvn][oa]s?\b\.?|[oa]s?\b)"
            yield Rule(
                re.compile(rf"(?P<number>\d{{1,3}}){marks}(?:-(?P<second>\d{{1,2}})(?P<mark2>[ºª]))?"),
                self._spanish_ordinal,
            )
            floor = r"(?P<number>\d{1,2})(?P<mark>°)(?=\s(?:de\b|piso|planta|[A-H]\b|izq|iz?da|dcha|dch))"
            yield Rule(re.compile(floor), self._spanish_ordinal)
        else:
            yield Rule(re.compile(r"(?P<number>\d{1,2})\.?[ºª]"), self._spanish_floor)
            yield Rule(
                re.compile(r"(?P<number>\d{1,5})(?P<mark>st|nd|rd|th)\b(?:-(?P<joined>[^\W\d_]{2,20}))?"),
                self._english_ordinal,
            )
        yield Rule(re.compile(r"(?P<item>\d{1,2})[.)](?=\s+\S)"), self._item, title=True)

    def rooms(self) -> Iterator[Rule]:
        """English room, bus and flight numbers; Spanish ones are said as numbers."""
        if not self._spanish:
            yield Rule(re.compile(r"(?P<digits>\d{3,4})(?![.,:/-]?\d)"), self._room)

    def in_words(self) -> Iterator[Rule]:
        """Roman numbers, and number signs."""
        yield Rule(re.compile(_IBAN), self._account)
        yield Rule(re.compile(rf"(?P<roman>[IVX]{{1,6}}){DASH}(?P<last>[IVX]{{1,6}})\b"), self._centuries)
        yield Rule(re.compile(r"(?P<roman>[IVX]{1,6})\b"), self._roman)
        sign = r"(?:[Nn]\.?[º°]\s?|No\.\s|#\s?)" if self._spanish else r"(?:[Nn]o\.\s?|[Nn][º°]\s?|#\s?)"
        yield Rule(re.compile(rf"{sign}(?P<digits>\d{{1,6}})(?P<rest>[A-Za-z]?)\b"), self._numbered)

    def _phone(self, match: Match, around: Around) -> str | None:
        del around
        groups = re.findall(r"\d+", match["number"])
        count = sum(map(len, groups))
        country = match["country"] or match["country2"] or ""
        if not match["plus"] and not MIN_PHONE_DIGITS <= count <= MAX_PHONE_DIGITS:
            return None
        if match["plus"] and country and not 7 <= count + len(country) <= MAX_PHONE_DIGITS:
            return None
        if len(groups) > 1 and max(map(len, groups)) == 1:
            return None
        if not match["plus"] and len(groups) == 2 and len(groups[0]) <= 4 and "-" in match[0] and len(groups[1]) <= 4:
            return None
        said = [self._digits(group) for group in self._grouping(groups)]
        return ", ".join([*self._country(match, country), *said])

    def _country(self, match: Match, country: str) -> list[str]:
        if not match["plus"]:
            return []
        if match["country2"]:
            zeros = "cero cero" if self._spanish else "zero zero"
            return [f"{zeros} {self._digits(country, whole=True)}"]
        return [f"{self._words.plus} {self._digits(country, whole=True)}"]

    def _grouping(self, groups: list[str]) -> list[str]:
        """As it is written; what is not grouped in threes, and where people say pairs in pairs."""
        if self._spanish and self._locale.american:
            number = "".join(groups)
            odd = number[: len(number) % 2]
            return [odd, *re.findall("..", number[len(odd) :])] if odd else re.findall("..", number)
        return [part for group in groups for part in _threes(group)]

    def _digits(self, group: str, *, whole: bool = False) -> str:
        pairs = self._spanish and (whole or (self._locale.american and len(group) == 2))
        if pairs and group[0] != "0":
            return spanish(int(group))
        return digits(group, self._locale.language)

    def _code(self, match: Match, around: Around) -> str | None:
        text = match["digits"]
        if text in _HELP_LINES and (around.before in _CALLED):
            return digits(text, self._locale.language)
        told = len(text) >= 4 and bool(self._words.codes & set(re.findall(r"\w+", around.earlier)))
        told = told or bool(around.before in self._words.codes)
        postal = len(text) == 5 and (around.after[:1].isupper() or self._after_state(around.before))
        if not told and not postal:
            return None
        return digits(text, self._locale.language)

    def _after_state(self, before: str) -> bool:
        return self._locale.region == "US" and len(before) == 2 and before.isalpha()

    def _grouped(self, match: Match, around: Around) -> str | None:
        """Digits with hyphens between them, where a code is told."""
        if not self._words.codes & set(re.findall(r"\w+", around.earlier)):
            return None
        return ", ".join(digits(group, self._locale.language) for group in match["group"].split("-"))

    def _spanish_ordinal(self, match: Match, around: Around) -> str | None:
        number, door = int(match["number"]), group(match, "door")
        mark = match["mark"].rstrip(".") if door is None else match["mark"][0]
        if door in ("C", "F") and around.before not in self._words.labels:  # "25ºC" is no door
            return None
        if mark == "º" and door is None and (number > _HIGHEST or (number > 12 and around.before in _WARM)):
            return f"{spanish(number, before_noun=True)} grados"
        noun = (
            around.after.isalpha() and len(around.after) > 1 and around.noun not in ("de", "y", "o", "a", "en", "del")
        )
        noun = (noun and around.noun not in ("izquierda", "derecha", "izq", "dcha", "piso")) or around.noun == "piso"
        is_feminine = mark == "ª" or mark.rstrip("s").endswith("a")
        before = mark == "er" or (noun and not door and not is_feminine and not mark.endswith("s"))
        said = spanish_ordinal(number, feminine=is_feminine, before_noun=before)
        if (mark2 := group(match, "mark2")) is not None:
            said += f" {spanish_ordinal(int(match['second']), feminine=mark2 == 'ª')}"
        if door is not None:
            said += f" {door}"
        return said + "s" if mark.endswith("s") else said

    def _spanish_floor(self, match: Match, around: Around) -> str | None:
        """A Spanish address in an English sentence: "4.º izda."."""
        del around
        return english_ordinal(int(match["number"]))

    def _keys(self, match: Match, around: Around) -> str | None:
        """Keys of a door or a telephone: "4821#", and a # or * that is to be pressed."""
        names = self._key_names()
        if match["digits"] is None:
            return names[match[0]] if around.before in _PRESSED else None
        first = names["*"] + " " if re.search(r"(?<!\*)\*$", around.earlier) else ""
        return f"{first}{digits(match['digits'], self._locale.language)} {names['#']}"

    def _key_names(self) -> dict[str, str]:
        region = self._locale.region
        if self._spanish:
            hash_key = {"ES": "almohadilla", "MX": "gato"}.get(region, "numeral")
            return {"#": hash_key, "*": "asterisco"}
        return {"#": "pound" if region == "US" else "hash", "*": "star"}

    def _identity(self, match: Match, around: Around) -> str | None:
        """A Spanish identity card with marks between its thousands."""
        del around
        return f"{digits(match['number'], self._locale.language)} {self._words.letters[match['letter']]}"

    def _account(self, match: Match, around: Around) -> str | None:
        """A bank account, four characters at a time, as it is written."""
        del around
        text = re.sub(r"\s", "", match[0])
        return ", ".join(self._by_character(text[at : at + 4]) for at in range(0, len(text), 4))

    def _by_character(self, text: str) -> str:
        language = self._locale.language
        return " ".join(digits(sign, language) if sign.isdigit() else self._words.letters[sign] for sign in text)

    def _english_ordinal(self, match: Match, around: Around) -> str | None:
        del around
        said = english_ordinal(int(match["number"]), hundred_and=self._locale.hundred_and)
        return f"{said} {match['joined']}" if match["joined"] else said

    def _item(self, match: Match, around: Around) -> str | None:
        """A number that opens a line of a list: "1. Villa Azul"."""
        if not around.opens:
            return None
        number = int(match["item"])
        return (spanish(number) if self._spanish else english(number)) + ","

    def _room(self, match: Match, around: Around) -> str | None:
        text = match["digits"]
        if around.before not in ROOMS or text[0] == "0" or text.endswith("00"):
            return None
        if len(text) == 3:
            tail = f"oh {english(int(text[2]))}" if text[1] == "0" else english(int(text[1:]))
            return f"{english(int(text[0]))} {tail}"
        head, tail = text[:2], text[2:]
        return f"{english(int(head))} {'oh ' + english(int(tail[1])) if tail[0] == '0' else english(int(tail))}"

    def _numbered(self, match: Match, around: Around) -> str | None:
        del around
        text, letter = match["digits"], match["rest"].upper()
        said = (
            (spanish(int(text)) if self._spanish else english(int(text)))
            if text[0] != "0"
            else digits(text, self._locale.language)
        )
        word = "número" if self._spanish else "number"
        return f"{word} {said}" + (f" {self._words.letters[letter]}" if letter else "")

    def _roman(self, match: Match, around: Around) -> str | None:
        text, king = match["roman"], self._words.kings.get(around.before)
        century = around.before in ("siglo", "siglos", "s", "century")
        number = roman(text)
        edition = self._spanish and around.before in _ARTICLES and around.after[:1].isupper()
        if number is None or (len(text) == 1 and king is None and not century and not edition):
            return None
        if not self._spanish:
            if around.noun in ("century", "centuries"):
                return english_ordinal(number)
            return f"the {english_ordinal(number)}" if king is not None else english(number)
        if edition and number <= 10:  # "la II Guerra Mundial", "el III Congreso"
            return spanish_ordinal(number, feminine=_ARTICLES[around.before], before_noun=True)
        if king is not None and number <= 10:
            return spanish_ordinal(number, feminine=king)
        return spanish(number)

    def _centuries(self, match: Match, around: Around) -> str | None:
        first, last = roman(match["roman"]), roman(match["last"])
        if first is None or last is None or around.before not in ("siglo", "siglos", "s", "ss"):
            return None
        return f"{spanish(first)} {self._words.to} {spanish(last)}"


def roman(text: str) -> int | None:
    """The value of a Roman number up to 39; None when it is none."""
    if not text or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(
        -value if any(value < later for later in values[index:]) else value for index, value in enumerate(values)
    )


def _threes(group: str) -> list[str]:
    if len(group) <= 4:
        return [group]
    return re.findall(r"\d{3}(?!\d$)|\d+", group)
