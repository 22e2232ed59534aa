"""What errors say to a guest: what happened and what to do next, per language."""

_TEXTS = {
    "es": {
        "engine_failed": "No he podido entender lo que has dicho. Repítelo, por favor, o escríbelo.",
        "overloaded": "Hay mucha gente a la vez. Espera unos segundos y repítelo, por favor.",
        "erase_failed": "No se ha podido borrar todo. Pídelo de nuevo dentro de un momento, por favor.",
        "audio_too_long": "Llevas mucho tiempo hablando, así que contesto a lo que he oído hasta aquí.",
        "internal": "Algo ha fallado por nuestra parte. Inténtalo de nuevo, por favor.",
    },
    "en": {
        "engine_failed": "I could not make out what you said. Please say it again, or type it.",
        "overloaded": "Many people are asking at once. Please wait a few seconds and say it again.",
        "erase_failed": "Not everything could be erased. Please ask again in a moment.",
        "audio_too_long": "You have been talking for long, so I answer what I have heard so far.",
        "internal": "Something went wrong on our side. Please try again.",
    },
}


def explain(code: str, language: str) -> str:
    """The text for an error's code; an unknown code reads as a fault of ours."""
    texts = _TEXTS.get(language, _TEXTS["en"])
    return texts.get(code, texts["internal"])
