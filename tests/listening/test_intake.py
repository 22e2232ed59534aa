"""The intake: the same facts and the same audio for the recogniser, however the client cuts what it sends."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.conversation.events import (
    ListeningEvent,
    SilenceGrew,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSuspected,
    SpeechWentOn,
    SuspicionPassed,
    UtteranceFull,
)
from enterprise_stream.listening.intake import (
    LONGEST_UTTERANCE_MS,
    PRE_ROLL_MS,
    TURN_DETECTOR_MS,
    WARM_UP_FRAMES,
    Intake,
)
from enterprise_stream.listening.ports import VAD_FRAME, Samples, Transcript
from enterprise_stream.testing import EnergyActivity, quiet, speech

RATE = 16_000


class Tape:
    """An utterance that keeps what it is given."""

    def __init__(self) -> None:
        self.frames: list[Samples] = []

    @property
    def samples(self) -> Samples:
        """All of it."""
        return np.concatenate(self.frames) if self.frames else np.zeros(0, np.float32)

    def push(self, samples: Samples) -> None:
        self.frames.append(samples.copy())

    async def partial(self) -> Transcript:
        raise NotImplementedError

    async def final(self) -> Transcript:
        raise NotImplementedError

    def close(self) -> None: ...


def _listen(chunks: list[Samples]) -> tuple[list[ListeningEvent], list[Tape]]:
    """Facts and tapes of a guest whose turns end with 320 ms of silence.

    When speech ended is counted back from what has come, so it is left out; `test_speech_end` holds it.
    """
    return _listen_with(EnergyActivity(), chunks)


def _listen_with(activity: EnergyActivity, chunks: list[Samples]) -> tuple[list[ListeningEvent], list[Tape]]:
    intake, tapes, facts = Intake(activity), [Tape()], []
    for chunk in chunks:
        for fact in intake.hear(chunk, 0.0):
            facts.append(replace(fact, quiet_ms=None) if isinstance(fact, SpeechPaused) else fact)
            if isinstance(fact, SpeechStarted):
                tapes.append(Tape())
                intake.open(tapes[-1])
            elif isinstance(fact, SilenceGrew) and fact.silence_ms >= 320:
                intake.close()
    return facts, tapes[1:]


def _cut(samples: Samples, cuts: list[int]) -> list[Samples]:
    return list(np.split(samples, sorted(cut for cut in cuts if cut < samples.size)))


TALK = np.concatenate([quiet(700), speech(600), quiet(250), speech(300), quiet(500), speech(500), quiet(900)])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, TALK.size), max_size=60))
def test_any_chunking_gives_the_same_facts_and_the_same_audio(cuts: list[int]) -> None:
    whole_facts, whole_tapes = _listen([TALK])
    facts, tapes = _listen(_cut(TALK, cuts))
    assert facts == whole_facts
    assert [type(fact).__name__ for fact in whole_facts if not isinstance(fact, SilenceGrew | SpeechWentOn)] == [
        "SpeechSuspected", "SpeechStarted", "SpeechPaused", "SpeechResumed", "SpeechPaused",
        "SpeechSuspected", "SpeechStarted", "SpeechPaused",
    ]  # fmt: skip
    assert len(tapes) == len(whole_tapes) == 2
    for tape, expected in zip(tapes, whole_tapes, strict=True):
        np.testing.assert_array_equal(tape.samples, expected.samples)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 900)), max_size=12),
    st.integers(1, 4_000),
)
def test_any_talk_in_equal_chunks_gives_the_facts_of_the_whole(parts: list[tuple[bool, int]], size: int) -> None:
    talk = np.concatenate([np.zeros(0, np.float32), *(speech(ms) if loud else quiet(ms) for loud, ms in parts)])
    chunks = [talk[start : start + size] for start in range(0, talk.size, size)]
    assert _listen(chunks)[0] == _listen([talk])[0]


def test_the_utterance_begins_before_the_gate_opened() -> None:
    _, tapes = _listen([quiet(2_000), speech(800)])
    samples = tapes[0].samples
    onset = int(np.flatnonzero(np.abs(samples) > 0.01)[0])
    lead_ms = onset * 1000 / RATE
    assert 300 <= lead_ms <= PRE_ROLL_MS
    assert samples.size * 1000 / RATE - lead_ms > 800 - 2 * 32


def test_the_recogniser_waits_for_no_whole_frame() -> None:
    talk = speech(2_000)
    intake, tape, said = Intake(EnergyActivity()), Tape(), 0
    for start in range(0, talk.size, 320):
        for fact in intake.hear(talk[start : start + 320], 0.0):
            if isinstance(fact, SpeechStarted):
                intake.open(tape)
        said = start + 320
        if intake.listening:
            np.testing.assert_array_equal(tape.samples, talk[said - tape.samples.size : said])
    assert intake.listening
    assert said % VAD_FRAME


def test_an_utterance_never_begins_with_the_one_before() -> None:
    first, second = speech(600), 0.5 * speech(600)
    _, tapes = _listen([first, quiet(400), second])
    assert len(tapes) == 2
    assert tapes[1].samples.max() < 0.15


def test_the_turn_detector_gets_the_last_eight_seconds() -> None:
    intake, tape = Intake(EnergyActivity()), Tape()
    for fact in intake.hear(speech(12_000), 0.0):
        if isinstance(fact, SpeechStarted):
            intake.open(tape)
    assert intake.recent().size * 1000 / RATE == TURN_DETECTOR_MS
    np.testing.assert_array_equal(intake.recent(), tape.samples[-intake.recent().size :])


def test_a_talk_without_end_is_told_to_be_full() -> None:
    intake, full = Intake(EnergyActivity()), []
    for _ in range(125):
        for fact in intake.hear(speech(1_000), 0.0):
            if isinstance(fact, SpeechStarted):
                intake.open(Tape())
            elif isinstance(fact, UtteranceFull):
                full.append(intake.utterance_ms)
                intake.close()
    assert full == [LONGEST_UTTERANCE_MS]


def test_facts_carry_the_time_that_they_were_heard_at() -> None:
    intake = Intake(EnergyActivity())
    facts = [fact for at in range(20) for fact in intake.hear(speech(100), float(at))]
    assert [type(fact) for fact in facts][:3] == [SpeechSuspected, SpeechStarted, SpeechWentOn]
    assert [fact.at for fact in facts[:2]] == [0.0, 1.0]  # four frames of 32 ms are whole with the second 100 ms


class Asked(EnergyActivity):
    """Counts the frames that it is asked about, and keeps them."""

    def __init__(self) -> None:
        self.frames: list[Samples] = []

    def probability(self, frame: Samples) -> float:
        assert frame.shape == (VAD_FRAME,)
        self.frames.append(frame.copy())
        return super().probability(frame)


def _room(ms: float, level_db: float = -55.0, seed: int = 1) -> Samples:
    noise = np.random.default_rng(seed).normal(0.0, 10 ** (level_db / 20), round(ms * RATE / 1000))
    return noise.astype(np.float32)


def test_silence_never_asks_the_model() -> None:
    activity = Asked()
    intake = Intake(activity)
    assert list(intake.hear(quiet(5_000), 0.0)) == []
    assert not activity.frames
    list(intake.hear(speech(320), 0.0))
    assert len(activity.frames) == 10


def test_a_steady_room_is_learnt_and_then_seldom_asked_about() -> None:
    activity = Asked()
    intake = Intake(activity)
    assert list(intake.hear(_room(3_000), 0.0)) == []
    learnt = len(activity.frames)
    assert list(intake.hear(_room(32_000, seed=2), 0.0)) == []
    assert len(activity.frames) - learnt <= 20  # of 1,000


def test_a_voice_that_stands_out_is_asked_about_from_its_first_frame_with_what_came_before() -> None:
    activity = Asked()
    intake = Intake(activity)
    room = _room(3_200)
    list(intake.hear(room, 0.0))
    asked = len(activity.frames)
    voice = speech(640)
    list(intake.hear(voice, 0.0))
    warm_up = activity.frames[asked : asked + WARM_UP_FRAMES]
    np.testing.assert_array_equal(np.concatenate(warm_up), room[-WARM_UP_FRAMES * VAD_FRAME :])
    np.testing.assert_array_equal(np.concatenate(activity.frames[asked + WARM_UP_FRAMES :]), voice)


def test_while_an_utterance_is_open_every_frame_is_asked_about() -> None:
    activity = Asked()
    intake = Intake(activity)
    list(intake.hear(_room(3_200), 0.0))
    for fact in intake.hear(speech(320), 0.0):
        if isinstance(fact, SpeechStarted):
            intake.open(Tape())
    asked = len(activity.frames)
    list(intake.hear(_room(3_200, seed=4), 0.0))
    assert len(activity.frames) - asked == 100


def test_speech_is_never_learnt_as_the_room() -> None:
    """A guest who talks from the first moment on is heard, however long nobody opens an utterance for him."""
    activity = Asked()
    intake = Intake(activity)
    list(intake.hear(speech(20_000), 0.0))
    assert len(activity.frames) == 625


@pytest.mark.parametrize("size", [0, 1, VAD_FRAME - 1])
def test_less_than_a_frame_is_no_fact(size: int) -> None:
    assert list(Intake(EnergyActivity()).hear(speech(100)[:size], 0.0)) == []


def test_a_pause_and_its_end_are_told() -> None:
    facts, _ = _listen([speech(500), quiet(180), speech(300)])
    kinds = [type(fact) for fact in facts if not isinstance(fact, SpeechWentOn)]
    assert kinds == [SpeechSuspected, SpeechStarted, SpeechPaused, SpeechResumed]


def test_speech_that_goes_on_is_measured() -> None:
    loud, soft = speech(800), 0.1 * speech(800)
    for sound, level_db in ((loud, -17.0), (soft, -37.0)):

        class Any(EnergyActivity):
            def probability(self, frame: Samples) -> float:
                return 0.9 if float(np.abs(frame).max()) > 1e-3 else 0.0

        facts, _ = _listen_with(Any(), [quiet(300), sound])
        levels = [fact.level_db for fact in facts if isinstance(fact, SpeechWentOn)]
        assert len(levels) >= 8
        assert levels == pytest.approx([level_db] * len(levels), abs=0.5)


def test_a_click_is_suspected_and_leaves_nothing_in_the_level() -> None:
    facts, tapes = _listen([quiet(300), speech(40), quiet(400), 0.3 * speech(800)])
    kinds = [type(fact) for fact in facts if not isinstance(fact, SpeechWentOn)]
    assert kinds == [SpeechSuspected, SuspicionPassed, SpeechSuspected, SpeechStarted]
    assert len(tapes) == 1
    level = next(fact.level_db for fact in facts if isinstance(fact, SpeechWentOn))
    assert level == pytest.approx(-17.0 - 10.5, abs=0.5)


def test_it_is_attentive_while_it_waits_for_more_audio() -> None:
    intake = Intake(EnergyActivity())
    list(intake.hear(speech(40), 0.0))
    assert intake.attentive
    assert not intake.listening
    list(intake.hear(quiet(400), 0.0))
    assert not intake.attentive
