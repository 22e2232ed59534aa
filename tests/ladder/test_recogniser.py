"""A guest's words are heard, whatever a recogniser does."""

import asyncio
from collections.abc import Callable

import pytest

from enterprise_stream.errors import EngineError
from enterprise_stream.ladder import Asked, FellBack, Hedged, LadderRecogniser
from enterprise_stream.ladder.deadlines import FINAL_WORDS_S, HEDGE_S
from enterprise_stream.listening.ports import (
    JudgingUtterance,
    StreamingUtterance,
    Transcript,
    Utterance,
)
from enterprise_stream.testing import speech
from enterprise_stream.testing.faults import PHASES, Fault, FaultKind, FaultyRecogniser, Phase
from enterprise_stream.testing.faults.engines import FaultyStreamingUtterance, FaultyUtterance

from .stage import Told, ears, now_ms

SAID = "Quería una habitación"
FAULTS: tuple[FaultKind, ...] = ("auth", "quota", "limited", "down", "reset", "garbled", "hang", "half_close")


async def say(utterance: Utterance, ms: float = 1_000) -> None:
    sound = speech(ms)
    for start in range(0, sound.size, 512):
        utterance.push(sound[start : start + 512])
        await asyncio.sleep(0.032)


async def final(utterance: Utterance) -> tuple[str, float]:
    began = now_ms()
    transcript = await utterance.final()
    utterance.close()
    return transcript.text, now_ms() - began


async def test_a_healthy_recogniser_hears_as_if_it_were_alone() -> None:
    told = Told()
    one, two = FaultyRecogniser(SAID), FaultyRecogniser("no")
    async with LadderRecogniser(ears(one, two, told=told)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        assert (await utterance.partial()).text == SAID
        text, wait_ms = await final(utterance)
        assert text == SAID
        assert wait_ms == pytest.approx(260, abs=1)
    assert two.asked == 0
    assert told.events == [Asked("stt", "one", "ok")]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("streams", [False, True])
async def test_the_next_one_gets_all_the_sound(kind: FaultKind, phase: Phase, streams: bool) -> None:
    one, two = FaultyRecogniser("no", Fault(kind, phase), streams=streams), FaultyRecogniser(SAID)
    async with LadderRecogniser(ears(one, two)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        text, wait_ms = await final(utterance)
    assert text == SAID
    assert wait_ms <= 1000 * FINAL_WORDS_S + 260 + 1
    assert two.utterances[0].heard_ms == pytest.approx(1_000, abs=32)
    assert all(each.closed for each in (*one.utterances, *two.utterances))


async def test_a_failure_in_a_pause_is_made_good_in_the_pause() -> None:
    one, two = FaultyRecogniser("no", Fault("reset", "before")), FaultyRecogniser(SAID)
    async with LadderRecogniser(ears(one, two)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        assert (await utterance.partial()).text == SAID
        await say(utterance)
        assert (await final(utterance))[0] == SAID
    assert two.utterances[0].heard_ms == pytest.approx(2_000, abs=64)


async def test_words_of_a_vendor_that_has_fallen_silent_are_none() -> None:
    class Stale(FaultyUtterance):
        async def partial(self) -> Transcript:
            await asyncio.sleep(0.45)
            return Transcript("", None, 0.0, 0)

    class Silent(FaultyRecogniser):
        def utterance(self, owner: str, language: str) -> FaultyUtterance:
            self.utterances.append(Stale(SAID, None, 0.26))
            return self.utterances[-1]

    async with LadderRecogniser(ears(Silent(SAID), FaultyRecogniser(SAID))) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        began = now_ms()
        assert (await utterance.partial()).text == SAID
        assert now_ms() - began == pytest.approx(1000 * FINAL_WORDS_S + 260, abs=1)
        utterance.close()


async def test_a_long_utterance_is_caught_up_with() -> None:
    one, two = FaultyRecogniser("no", Fault("reset", "before")), FaultyRecogniser(SAID, final_s=1.8)
    async with LadderRecogniser(ears(one, two)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance, 20_000)
        assert (await final(utterance))[0] == SAID


async def test_only_the_last_half_minute_is_kept() -> None:
    one, two = FaultyRecogniser("no", Fault("reset", "before")), FaultyRecogniser(SAID)
    async with LadderRecogniser(ears(one, two)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance, 40_000)
        await final(utterance)
    assert two.utterances[0].heard_ms == pytest.approx(30_000, abs=32)


# --- a race -----------------------------------------------------------------------------------------------------


async def test_a_late_vendor_is_overtaken_by_this_machine() -> None:
    told = Told()
    one, two = FaultyRecogniser("no", final_s=0.85), FaultyRecogniser(SAID, final_s=0.3)
    async with LadderRecogniser(ears(one, two, local_last=True, told=told)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        text, wait_ms = await final(utterance)
        assert text == SAID
        assert wait_ms == pytest.approx(1000 * HEDGE_S + 300, abs=1)
    assert told.events == [Asked("stt", "two", "ok"), Hedged("stt", "two", True), Asked("stt", "one", "late")]


async def test_a_vendor_that_is_a_little_late_wins() -> None:
    told = Told()
    one, two = FaultyRecogniser(SAID, final_s=0.6), FaultyRecogniser("no", final_s=0.3)
    async with LadderRecogniser(ears(one, two, local_last=True, told=told)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        text, wait_ms = await final(utterance)
        assert text == SAID
        assert wait_ms == pytest.approx(600, abs=1)
    assert told.events == [Asked("stt", "two", "abandoned"), Hedged("stt", "two", False), Asked("stt", "one", "ok")]
    assert two.utterances[0].closed


async def test_a_busy_machine_does_not_race() -> None:
    one, two = FaultyRecogniser(SAID, final_s=0.85), FaultyRecogniser("no", final_s=0.3)
    async with LadderRecogniser(ears(one, two, local_last=True), busy=lambda: True) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        assert (await final(utterance))[0] == SAID
    assert two.asked == 0


async def test_both_failing_leaves_the_one_between_them() -> None:
    slow = FaultyRecogniser("no", Fault("hang", "first"))
    between, last = FaultyRecogniser(SAID), FaultyRecogniser("no", Fault("down", "first"))
    async with LadderRecogniser(ears(slow, between, last, local_last=True)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        text, wait_ms = await final(utterance)
    assert text == SAID
    assert wait_ms <= 1000 * FINAL_WORDS_S + 261


async def test_losing_races_opens_the_breaker() -> None:
    one, two = FaultyRecogniser("no", Fault("hang", "first")), FaultyRecogniser(SAID, final_s=0.3)
    async with LadderRecogniser(ears(one, two, local_last=True)) as ladder:
        waits = []
        for _ in range(4):
            utterance = ladder.utterance("s1", "es")
            await say(utterance)
            waits.append((await final(utterance))[1])
    assert waits == pytest.approx([750, 750, 750, 300], abs=1)


# --- interim words ----------------------------------------------------------------------------------------------


def interims(utterance: Utterance) -> list[str]:
    told: list[str] = []

    def tell(transcript: Transcript) -> None:
        told.append(transcript.text)

    assert isinstance(utterance, StreamingUtterance)
    utterance.on_interim(tell)
    return told


async def test_an_utterance_is_of_the_kind_that_hears_it() -> None:
    async with LadderRecogniser(ears(FaultyRecogniser(SAID), FaultyRecogniser(SAID, streams=True))) as ladder:
        assert not isinstance(ladder.utterance("s1", "es"), StreamingUtterance)
    async with LadderRecogniser(ears(FaultyRecogniser(SAID, streams=True))) as ladder:
        utterance = ladder.utterance("s1", "es")
        assert isinstance(utterance, StreamingUtterance)
        assert not isinstance(utterance, JudgingUtterance)


@pytest.mark.parametrize("streams", [False, True])
async def test_interim_words_keep_coming(streams: bool) -> None:
    one, two = FaultyRecogniser(SAID, Fault("reset", "mid"), streams=True), FaultyRecogniser(SAID, streams=streams)
    async with LadderRecogniser(ears(one, two)) as ladder:
        utterance = ladder.utterance("s1", "es")
        told = interims(utterance)
        await say(utterance)
        assert told == ["Quería"]
        await utterance.partial()
        await say(utterance, 3_000)
        assert len(told) >= 3
        await final(utterance)


async def test_nothing_is_told_of_one_that_has_failed() -> None:
    one, two = FaultyRecogniser("uno", Fault("hang", "first"), streams=True), FaultyRecogniser(SAID)
    async with LadderRecogniser(ears(one, two)) as ladder:
        utterance = ladder.utterance("s1", "es")
        told = interims(utterance)
        await say(utterance)
        await final(utterance)
        before = len(told)
        one.utterances[0].push(speech(1_000))
        assert len(told) == before


async def test_the_judgement_of_a_recogniser_passes() -> None:
    class Judging(FaultyStreamingUtterance):
        judge: Callable[[float], None]

        def on_completion(self, tell: Callable[[float], None]) -> None:
            self.judge = tell

    class Judges(FaultyRecogniser):
        def utterance(self, owner: str, language: str) -> FaultyStreamingUtterance:
            self.utterances.append(Judging(SAID, self._struck(), 0.26))
            last = self.utterances[-1]
            assert isinstance(last, Judging)
            return last

    one = Judges(SAID)
    judged: list[float] = []
    async with LadderRecogniser(ears(one)) as ladder:
        utterance = ladder.utterance("s1", "es")
        assert isinstance(utterance, JudgingUtterance)
        utterance.on_completion(judged.append)
        last = one.utterances[0]
        assert isinstance(last, Judging)
        last.judge(0.8)
        utterance.close()
    assert judged == [0.8]


# --- no rung left, and being ready ------------------------------------------------------------------------------


async def test_with_no_rung_left_nobody_waits() -> None:
    told = Told()
    one = FaultyRecogniser(SAID, Fault("auth", "before"))
    async with LadderRecogniser(ears(one, told=told)) as ladder:
        for _ in range(2):
            utterance = ladder.utterance("s1", "es")
            await say(utterance)
            with pytest.raises(EngineError) as error:
                await utterance.final()
            utterance.close()
            assert error.value.code == "engine_failed"
    assert one.asked == 1


async def test_who_cannot_even_begin_is_passed_over() -> None:
    class Refuses(FaultyRecogniser):
        def utterance(self, owner: str, language: str) -> FaultyStreamingUtterance:
            raise EngineError("full")

    told = Told()
    async with LadderRecogniser(ears(Refuses(SAID), FaultyRecogniser(SAID), told=told)) as ladder:
        utterance = ladder.utterance("s1", "es")
        await say(utterance)
        assert (await final(utterance))[0] == SAID
    assert told.events[:2] == [Asked("stt", "one", "engine_failed"), FellBack("stt", "two", "one")]


async def test_the_one_that_would_be_asked_is_prepared_and_all_are_left() -> None:
    class Prepared(FaultyRecogniser):
        def __init__(self) -> None:
            super().__init__(SAID)
            self.calls: list[str] = []

        def prepare(self, owner: str, language: str) -> None:
            self.calls.append(f"prepare {language}")

        def leave(self, owner: str) -> None:
            self.calls.append("leave")

    one, two = Prepared(), Prepared()
    async with LadderRecogniser(ears(one, two, FaultyRecogniser(SAID))) as ladder:
        ladder.prepare("s1", "es")
        ladder.leave("s1")
    assert one.calls == ["prepare es", "leave"]
    assert two.calls == ["leave"]
