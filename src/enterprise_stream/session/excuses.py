"""What she says where the brain fails: an apology, but not in every turn of an outage."""

from enterprise_stream.thinking.persona import Persona


class Excuses:
    """One session's: after an apology only how things stand, until an answer was whole again."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._apologised = False

    def failed(self, language: str, *, begun: bool) -> str:
        """The brain has failed.

        Args:
            language: ISO 639-1 code to speak in.
            begun: whether some of the answer was given; then it ends here.
        """
        if begun:
            return self._persona.broken_off(language)
        again, self._apologised = self._apologised, True
        return self._persona.still_out(language) if again else self._persona.apology(language)

    def answered(self) -> None:
        """An answer is whole."""
        self._apologised = False
