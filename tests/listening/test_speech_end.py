"""The end of speech is dated to the last audible sample, whatever frames and client chunks fall around it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.conversation.events import SpeechPaused
from enterprise_stream.listening.intake import Intake
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.listening.speech_end import AUDIBLE, quiet_ms
from enterprise_stream.testing import EnergyActivity, ScriptedRecogniser, quiet, speech


def room(ms: float, peak: float, seed: int = 3) -> Samples:
    return np.random.default_rng(seed).uniform(-peak, peak, round(ms * SAMPLE_RATE / 1000)).astype(np.float32)


def last_audible_ms(samples: Samples) -> float:
    return float(np.flatnonzero(np.abs(samples) > AUDIBLE)[-1]) * 1000 / SAMPLE_RATE


@given(st.integers(100, 500), st.floats(0, 0.009))
def test_it_is_exact_in_a_quiet_room(silence_ms: int, peak: float) -> None:
    sound = np.concatenate((speech(400), room(silence_ms, peak)))
    assert quiet_ms(sound) == pytest.approx(sound.size * 1000 / SAMPLE_RATE - last_audible_ms(sound))


@given(st.integers(100, 500), st.floats(0.01, 0.08))
def test_it_finds_the_end_under_noise(silence_ms: int, peak: float) -> None:
    sound = np.concatenate((speech(400), quiet(silence_ms))) + room(400 + silence_ms, peak)
    assert quiet_ms(sound) == pytest.approx(silence_ms, abs=5)


def test_nothing_stands_out_of_noise_alone_or_of_silence() -> None:
    assert quiet_ms(quiet(700)) is None
    assert quiet_ms(room(700, 0.2)) is None
    assert quiet_ms(quiet(0)) is None


@given(st.integers(600, 900), st.sampled_from([10, 20, 32, 60, 100]))
def test_a_pause_is_dated_by_the_sound_not_by_frames(spoken_ms: int, chunk_ms: int) -> None:
    sound = np.concatenate((speech(spoken_ms), quiet(800)))
    size = SAMPLE_RATE * chunk_ms // 1000
    intake = Intake(EnergyActivity())
    paused: list[SpeechPaused] = []
    for start in range(0, sound.size, size):
        at = (start + size) * 1000 / SAMPLE_RATE
        for event in intake.hear(sound[start : start + size], at):
            if not intake.listening:
                intake.open(ScriptedRecogniser().utterance("guest", "es"))
            if isinstance(event, SpeechPaused):
                paused.append(event)
    (pause,) = paused
    assert pause.quiet_ms is not None
    assert pause.at - pause.quiet_ms == pytest.approx(last_audible_ms(sound), abs=0.1)
