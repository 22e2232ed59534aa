"""The simulated recogniser's ear knows the words in time, however the stream is cut."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.testing.simulated.ear import BLOCK_MS, FINAL_AFTER_MS, Began, Ear, Heard
from enterprise_stream.testing.simulated.recordings import (
    RATE,
    Recording,
    Recordings,
    Sound,
    babble,
    load_recordings,
    with_floor,
)

ASKS = babble("asks", "¿Tienen una suite libre para el sábado?")
PAUSES = babble("pauses", "Quería reservar una habitación para el sábado", pauses=((4, 700),))
KNOWN = Recordings((ASKS, PAUSES))


def noise(ms: float) -> Sound:
    return with_floor(np.zeros(round(ms * RATE / 1000), np.float32), f"between {ms}")


def hear(ear: Ear, sound: Sound, sizes: list[int] | None = None) -> list[Began | Heard]:
    news, at, number = [], 0, 0
    while at < sound.size:
        size = (sizes or [320])[number % len(sizes or [320])]
        news += ear.hear(sound[at : at + size])
        at, number = at + size, number + 1
    return news


def finals(news: list[Began | Heard]) -> list[Heard]:
    return [heard for heard in news if isinstance(heard, Heard) and heard.final]


def test_words_are_final_100_ms_after_the_last_speech() -> None:
    (final,) = finals(hear(Ear(KNOWN), np.concatenate([noise(400), ASKS.samples, noise(500)])))
    assert (final.text, final.language) == (ASKS.text, "es")
    assert abs(final.at_ms - (400 + ASKS.words[-1].end_ms + FINAL_AFTER_MS)) <= BLOCK_MS


@pytest.mark.parametrize("ahead_ms", [0.0, 100.0])
def test_interim_words_are_those_that_are_over_or_almost(ahead_ms: float) -> None:
    news = hear(Ear(KNOWN, ahead_ms), np.concatenate([noise(400), ASKS.samples, noise(500)]))
    interim = [heard for heard in news if isinstance(heard, Heard) and not heard.final]
    assert len(interim) >= 5
    for heard in interim:
        expected = [word.text for word in ASKS.words if 400 + word.end_ms - ahead_ms <= heard.at_ms]
        assert heard.text == " ".join(expected)
    steps = np.diff([heard.at_ms for heard in interim])
    assert set(steps.tolist()) == {200.0}


def test_a_pause_makes_the_words_before_it_final_and_none_is_lost_or_said_twice() -> None:
    first, second = finals(hear(Ear(KNOWN), np.concatenate([PAUSES.samples, noise(500)])))
    assert first.text == "Quería reservar una habitación"
    assert f"{first.text} {second.text}" == PAUSES.text


def test_one_stream_may_hold_many_recordings() -> None:
    sound = np.concatenate([noise(300), ASKS.samples, noise(700), PAUSES.samples, noise(900), ASKS.samples, noise(300)])
    texts = " ".join(final.text for final in finals(hear(Ear(KNOWN), sound)))
    assert texts == f"{ASKS.text} {PAUSES.text} {ASKS.text}"


def test_a_stream_that_begins_inside_a_recording_hears_the_rest() -> None:
    pause = round((PAUSES.words[4].start_ms - 150) * RATE / 1000)
    (final,) = finals(hear(Ear(KNOWN), np.concatenate([PAUSES.samples[pause:], noise(300)])))
    assert final.text == "para el sábado"


def test_speech_of_no_recording_has_no_words() -> None:
    stranger = babble("stranger", "Nadie sabe qué digo")
    (final,) = finals(hear(Ear(KNOWN), np.concatenate([stranger.samples, noise(300)])))
    assert (final.text, final.language) == ("", None)


@settings(deadline=None)
@given(st.lists(st.integers(1, 2_000), min_size=1, max_size=20))
def test_it_does_not_matter_how_the_stream_is_cut(sizes: list[int]) -> None:
    sound = np.concatenate([noise(410), ASKS.samples, noise(500)])
    assert [(f.text, f.at_ms) for f in finals(hear(Ear(KNOWN), sound, sizes))] == [
        (f.text, f.at_ms) for f in finals(hear(Ear(KNOWN), sound))
    ]


@given(st.integers(0, ASKS.samples.size - 640))
def test_any_40_ms_tell_their_place(start: int) -> None:
    place = KNOWN.place(ASKS.samples[start : start + 640])
    assert place is not None
    assert (place.recording.name, place.sample) == ("asks", start)


def test_recordings_survive_a_folder(tmp_path: Path) -> None:
    KNOWN.save(tmp_path)
    for before, after in zip(KNOWN.all, load_recordings(tmp_path).all, strict=True):
        assert _facts(before) == _facts(after)
        assert np.array_equal(before.samples, after.samples)


def _facts(recording: Recording) -> tuple[object, ...]:
    words = [(word.text, round(word.start_ms), round(word.end_ms)) for word in recording.words]
    return recording.name, recording.language, words, recording.pauses_ms
