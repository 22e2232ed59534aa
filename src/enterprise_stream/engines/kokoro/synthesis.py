"""Kokoro-82M itself: text to phonemes to sound, blocking and thread safe.

The model was trained on espeak-ng's phonemes; a voice is a table of style vectors, one row for each length of input
(https://huggingface.co/hexgrad/Kokoro-82M). This export reports no durations.
"""

import logging
import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.onnx_session import open_session
from enterprise_stream.errors import EngineError, ModelError

Style = NDArray[np.float32]

MAX_PHONEMES = 510
"""Phonemes that the model takes at once; its context is 512 with a pad at both ends."""

ESPEAK_VOICES = {"es": "es", "en": "en-us", "fr": "fr-fr", "it": "it", "pt": "pt-br"}
"""espeak-ng's names for the languages that Kokoro was trained on and that are spoken here."""

_STYLE_SHAPE = (510, 1, 256)


class Kokoro:
    """The model and its pronunciation; one instance serves every voice and session.

    Args:
        model: the ONNX file.
        threads: threads that one synthesis uses.

    Raises:
        ModelError: the model or espeak-ng cannot be loaded.
    """

    def __init__(self, model: Path, threads: int = 2) -> None:
        logging.getLogger("phonemizer").setLevel(logging.ERROR)  # it warns of every word that espeak joins to the next
        try:
            from kokoro_onnx.tokenizer import Tokenizer

            self._tokenizer = Tokenizer()
        except (ImportError, RuntimeError) as error:
            raise ModelError(
                "The embedded voice needs kokoro-onnx and espeak-ng. Install the extra: "
                "`pip install 'enterprise-stream[local]'`.",
                code="engine_missing",
            ) from error
        self._espeak = threading.Lock()
        self._session = open_session(model, threads)
        self.phonemes = lru_cache(maxsize=4096)(self._phonemes)

    def _phonemes(self, text: str, language: str) -> str:
        """Phonemes of `text` that the model knows; espeak-ng keeps global state, so one caller at a time.

        Raises:
            EngineError: the language cannot be spoken.
        """
        voice = ESPEAK_VOICES.get(language)
        if voice is None:
            known = ", ".join(ESPEAK_VOICES)
            raise EngineError(
                f"The embedded voice does not speak {language!r}; it speaks {known}.",
                code="language_unsupported",
                retryable=False,
            )
        with self._espeak:
            return str(self._tokenizer.phonemize(text, voice))

    def render(self, phonemes: str, style: Style, speed: float = 1.0) -> NDArray[np.float32]:
        """Sound of `phonemes`, shape (n,), float32 at 24 kHz, with the silence that the model puts around it.

        The pads cost a quarter of a short clause's time, but without the one in front the first syllables are lost.

        Args:
            phonemes: at most `MAX_PHONEMES`; more is an error of the caller.
            style: the voice, as `load_style` gives it.
            speed: 1.0 is the model's own.
        """
        tokens = self._tokenizer.tokenize(phonemes)
        if not tokens:
            return np.zeros(0, np.float32)
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[len(tokens) - 1],
            "speed": np.array([speed], np.float32),
        }
        return self._session.run(None, inputs)[0].ravel()


def load_style(path: Path) -> Style:
    """Read a voice, shape (510, 1, 256).

    Raises:
        ModelError: the file is not a voice.
    """
    try:
        return np.fromfile(path, np.float32).reshape(_STYLE_SHAPE)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path} is not a Kokoro voice. Run `enterprise-stream models verify kokoro-voices`.", code="model_damaged"
        ) from error
