"""Right answers, as demo-business.md states them, and how to recognise one however it is worded."""

import re
import unicodedata

QUESTIONS = {
    "atico": ("es", "¿Cuánto cuesta el Ático Ruzafa por noche?", r"\b120\b|ciento veinte"),
    "loft": ("es", "¿Qué precio tiene el Loft Ciutat Vella?", r"\b85\b|ochenta y cinco"),
    "villa": ("es", "¿Cuánto cuesta la Villa Malvarrosa?", r"\b290\b|doscientos noventa"),
    "check_in": ("es", "¿A qué hora puedo entrar en el apartamento?", r"\b15[:.h]?(00)?\b|tres de la tarde"),
    "check_out": ("es", "¿A qué hora hay que dejar el apartamento?", r"\b11[:.h]?(00)?\b|once de la manana"),
    "pets": ("es", "¿Se admiten mascotas?", r"\b15\b|quince"),
    "parking": ("es", "¿Tienen aparcamiento para el coche?", r"\b18\b|dieciocho"),
    "wifi": ("es", "¿Qué velocidad tiene el wifi?", r"\b600\b|seiscientos"),
    "breakfast": ("es", "¿El desayuno está incluido?", r"\b9\b|nueve"),
    "airport": ("es", "¿Cómo llego desde el aeropuerto?", r"\b25\b|veinticinco|metro"),
    "atico_en": ("en", "How much is the Ático Ruzafa per night?", r"\b120\b|one hundred (and )?twenty"),
    "check_in_en": ("en", "What time is check-in?", r"\b15[:.]?(00)?\b|\b3 ?p\.?m|three"),
    "pets_en": ("en", "Can I bring my dog?", r"\b15\b|fifteen"),
    "parking_en": ("en", "Is there parking for my car?", r"\b18\b|eighteen"),
}
UTTERANCES = {
    "atico": ("es", "¿Cuánto cuesta el Ático Ruzafa por noche?"),
    "check_in": ("es", "¿A qué hora puedo entrar en el apartamento?"),
    "pets": ("es", "¿Se admiten mascotas en el apartamento?"),
    "check_in_en": ("en", "What time is check-in?"),
    "pets_en": ("en", "Can I bring my dog to the apartment?"),
    "parking_en": ("en", "Is there parking for my car?"),
    "begun": ("es", "Quería preguntar cuánto cuesta..."),
    "continued": ("es", "el Ático Ruzafa por noche."),
    "long": ("es", "Hola, buenas tardes. Quería saber a qué hora puedo entrar en el apartamento el viernes."),
    "cutting_in": ("es", "Espera, mejor dime cuánto cuesta la Villa Malvarrosa."),
    "protest": ("es", "No, no, espera, quiero preguntar otra cosa distinta."),
}
"""What guests say aloud: language and words. Those that ask for a fact have the name that it has in `QUESTIONS`."""

LONG_QUESTION = "¿Qué puedo visitar en Valencia?"

_SPANISH = re.compile(
    r"\b(el|la|los|las|de|del|que|en|por|para|con|es|son|una|un|y|se|le|te|su|hay|desde|hasta|noche)\b"
)
_ENGLISH = re.compile(r"\b(the|of|and|is|are|in|for|with|to|a|an|you|your|at|from|it|can|we|per|night|there|have)\b")


def plain(text: str) -> str:
    """Lower case, no accents, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.split())


def holds(text: str, name: str) -> bool:
    """Whether an answer says the fact that the question of this name asks for."""
    return re.search(QUESTIONS[name][2], plain(text)) is not None


def language_of(text: str) -> str:
    """`es` or `en`, by the small words."""
    words = plain(text)
    return "es" if len(_SPANISH.findall(words)) >= len(_ENGLISH.findall(words)) else "en"
