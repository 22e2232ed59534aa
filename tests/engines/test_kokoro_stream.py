"""A piece made a stretch at a time, and where its words sound: no model needed."""

from itertools import pairwise
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.kokoro.captions import place, run_on, sounding, spans
from enterprise_stream.engines.kokoro.stream import FIRST_FRAMES, LEAST_FRAMES, MOST_FRAMES, PieceStream, stretches
from enterprise_stream.engines.kokoro.synthesis import FRAME, Score, SteadyVoice
from enterprise_stream.errors import EngineError
from enterprise_stream.speaking.loudness import RATE, trim_end, trim_start
from enterprise_stream.speaking.ports import Speech, Word
from enterprise_stream.speaking.speech_text import Segment

PHONEMES = st.text("aeiosntɾlˈ", min_size=1, max_size=8)


@given(st.integers(0, 50), st.integers(0, 600))
def test_stretches_join_grow_and_leave_no_crumbs(start: int, length: int) -> None:
    found = stretches(start, start + length)
    assert [frame for one, other in found for frame in range(one, other)] == list(range(start, start + length))
    sizes = [stop - begin for begin, stop in found]
    assert all(size <= MOST_FRAMES + LEAST_FRAMES for size in sizes)
    assert all(size >= min(LEAST_FRAMES, length) for size in sizes)
    assert all(one <= other for one, other in pairwise(sizes[:-1]))
    if sizes:
        assert sizes[0] < FIRST_FRAMES + LEAST_FRAMES


@given(st.lists(PHONEMES, min_size=1, max_size=12))
def test_words_that_nothing_joins_are_found_exactly(parts: list[str]) -> None:
    whole = " ".join(parts)
    assert [whole[start:end] for start, end in spans(whole, parts)] == parts


@given(st.lists(st.one_of(st.just(""), PHONEMES), max_size=12), st.text("aeiosntɾlˈ ,.", max_size=60))
def test_spans_are_in_order_and_inside_whatever_was_said(parts: list[str], whole: str) -> None:
    found = spans(whole, parts)
    assert len(found) == len(parts)
    assert all(0 <= start <= end <= len(whole) for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))


def test_joined_words_and_moved_stresses_are_matched_nearly() -> None:
    found = spans("enla teɾˈaθa, i ˈotɾa.", ["en", "la", "teɾˈaθa,", "ˈi", "ˈotɾa."])
    assert found[:3] == [(0, 2), (2, 4), (5, 12)]
    assert found[-1] == (16, 21)


def test_a_word_sounds_where_its_phonemes_do() -> None:
    starts = np.array([0, 9, 11, 13, 20, 24, 30])  # pad, "s", "i", ",", " ", ...
    segments = [Segment("Sí,", "sí,"), Segment("😀", ""), Segment("a", "a")]
    words = place(segments, [(0, 2), (2, 2), (4, 5)], sounding(starts))
    assert words == [Word("Sí,", 165.0, 265.0), Word("😀", 265.0, 265.0), Word("a", 540.0, 690.0)], "60 ms before"


def test_words_that_run_on_part_in_the_middle_of_the_blank_and_others_at_their_own_sound() -> None:
    starts = np.array([0, 9, 12, 14, 18, 20, 21, 25, 28])  # pad, "a", " ", "o", ",", " ", "i", pad
    where = [(0, 1), (1, 1), (2, 3), (5, 6)]
    sounds_ms = sounding(starts)
    assert run_on(where, sounds_ms).tolist() == [165.0, 265.0, 265.0, 390.0, 440.0, 465.0, 565.0, 640.0]
    assert sounds_ms.tolist() == [165.0, 240.0, 290.0, 390.0, 440.0, 465.0, 565.0, 640.0], "the given ones stay"


def test_nothing_sounds_before_the_piece() -> None:
    assert sounding(np.array([0, 1, 5, 6])).tolist() == [0.0, 65.0, 90.0]


def test_no_word_begins_before_its_piece() -> None:
    ahead = [Word("uno", 9 * 25.0 - 60, 19 * 25.0), Word("dos", 19 * 25.0, 29 * 25.0)]
    found = [word for speech in made(piece(20, ahead, 1500.0)) for word in speech.words]
    assert [word.start_ms for word in found] == [1500.0, pytest.approx(1505.0 + 250, abs=6)]


class Tone:
    """A voice whose frames are a tone between two frames, and silence elsewhere."""

    def __init__(self, start: int, stop: int) -> None:
        self._sound = range(start, stop)

    def stretch(self, score: Score, start: int, stop: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        at = np.arange(start * FRAME, stop * FRAME)
        loud = (at >= self._sound.start * FRAME) & (at < self._sound.stop * FRAME)
        return (0.3 * loud * np.sin(2 * np.pi * 440 * at / RATE)).astype(np.float32)


def piece(frames: int, words: list[Word], start_ms: float = 0.0) -> PieceStream:
    lead = 9
    starts = np.array([0, lead, lead + frames, lead + frames + 4])
    nothing = np.zeros(0, np.float32)
    voice = cast("SteadyVoice", Tone(lead, lead + frames))
    return PieceStream(voice, Score(starts, nothing, nothing, nothing), words, start_ms, 120.0)


def made(stream: PieceStream) -> list[Speech]:
    found = []
    while not stream.ended:
        found.append(stream.next())
    return found


@given(st.integers(1, 400), st.sampled_from([0.0, 1500.0]))
def test_a_piece_is_trimmed_once_and_its_words_lie_where_they_sound(frames: int, start_ms: float) -> None:
    half = frames // 2
    words = [Word("uno", 9 * 25.0, (9 + half) * 25.0), Word("dos", (9 + half) * 25.0, (9 + frames) * 25.0)]
    stream = piece(frames, words, start_ms)
    speeches = made(stream)
    whole = np.concatenate([speech.samples for speech in speeches])
    ms = whole.size / 24
    assert frames * 25 + 5 <= ms <= frames * 25 + 5 + 45 + 120
    assert stream.at_ms == pytest.approx(start_ms + ms)
    one, two = [word for speech in speeches for word in speech.words]
    assert (one.text, two.text) == ("uno", "dos")
    assert one.start_ms == pytest.approx(start_ms + 5, abs=6)
    assert two.end_ms == pytest.approx(start_ms + 5 + frames * 25, abs=6)
    assert np.abs(whole[:120]).max() < np.abs(whole).max() / 10
    begun = start_ms
    for speech in speeches:
        begun += speech.samples.size / 24
        assert all(word.start_ms <= begun for word in speech.words)


def test_inside_a_piece_nothing_is_faded() -> None:
    speeches = made(piece(200, []))
    assert len(speeches) > 2
    inside = np.concatenate([speech.samples for speech in speeches])[1200:-6000].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(inside * np.hanning(inside.size)))
    assert (spectrum > spectrum.max() / 1000).sum() < 20


def test_a_voice_that_fails_says_so() -> None:
    class Broken:
        def stretch(self, score: Score, start: int, stop: int) -> None:
            raise RuntimeError("no")

    nothing = np.zeros(0, np.float32)
    score = Score(np.array([0, 2, 9, 12]), nothing, nothing, nothing)
    with pytest.raises(EngineError, match="as text"):
        PieceStream(cast("SteadyVoice", Broken()), score, [], 0.0, 0.0).next()


def test_trimming_one_end_leaves_the_other() -> None:
    t = np.arange(RATE) / RATE
    sound = np.concatenate([np.zeros(4800), 0.3 * np.sin(2 * np.pi * 440 * t), np.zeros(4800)]).astype(np.float32)
    assert trim_start(sound).size == pytest.approx(sound.size - 4800 + 120, abs=120)
    assert trim_end(sound).size == pytest.approx(sound.size - 4800 + 960, abs=120)
    assert trim_end(sound, keep=sound.size - 100).size == sound.size - 100
    assert trim_start(sound[:2400]).size == 0
