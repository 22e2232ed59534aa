"""Who answers: one name, one voice, and the few sentences that are hers whatever the business says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
_FAREWELLS = {
    "es": "Lo siento, tengo que terminar aquí nuestra conversación. Gracias por llamar, y hasta pronto.",
    "en": "I'm sorry, I have to end our conversation here. Thank you for calling, and goodbye.",
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

    def farewell(self, language: str) -> str:
        """What she says when the house ends the call, as when its money is spent."""
        return _FAREWELLS.get(language, _FAREWELLS["en"])
