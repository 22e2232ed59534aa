"""A service's stream as pieces with words: its edges, its cut samples, and where its words are placed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import cache

import numpy as np
import pytest

from enterprise_stream.speaking.edges import Edges
from enterprise_stream.speaking.pauses import pause_after_ms
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech, Word
from enterprise_stream.speaking.sounds import BREATH, CLOSURE, GLIDE, HISS, LIQUID, NASAL, SOFT, VOWEL, sounds
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.speaking.streamed import PORTION, spoken_text, streamed
from enterprise_stream.speaking.trellis import LASTS_MS
from enterprise_stream.speaking.word_clock import LOOK_MS, Pace, WordClock

CLAUSES = (
    "Tenemos dos apartamentos libres para ese fin de semana.",
    "Claro que sí, la entrada es a partir de las cuatro de la tarde, y la salida, antes de las once.",
    "Cuesta 120 € la noche, con el desayuno incluido.",
)


def silence(ms: float) -> Pcm:
    return np.zeros(round(ms * SAMPLE_RATE / 1000), np.int16)


def tone(ms: float) -> Pcm:
    at = np.arange(round(ms * SAMPLE_RATE / 1000))
    return np.asarray(8_000 * np.sin(at * 0.1), np.int16)


LEVELS_DB = {
    VOWEL: (-17, -20, -26, -25, -34),
    GLIDE: (-23, -32, -40, -33, -37),
    NASAL: (-16, -27, -35, -35, -44),
    LIQUID: (-17, -23, -28, -29, -40),
    HISS: (-38, -41, -37, -28, -17),
    BREATH: (-39, -40, -36, -30, -21),
    CLOSURE: (-41, -46, -47, -44, -44),
    SOFT: (-23, -35, -41, -42, -44),
}
"""How loud each kind of sound is in five bands: means over four of Kokoro's voices."""

EDGES_HZ = np.array((80, 400, 1_000, 2_200, 4_500, 10_000))


@cache
def sounding(kind: int, ms: float, seed: int) -> Pcm:
    """Noise that is as loud in each band as a kind of sound is."""
    noise = np.random.default_rng(seed).normal(size=round(ms * SAMPLE_RATE / 1000))
    spectrum = np.fft.rfft(noise)
    band = np.searchsorted(EDGES_HZ, np.fft.rfftfreq(noise.size, 1 / SAMPLE_RATE)) - 1
    inside = (band >= 0) & (band < 5)
    gain = 10 ** (np.array(LEVELS_DB[kind])[np.clip(band, 0, 4)] / 20) / np.sqrt(np.diff(EDGES_HZ))[np.clip(band, 0, 4)]
    sound = np.fft.irfft(np.where(inside, spectrum * gain, 0), noise.size)
    return np.asarray(np.clip(3e6 * sound, -32_000, 32_000), np.int16)


def said(text: str, ms_per_unit: float, comma_ms: float = 180.0) -> tuple[Pcm, list[float]]:
    """A clause as an even voice says it, and where its segments begin, in ms from the first sound.

    Its sounds last as long as those of Kokoro's voices at 72 `ms_per_unit`.
    """
    sound, starts, at = [silence(230)], [], 0.0
    for segment in segments(text, "es"):
        starts.append(at)
        for number, kind in enumerate(sounds(segment.spoken, "es")):
            ms = LASTS_MS[kind] * ms_per_unit / 72
            sound.append(sounding(kind, ms, number))
            at += ms
        if "," in segment.written:
            sound.append(silence(comma_ms))
            at += comma_ms
    return np.concatenate([*sound, silence(400)]), starts


async def in_pieces(sound: Pcm, size: int) -> AsyncIterator[bytes]:
    data = sound.astype("<i2").tobytes()
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def speak(text: str, sound: Pcm, pace: Pace, size: int = 4_801) -> list[Speech]:
    return [piece async for piece in streamed(in_pieces(sound, size), segments(text, "es"), pace, "es")]


def joined(pieces: Sequence[Speech]) -> Pcm:
    return np.concatenate([piece.samples for piece in pieces])


@pytest.mark.parametrize("text", CLAUSES)
@pytest.mark.parametrize("ms_per_unit", [60.0, 72.0, 85.0])
async def test_words_are_placed_within_100_ms_by_a_voice_that_was_heard_before(text: str, ms_per_unit: float) -> None:
    pace = Pace()
    for _ in range(12):
        for other in CLAUSES:
            await speak(other, said(other, ms_per_unit)[0], pace)
    sound, starts = said(text, ms_per_unit)
    pieces = await speak(text, sound, pace)
    words = [word for piece in pieces for word in piece.words]
    assert " ".join(word.text for word in words) == text
    firsts, at = [], 0
    for segment in segments(text, "es"):
        firsts.append(words[at].start_ms)
        at += len(segment.written.split())
    assert max(abs(placed - start) for placed, start in zip(firsts, starts, strict=True)) < 100


@pytest.mark.parametrize("text", ["Cuesta 120 € con todo.", "El desayuno es de 8:00 a 11:00 en casa."])
async def test_written_words_that_are_said_as_one_each_begin_with_their_share(text: str) -> None:
    sound, _ = said(text, 72.0)
    words = [word for piece in await speak(text, sound, Pace(), 960) for word in piece.words]
    (group,) = [segment for segment in segments(text, "es") if len(segment.written.split()) > 1]
    together = words[len(text.partition(group.written)[0].split()) :][: len(group.written.split())]
    starts = np.cumsum([0, *(len(word.text) for word in together)])[:-1] / sum(len(word.text) for word in together)
    expected = together[0].start_ms + starts * sum(LASTS_MS[kind] for kind in sounds(group.spoken, "es"))
    assert np.abs([word.start_ms for word in together] - expected).max() < 25


@pytest.mark.parametrize("size", [480, 959, 4_801, 9_600])
async def test_any_cutting_gives_the_same_places(size: int) -> None:
    for text in CLAUSES:
        sound, _ = said(text, 70.0)
        whole = [word.start_ms for piece in await speak(text, sound, Pace(), 1 << 20) for word in piece.words]
        assert [word.start_ms for piece in await speak(text, sound, Pace(), size) for word in piece.words] == whole


async def test_words_are_told_no_later_than_120_ms_of_sound_after_they_begin() -> None:
    text = CLAUSES[1]
    sound, _ = said(text, 70.0)
    places: list[Word] = []
    clock, heard_ms = WordClock(segments(text, "es"), Pace(), "es"), 0.0
    for at in range(230 * 24, sound.size, 240):
        words = clock.hear(sound[at : at + 240])
        heard_ms += 10.0
        assert 0.0 <= heard_ms - clock.settled_ms <= 120.0 + 20.0
        assert all(word.start_ms >= clock.settled_ms - 20.0 for word in words)
        places += words
    assert len(places) >= len(text.split()) - 1


async def test_words_of_a_clause_that_the_service_cuts_off_are_where_they_were_said() -> None:
    text, pace = CLAUSES[1], Pace()
    sound, starts = said(text, 72.0)
    await speak(text, sound, pace)
    cut_ms = starts[len(starts) // 2]
    cut = np.concatenate([sound[: round((230 + cut_ms) * SAMPLE_RATE / 1000)], silence(400)])
    pieces = await speak(text, cut, pace)
    words = [word for piece in pieces for word in piece.words]
    assert " ".join(word.text for word in words) == text
    assert [word.start_ms for word in words] == sorted(word.start_ms for word in words)
    said_ms = [start for start in starts if start < cut_ms - LOOK_MS]
    away = [abs(word.start_ms - start) for word, start in zip(words, said_ms, strict=False)]
    assert len(away) >= 8
    assert max(away) < 100
    assert all(word.start_ms > cut_ms - LOOK_MS - 100 for word in words[len(said_ms) + 1 :])


async def test_whatever_comes_at_once_the_event_loop_has_its_turns() -> None:
    sound, _ = said(CLAUSES[1], 72.0)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        beside = group.create_task(others())
        await speak(CLAUSES[1], sound, Pace(), 1 << 20)
        beside.cancel()
    assert turns >= sound.size * 2 // PORTION


@pytest.mark.parametrize("ms_per_unit", [60.0, 85.0])
async def test_how_long_a_clause_lasts_is_known_of_a_voice_that_was_heard_before(ms_per_unit: float) -> None:
    pace = Pace()
    for text in CLAUSES:
        await speak(text, said(text, ms_per_unit)[0], pace)
    for text in CLAUSES:
        sound, _ = said(text, ms_per_unit, comma_ms=0.0)
        lasts_ms = pace.lasts_ms("es", spoken_text(segments(text, "es")))
        assert 0.95 < lasts_ms / (sound.size * 1000 / SAMPLE_RATE - 630) < 1.06


@pytest.mark.parametrize("size", [1, 999, 4_801, 1 << 20])
async def test_any_cutting_gives_the_same_sound_and_words_in_their_pieces(size: int) -> None:
    text = CLAUSES[1]
    sound, _ = said(text, 70.0)
    whole = joined(await speak(text, sound, Pace(), 1 << 20))
    pieces = await speak(text, sound[:48_000] if size == 1 else sound, Pace(), size)
    if size > 1:
        assert abs(joined(pieces).size - whole.size) <= SAMPLE_RATE // 100
    begun = 0.0
    for piece in pieces:
        ended = begun + piece.samples.size * 1000 / SAMPLE_RATE
        assert all(begun - 1 <= word.start_ms <= ended for word in piece.words)
        begun = ended
    words = [word for piece in pieces for word in piece.words]
    assert " ".join(word.text for word in words) == text
    assert all(word.start_ms <= word.end_ms <= begun + 1 for word in words)
    assert [word.start_ms for word in words] == sorted(word.start_ms for word in words)


async def test_the_silence_around_a_clause_is_the_house_s() -> None:
    sound, _ = said(CLAUSES[0], 70.0)
    samples = joined(await speak(CLAUSES[0], sound, Pace()))
    loud = np.flatnonzero(samples)
    assert loud[0] <= SAMPLE_RATE * 20 // 1000
    after_ms = (samples.size - loud[-1]) * 1000 / SAMPLE_RATE
    assert 0 <= after_ms - pause_after_ms(CLAUSES[0]) <= 50


async def test_a_voice_that_says_nothing_still_has_its_words() -> None:
    pieces = await speak(CLAUSES[0], silence(500), Pace())
    assert joined(pieces).size == 0
    assert " ".join(word.text for piece in pieces for word in piece.words) == CLAUSES[0]


def test_a_pause_inside_a_clause_is_kept_and_not_held_back_for_long() -> None:
    edges = Edges()
    out = [edges.cut(part) for part in (silence(100), tone(200), *[silence(20)] * 50, tone(200))]
    kept = np.concatenate([*out, edges.end(0.0)])
    assert abs(kept.size * 1000 / SAMPLE_RATE - (15 + 200 + 1_000 + 200)) <= 5
    held = sum(part.size for part in out[:30]) * 1000 / SAMPLE_RATE
    assert held >= 200 + 28 * 20 - 600


@pytest.mark.parametrize(("text", "spoken"), [("", ""), ("…", ""), ("😀", ""), ("Son 2.", "Son dos.")])
def test_what_has_nothing_to_say_is_told(text: str, spoken: str) -> None:
    assert spoken_text(segments(text, "es")) == spoken
