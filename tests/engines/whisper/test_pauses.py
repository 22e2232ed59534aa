"""Where an utterance is quiet."""

import numpy as np

from enterprise_stream.engines.whisper.pauses import grew_by_silence, levels, quietest_cut

RATE = 16_000


def _noise(seconds: float, rms: float, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(int(seconds * RATE)) * rms).astype(np.float32)


def _utterance(floor: float) -> np.ndarray:
    """0.3 s of room, 1 s of speech-like sound, 0.2 s of room."""
    return np.concatenate([_noise(0.3, floor), _noise(1.0, 0.1, 1), _noise(0.2, floor, 2)])


def test_levels_are_of_whole_frames() -> None:
    assert levels(np.full(650, 0.5, np.float32)).tolist() == [0.5, 0.5]


def test_silence_after_a_pause_adds_nothing() -> None:
    for floor in (0.0, 0.0005, 0.003):
        heard = _utterance(floor)
        assert grew_by_silence(np.concatenate([heard, _noise(0.5, floor, 3)]), len(heard))


def test_speech_after_a_pause_adds_something() -> None:
    heard = _utterance(0.0005)
    for word in (_noise(0.2, 0.05, 3), np.concatenate([_noise(0.3, 0.0005, 3), _noise(0.06, 0.02, 4)])):
        assert not grew_by_silence(np.concatenate([heard, word]), len(heard))


def test_a_word_shorter_than_a_frame_is_not_overheard() -> None:
    heard = _utterance(0.0005)
    assert not grew_by_silence(np.concatenate([heard, _noise(0.015, 0.05, 3)]), len(heard))


def test_a_result_that_ends_inside_a_word_does_not_stand_for_what_follows() -> None:
    speech = _utterance(0.0005)[: int(1.2 * RATE)]
    assert not grew_by_silence(np.concatenate([speech, _noise(0.5, 0.0005, 3)]), len(speech))


def test_steady_sound_without_a_pause_is_never_taken_for_silence() -> None:
    assert not grew_by_silence(_noise(2.0, 0.1), RATE)


def test_too_little_to_tell() -> None:
    assert not grew_by_silence(np.zeros(2000, np.float32), 1000)


def test_the_cut_falls_into_the_pause() -> None:
    sound = _noise(10.0, 0.1)
    sound[6 * RATE : int(6.5 * RATE)] *= 0.01
    cut = quietest_cut(sound, 4 * RATE, 9 * RATE)
    assert 6 * RATE < cut < int(6.5 * RATE)
