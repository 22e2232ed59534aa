"""A service's stream as pieces with words: its edges, its cut samples, and where its words are placed."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from enterprise_stream.speaking.edges import Edges
from enterprise_stream.speaking.pauses import pause_after_ms
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Speech
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.speaking.streamed import spoken_text, streamed
from enterprise_stream.speaking.word_clock import Pace, units

SPOKEN = Path(__file__).parent / "fixtures" / "spoken-clauses.json"

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


def said(text: str, ms_per_unit: float, comma_ms: float = 180.0) -> tuple[Pcm, list[float]]:
    """A clause as an even voice says it, and where its segments begin, in ms from the first sound."""
    sound, starts, at = [silence(230)], [], 0.0
    for segment in segments(text, "es"):
        starts.append(at)
        ms = units(segment.spoken) * ms_per_unit
        sound.append(tone(ms))
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
    return [piece async for piece in streamed(in_pieces(sound, size), segments(text, "es"), pace)]


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
    expected = together[0].start_ms + starts * units(group.spoken) * 72.0
    assert np.abs([word.start_ms for word in together] - expected).max() < 25


@dataclass(frozen=True, slots=True)
class SpokenClause:
    """A clause as the embedded voice says it, as `bench/captions.py` keeps it."""

    language: str
    text: str
    starts_ms: list[int]
    heard: list[int]

    def sound(self) -> Pcm:
        """Something that can be heard where the voice can."""
        return np.concatenate([(tone if n % 2 else silence)(5.0 * frames) for n, frames in enumerate(self.heard)])


async def test_a_real_voice_s_words_are_placed_as_well_as_the_documentation_says() -> None:
    clauses = [SpokenClause(**each) for each in json.loads(SPOKEN.read_text(encoding="utf-8"))]
    paces, late = {clause.language: Pace() for clause in clauses}, np.zeros(0)
    for clause in (*clauses, *clauses):  # those of the second time are by a voice that was heard before
        said = segments(clause.text, clause.language)
        pieces = [piece async for piece in streamed(in_pieces(clause.sound(), 9_600), said, paces[clause.language])]
        starts = np.array([word.start_ms for piece in pieces for word in piece.words])
        late = np.concatenate((late, starts - clause.starts_ms))
    away = np.abs(late[late.size // 2 :])
    assert away.size >= 100
    assert np.median(away) < 70
    assert np.mean(away <= 100) > 0.58
    assert np.percentile(away, 90) < 380


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


@pytest.mark.parametrize(("spoken", "sounds"), [("hola", 3), ("que", 2), ("calle", 4), ("guerra", 4), ("¡sí!", 2)])
def test_letters_without_a_sound_are_not_counted(spoken: str, sounds: int) -> None:
    assert units(spoken) == sounds
