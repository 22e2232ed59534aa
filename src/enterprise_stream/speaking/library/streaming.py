"""The library in front of a voice that begins before its clause is whole."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from enterprise_stream.speaking.library.heard import Heard
from enterprise_stream.speaking.library.tally import Spoken
from enterprise_stream.speaking.library.voice import LibraryVoice
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, StreamingTextToSpeech


class StreamingLibraryVoice(LibraryVoice):
    """A `StreamingTextToSpeech`: what the library does not hold streams through, and is kept."""

    async def speak_along(self, owner: str, words: AsyncIterator[str], language: str) -> AsyncGenerator[Speech]:
        """Say one clause while it is written; see `StreamingTextToSpeech.speak_along`.

        Words that a clip in memory begins with are waited for: once the clause is whole the clip is there, for nothing.

        Raises:
            EngineError: the voice failed.
        """
        heard = Heard(words)
        await heard.more()
        while not heard.whole and self._may_be_held(heard.text, language):
            await heard.more()
        if heard.whole or not isinstance(self._inner, StreamingTextToSpeech):
            stream = self.speak(owner, (await heard.rest()).strip(), language)
        else:
            stream = self._along(self._inner, owner, heard, language)
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                yield piece

    async def _along(
        self, inner: StreamingTextToSpeech, owner: str, heard: Heard, language: str
    ) -> AsyncGenerator[Speech]:
        began, wait_ms = self._clock.now_ms(), 0.0
        said: list[Speech] = []
        async with aclosing(inner.speak_along(owner, heard.again(), language)) as pieces:
            async for piece in pieces:
                wait_ms = wait_ms or self._clock.now_ms() - began
                said.append(piece)
                yield piece
        clause = self._clause(heard.text.strip(), language)
        if clause.key.spoken:
            self._keep(clause, said)
            sound_ms = sum(piece.samples.size for piece in said) * 1000 / SAMPLE_RATE
            work_ms = self._clock.now_ms() - began
            self._count(clause, "fresh", Spoken(sound_ms=sound_ms, work_ms=work_ms, wait_ms=wait_ms))

    def _may_be_held(self, words: str, language: str) -> bool:
        return self._memory.begins(self._clause(words.strip(), language).key.spoken, language)
