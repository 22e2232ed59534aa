"""The embedded voice: Kokoro-82M behind the `TextToSpeech` port, one voice for every language."""

from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path

import numpy as np

from enterprise_stream.engines.kokoro.pieces import Piece, cut, place_words
from enterprise_stream.engines.kokoro.synthesis import MAX_PHONEMES, Kokoro, load_style
from enterprise_stream.errors import EngineError, EnterpriseStreamError
from enterprise_stream.speaking.loudness import fade, level, trim
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech
from enterprise_stream.speaking.speech_text import DEFAULT_REGION, segments
from enterprise_stream.workers import WorkerPool

__all__ = ["RENDERING", "Kokoro", "KokoroVoice"]

RENDERING = 1
"""Raise it when the same clause comes to sound differently: clips that voice libraries keep are filed under it."""


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
            speech = await self._pool.run(owner, partial(self.say, piece, language, start_ms))
            start_ms += 1000.0 * speech.samples.size / SAMPLE_RATE
            yield speech

    def warm_up(self) -> None:
        """Load what is loaded on first use (espeak-ng's languages, the graph's memory); blocking."""
        for text, language in (("Hola, soy Sandra.", "es"), ("Hello, I am Sandra.", "en")):
            for piece in cut(segments(text, language)):
                self.say(piece, language, 0.0)

    def say(self, piece: Piece, language: str, start_ms: float) -> Speech:
        """Synthesise a piece; blocking.

        Args:
            piece: what to say.
            language: ISO 639-1 code.
            start_ms: where in the clause the piece begins.

        Raises:
            EngineError: the voice failed, or does not speak `language`.
        """
        try:
            phonemes = self._kokoro.phonemes(piece.spoken, language) if piece.audible else ""
            phonemes = phonemes[: MAX_PHONEMES - 1] + ("," if piece.goes_on else "")
            sound = level(trim(self._kokoro.render(phonemes, self._style, self._speed)))
            end_ms = start_ms + 1000.0 * sound.size / SAMPLE_RATE
            words = place_words(piece, start_ms, end_ms, partial(self._count, language))
        except EnterpriseStreamError:
            raise
        except Exception as error:
            raise EngineError("The embedded voice failed; the answer goes on as text.") from error
        pause = np.zeros(int(piece.pause_ms * SAMPLE_RATE / 1000) if sound.size else 0, np.float32)
        samples = np.concatenate([fade(sound), pause])
        return Speech(np.round(samples * 32767.0).astype(np.int16), words)

    def _count(self, language: str, spoken: str) -> float:
        return len(self._kokoro.phonemes(spoken, language))
