"""What errors say to a guest: what happened and what to do next, per language."""

_TEXTS = {
    "es": {
        "engine_failed": "No he podido entender lo que ha dicho. Repítalo, por favor, o escríbalo.",
        "overloaded": "Hay mucha gente a la vez. Espere unos segundos y repítalo, por favor.",
        "internal": "Algo ha fallado por nuestra parte. Inténtelo de nuevo, por favor.",
    },
    "en": {
        "engine_failed": "I could not make out what you said. Please say it again, or type it.",
        "overloaded": "Many people are asking at once. Please wait a few seconds and say it again.",
        "internal": "Something went wrong on our side. Please try again.",
    },
}


def explain(code: str, language: str) -> str:
    """The text for an error's code; an unknown code reads as a fault of ours."""
    texts = _TEXTS.get(language, _TEXTS["en"])
    return texts.get(code, texts["internal"])
