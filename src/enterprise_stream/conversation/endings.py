"""What the last words before a pause say about whether the guest has finished, per language.

Words that cannot end a phrase are in `lexicon.py`. Here is what they do not tell: something under way that may well be
whole (numbers, letters, a list, half a span of dates), an opening that announces more, and what is plainly whole.
In a language that is not listed every ending that punctuation does not tell is plain.
"""

import re
from enum import Enum

from enterprise_stream.conversation.lexicon import is_unfinished, words_of


class Ending(Enum):
    """How an utterance stands at a pause."""

    HANGING = "hanging"
    """Its last words call for more: "quería saber el", half a telephone number."""
    OPEN = "open"
    """More is likely: digits or letters being dictated, a list, "del quince", a greeting before the request."""
    PLAIN = "plain"
    """The words tell nothing."""
    WHOLE = "whole"
    """A question with its verb, "gracias", "that's all"."""


def ending(text: str, language: str) -> Ending:
    """How `text`, in the language of this ISO 639-1 code, stands at the pause after it."""
    said = " ".join(words_of(text))[-_TAIL:]
    if language in _SPELLING and _SPELLING[language].search(said):
        return Ending.OPEN  # whose last letter may be a word that cannot end a phrase
    if is_unfinished(text, language):
        return Ending.HANGING
    if language not in _NUMBER or not said:
        return Ending.PLAIN
    sentence = _SENTENCE_END.split(text.strip().rstrip(".?!"))[-1].strip()
    if _mail_under_way(said, language):
        return Ending.HANGING
    if (
        _dictating(said, language)
        or _SPAN[language].search(said)
        or _ASKING_FOR[language].search(said)
        or _OPENING[language].fullmatch(" ".join(words_of(sentence)))
    ):
        return Ending.OPEN
    if _CLOSING[language].search(said) or (text.rstrip().endswith("?") and _QUESTION[language].match(sentence)):
        return Ending.WHOLE
    return Ending.OPEN if _listing(sentence, language) else Ending.PLAIN


def _dictating(said: str, language: str) -> bool:
    """Digits in groups, too few for a telephone number; or letters one by one; or a code after its name."""
    groups = _NUMBERS_LAST[language].search(said)
    if groups is not None and sum(map(str.isdigit, said)) < _PHONE_DIGITS:
        words = groups[0].split()
        if len(words) >= _GROUPS and sum(len(word) if word.isdigit() else 1 for word in words) < _PHONE_DIGITS:
            return True
    return _LETTERS_LAST[language].search(said) is not None or _CODE[language].search(said) is not None


def _mail_under_way(said: str, language: str) -> bool:
    address = _MAIL[language].search(said)
    return address is not None and _DOMAIN[language].search(address[1]) is None


def _listing(sentence: str, language: str) -> bool:
    """Things one after the other, and no "and" before the last: "toallas, sábanas", "two adults, one child"."""
    *before, last = sentence.split(",")
    told = [word for part in before for word in words_of(part)]
    return len(told) >= _GROUPS and _THING[language].fullmatch(" ".join(words_of(last))) is not None


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(" ".join(phrase.split()) for phrase in phrases) + ")"


def _one_of(words: str) -> str:
    return "(?:" + "|".join(words.split()) + ")"


_TAIL = 160  # characters that hold any such ending
_GROUPS = 2
_PHONE_DIGITS = 9
_SENTENCE_END = re.compile(r"[.?!…]\s+|¿")

_NUMBER = {
    "es": _one_of(
        r"""\d+ cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte
        veinti[a-zé]+ treinta cuarenta cincuenta sesenta setenta ochenta noventa y doble"""
    ),
    "en": _one_of(
        r"""\d+ zero oh o one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        twenty thirty forty fifty sixty seventy eighty ninety double triple"""
    ),
}
_NUMBERS_LAST = {language: re.compile(rf"(?:(?<= )|^){number}(?: {number})*$") for language, number in _NUMBER.items()}

_LETTER = {
    "es": _one_of(
        """[a-zñ] be ce de efe ge hache jota ka ele eme ene eñe pe cu erre ese te uve equis zeta ceta igriega"""
    ),
    "en": r"[a-z]",
}
_LETTERS_LAST = {language: re.compile(rf"(?:(?<= )|^){one} {one}$") for language, one in _LETTER.items()}
_SPELLING = {language: re.compile(rf"(?:(?<= )|^){one} {one} {one}$") for language, one in _LETTER.items()}

_CODE = {
    "es": re.compile(
        r"(?:código|localizador|referencia)(?: de (?:mi|la) reserva)?(?: es(?: el| la)?)?(?: [a-z0-9]{1,5}){0,3}$"
    ),
    "en": re.compile(r"(?:code|reference|confirmation)(?: number)?(?: is)?(?: [a-z0-9]{1,5}){0,3}$"),
}

_MAIL = {
    "es": re.compile(r"(?:correo|e ?mail|mail|arroba)\b(.*)$"),
    "en": re.compile(r"(?:e ?mail|mail)\b(.*)$"),
}
_DOMAIN = {
    "es": re.compile(r"(?:^| )(?:com|es|org|net|mx|ar|cat|eu)$|^(?: es)?$|^(?!.* (?:es|arroba|punto) )"),
    "en": re.compile(r"(?:^| )(?:com|org|net|uk|us|eu|es)$|^(?!.* (?:is|at|dot) )"),
}

_MONTH = {
    "es": _one_of("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    "en": _one_of("january february march april may june july august september october november december"),
}
_ORDINAL = _one_of(
    r"""\d+(?:st|nd|rd|th)? first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth \w+teenth
    \w+tieth"""
)
_SPAN = {
    "es": re.compile(rf"(?:^| )(?:del|desde el|entre el) (?:día )?{_NUMBER['es']}(?: de {_MONTH['es']})?$"),
    "en": re.compile(rf"(?:^| )(?:from|between) the (?:\w+ty )?{_ORDINAL}(?: of {_MONTH['en']})?$"),
}

_ASKING_FOR = {
    "es": re.compile(
        r"(?:^| )(?:quería|quiero|querría|quisiera|gustaría) (?:ir a )?(?:reservar|preguntar|cambiar|hablar|pedir|ver)$"
    ),
    "en": re.compile(r"(?:^| )(?:like|want|wanted|need|calling) to (?:book|ask|change|talk|know|see|reserve)$"),
}

_OPENING = {
    "es": re.compile(
        _any(
            r"(?:hola |buenos |buenas |muy |días |tardes |noches )*(?:hola|buenas|días|tardes|noches)",
            r"(?:mira|mire|oye|oiga|perdona|perdone|disculpa|disculpe|bueno|vale|entonces|además|también)",
            r"(?:sí |hola |mire |oiga |bueno )?(?:tengo|tenía|tenemos) (?:una|otra) (?:duda|pregunta|consulta)",
            r"(?:una|otra) (?:cosa|pregunta|consulta|duda)(?: más)?",
            r"hay un problema(?: con(?: \w+){1,4})?",
        )
    ),
    "en": re.compile(
        _any(
            r"(?:hello |hi |good )*(?:hello|hi|morning|afternoon|evening)(?: there)?",
            r"(?:look|listen|excuse me|pardon|sorry|right|so|then|also|well|okay so)",
            r"(?:yes |hello |hi |so )?(?:i have|i had|we have|i've got) (?:a|another|one) (?:question|query|doubt)",
            r"(?:one|another) (?:thing|question|more thing|more question)",
            r"there(?:'s| is) a problem(?: with(?: \w+){1,4})?",
        )
    ),
}

_CLOSING = {
    "es": re.compile(
        r"(?:^| )(?:gracias|por favor|nada más|eso es todo|es todo|adiós|hasta luego|si es posible|si puede ser)$"
    ),
    "en": re.compile(
        r"(?:^| )(?:thanks|thank you|very much|please|that's all|that is all|nothing else|goodbye|bye|if possible)$"
    ),
}

_QUESTION = {
    "es": re.compile(
        r"[¿\s]*(?:y |pero |entonces |vale |hola )?(?:[aá]|de|en|con|por|para|desde|hasta)? ?"
        r"(?:qué|cuál|cuáles|cuánt[oa]s?|cómo|dónde|cuándo|quién|hay|tienen?|tenéis|puedo|puede|podemos|se puede|"
        r"me puede|aceptan|admiten|está|están|es|son|incluye|queda|existe)\b.* \w+",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:and |but |so |then |okay )?(?:what|which|how|where|when|who|why|can|could|do|does|did|is|are|will|would|"
        r"may|shall|should|have|has)\b.* \w+ \w+",
        re.IGNORECASE,
    ),
}

_THING = {
    "es": re.compile(
        rf"(?!gracias|entonces|nada más)(?:[a-zñáéíóú]+s|(?:un|una|el|la|los|las|{_NUMBER['es']}) [a-zñáéíóú]+)"
    ),
    "en": re.compile(rf"(?!thanks|yes)(?:[a-z]+s|(?:an?|the|{_NUMBER['en']}) [a-z]+)"),
}
