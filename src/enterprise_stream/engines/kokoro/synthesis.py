"""Kokoro-82M itself: text to phonemes to sound, blocking and thread safe.

The model was trained on espeak-ng's phonemes; a voice is a table of style vectors, one row for each length of input
(https://huggingface.co/hexgrad/Kokoro-82M). A calibrated voice (`SteadyVoice`) makes its sound a stretch at a time and
knows when each phoneme sounds; any other voice makes a whole piece at once (`Kokoro.render`).
"""

import hashlib
import logging
import threading
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro import graph
from enterprise_stream.engines.kokoro.graph import DURATIONS, SHAPE, SOURCE, Calibration
from enterprise_stream.engines.onnx_session import Session, open_graph, open_session
from enterprise_stream.errors import EngineError, ModelError

Style = NDArray[np.float32]

MAX_PHONEMES = 510
"""Phonemes that the model takes at once; its context is 512 with a pad at both ends."""

ESPEAK_VOICES = {"es": "es", "en": "en-us", "fr": "fr-fr", "it": "it", "pt": "pt-br"}
"""espeak-ng's names for the languages that Kokoro was trained on and that are spoken here."""

FRAME = 600
"""Samples of a frame (25 ms), the unit of the model's durations."""

CONTEXT = 6
"""Frames on either side that a frame's sound depends on: the vocoder's convolutions reach about 140 ms."""

CALIBRATIONS = (Path(__file__).with_name("ef_dora.npz"),)
"""Measured voices, by `bench/calibrate_voice.py`."""

_STYLE_SHAPE = (510, 1, 256)
_PADS = 2


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
        self._model = model
        self._threads = threads
        self._opening = threading.Lock()
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
        tokens = self.tokens(phonemes)
        if tokens.size == _PADS:
            return np.zeros(0, np.float32)
        with self._opening:
            session = self._whole
        return session.run(None, self.inputs(tokens, style, speed))[0].ravel()

    def tokens(self, phonemes: str) -> NDArray[np.int64]:
        """What the model reads: shape (1, n + 2), one number for each phoneme that it knows, and a pad at both ends."""
        return np.array([[0, *self._tokenizer.tokenize(phonemes), 0]], np.int64)

    def inputs(self, tokens: NDArray[np.int64], style: Style, speed: float) -> dict[str, NDArray[Any]]:
        """What the first graph is given for `tokens`, shape (1, n + 2)."""
        return {"tokens": tokens, "style": style[tokens.size - 3], "speed": np.array([speed], np.float32)}

    def steady(self, voice_file: Path) -> "SteadyVoice | None":
        """The voice in `voice_file` as one whose sound can be made a stretch at a time, if it was measured.

        Raises:
            ModelError: the model cannot be used.
        """
        found = next((known for path in CALIBRATIONS if (known := _read_calibration(path, voice_file))), None)
        if found is None:
            return None
        calibration, gain_db = found
        model = open_graph(self._model)
        score = open_session(graph.score(model).SerializeToString(), self._threads)
        sound = open_session(graph.calibrated(graph.vocoder(model), calibration).SerializeToString(), self._threads)
        return SteadyVoice(self, load_style(voice_file), score, sound, 10 ** (gain_db / 20))

    @cached_property
    def _whole(self) -> Session:
        """The graph as it was exported; opened when a voice needs it."""
        return open_session(self._model, self._threads)


@dataclass(frozen=True, slots=True)
class Score:
    """How a piece will sound, before its sound is made.

    Attributes:
        starts: the frame at which each phoneme begins, the pad in front included, and the last one's end; shape
            (n + 3,) for n phonemes.
        shape: see `graph.SHAPE`.
        source: see `graph.SOURCE`.
        style: the row of the voice's table that belongs to this length.
    """

    starts: NDArray[np.int64]
    shape: NDArray[np.float32]
    source: NDArray[np.float32]
    style: NDArray[np.float32]

    @property
    def frames(self) -> int:
        """Length of the piece with the silence around it."""
        return int(self.starts[-1])


class SteadyVoice:
    """A measured voice: what is said is planned at once, and sound made of it a stretch at a time.

    Both calls block and are safe to make from several threads.
    """

    def __init__(self, kokoro: Kokoro, style: Style, score: Session, sound: Session, gain: float) -> None:
        self._kokoro = kokoro
        self._style = style
        self._score = score
        self._sound = sound
        self._gain = np.float32(gain)

    def plan(self, phonemes: str, speed: float = 1.0) -> Score:
        """Durations, melody and articulation of at most `MAX_PHONEMES` phonemes that the model knows; at least one."""
        inputs = self._kokoro.inputs(self._kokoro.tokens(phonemes), self._style, speed)
        durations, shape, source = self._score.run([DURATIONS, SHAPE, SOURCE], inputs)
        starts = np.concatenate([[0], np.cumsum(durations.ravel())]).astype(np.int64)
        return Score(starts, shape, source, inputs["style"])

    def stretch(self, score: Score, start: int, stop: int) -> NDArray[np.float32]:
        """Sound of the frames from `start` to before `stop`, shape (600 (stop - start),), float32 at 24 kHz.

        It is brought to the voice's usual loudness, and is the same, but for rounding, whatever stretches a
        piece is made in.
        """
        low, high = max(0, start - CONTEXT), min(score.frames, stop + CONTEXT)
        inputs = {
            SHAPE: np.ascontiguousarray(score.shape[:, :, 2 * low : 2 * high]),
            SOURCE: np.ascontiguousarray(score.source[:, :, 120 * low : 120 * high + 1]),
            "style": score.style,
        }
        sound = self._sound.run(None, inputs)[0].ravel()
        return sound[(start - low) * FRAME : (stop - low) * FRAME] * self._gain


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


def save_calibration(path: Path, calibration: Calibration, gain_db: float, voice_file: Path) -> None:
    """Write what was measured of the voice in `voice_file`, half precision; `gain_db` brings it to its loudness."""
    digest = hashlib.sha256(voice_file.read_bytes()).hexdigest()
    arrays = {name: getattr(calibration, name).astype(np.float16) for name in ("means", "deviations", "outputs")}
    inputs = calibration.inputs.astype(np.float32)
    np.savez_compressed(path, voice=np.array(digest), gain_db=np.array(gain_db), inputs=inputs, **arrays)


def _read_calibration(path: Path, voice_file: Path) -> tuple[Calibration, float] | None:
    """What was measured of a voice and the gain that it wants, if `path` holds that voice's."""
    with np.load(path) as file:
        if str(file["voice"]) != hashlib.sha256(voice_file.read_bytes()).hexdigest():
            return None
        arrays = {name: file[name].astype(np.float32) for name in ("means", "deviations", "inputs", "outputs")}
        return Calibration(**arrays), float(file["gain_db"])
