"""Up to where an utterance may hold speech."""

import numpy as np

from enterprise_stream.engines.deepgram.levels import BLOCK, Levels
from enterprise_stream.testing import quiet, speech


def test_silence_holds_none() -> None:
    levels = Levels()
    assert levels.loud_until == 0
    levels.add(np.zeros(4 * BLOCK, np.float32))
    assert levels.loud_until == 0


def test_it_ends_with_the_last_loud_block() -> None:
    levels = Levels()
    levels.add(speech(200))
    levels.add(np.zeros(8 * BLOCK, np.float32))
    assert levels.loud_until == 10 * BLOCK
    levels.add(speech(80))
    assert levels.loud_until == 22 * BLOCK


def test_the_room_is_not_speech_once_somebody_has_spoken() -> None:
    levels = Levels()
    hiss = (np.random.default_rng(1).standard_normal(10 * BLOCK) * 0.002).astype(np.float32)
    levels.add(hiss)
    assert levels.loud_until == 10 * BLOCK
    levels.add(speech(200))
    levels.add(hiss)
    levels.add(quiet(200))
    assert levels.loud_until == 20 * BLOCK
