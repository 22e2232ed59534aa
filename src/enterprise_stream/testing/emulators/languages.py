"""Which of the demonstration's two languages a text is in, where a request does not say."""

import re

_SPANISH = (
    "el la los las un una de del que qué y en es está por para con no sí se me mi su cuánto cuándo dónde cómo hay hola "
    "quiero tengo tiene puedo puede gracias buenos buenas días noches mañana hoy son al lo le nos"
)
_ENGLISH = (
    "the a an of and in is are to for with no yes i you we my your it do does how much what when where hello hi want "
    "have has can could thanks thank good morning please there this that be on at"
)


def small_words() -> frozenset[str]:
    """Words of both languages that tell nothing of what a text is about."""
    return frozenset((*_SPANISH.split(), *_ENGLISH.split()))


def language_of(text: str, otherwise: str = "es") -> str:
    """`es` or `en`, by the small words in the text; `otherwise` where they tell nothing."""
    words = re.findall(r"\w+", text.lower())
    spanish = sum(word in _SPANISH.split() for word in words) + 2 * len(re.findall("[¿¡ñ]", text))
    english = sum(word in _ENGLISH.split() for word in words)
    if spanish == english:
        return otherwise
    return "es" if spanish > english else "en"
