"""A clause is said once, in one voice, whatever an engine does."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.errors import EngineError
from enterprise_stream.ladder import Asked, FellBack, LadderVoice, RetryBudget, cast, ladder_voice
from enterprise_stream.ladder.seam import Seam
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, StreamingTextToSpeech, Word
from enterprise_stream.testing.faults import FAULTS, PHASES, Fault, FaultKind, FaultyVoice, Phase, StreamingFaultyVoice

from .stage import CLAUSE, Told, broken, captions, now_ms, sound_ms, taken, tones, voices

WORDS = CLAUSE.split()


class Pieces:
    """A clause as a brain writes it."""

    def __init__(self, *pieces: str, wait_s: float = 0.05) -> None:
        self._pieces = list(pieces)
        self._wait_s = wait_s

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        await asyncio.sleep(self._wait_s)
        if not self._pieces:
            raise StopAsyncIteration
        return self._pieces.pop(0)


def sound_of(got: list[tuple[float, Speech]]) -> list[Speech]:
    return [speech for _, speech in got]


def once(pieces: list[Speech]) -> None:
    """Each word has one caption, in order, and its place in the sound."""
    words = [word for piece in pieces for word in piece.words]
    assert [word.text for word in words] == WORDS
    starts = [word.start_ms for word in words]
    assert starts == sorted(starts)
    assert words[-1].end_ms <= sound_ms(pieces) + 1


async def test_a_healthy_voice_speaks_as_if_it_were_alone() -> None:
    alone = sound_of(await taken(FaultyVoice().speak("s1", CLAUSE, "es")))
    got = await taken(LadderVoice(voices(FaultyVoice(), FaultyVoice())).speak("s1", CLAUSE, "es"))
    assert got[0][0] == pytest.approx(180, abs=1)
    same, other = (np.concatenate([p.samples for p in pieces]) for pieces in (alone, sound_of(got)))
    assert np.array_equal(same, other)
    assert [w for p in alone for w in p.words] == [w for p in sound_of(got) for w in p.words]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("phase", PHASES)
async def test_another_engine_goes_on_in_the_same_voice(kind: FaultKind, phase: Phase) -> None:
    one, two = FaultyVoice(Fault(kind, phase)), FaultyVoice(tone=2)
    got = await taken(LadderVoice(voices(one, two)).speak("s1", CLAUSE, "es"))
    once(sound_of(got))
    assert got[0][0] <= 1_500
    assert (one.running, two.running) == (0, 0)


async def test_it_goes_on_with_the_rest_of_the_words() -> None:
    one, two = FaultyVoice(Fault("reset", "mid")), FaultyVoice(tone=2)
    pieces = sound_of(await taken(LadderVoice(voices(one, two), RetryBudget(reserve=0)).speak("s1", CLAUSE, "es")))
    assert two.clauses == ["sí, la suite tiene vistas al río."]
    assert tones(pieces) == [1, 2]


async def test_a_word_that_was_hardly_begun_is_said_again_without_a_second_caption() -> None:
    class Cut(FaultyVoice):
        async def speak(self, owner: str, text: str, language: str):  # type: ignore[no-untyped-def]
            yield Speech(np.ones(SAMPLE_RATE // 20, np.int16), (Word(WORDS[0], 0, 300),))
            raise EngineError("cut")

    two = FaultyVoice(tone=2)
    pieces = sound_of(await taken(LadderVoice(voices(Cut(), two), RetryBudget(reserve=0)).speak("s1", CLAUSE, "es")))
    assert two.clauses == [CLAUSE]
    assert captions(pieces) == WORDS


async def test_what_is_broken_off_later_ends_with_a_whole_word() -> None:
    class Late(FaultyVoice):
        async def speak(self, owner: str, text: str, language: str):  # type: ignore[no-untyped-def]
            number = 0
            async for speech in super().speak(owner, text, language):
                if number == 9:  # in the midst of "suite"
                    raise EngineError("cut")
                number += 1
                yield speech

    two = FaultyVoice(tone=2)
    pieces = sound_of(await taken(LadderVoice(voices(Late(), two), RetryBudget(reserve=0)).speak("s1", CLAUSE, "es")))
    once(pieces)
    assert two.clauses == ["la suite tiene vistas al río."]


async def test_one_engine_is_asked_again() -> None:
    told = Told()
    one = FaultyVoice(Fault("reset", "before", times=1))
    got = await taken(LadderVoice(voices(one, told=told)).speak("s1", CLAUSE, "es"))
    once(sound_of(got))
    assert one.asked == 2
    assert told.events == [Asked("tts", "one", "vendor_down"), FellBack("tts", "one", "one"), Asked("tts", "one", "ok")]


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind != "drip"])
async def test_a_voice_that_is_not_to_be_had_is_given_up_in_time(kind: FaultKind) -> None:
    one = FaultyVoice(Fault(kind, "before"))
    voice = LadderVoice(voices(one))
    began = now_ms()
    assert not await broken(voice.speak("s1", CLAUSE, "es"))
    assert now_ms() - began <= 1_500
    assert one.running == 0


async def test_words_that_were_given_are_those_that_have_sounded() -> None:
    one = FaultyVoice(Fault("hang", "mid"))
    got = await broken(LadderVoice(voices(one)).speak("s1", CLAUSE, "es"))
    assert one.clauses == [CLAUSE, "sí, la suite tiene vistas al río."]
    assert captions(got) == WORDS[: len(captions(got))]


async def test_sound_without_words_is_not_begun_anew() -> None:
    class Mute(FaultyVoice):
        async def speak(self, owner: str, text: str, language: str):  # type: ignore[no-untyped-def]
            yield Speech(np.ones(SAMPLE_RATE, np.int16))
            raise EngineError("cut")

    two = FaultyVoice(tone=2)
    got = await taken(LadderVoice(voices(Mute(), two)).speak("s1", CLAUSE, "es"))
    assert sound_ms(sound_of(got)) == 1_000
    assert two.asked == 0


# --- while it is written ----------------------------------------------------------------------------------------


def test_a_ladder_streams_if_its_best_engine_does() -> None:
    assert isinstance(ladder_voice(voices(StreamingFaultyVoice(), FaultyVoice())), StreamingTextToSpeech)
    assert not isinstance(ladder_voice(voices(FaultyVoice(), StreamingFaultyVoice())), StreamingTextToSpeech)


@pytest.mark.parametrize("second", [FaultyVoice, StreamingFaultyVoice])
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("phase", PHASES)
async def test_a_clause_that_is_being_written_goes_on(kind: FaultKind, phase: Phase, second: type[FaultyVoice]) -> None:
    one = StreamingFaultyVoice(Fault(kind, phase))
    voice = ladder_voice(voices(one, second(tone=2)))
    assert isinstance(voice, StreamingTextToSpeech)
    clause = Pieces("Claro que ", "sí, la suite ", "tiene vistas ", "al río.")
    got = await taken(voice.speak_along("s1", clause, "es"))
    assert captions(sound_of(got)) == WORDS


async def test_waiting_for_words_is_no_stall() -> None:
    one, two = StreamingFaultyVoice(), FaultyVoice()
    voice = ladder_voice(voices(one, two))
    assert isinstance(voice, StreamingTextToSpeech)
    got = await taken(voice.speak_along("s1", Pieces("Claro que ", "sí, claro.", wait_s=4.0), "es"))
    assert captions(sound_of(got)) == ["Claro", "que", "sí,", "claro."]
    assert two.asked == 0


# --- one voice --------------------------------------------------------------------------------------------------


def test_a_ladder_has_one_voice() -> None:
    with pytest.raises(ValueError, match="one voice"):
        LadderVoice(voices(FaultyVoice(voice="ana"), FaultyVoice(voice="eva")))


async def test_a_session_gets_the_best_voice_that_there_is_now() -> None:
    ana, eva = (LadderVoice(voices(FaultyVoice(voice=name))) for name in ("ana", "eva"))
    both = ((ana, "ana"), (eva, "eva"))
    assert cast(both) == "ana"
    await _break(ana)
    assert cast(both) == "eva"
    await _break(eva)
    assert cast(both) == "ana"
    await asyncio.sleep(30)
    assert cast(both) == "ana"


async def _break(voice: LadderVoice) -> None:
    engine = voice._ladder.rungs[0].engine
    assert isinstance(engine, FaultyVoice)
    engine.fault = Fault("auth", "before")
    await broken(voice.speak("s1", CLAUSE, "es"))


# --- the seam ---------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(30, 400), st.floats(0, 80)), min_size=1, max_size=12),
    st.lists(st.integers(1, 9_600), min_size=1, max_size=60),
)
def test_a_seam_loses_and_adds_nothing(words: list[tuple[float, float]], sizes: list[int]) -> None:
    placed, at = [], 0.0
    for number, (length, gap) in enumerate(words):
        placed.append(Word(str(number), at, at + length))
        at += length + gap
    sound = np.arange(round(at * SAMPLE_RATE / 1000), dtype=np.int16)
    seam, given_out, start = Seam(), [], 0
    for size in [*sizes, sound.size]:
        ends = (start + size) * 1000 / SAMPLE_RATE
        here = tuple(w for w in placed if start * 1000 / SAMPLE_RATE <= w.start_ms < ends)
        given_out.append(seam.add(Speech(sound[start : start + size], here)))
        start = min(sound.size, start + size)
        if start == sound.size:
            break
    given_out.append(seam.end())
    pieces = [piece for piece in given_out if piece is not None]
    assert np.array_equal(np.concatenate([piece.samples for piece in pieces]), sound)
    assert [word for piece in pieces for word in piece.words] == placed
    assert seam.said == len(placed)


def test_a_voice_that_gave_nothing_changes_nothing_of_what_was_said() -> None:
    seam = Seam()
    seam.add(Speech(np.zeros(SAMPLE_RATE // 10, np.int16), (Word("Claro", 0.0, 300.0),)))
    for _ in range(3):
        assert seam.break_off()
        assert seam.said == 0
    again = seam.add(
        Speech(np.zeros(SAMPLE_RATE // 2, np.int16), (Word("Claro", 0.0, 300.0), Word("que", 310.0, 400.0)))
    )
    assert again is not None
    assert [word.text for word in again.words] == ["que"]
    assert seam.said == 2
