"""What the real gate, end-of-turn model and recogniser say of every pause of a turn; kept on disk, asked once.

The gate runs on Silero's probabilities as `Intake` runs it. The end-of-turn model is asked at `ASKED_MS` of each
pause's silence, and the recogniser once, at the first report, both about the sound up to then, as a session asks them.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.recogniser_speech import Samples
from bench.turns.speech import Turn

from enterprise_stream.engines.silero import Silero
from enterprise_stream.engines.smart_turn import WINDOW, SmartTurn
from enterprise_stream.engines.whisper.model import WhisperModel
from enterprise_stream.listening.gate import FRAME_MS, GateSettings, Opened, Paused, Resumed, SpeechGate
from enterprise_stream.listening.intake import PRE_ROLL_MS
from enterprise_stream.listening.ports import VAD_FRAME
from enterprise_stream.models import ModelStore
from enterprise_stream.workers import WorkerPool

ASKED_MS = (128, 192, *range(320, 2200, 192))
"""Silences at which the end-of-turn model is asked, where a pause is as long: as a session asks, and once at 192."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One pause of a turn.

    Attributes:
        begins_ms: where in the turn its silence begins, as the gate counts it.
        reports: the gate's reports, as silence and moment in the turn, both in ms.
        completion: the end-of-turn model's probability by the silence at which it was asked, in ms.
        words: what the recogniser made of the turn before it.
        language: what the recogniser took it for.
        words_ms: how long the recogniser took.
    """

    begins_ms: float
    reports: tuple[tuple[float, float], ...]
    completion: dict[int, float]
    words: str
    language: str
    words_ms: float


class Ears:
    """The embedded engines, loaded when a turn is not in the cache yet."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def pauses(self, turn: Turn, gate: GateSettings, *, recognise: bool = True) -> list[Heard]:
        """Every pause of `turn` that a gate with these settings reports, the last one included.

        Args:
            turn: what is said.
            gate: the gate's thresholds.
            recognise: whether the recogniser is asked; else there are no words in what is found.
        """
        known = _Known(self._cache, turn)
        probabilities = known.remember("activity", lambda: self._activity(turn.sound))
        found = []
        for opened, begins, ends, reports in _gaps(probabilities, gate):
            start = max(0, opened + 1 - round(PRE_ROLL_MS / FRAME_MS))
            silences = [ms for ms in ASKED_MS if ms // FRAME_MS <= ends - begins]
            completion = {ms: self._completion(known, turn, start, begins + int(ms // FRAME_MS)) for ms in silences}
            text, language, took = "", turn.language, 0.0
            if recognise:
                text, language, took = self._words(known, turn, start, begins + gate.pause_frames)
            found.append(Heard(begins * FRAME_MS, reports, completion, text, language, took))
        known.save()
        return found

    def _activity(self, sound: Samples) -> list[float]:
        stream = self._silero()
        frames = sound[: len(sound) // VAD_FRAME * VAD_FRAME].reshape(-1, VAD_FRAME)
        return [round(stream.probability(frame), 4) for frame in frames]

    def _completion(self, known: "_Known", turn: Turn, start: int, end: int) -> float:
        sound = turn.sound[start * VAD_FRAME : end * VAD_FRAME][-WINDOW:]
        value: float = known.remember(
            f"completion-{start}-{end}", lambda: round(self._smart_turn.probability(sound), 5)
        )
        return value

    def _words(self, known: "_Known", turn: Turn, start: int, end: int) -> tuple[str, str, float]:
        def hear() -> tuple[str, str, float]:
            began = time.perf_counter()
            heard = self._whisper.hear(turn.sound[start * VAD_FRAME : end * VAD_FRAME], turn.language, careful=False)
            return heard.text.strip(), heard.language, round(1000 * (time.perf_counter() - began), 1)

        text, language, took = known.remember(f"words-{start}-{end}", hear)
        return text, language, took

    @cached_property
    def _silero(self) -> Silero:
        return Silero(ModelStore().path("silero-vad"))

    @cached_property
    def _smart_turn(self) -> SmartTurn:
        return SmartTurn(ModelStore().path("smart-turn"), WorkerPool(1))

    @cached_property
    def _whisper(self) -> WhisperModel:
        return WhisperModel(ModelStore().path("whisper-base"), threads=1)


class _Known:
    """What was found out about one turn's sound before."""

    def __init__(self, cache: Path, turn: Turn) -> None:
        digest = hashlib.sha256(turn.sound.tobytes()).hexdigest()[:24]
        self._path = cache / f"{digest}.json"
        self._held: dict[str, Any] = json.loads(self._path.read_text()) if self._path.is_file() else {}
        self._grew = False

    def remember(self, name: str, find: Any) -> Any:
        if name not in self._held:
            self._held[name] = find()
            self._grew = True
        return self._held[name]

    def save(self) -> None:
        if self._grew:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            scratch = self._path.with_suffix(f".{os.getpid()}")
            scratch.write_text(json.dumps(self._held))
            scratch.replace(self._path)


_Gap = tuple[int, int, int, tuple[tuple[float, float], ...]]


def _gaps(probabilities: list[float], settings: GateSettings) -> Iterator[_Gap]:
    """The frame that opened the gate, the first frames of each silence and of what follows it, and its reports."""
    gate = SpeechGate(settings)
    opened, began = 0, 0
    reports: list[tuple[float, float]] = []
    for index, probability in enumerate(probabilities):
        match gate.hear(probability):
            case Opened():
                opened = index
            case Paused(silence_ms=silence_ms, first=first):
                began = index + 1 - settings.pause_frames if first else began
                reports.append((silence_ms, (index + 1) * FRAME_MS))
            case Resumed():
                yield opened, began, index + 1, tuple(reports)
                reports = []
            case _:
                pass
    if reports:
        yield opened, began, len(probabilities), tuple(reports)
