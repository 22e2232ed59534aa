"""The simulated engines keep their latencies to the millisecond, on virtual time."""

import asyncio
from collections.abc import AsyncGenerator

import numpy as np

from enterprise_stream.listening.ports import Samples, Transcript
from enterprise_stream.speaking.ports import SAMPLE_RATE as VOICE_RATE
from enterprise_stream.testing import LoopClock, run_virtual
from enterprise_stream.testing.simulated.engines import (
    SimulatedBrain,
    SimulatedRecogniser,
    SimulatedTurnDetector,
    SimulatedUtterance,
    SimulatedVoice,
)
from enterprise_stream.testing.simulated.recordings import RATE, Recordings, babble, with_floor
from enterprise_stream.testing.simulated.script import ANSWER
from enterprise_stream.thinking.ports import AnswerText, Question

ASKS = babble("asks", "¿Tienen una suite libre para el sábado?", pauses=((4, 600),))
KNOWN = Recordings((ASKS,))
END_MS = ASKS.words[-1].end_ms
FRAME = RATE // 50


def floats() -> Samples:
    silence = with_floor(np.zeros(RATE, np.float32), "after")
    return np.concatenate([ASKS.samples, silence]).astype(np.float32) / np.float32(32768)


class Stage:
    """A guest who speaks in real time into one utterance."""

    def __init__(self) -> None:
        self.clock = LoopClock()
        self.utterance: SimulatedUtterance = SimulatedRecogniser(KNOWN, self.clock).utterance("ana", "es")
        self._began = self.clock.now_ms()
        self._sound = floats()
        self._at = 0

    @property
    def now_ms(self) -> float:
        return self.clock.now_ms() - self._began

    async def speak_until(self, ms: float) -> None:
        while (self._at + FRAME) * 1000 / RATE <= ms:
            self._at += FRAME
            await asyncio.sleep(self._at / RATE - self.now_ms / 1000)
            self.utterance.push(self._sound[self._at - FRAME : self._at])

    async def ask_while_speaking(self, ms: float) -> tuple[Transcript, float]:
        """Ask for the words and go on for `ms`; returns the answer and when it came."""
        asked = asyncio.create_task(self._ask())
        await self.speak_until(self.now_ms + ms)
        return await asked

    async def _ask(self) -> tuple[Transcript, float]:
        return await self.utterance.partial(), self.now_ms


def test_asked_in_a_pause_it_answers_100_ms_after_the_last_speech() -> None:
    async def scene() -> None:
        stage = Stage()
        await stage.speak_until(END_MS + 35)
        transcript, at = await stage.ask_while_speaking(200)
        assert transcript.text == ASKS.text
        assert abs(at - (END_MS + 100)) <= 30  # frames of 20 ms, blocks of 10

    run_virtual(scene())


def test_asked_while_the_guest_speaks_it_answers_at_once() -> None:
    async def scene() -> None:
        stage = Stage()
        await stage.speak_until(ASKS.words[2].start_ms + 100)
        before = stage.now_ms
        transcript, at = await stage.ask_while_speaking(20)
        assert at == before
        assert "¿Tienen una suite libre".startswith(transcript.text)
        assert transcript.text

    run_virtual(scene())


def test_a_pause_inside_the_turn_keeps_the_words_before_it() -> None:
    async def scene() -> None:
        stage = Stage()
        await stage.speak_until(ASKS.words[3].end_ms + 300)
        assert (await stage.utterance.partial()).text == "¿Tienen una suite libre"
        await stage.speak_until(END_MS + 300)
        assert (await stage.utterance.final()).text == ASKS.text

    run_virtual(scene())


def test_sealed_right_after_the_last_word_it_still_takes_its_time() -> None:
    async def scene() -> None:
        stage = Stage()
        await stage.speak_until(END_MS + 20)
        assert (await stage.utterance.final()).text == ASKS.text
        assert abs(stage.now_ms - (END_MS + 100)) <= 30

    run_virtual(scene())


async def arrivals(stream: AsyncGenerator[object]) -> list[float]:
    clock = LoopClock()
    began = clock.now_ms()
    return [clock.now_ms() - began async for _ in stream]


def test_tokens_come_after_250_ms_and_then_60_a_second() -> None:
    async def scene() -> None:
        times = await arrivals(SimulatedBrain(LoopClock()).answer(Question("ana", "¿?", "es")))
        expected = [250 + number * 1000 / 60 for number in range(29)]
        assert np.allclose(times[:29], expected, atol=0.01)

    run_virtual(scene())


def test_a_slow_listener_does_not_delay_the_tokens() -> None:
    async def scene() -> None:
        clock = LoopClock()
        began = clock.now_ms()
        async for piece in SimulatedBrain(clock).answer(Question("ana", "¿?", "es")):
            if isinstance(piece, AnswerText):
                await asyncio.sleep(0.010)
        assert abs(clock.now_ms() - began - (250 + 28 * 1000 / 60 + 10)) < 1

    run_virtual(scene())


def test_the_voice_begins_after_120_ms_and_is_then_five_times_as_fast_as_speech() -> None:
    async def scene() -> None:
        clock, samples = LoopClock(), 0
        began = clock.now_ms()
        words = []
        async for speech in SimulatedVoice(clock).speak("ana", "".join(ANSWER), "es"):
            ahead = clock.now_ms() - began - 120
            assert abs(ahead - samples * 1000 / VOICE_RATE / 5) < 0.01
            samples += speech.samples.size
            words += [word.text for word in speech.words]
        assert abs(samples / VOICE_RATE - 5.0) < 0.001
        assert " ".join(words) == "".join(ANSWER)
        assert len(words) == 25

    run_virtual(scene())


def test_the_oracle_knows_a_pause_from_an_end() -> None:
    async def scene() -> None:
        oracle = SimulatedTurnDetector(KNOWN, LoopClock())
        sound = floats()
        pause, end = (round(ms * RATE / 1000) for ms in (ASKS.words[3].end_ms + 300, END_MS + 300))
        assert await oracle.completion("ana", sound[:pause]) < 0.5
        assert await oracle.completion("ana", sound[:end]) > 0.5

    run_virtual(scene())
