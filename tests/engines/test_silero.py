"""Silero: speech is speech, the rest is not, and streams do not mix."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from enterprise_stream.engines.onnx_session import open_session
from enterprise_stream.engines.silero import Silero
from enterprise_stream.errors import ModelError
from enterprise_stream.listening.ports import VAD_FRAME, Samples, VoiceActivity
from enterprise_stream.models import ModelStore
from enterprise_stream.testing.guest_voice import guest_says

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def silero() -> Silero:
    return Silero(ModelStore().path("silero-vad"))


@pytest.fixture(scope="module")
def speech() -> Samples:
    return guest_says("¿A qué hora se sirve el desayuno?", lead_ms=640, tail_ms=640)


class AuthorsGraph:
    """The ONNX file as its authors run it."""

    def __init__(self) -> None:
        self._session = open_session(ModelStore().path("silero-vad"), threads=1)
        self._heard = np.zeros((1, 64 + VAD_FRAME), np.float32)
        self._state = np.zeros((2, 1, 128), np.float32)

    def probability(self, frame: Samples) -> float:
        self._heard = np.concatenate((self._heard[:, VAD_FRAME:], frame[None]), axis=1)
        inputs: dict[str, NDArray[Any]] = {"input": self._heard, "state": self._state, "sr": np.array(16_000, np.int64)}
        probability, self._state = self._session.run(None, inputs)
        return float(probability[0, 0])


def hear(activity: VoiceActivity | AuthorsGraph, samples: Samples) -> list[float]:
    count = samples.size // VAD_FRAME
    return [activity.probability(frame) for frame in samples[: count * VAD_FRAME].reshape(count, VAD_FRAME)]


def test_speech_is_found_where_it_is(silero: Silero, speech: Samples) -> None:
    heard = hear(silero(), speech)
    assert max(heard[:18]) < 0.3
    assert np.median(heard[24:-28]) > 0.9
    assert max(heard[-10:]) < 0.3


@pytest.mark.parametrize("noise", [0.0, 0.002, 0.05])
def test_it_says_what_the_authors_graph_says(silero: Silero, speech: Samples, noise: float) -> None:
    heard = speech + noise * np.random.default_rng(5).standard_normal(speech.size).astype(np.float32)
    ours, theirs = np.array(hear(silero(), heard)), np.array(hear(AuthorsGraph(), heard))
    assert np.abs(ours - theirs).max() < 1e-5
    assert np.ptp(theirs) > 0.2  # else agreement says nothing


def test_the_loudest_sound_is_no_fault(silero: Silero) -> None:
    loudest = np.where(np.arange(40 * VAD_FRAME) % 100 < 50, 1.0, -1.0).astype(np.float32)
    assert hear(silero(), loudest) == pytest.approx(hear(AuthorsGraph(), loudest), abs=1e-5)


@pytest.mark.parametrize("file", ["smart-turn", "silero-vad"])
def test_another_file_is_refused(tmp_path: Path, file: str) -> None:
    damaged = tmp_path / "model.onnx"
    damaged.write_bytes(b"no model" if file == "silero-vad" else ModelStore().path(file).read_bytes())
    with pytest.raises(ModelError):
        Silero(damaged)


@pytest.mark.parametrize("kind", ["silence", "white noise", "hum", "clicks"])
def test_what_is_no_speech(silero: Silero, kind: str) -> None:
    rng = np.random.default_rng(3)
    n = 60 * VAD_FRAME
    clicks = np.zeros(n)
    clicks[:: VAD_FRAME * 7] = 0.9
    sounds = {
        "silence": np.zeros(n),
        "white noise": 0.05 * rng.standard_normal(n),
        "hum": 0.2 * np.sin(2 * np.pi * 100 * np.arange(n) / 16_000),
        "clicks": clicks,
    }
    heard = hear(silero(), sounds[kind].astype(np.float32))
    assert len(heard) == 60
    assert np.mean(np.array(heard) > 0.5) < 0.05


def test_streams_keep_their_own_state(silero: Silero, speech: Samples) -> None:
    alone = hear(silero(), speech)
    one, other = silero(), silero()
    noise = np.random.default_rng(1).standard_normal(VAD_FRAME).astype(np.float32)
    mixed = []
    for start in range(0, speech.size - VAD_FRAME + 1, VAD_FRAME):
        mixed.append(one.probability(speech[start : start + VAD_FRAME]))
        other.probability(noise)
    assert mixed == alone


def test_reset_starts_another_stream(silero: Silero, speech: Samples) -> None:
    activity = silero()
    first = hear(activity, speech)
    assert hear(activity, speech) != first
    activity.reset()
    assert hear(activity, speech) == first


def test_the_frame_is_not_kept(silero: Silero, speech: Samples) -> None:
    activity, frame = silero(), speech[:VAD_FRAME].copy()
    activity.probability(frame)
    frame[:] = 1.0
    assert hear(activity, speech[VAD_FRAME:]) == hear(silero(), speech)[1:]


def test_another_frame_size_is_a_mistake(silero: Silero) -> None:
    with pytest.raises(ValueError, match="512"):
        silero().probability(np.zeros(480, np.float32))


def test_a_frame_is_cheap(silero: Silero, speech: Samples) -> None:
    activity = silero()
    hear(activity, speech)
    started = time.thread_time()
    frames = len(hear(activity, speech))
    assert frames > 50
    assert (time.thread_time() - started) / frames < 0.0004  # a twentieth of a millisecond on two quiet cores
