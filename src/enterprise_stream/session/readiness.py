"""Engines that need time before they are used are told when they may be."""

from enterprise_stream.listening.ports import PreparedSpeechToText
from enterprise_stream.session.engines import Engines
from enterprise_stream.speaking.ports import PreparedTextToSpeech


class Readiness:
    """One guest's engines: what they are told of his coming, speaking and going."""

    def __init__(self, owner: str, engines: Engines) -> None:
        self._owner = owner
        self._recogniser = engines.recogniser if isinstance(engines.recogniser, PreparedSpeechToText) else None
        self._voice = engines.voice if isinstance(engines.voice, PreparedTextToSpeech) else None

    def listens(self, language: str) -> None:
        """The guest is here and may speak in this language."""
        if self._recogniser is not None:
            self._recogniser.prepare(self._owner, language)

    def speaks(self, language: str) -> None:
        """The guest has begun to speak: an answer is likely."""
        if self._voice is not None:
            self._voice.prepare(self._owner, language)

    def rests(self) -> None:
        """The guest may come back, but will not speak now: an account has only so many sockets that listen."""
        if self._recogniser is not None:
            self._recogniser.leave(self._owner)

    def leaves(self) -> None:
        """The guest has gone."""
        for engine in (self._recogniser, self._voice):
            if engine is not None:
                engine.leave(self._owner)
