"""How many guests and under which name, as guests say it."""

import re

from enterprise_stream.engines.retrieval.text import fold, with_digits

MAX_GUESTS = 200
"""A bigger number was misheard."""

_PEOPLE = (
    r"(?:personas?|huespedes|adultos?|invitados|amig[oa]s|viajer[oa]s|chic[oa]s|people|persons?|guests?|adults?|"
    r"friends|"
    r"travell?ers|of us|pax)"
)
_CHILDREN = r"(?:nin[oa]s?|hij[oa]s?|menores|peques|crios|kids?|children|child)"
_NOT_PEOPLE = (
    r"(?! ?(?:noches?|nights?|dias?|days?|semanas?|weeks?|de (?!nosotros)|del|of (?!us)|minut\w*|euros?|horas?|hours?|"
    r"perros?|dogs?|gatos?|habitacion\w*|bedrooms?|dormitorios|meses|months?|al|to|th|st|-|y el|and the|"
    r"[a-z]*gosto|am|pm))"
)
_COUNTS = (
    re.compile(rf"\b(\d{{1,3}}) {_PEOPLE}\b(?:(?: y| and| mas| plus)? (\d{{1,2}}|un|una|a|one) {_CHILDREN}\b)?"),
    re.compile(rf"\b(?:somos|seremos|seriamos|vamos a ser|vamos|venimos|we are|we re|we ll be|there are|there s|"
               rf"there will be|"
               rf"it s|would be|we d be|going to be|dormir|dormimos|alojarnos|party of|group of|grupo de|familia de|"
               rf"family of|cabemos|serian|seran|"
               rf"caben) (\d{{1,3}})\b{_NOT_PEOPLE}"),
    re.compile(rf"\b(?:para|for|sleeps?) (?:unos |unas |los |las |about )?(\d{{1,3}})\b{_NOT_PEOPLE}"),
    re.compile(rf"\b(\d{{1,2}}) {_CHILDREN}\b"),
)  # fmt: skip
_COUPLE = re.compile(
    r"\b(?:en pareja|una pareja|un matrimonio|as a couple|a couple(?! of)|(?:mi|my) (?:mujer|marido|novi[oa]|"
    r"pareja|espos[oa]|"
    r"wife|husband|"
    r"girlfriend|boyfriend|partner) (?:y yo|and (?:i|me|myself))|(?:just|only) the 2 of us|yo y mi (?:mujer|"
    r"marido|novi[oa]))\b"
)
_ALONE = re.compile(
    r"\b(?:(?:voy|viajo|vengo|viajare|ire) sol[oa]|sol[oa] yo|yo sol[oa]|solamente yo|just me|only me|on my own|"
    r"by myself|"
    r"(?:somos|soy) una|una (?:sola )?persona|1 person|para mi sol[oa])\b"
)


def guests_in(words: str) -> int | None:
    """How many people come, from folded words with digits; None when that is not said."""
    if _COUPLE.search(words):
        with_them = re.search(rf"\b(\d{{1,2}}|un|una|a|one) {_CHILDREN}\b", words)
        return 2 if with_them is None else 2 + (int(with_them[1]) if with_them[1].isdigit() else 1)
    for pattern in _COUNTS:
        match = pattern.search(words)
        if match is not None and 1 <= int(match[1]) <= MAX_GUESTS:
            more = match[2] if match.re.groups > 1 else None
            return int(match[1]) + (int(more) if more and more.isdigit() else 1 if more else 0)
    return 1 if _ALONE.search(words) else None


def bare_number(words: str) -> int | None:
    """The number of an utterance that is hardly more than that number: "cuatro", "pues cuatro", "just four"."""
    numbers = re.findall(r"\b\d{1,3}\b", words)
    if len(numbers) == 1 and len(words.split()) <= 4 and 1 <= int(numbers[0]) <= MAX_GUESTS:
        return int(numbers[0])
    return None


_NAME_WORD = r"[^\W\d_]+(?:['’\-][^\W\d_]+)*"
_INTRO = re.compile(
    r"(?:\bme llamo|\bmi nombre es|\ba nombre de|\bel nombre es|\bnombre[:,]?|\bes para|\bpónga(?:lo|la) a nombre de|"
    r"\bmy name is|\bmy name's|\bname is|\bname's|\bunder the name(?: of)?|\bunder|\bin the name of|\bthe name|"
    r"\bcall me|"
    r"\bsoy|\bi am|\bi'm|\bi’m|\bthis is|\bit's for)\s+"
    rf"(?P<name>{_NAME_WORD}(?:\s+{_NAME_WORD}){{0,3}})",
    re.IGNORECASE,
)  # fmt: skip


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_WEAK = re.compile(r"(?:soy|i am|i'm|i’m|this is|it's for|es para|under|nombre|the name)\b", re.IGNORECASE)
_ENDS_NAME = _words(
    "y e and somos para for con with quiero no not we que desde from son seremos will por favor please del el a",
    "al in en is the gracias thanks i yo pero but it that there party of two four sí si yes this on",
)
_NO_NAME = _words(
    "soy es is i im eso esto nada nadie what que como how un una a an the el la los las de muy very not no so",
    "here aqui alergico alergica fumador fumadora vegetariano dos two looking interested sure afraid trying",
    "calling coming going happy just sorry it that this your mi my tu su nosotros nosotras us me mí ella them him",
    "her yo español española english spanish good fine ok okay well bien reservar saber ver unos unas somos para",
    "from desde cliente guest still really also only at in",
)
_PARTICLES = frozenset(["de", "del", "la", "las", "los", "van", "von", "da", "di"])
_FILLER = re.compile(
    r"^(?:(?:pues|eh|ah|a ver|vale|ok|okay|sí|si|yes|well|um|uh|claro|sure|mire|oh|bueno)[,.\s]+)+", re.IGNORECASE
)


def name_in(text: str, *, expected: bool = False) -> str | None:
    """The guest's name as it would be written, or None.

    Args:
        text: what was said.
        expected: the guest was asked for it, so a bare name counts too.
    """
    for match in _INTRO.finditer(text):
        name = _clean(match["name"])
        weak = _WEAK.match(match[0]) is not None
        if name and (not weak or expected or match["name"][0].isupper()):
            return name
    if not expected:
        return None
    bare = _FILLER.sub("", text.strip()).strip(" .,!¡?¿")
    if re.fullmatch(rf"{_NAME_WORD}(?:\s+{_NAME_WORD}){{0,3}}", bare):
        return _clean(bare)
    first = bare.split(",")[0]
    return _clean(first) if re.fullmatch(rf"{_NAME_WORD}(?:\s+{_NAME_WORD}){{0,2}}", first) else None


def corrected_name(text: str) -> str | None:
    """The name of "no, es Andrea Gil", "no, it's Andrea Gill", or None."""
    bare = re.sub(r"^\W*no\W+(?:(?:es|era|it's|it’s|it is|is)\s+)?", "", text.strip(), flags=re.IGNORECASE)
    return name_in(bare, expected=True) if bare != text.strip() else None


def _clean(raw: str) -> str | None:
    kept: list[str] = []
    for word in raw.split():
        folded = fold(word)
        if folded in _NO_NAME and not kept:
            return None
        if folded in _ENDS_NAME and folded not in _PARTICLES:
            break
        if any(with_digits(folded, language).isdigit() for language in ("es", "en")):
            break
        kept.append(word)
    while kept and fold(kept[-1]) in _PARTICLES:
        kept.pop()
    if not kept:
        return None
    return " ".join(word if fold(word) in _PARTICLES else word[:1].upper() + word[1:] for word in kept)
