"""The utterance's bookkeeping, with a model that writes down what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from enterprise_stream.engines.whisper.engine import LONGEST_WINDOW, WhisperRecogniser, WhisperUtterance
from enterprise_stream.engines.whisper.model import Heard, StoppedError
from enterprise_stream.errors import EngineError, ModelError, OverloadedError
from enterprise_stream.workers import WorkerPool

RATE = 16_000


class FakeModel:
    """Hears how many samples it was given; `settled` as told."""

    languages = ("es", "en")

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.careful: list[bool] = []
        self.earlier: list[str | None] = []
        self.settled = True
        self.error: Exception | None = None
        self.gate: Event | None = None
        self.entered = Event()
        self.stopped_seen: bool | None = None

    def hear(
        self,
        samples: np.ndarray,
        hint: str,
        *,
        careful: bool = True,
        stopped: Callable[[], bool] = lambda: False,
        earlier: Heard | None = None,
    ) -> Heard:
        self.entered.set()
        if self.gate is not None:
            assert self.gate.wait(5.0)
            self.stopped_seen = stopped()
            if self.stopped_seen:
                raise StoppedError
        if self.error is not None:
            raise self.error
        self.heard.append(len(samples))
        self.careful.append(careful)
        self.earlier.append(None if earlier is None else earlier.text)
        number = len(self.heard)
        return Heard(f"w{number}", hint, 0.9, careful or self.settled, confidences=(1.0 / number,))


@pytest.fixture
def model() -> FakeModel:
    return FakeModel()


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(1)
    yield pool
    pool.close()


@pytest.fixture
def utterance(model: FakeModel, pool: WorkerPool) -> WhisperUtterance:
    return WhisperUtterance(model, pool, "guest", "es")  # type: ignore[arg-type]


def _speech(seconds: float, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(int(seconds * RATE)) * 0.1).astype(np.float32)


def _quiet(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)


async def test_an_unchanged_buffer_is_heard_once(utterance: WhisperUtterance, model: FakeModel) -> None:
    utterance.push(_speech(1.0))
    first = await utterance.partial()
    assert await utterance.partial() == first == await utterance.final()
    assert model.heard == [RATE]
    assert (first.text, first.language, first.audio_ms) == ("w1", "es", 1000)


async def test_more_speech_is_heard_again(utterance: WhisperUtterance, model: FakeModel) -> None:
    utterance.push(_speech(1.0))
    await utterance.partial()
    utterance.push(_speech(0.5))
    assert (await utterance.partial()).audio_ms == 1500
    assert model.heard == [RATE, RATE * 3 // 2]


async def test_what_was_found_before_is_a_draft_of_what_follows(utterance: WhisperUtterance, model: FakeModel) -> None:
    utterance.push(_speech(1.0))
    await utterance.partial()
    utterance.push(_speech(1.0))
    await utterance.partial()
    utterance.push(_speech(30.0))
    await utterance.final()
    assert model.earlier[:3] == [None, "w1", "w2"]
    assert model.earlier[3] is None, "the words of a stretch that was left behind are no draft of the next"


async def test_each_word_of_a_long_utterance_keeps_its_confidence(utterance: WhisperUtterance) -> None:
    utterance.push(_speech(LONGEST_WINDOW / RATE + 1.0))
    heard = await utterance.final()
    assert (heard.text, heard.confidences) == ("w1 w2", (1.0, 0.5))


async def test_the_final_words_are_those_of_the_pause(utterance: WhisperUtterance, model: FakeModel) -> None:
    for part in (_quiet(0.3), _speech(1.0), _quiet(0.1)):
        utterance.push(part)
    partial = await utterance.partial()
    utterance.push(_quiet(0.4))
    final = await utterance.final()
    assert len(model.heard) == 1
    assert (final.text, final.audio_ms) == (partial.text, 1800)


async def test_a_doubtful_interim_result_is_looked_at_again(utterance: WhisperUtterance, model: FakeModel) -> None:
    model.settled = False
    utterance.push(_speech(1.0))
    await utterance.partial()
    assert (await utterance.final()).text == "w2"
    assert model.careful == [False, True]


async def test_a_long_utterance_is_cut_at_its_pauses(utterance: WhisperUtterance, model: FakeModel) -> None:
    for seed in range(4):
        utterance.push(_speech(19.0, seed))
        utterance.push(_quiet(1.0))
    final = await utterance.final()
    assert len(model.heard) == 4
    assert sum(model.heard) == 80 * RATE
    assert max(model.heard) <= LONGEST_WINDOW
    for seconds in (sum(model.heard[: k + 1]) / RATE % 20 for k in range(3)):
        assert 19.0 < seconds < 20.0
    assert (final.text, final.audio_ms) == ("w1 w2 w3 w4", 80_000)


async def test_settled_windows_are_not_heard_again(utterance: WhisperUtterance, model: FakeModel) -> None:
    for second in range(40):
        utterance.push(_speech(1.0, second))
        await utterance.partial()
    settled = [k for k in range(1, len(model.heard)) if model.heard[k] < model.heard[k - 1]]
    assert len(model.heard) == 41
    assert len(settled) == 2  # the window that was cut off, and the rest after it
    assert (await utterance.partial()).audio_ms == 40_000


async def test_an_utterance_of_nothing(utterance: WhisperUtterance, model: FakeModel) -> None:
    utterance.push(_quiet(0.0))
    assert (await utterance.final()).audio_ms == 0
    assert model.heard == [0]


async def test_what_was_pushed_may_change_afterwards(utterance: WhisperUtterance) -> None:
    frame = _speech(0.1)
    utterance.push(frame)
    frame[:] = 9.0
    assert np.max(np.abs(utterance._audio())) < 1.0


async def test_a_failure_is_told_without_its_inside(utterance: WhisperUtterance, model: FakeModel) -> None:
    utterance.push(_speech(1.0))
    model.error = RuntimeError("mkl: /secret/path")
    with pytest.raises(EngineError, match="say it again") as caught:
        await utterance.final()
    assert caught.value.retryable
    model.error = None
    assert (await utterance.final()).text == "w1"


async def test_a_full_machine_says_so(model: FakeModel) -> None:
    pool = WorkerPool(1, max_waiting=0)
    utterance = WhisperUtterance(model, pool, "guest", "es")  # type: ignore[arg-type]
    utterance.push(_speech(1.0))
    with pytest.raises(OverloadedError):
        await utterance.final()
    pool.close()


async def test_a_closed_utterance_holds_nothing(utterance: WhisperUtterance, model: FakeModel) -> None:
    utterance.push(_speech(1.0))
    await utterance.partial()
    utterance.close()
    utterance.close()
    utterance.push(_speech(1.0))
    assert utterance._chunks == []
    assert utterance._earlier is None
    with pytest.raises(EngineError, match="closed"):
        await utterance.final()
    assert len(model.heard) == 1


async def _until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 - the other side is a thread
        await asyncio.sleep(0)


async def test_a_cancelled_call_stops_the_work_and_leaves_nothing(model: FakeModel, pool: WorkerPool) -> None:
    utterance = WhisperUtterance(model, pool, "guest", "es")  # type: ignore[arg-type]
    utterance.push(_speech(1.0))
    model.gate = Event()
    task = asyncio.create_task(utterance.partial())
    await _until(model.entered.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    model.gate.set()
    await _until(lambda: pool.running == 0)
    assert model.stopped_seen is True
    assert pool.waiting == 0
    model.gate = None
    assert (await utterance.final()).text == "w1"


async def test_closing_ends_the_work_under_way(model: FakeModel, pool: WorkerPool) -> None:
    utterance = WhisperUtterance(model, pool, "guest", "es")  # type: ignore[arg-type]
    utterance.push(_speech(1.0))
    model.gate = Event()
    task = asyncio.create_task(utterance.partial())
    await _until(model.entered.is_set)
    utterance.close()
    model.gate.set()
    with pytest.raises(EngineError, match="closed"):
        await task


async def test_missing_files_are_named_with_the_command(tmp_path: Path, pool: WorkerPool) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"model\.bin.*models pull whisper-base"):
        WhisperRecogniser(tmp_path, pool)


async def test_damaged_files_are_told(tmp_path: Path, pool: WorkerPool) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match="models verify") as caught:
        WhisperRecogniser(tmp_path, pool)
    assert caught.value.code == "model_damaged"
