"""Who answers: one name, one voice, and the few sentences that are hers whatever the business says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

_APOLOGIES = {
    "es": "Perdone, ahora mismo no puedo contestarle. ¿Me lo repite, por favor?",
    "en": "I'm sorry, I can't answer that right now. Could you say it again, please?",
}

_STILL_OUT = {
    "es": "Sigo sin poder contestarle. Inténtelo dentro de un momento.",
    "en": "I still can't answer. Please try again in a moment.",
}
_BROKEN_OFF = {
    "es": "Ahora mismo no puedo decirle más.",
    "en": "I can't tell you more right now.",
}
_UNHEARD = {
    "es": "Perdone, ahora mismo no puedo oírle bien. ¿Me lo repite, o me lo escribe, por favor?",
    "en": "I'm sorry, I can't hear you well right now. Could you say it again, or write it, please?",
}

FarewellReason = Literal["budget", "quiet", "time"]

_FAREWELLS: Mapping[FarewellReason, Mapping[str, str]] = {
    "budget": {
        "es": "Lo siento, tengo que terminar aquí nuestra conversación. Gracias por llamar, y hasta pronto.",
        "en": "I'm sorry, I have to end our conversation here. Thank you for calling, and goodbye.",
    },
    "quiet": {
        "es": "Hace rato que no le oigo, así que termino aquí la llamada. Vuelva a llamarme cuando quiera.",
        "en": "I haven't heard you for a while, so I'll end the call here. Please call again whenever you like.",
    },
    "time": {
        "es": "Hemos llegado al tiempo máximo de la llamada. Gracias; vuelva a llamarme si necesita algo más.",
        "en": "We have reached the longest a call may last. Thank you; please call again if you need anything else.",
    },
}
"""Why a call ends, and what she says then, per language."""

FAREWELL_REASONS: Final = tuple(_FAREWELLS)

WarningReason = Literal["quiet", "time"]

_WARNINGS: Mapping[WarningReason, Mapping[str, str]] = {
    "quiet": {
        "es": "¿Sigue ahí? Si necesita algo más, dígamelo cuando quiera.",
        "en": "Are you still there? If you need anything else, just tell me.",
    },
    "time": {
        "es": "Le aviso de que nos queda poco tiempo de llamada. ¿Hay algo más que quiera preguntarme?",
        "en": "I should tell you that our time is nearly over. Is there anything else you would like to ask?",
    },
}
"""Why a call is about to end, and what she says then, per language."""

WARNING_REASONS: Final = tuple(_WARNINGS)


_KEPT = {
    "es": ("solo mientras dura la sesión", "{days} días"),
    "en": ("only while the session lasts", "for {days} days"),
}
"""How long a conversation is kept, in the words that follow "is kept"."""


def with_retention(disclosures: Mapping[str, str], days: int) -> dict[str, str]:
    """The disclosures with `{kept}` replaced by how long what is said is kept, so that what guests hear is true.

    Args:
        disclosures: per language.
        days: how long; 0 is no longer than the session.
    """
    return {
        language: text.replace("{kept}", _KEPT.get(language, _KEPT["en"])[days > 0].format(days=days))
        for language, text in disclosures.items()
    }


@dataclass(frozen=True, slots=True)
class Persona:
    """The one who answers.

    Attributes:
        name: how she calls herself.
        voice: the one voice of every session, as `persona.voice` carries it.
        disclosures: per language, the sentence that says that an AI answers and how the call is kept.
    """

    name: str
    voice: str
    disclosures: Mapping[str, str] = field(default_factory=dict)

    def disclosure(self, language: str) -> str:
        """The sentence for guests of this language, or of the first that is known."""
        return self.disclosures.get(language) or next(iter(self.disclosures.values()), "")

    def apology(self, language: str) -> str:
        """What she says when the brain fails."""
        return _APOLOGIES.get(language, _APOLOGIES["en"])

    def still_out(self, language: str) -> str:
        """What she says instead when it fails again: she has apologised already."""
        return _STILL_OUT.get(language, _STILL_OUT["en"])

    def broken_off(self, language: str) -> str:
        """What she ends an answer with that the brain does not finish."""
        return _BROKEN_OFF.get(language, _BROKEN_OFF["en"])

    def unheard(self, language: str) -> str:
        """What she says when no recogniser works."""
        return _UNHEARD.get(language, _UNHEARD["en"])

    def farewell(self, language: str, why: FarewellReason = "budget") -> str:
        """What she says when the house ends the call."""
        return _FAREWELLS[why].get(language, _FAREWELLS[why]["en"])

    def warning(self, language: str, why: WarningReason) -> str:
        """What she says when the house is about to end the call."""
        return _WARNINGS[why].get(language, _WARNINGS[why]["en"])
