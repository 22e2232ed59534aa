"""The embedded voice: Kokoro-82M behind the `TextToSpeech` port, one voice for every language."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

from enterprise_stream.engines.kokoro.captions import place, run_on, sounding, spans
from enterprise_stream.engines.kokoro.pieces import Piece, cut, place_words
from enterprise_stream.engines.kokoro.stream import PieceStream
from enterprise_stream.engines.kokoro.synthesis import MAX_PHONEMES, Kokoro, SteadyVoice, load_style
from enterprise_stream.errors import EngineError, EnterpriseStreamError
from enterprise_stream.speaking.loudness import fade, level, trim
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech
from enterprise_stream.speaking.speech_text import DEFAULT_REGION, segments
from enterprise_stream.workers import WorkerPool

__all__ = ["RENDERING", "Kokoro", "KokoroVoice"]

RENDERING = 4
"""Raise it when the same clause comes to sound differently, or its words to lie elsewhere: clips that voice libraries
keep are filed under it."""


class KokoroVoice:
    """A voice of Kokoro's; shared by all sessions, safe to use from several threads of the pool at once.

    Args:
        model: the ONNX file, or a `Kokoro` that several voices share.
        voice_file: the voice's table of styles.
        pool: where synthesis runs.
        voice: the name that the persona's voice goes by.
        threads: threads that one synthesis uses; ignored when `model` is a `Kokoro`.
        speed: 1.0 is the model's own.
        region: the business's country, whose habits numbers, money and times are said by.

    Raises:
        ModelError: a file cannot be used, or the extra `local` is not installed.
    """

    def __init__(
        self,
        model: Path | Kokoro,
        voice_file: Path,
        pool: WorkerPool,
        *,
        voice: str = "sandra",
        threads: int = 2,
        speed: float = 1.0,
        region: str = DEFAULT_REGION,
    ) -> None:
        self._kokoro = model if isinstance(model, Kokoro) else Kokoro(model, threads)
        self._style = load_style(voice_file)
        self._steady = self._kokoro.steady(voice_file)
        self._pool = pool
        self._voice = voice
        self._speed = speed
        self._region = region

    @property
    def voice(self) -> str:
        """Name of the voice, as `persona.voice` carries it."""
        return self._voice

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech, None]:
        """Say one clause, in pieces that can be played as they come; see `TextToSpeech.speak`.

        Text that holds nothing to say (only an emoji) gives one `Speech` without samples.

        Raises:
            EngineError: the voice failed, or does not speak `language`.
        """
        start_ms = 0.0
        for piece in cut(segments(text, language, self._region)):
            if self._steady is None or not piece.audible:
                speech = await self._pool.run(owner, partial(self.say, piece, language, start_ms))
                start_ms += 1000.0 * speech.samples.size / SAMPLE_RATE
                yield speech
                continue
            stream = await self._pool.run(owner, partial(self._begin, self._steady, piece, language, start_ms))
            while not stream.ended:
                yield await self._pool.run(owner, stream.next)
            start_ms = stream.at_ms

    def _begin(self, steady: SteadyVoice, piece: Piece, language: str, start_ms: float) -> PieceStream:
        with _as_engine_error():
            phonemes = self._phonemes(piece, language)
            score = steady.plan(phonemes, self._speed)
            parts = [self._kokoro.phonemes(s.spoken, language) if s.spoken else "" for s in piece.segments]
            where = spans(phonemes, parts)
            words = place(piece.segments, where, run_on(where, sounding(score.starts)))
            return PieceStream(steady, score, words, start_ms, piece.pause_ms)

    def warm_up(self) -> None:
        """Load what is loaded on first use (espeak-ng's languages, the graph's memory); blocking."""
        for text, language in (("Hola, soy Sandra.", "es"), ("Hello, I am Sandra.", "en")):
            for piece in cut(segments(text, language)):
                if self._steady is None:
                    self.say(piece, language, 0.0)
                    continue
                stream = self._begin(self._steady, piece, language, 0.0)
                while not stream.ended:
                    stream.next()

    def say(self, piece: Piece, language: str, start_ms: float) -> Speech:
        """Synthesise a piece; blocking.

        Args:
            piece: what to say.
            language: ISO 639-1 code.
            start_ms: where in the clause the piece begins.

        Raises:
            EngineError: the voice failed, or does not speak `language`.
        """
        with _as_engine_error():
            phonemes = self._phonemes(piece, language) if piece.audible else ""
            sound = level(trim(self._kokoro.render(phonemes, self._style, self._speed)))
            end_ms = start_ms + 1000.0 * sound.size / SAMPLE_RATE
            words = place_words(piece, start_ms, end_ms, partial(self._count, language))
        pause = np.zeros(int(piece.pause_ms * SAMPLE_RATE / 1000) if sound.size else 0, np.float32)
        samples = np.concatenate([fade(sound), pause])
        return Speech(np.round(samples * 32767.0).astype(np.int16), words)

    def _phonemes(self, piece: Piece, language: str) -> str:
        phonemes = self._kokoro.phonemes(piece.spoken, language)
        return phonemes[: MAX_PHONEMES - 1] + ("," if piece.goes_on else "")

    def _count(self, language: str, spoken: str) -> float:
        return len(self._kokoro.phonemes(spoken, language))


@contextmanager
def _as_engine_error() -> Iterator[None]:
    """Any failure inside as one that a session can report."""
    try:
        yield
    except EnterpriseStreamError:
        raise
    except Exception as error:
        raise EngineError("The embedded voice failed; the answer goes on as text.") from error
