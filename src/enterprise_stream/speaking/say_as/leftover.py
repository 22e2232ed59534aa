"""Words that no rule knows, and the last sieve: what is left is letters and the marks that shape a melody."""

import html
import re
import unicodedata

from enterprise_stream.speaking.number_words import digits
from enterprise_stream.speaking.say_as.locale import Locale
from enterprise_stream.speaking.say_as.numbers import say_number
from enterprise_stream.speaking.say_as.tables import Tables

_MARKS = frozenset(".,;:!?…¿¡()\"'«»“”‘’—–-")
"""What may be in speech besides letters; all else is for the screen."""

_CLEAN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*[.,;:!?…]?")
"""A word that the sieve leaves as it is."""

_RUN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|.", re.DOTALL)
_PART = re.compile(r"[\w-]+")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,12});")
_VOWELS = frozenset("AEIOUÁÉÍÓÚÜaeiouáéíóúüYy")
_EMOTICON = re.compile(r"[:;=8][-^']?[)(DdPpOo3/\\|]|<3|[xX]D+|\^\^")
_UNDERSCORE = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
CAMEL = re.compile(r"(?<=[a-záéíóúñ])(?=[A-ZÁÉÍÓÚÑ])")
"""Where a word of a name written together begins: "CasasDelTuria"."""

_SPACED = re.compile(r"\s+(?=[.,;:!?…)»”])|(?<=[(«“¿¡])\s+")


def say_leftover(word: str, locale: Locale, words: Tables) -> str:
    """A word by itself: entities, signs, letters and digits side by side."""
    if _EMOTICON.fullmatch(word):
        return ""
    if "&" in word:
        word = _ENTITY.sub(lambda match: html.unescape(match[0]), word)
    word = _digits_of_any_script(word)
    word = _PART.sub(lambda match: _mixed(match[0], locale, words), word)
    word = _UNDERSCORE.sub(f" {words.underscore} ", word)  # of a network or a password, which a guest types
    word = re.sub(r"\d{1,24}(?:[.,]\d{1,9})?", lambda match: f" {_number(match[0], locale)} ", word)
    word = re.sub(r"\d+", lambda match: f" {digits(match[0], locale.language)} ", word)
    for symbol, said in words.symbols.items():
        if symbol in word:
            name = words.coins[locale.dollar][1] if symbol == "$" else said
            word = word.replace(symbol, f" {name} ")
    word = re.sub(r"(?<=\w)\s?/\s?(?=\w)", " ", word)
    word = re.sub(r"(?<=\w)\.(?=\w)", f" {words.dot} ", word)
    return " ".join(_SPACED.sub("", word).split())


def _number(text: str, locale: Locale) -> str:
    return say_number(text, locale)


def _digits_of_any_script(word: str) -> str:
    """Digits as 0 to 9 (٣ is 3, ² is 2); numbers that are one character (Ⅳ) are left to the sieve."""
    if word.isascii():
        return word
    found = []
    for character in word:
        value = unicodedata.digit(character, None) if character not in "½¼¾" else None
        found.append(character if value is None or character in "0123456789" else str(value))
    return "".join(found)


def _mixed(text: str, locale: Locale, words: Tables) -> str:
    """Letters and digits in one word, "VT-4821", "3B": letters by name, long numbers digit by digit."""
    if not (any(map(str.isdigit, text)) and any(map(str.isalpha, text))):
        return text
    said: list[str] = []
    after_digit = False
    runs = _RUN.findall(text)
    for run, following in zip(runs, [*runs[1:], ""], strict=True):
        if run[0].isdigit():
            number = run.partition(",")[0]
            said.append(digits(run, locale.language) if len(number) > 3 or run[0] == "0" else say_number(run, locale))
        elif run == "-" and after_digit and following[:1].isdigit():
            said.append(",")
        elif run == "_" and said and following:
            said.append(words.underscore)
        elif run[0].isalpha():
            short = len(run) == 1 or (run.isupper() and len(run) <= 4) or not _VOWELS & set(run)
            said.append(spell(run, words) if short else run)
        after_digit = run[0].isdigit()
    return f" {' '.join(said)} "


def spell(text: str, words: Tables) -> str:
    """Letter by letter."""
    return " ".join(words.letters.get(letter.upper(), letter) for letter in text)


def acronym(word: str, words: Tables) -> str | None:
    """Capitals that are said letter by letter: those that have no vowel, and the ones that are known."""
    if not (word.isupper() and word.isalpha() and 2 <= len(word) <= 5):
        return None
    if word in words.spelled or not _VOWELS & set(word):
        return spell(word, words)
    return None


def clean(spoken: str) -> str:
    """Without what only a screen can show; nothing when no letter is left, except a dash or dots, which are a pause."""
    if _CLEAN.fullmatch(spoken):
        return spoken
    text = unicodedata.normalize("NFC", spoken)
    kept = "".join(_kept(character) for character in text)
    kept = re.sub(r"(?<![^\W_])-|-(?![^\W_])", " ", kept)
    kept = _SPACED.sub("", " ".join(kept.split()))
    kept = re.sub(r"(?<=\w)\.(?=\w)|(?<=:)//", " ", kept)
    if any(character.isalpha() for character in kept):
        return kept.strip()
    return kept if kept in ("—", "–", "…") else ""


def _kept(character: str) -> str:
    if character in _MARKS or character == " ":
        return character
    kind = unicodedata.category(character)
    if kind in ("Lu", "Ll", "Lt", "Lo", "Mn", "Mc") and character not in "ªº\ufe0f\u20e3":
        return character
    return "" if kind in ("Cf", "Mn", "Me", "Lm", "Sk") or character in "*_`~" else " "


def clean_only(word: str) -> str:
    """A word in a language without rules: markup and pictures leave, digits stay for the voice."""
    kept = "".join(c if c.isdecimal() or c in "€$%+/°" else _kept(c) for c in unicodedata.normalize("NFC", word))
    kept = " ".join(kept.split())
    return kept if any(c.isalnum() for c in kept) or kept in ("—", "–", "…") else ""
