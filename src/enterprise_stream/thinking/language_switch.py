"""Which language the session speaks: kept, until the guest asks for another or keeps speaking it.

Evidence in a text is its function words and letters, because they are what a guest cannot avoid and does not borrow:
"check-in", "wifi", "ok", "thanks" or a name are said in any language and count for none.
"""

import re
import unicodedata
from dataclasses import dataclass


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_ES = _words(
    "el la los las un una unos unas de del al que qué y o pero porque como cómo cuando cuándo donde dónde cuanto",
    "cuánto cuanta cuánta cuantos cuántos cuantas cuántas cual cuál quien quién es son está están estamos hay ser",
    "soy somos eres tiene tienen tengo tenemos puede puedo podemos pueden quiero quiere queremos quisiera querría",
    "me te se nos le les lo mi su sus con sin para por en desde hasta muy más también este esta estos eso esto",
    "aquí usted ustedes yo ya sí si hola gracias buenas buenos cuesta vale noche noches personas dígame favor",
    "mañana hoy llegar va hace",
)
_EN = _words(
    "the an of and or but because how when where what which who why is are am was were be been have has do does",
    "did can could would will should may i you he she it we they my your our their me us him her this that these",
    "those with without for from in on at to into until very more also there here please if any some not don",
    "doesn isn much many like want need get let know tell hello night nights people it's i'm i'd we'd we're",
    "what's there's",
)
_BORROWED = _words(
    "ok okay wifi check checkin checkout check-in check-out late parking loft internet thanks bye email hotel",
    "taxi chef no hi hello hola gracias sandra villa casas",
)
_SPANISH_LETTERS = re.compile(r"[ñ¿¡áéíóú]")
_CLEAR_MARGIN = 2
_CLEAR_SHARE = 0.7
_SURE_HEARD = 0.8

_SPEAK = r"(?:h[aá]bl\w+|speak|talk)"
_CHANGE = (
    r"(?:segu\w+|sig[ao]\w*|contin[uú]\w+|c[aá]mbi\w+|pas(?:ar|emos|amos|e)|cont[eé]st\w+|resp[oó]nd\w+|"
    r"(?:d[ií](?:ga|ce|me)|dec[ií]r|rep[ií]t|expl[ií](?:ca|que))\w*|"
    r"switch|change|continue|answer|reply|go on|use|say|tell|repeat|explain)"
)
_CANNOT = r"(?:no (?:hablo|entiendo)|(?:don'?t|do not|can'?t) (?:speak|understand))"
_NAMES = {
    "en": r"(?:ingl[eé]s|english|inglis|inglish)",
    "es": r"(?:espa[nñ]ol|castellano|spanish)",
    "?": r"(?:franc[eé]s|alem[aá]n|italiano|portugu[eé]s|catal[aá]n|valenciano|chino|ruso|french|german|"
    r"italian|portuguese|catalan|chinese|russian|dutch)",
}
_OTHER = {"es": "en", "en": "es"}


@dataclass(frozen=True, slots=True)
class LanguageState:
    """The session's language and the evidence against it.

    Attributes:
        language: ISO 639-1 code that the session speaks.
        other: language of the latest turn if it was clearly another one, else None.
        turns: how many turns in a row were clearly in `other`.
    """

    language: str
    other: str | None = None
    turns: int = 0


def requested_language(text: str) -> str | None:
    """The language that the guest asks to speak: "es", "en", "?" for one that is not spoken here, or None."""
    lowered = text[:400].casefold().replace("’", "'")
    for language, name in _NAMES.items():
        if language in _OTHER and re.search(rf"\b{_CANNOT}\b[^.?!]{{0,12}}\b{name}\b", lowered):
            return _OTHER[language]
    for language, name in _NAMES.items():
        asks = (
            rf"\b{_SPEAK}\b[^.?!]{{0,30}}\b{name}\b",
            rf"\b{_CHANGE}\b[^.?!]{{0,30}}\b(?:en|al|a|in|to|into) {name}\b",
            rf"\b(?:en|in) {name}\b(?:,? (?:por favor|please|mejor|better))",
            rf"^\W*(?:no,? )?(?:(?:pues|mejor|better|por favor|please|sorry|perdón|perdone),? )*(?:en |in )?{name}"
            rf"(?:,? (?:por favor|please|mejor|better|if you can|si puede))?\W*$",
            rf"\b(?:prefiero|i(?:'d| would)? prefer|i only (?:speak|know))\b[^.?!]{{0,20}}\b{name}\b",
        )
        if any(re.search(pattern, lowered) for pattern in asks):
            return language
    return None


def text_evidence(text: str) -> tuple[float, float]:
    """How many function words of Spanish and of English a text holds; Spanish letters count as one word more."""
    lowered = unicodedata.normalize("NFC", text[:1_000]).casefold().replace("’", "'")
    words = [word for word in re.findall(r"[a-zñáéíóúü]+(?:['-][a-z]+)*", lowered) if word not in _BORROWED]
    spanish = float(sum(word in _ES for word in words))
    english = float(sum(word in _EN for word in words))
    if _SPANISH_LETTERS.search(lowered):
        spanish += 1.0
    return spanish, english


def text_language(text: str) -> str | None:
    """The language that a text is clearly in, or None when it is not clear."""
    spanish, english = text_evidence(text)
    best, other, language = (spanish, english, "es") if spanish >= english else (english, spanish, "en")
    return language if best - other >= _CLEAR_MARGIN and best / (best + other) >= _CLEAR_SHARE else None


def judge(
    state: LanguageState,
    text: str,
    heard: str | None = None,
    heard_probability: float = 0.0,
    spoken: tuple[str, ...] = ("es", "en"),
) -> LanguageState:
    """The language after one more turn of the guest.

    Args:
        state: the language so far and the evidence against it.
        text: the turn's words.
        heard: what the recogniser takes the language for, if it says.
        heard_probability: how sure it is (0 to 1). A recogniser that is sure of another language than the words keeps
            the turn from counting; on its own it never counts.
        spoken: languages that the session may switch to.
    """
    wanted = requested_language(text)
    if wanted in spoken:
        return LanguageState(wanted) if wanted else state
    clear = text_language(text)
    if clear is None or clear not in spoken:
        return (
            state
            if clear is None and not re.search(r"\w{2,}\W+\w{2,}\W+\w{2,}", text)
            else LanguageState(state.language)
        )
    if clear == state.language or (heard not in (None, clear) and heard_probability >= _SURE_HEARD):
        return LanguageState(state.language)
    turns = state.turns + 1 if state.other == clear else 1
    return LanguageState(clear) if turns >= 2 else LanguageState(state.language, clear, turns)
