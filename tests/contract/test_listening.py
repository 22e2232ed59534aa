"""What any recogniser, end-of-turn model and activity detector must do."""

import asyncio

import numpy as np

from enterprise_stream.listening.ports import SAMPLE_RATE, VAD_FRAME, SpeechToText, TurnDetector, VoiceActivity

from .conftest import Case, at_rest


async def test_words_of_an_utterance(recogniser: Case[SpeechToText]) -> None:
    utterance = recogniser.engine.utterance("ana", "es")
    half = recogniser.sound.size // 2
    utterance.push(recogniser.sound[:half])
    partial = await utterance.partial()
    utterance.push(recogniser.sound[half:])
    final = await utterance.final()
    utterance.close()
    assert partial.audio_ms <= half * 1000 / SAMPLE_RATE + 1
    assert "cuesta" in final.text
    assert final.language == "es"
    assert 0 <= final.language_probability <= 1
    assert abs(final.audio_ms - recogniser.sound.size * 1000 / SAMPLE_RATE) <= 32


async def test_nothing_said_is_no_words(recogniser: Case[SpeechToText]) -> None:
    utterance = recogniser.engine.utterance("ana", "es")
    assert (await utterance.partial()).text == ""
    utterance.push(np.zeros(SAMPLE_RATE, np.float32))
    assert (await utterance.final()).text == ""
    utterance.close()


async def test_a_block_may_be_of_any_size(recogniser: Case[SpeechToText]) -> None:
    utterance = recogniser.engine.utterance("ana", "es")
    utterance.push(np.zeros(0, np.float32))
    for start in range(0, recogniser.sound.size, 317):
        utterance.push(recogniser.sound[start : start + 317])
    assert (await utterance.final()).text
    utterance.close()


async def test_guests_are_kept_apart(recogniser: Case[SpeechToText]) -> None:
    talks, says_nothing = (recogniser.engine.utterance(owner, "es") for owner in ("ana", "luis"))
    talks.push(recogniser.sound)
    says_nothing.push(np.zeros(SAMPLE_RATE, np.float32))
    heard, nothing = await asyncio.gather(talks.final(), says_nothing.final())
    assert (bool(heard.text), nothing.text) == (True, "")
    talks.close()
    says_nothing.close()


async def test_closing_at_any_time_leaves_no_work(recogniser: Case[SpeechToText]) -> None:
    utterance = recogniser.engine.utterance("ana", "es")
    utterance.push(recogniser.sound)
    asked = asyncio.create_task(utterance.partial())
    await asyncio.sleep(0)
    utterance.close()
    utterance.close()
    asked.cancel()
    await asyncio.wait([asked])
    await at_rest(recogniser)


async def test_an_ended_turn_has_a_probability(detector: Case[TurnDetector]) -> None:
    assert 0.5 < await detector.engine.completion("ana", detector.sound) <= 1


async def test_any_length_of_sound_is_judged(detector: Case[TurnDetector]) -> None:
    for ms in (0, 20, 500, 12_000):
        assert 0 <= await detector.engine.completion("ana", np.zeros(ms * SAMPLE_RATE // 1000, np.float32)) <= 1


def test_speech_is_told_from_silence(activity: Case[VoiceActivity]) -> None:
    frames = [
        activity.sound[start : start + VAD_FRAME] for start in range(0, activity.sound.size - VAD_FRAME + 1, VAD_FRAME)
    ]
    spoken = [activity.engine.probability(frame) for frame in frames]
    assert all(0 <= each <= 1 for each in spoken)
    assert max(spoken) > 0.8
    activity.engine.reset()
    silent = [activity.engine.probability(np.zeros(VAD_FRAME, np.float32)) for _ in range(20)]
    assert max(silent) < 0.3
    activity.engine.reset()
    assert [activity.engine.probability(frame) for frame in frames] == spoken
