"""smart-turn: its features against the original's numbers, and its judgement of synthetic guests."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from enterprise_stream.engines.smart_turn import WINDOW, SmartTurn, log_mel
from enterprise_stream.errors import EngineError, ModelError
from enterprise_stream.listening.ports import Samples
from enterprise_stream.models import ModelStore
from enterprise_stream.testing.guest_voice import guest_says
from enterprise_stream.workers import WorkerPool

ORIGINAL = {
    (0, 0): -0.1956,
    (0, 560): 0.3672,
    (0, 799): 0.4710,
    (10, 560): 0.7412,
    (10, 799): 0.4911,
    (40, 560): -0.1956,
    (40, 799): 1.7297,
    (79, 700): -0.1956,
    (79, 799): 0.0195,
}
"""Features of `chirp()` by pipecat-ai 1.14.0's own extractor: (mel, frame) to value."""

FINISHED = (
    ("¿A qué hora se sirve el desayuno?", "es", "em_alex"),
    ("Quería reservar una habitación para el próximo fin de semana.", "es", "em_santa"),
    ("¿Se admiten perros en la casa?", "es", "em_alex"),
    ("¿Cuánto cuesta la noche en agosto?", "es", "em_santa"),
    ("Me gustaría cancelar mi reserva.", "es", "em_alex"),
    ("What time is breakfast served?", "en", "af_heart"),
    ("Do you have parking for two cars?", "en", "am_michael"),
    ("I would like to book a room for next weekend.", "en", "bf_emma"),
)


def chirp(samples: int = 40_000) -> Samples:
    t = np.arange(samples) / 16_000
    return (0.3 * np.sin(2 * np.pi * (200 + 300 * t) * t)).astype(np.float32)


def test_features_are_the_originals() -> None:
    features = log_mel(chirp())
    assert features.shape == (80, 800)
    assert features.dtype == np.float32
    assert features.mean() == pytest.approx(-0.132595, abs=1e-5)
    assert {place: float(features[place]) for place in ORIGINAL} == pytest.approx(ORIGINAL, abs=1e-4)


@pytest.mark.parametrize("samples", [0, 1, 199, 200, 5_000, WINDOW - 100, WINDOW - 360, WINDOW, WINDOW + 3_000])
def test_only_the_last_window_counts_and_zeros_stand_in_front(samples: int) -> None:
    tail = chirp(samples) if samples else np.zeros(0, np.float32)
    whole = np.concatenate([np.zeros(max(0, WINDOW - samples), np.float32), tail])[-WINDOW:]
    # a window that is given whole has no zeros to be taken as alike
    np.testing.assert_allclose(log_mel(tail), log_mel(whole), atol=1e-6)


@pytest.fixture(scope="module")
def detector() -> SmartTurn:
    return SmartTurn(ModelStore().path("smart-turn"), WorkerPool(1))


@pytest.mark.models
def test_finished_questions_sound_finished(detector: SmartTurn) -> None:
    heard = [detector.probability(guest_says(text, language, voice, tail_ms=200)) for text, language, voice in FINISHED]
    assert sum(probability > 0.5 for probability in heard) >= len(FINISHED) - 1, heard


@pytest.mark.models
def test_questions_cut_in_the_middle_sound_less_finished(detector: SmartTurn) -> None:
    whole, cut = [], []
    for text, language, voice in FINISHED:
        speech = guest_says(text, language, voice, tail_ms=0)
        silence = np.zeros(3_200, np.float32)
        whole.append(detector.probability(np.concatenate([speech, silence])))
        cut.append(detector.probability(np.concatenate([speech[: int(speech.size * 0.55)], silence])))
    assert np.mean(cut) < np.mean(whole) - 0.2, (whole, cut)


@pytest.mark.models
async def test_runs_in_the_pool(detector: SmartTurn) -> None:
    samples = guest_says(*FINISHED[0], tail_ms=200)
    answers = await asyncio.gather(*(detector.completion(owner, samples) for owner in ("a", "b")))
    assert answers == [detector.probability(samples)] * 2


@pytest.mark.models
def test_a_failure_is_an_engine_error(detector: SmartTurn) -> None:
    with pytest.raises(EngineError):
        detector.probability(np.zeros((2, 2), np.float32))


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"none")
    with pytest.raises(ModelError, match="models verify"):
        SmartTurn(tmp_path / "model.onnx", WorkerPool(1))
