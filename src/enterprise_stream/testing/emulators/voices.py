"""What an emulated voice sounds like: any `TextToSpeech` of ours, in the encoding that the request asks for.

`ToneVoice` is a tone as long as its text, for tests; an engine on this machine makes the emulator speak.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import numpy as np

from enterprise_stream.audio.encode import make_encoder
from enterprise_stream.audio.formats import OutputFormat
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, TextToSpeech, Word

TONE_HZ = 200.0


class ToneVoice:
    """A `TextToSpeech` that hums: 200 Hz, as long as its text; its words share the time by their letters.

    Args:
        ms_per_char: sound of one character.
        piece_ms: sound in one piece.

    Attributes:
        said: all texts, in order.
    """

    def __init__(self, *, ms_per_char: float = 60.0, piece_ms: float = 100.0) -> None:
        self._ms_per_char = ms_per_char
        self._piece = round(piece_ms * SAMPLE_RATE / 1000)
        self.said: list[str] = []

    @property
    def voice(self) -> str:
        """The voice's name."""
        return "tone"

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """Say `text`, at once; `owner` and `language` do not matter."""
        del owner, language
        self.said.append(text)
        total = round(len(text) * self._ms_per_char * SAMPLE_RATE / 1000)
        tone = (0.2 * 32767 * np.cos(2 * np.pi * TONE_HZ * np.arange(total) / SAMPLE_RATE)).astype(np.int16)
        words = self._words(text)
        for start in range(0, total, self._piece):
            begins, ends = (at * 1000 / SAMPLE_RATE for at in (start, start + self._piece))
            here = tuple(word for word in words if begins <= word.start_ms < ends)
            yield Speech(tone[start : start + self._piece], here)

    def _words(self, text: str) -> list[Word]:
        words, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            words.append(Word(word, at * self._ms_per_char, (at + len(word)) * self._ms_per_char))
            at += len(word)
        return words


@dataclass(frozen=True, slots=True)
class Sound:
    """The next piece of an answer's sound.

    Attributes:
        data: encoded as asked for.
        duration_ms: how long it sounds.
        words: those that begin in it, in ms from the text's start.
    """

    data: bytes
    duration_ms: float
    words: tuple[Word, ...] = ()


async def sounds(voice: TextToSpeech, text: str, language: str, fmt: OutputFormat) -> AsyncGenerator[Sound]:
    """Say `text` in an encoding.

    Args:
        voice: who says it.
        text: of any length.
        language: ISO 639-1 code of the text.
        fmt: encoding and rate of the pieces.
    """
    encoder = make_encoder(fmt)
    async with aclosing(voice.speak("", text, language)) as pieces:
        async for piece in pieces:
            coded = encoder.encode(piece.samples)
            duration_ms = sum(one.duration_ms(fmt.sample_rate) for one in coded)
            yield Sound(b"".join(one.payload for one in coded), duration_ms, piece.words)
    rest = encoder.flush()
    if rest:
        yield Sound(b"".join(one.payload for one in rest), sum(one.duration_ms(fmt.sample_rate) for one in rest))
