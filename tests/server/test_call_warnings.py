"""A guest is warned before his call ends: once, by her own voice, and never in mid-word."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import InterruptRequested, LanguageChosen
from enterprise_stream.conversation.house_events import PartingReason, WarningReason
from enterprise_stream.conversation.presence_events import ConnectionLost, ConnectionResumed
from enterprise_stream.server.call_watch import CallLimits, CallWatch
from enterprise_stream.server.translate import Numbered
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.session import Session
from enterprise_stream.testing import (
    LoopClock,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    scripted_engines,
    speech,
)

from ..session.stage import PERSONA, Got, Guest, leaves_nothing, make_session
from .house import PERSONA as HOUSE_PERSONA
from .house import client, house

QUIET = CallLimits(quiet_s=600, quiet_warning_s=60)
TIMED = CallLimits(call_s=3_600, call_warning_s=60)


class Caller(Guest):
    """A guest whose call is watched.

    Attributes:
        connected: whether he is.
        noted: what was noted for another process, and after how many warnings.
    """

    patience_s = 10_000.0
    session: Session[Any]

    def __init__(self, session: Session[Any], limits: CallLimits, *, warned: bool = False) -> None:
        super().__init__(session)
        self.watch = CallWatch(limits, LoopClock(), warned=warned)
        self.began = self.now
        self.connected = True
        self.noted: list[tuple[bool, int]] = []
        self.got = _Noting(self.watch)

    def say(self, message: Numbered) -> None:
        """Is told something by the server."""
        raise AssertionError(message)

    async def write_notes(self) -> None:
        """Has noted what another process needs."""
        self.noted.append((self.watch.warned, len(self.said())))

    def said(self) -> list[str]:
        """All that she has said."""
        return [complete.text for complete in self.all(act.AnswerComplete)]

    def said_at_s(self, count: int) -> float:
        """When she began to say the count-th of it, in seconds since the call began."""
        return (self.at(act.AnswerComplete, count) - self.began) / 1000

    async def lasts(self, seconds: float) -> None:
        """Waits until the call has lasted so long."""
        await asyncio.sleep(seconds - (self.now - self.began) / 1000)


class _Noting(list[Got]):
    """What a guest got; the watch is told of it, as by a server."""

    def __init__(self, watch: CallWatch) -> None:
        super().__init__()
        self._watch = watch

    def append(self, got: Got) -> None:
        if isinstance(got.item, act.Notice):
            self._watch.note(got.item)
        super().append(got)


@asynccontextmanager
async def call(
    limits: CallLimits, engines: Engines | None = None, *, language: str = "es", warned: bool = False
) -> AsyncIterator[Caller]:
    """A call under limits."""
    with leaves_nothing():
        session = make_session(engines or scripted_engines(), language=language)
        caller = Caller(session, limits, warned=warned)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in (session.run(), caller.gather(), caller.watch.run(caller))]
            yield caller
            for task in tasks:
                task.cancel()


async def ended(caller: Caller) -> tuple[PartingReason, float]:
    """Why the call ended, and when she had said goodbye, in seconds since it began."""
    over = await caller.wait(act.CallEnded)
    return over.why, (caller.at(act.CallEnded) - caller.began) / 1000


@pytest.mark.requirement("S16")
@pytest.mark.parametrize("language", ["es", "en"])
async def test_who_is_silent_is_asked_once_whether_he_is_there_before_the_goodbye(language: str) -> None:
    async with call(QUIET, language=language) as caller:
        why, at_s = await ended(caller)
        assert why == "quiet"
        assert 600 < at_s < 610
        assert caller.said() == [PERSONA.warning(language, "quiet"), PERSONA.farewell(language, "quiet")]
        assert caller.said_at_s(1) == pytest.approx(541, abs=1.5)
        assert caller.said_at_s(2) == pytest.approx(601, abs=1.5)
        assert len(caller.all(act.VoiceEnded)) == 2, "both were spoken"
        assert caller.noted == [], "another process begins to count anew"


@pytest.mark.requirement("S16")
@pytest.mark.parametrize("language", ["es", "en"])
async def test_the_end_of_a_call_is_told_once_before_the_goodbye(language: str) -> None:
    async with call(TIMED, language=language) as caller:
        why, at_s = await ended(caller)
        assert why == "time"
        assert 3_600 < at_s < 3_610
        assert caller.said() == [PERSONA.warning(language, "time"), PERSONA.farewell(language, "time")]
        assert caller.said_at_s(1) == pytest.approx(3_541, abs=1.5)
        assert caller.noted == [(True, 0)], "before a word of it was said"


async def _types(caller: Caller) -> None:
    await caller.write("Sí, un momento.")


async def _speaks(caller: Caller) -> None:
    await caller.speak(600)
    await caller.hush(1_500)


async def _interrupts(caller: Caller) -> None:
    await caller.session.tell(InterruptRequested(0))


async def _chooses(caller: Caller) -> None:
    await caller.session.tell(LanguageChosen(0, "es"))


@pytest.mark.requirement("S16")
@pytest.mark.parametrize("does", [_types, _speaks, _interrupts, _chooses])
@pytest.mark.parametrize("after_s", [500, 541.5, 570])
async def test_whatever_the_guest_does_ends_the_silence(
    does: Callable[[Caller], Awaitable[None]], after_s: float
) -> None:
    """He is asked again after the next silence, and no sooner; `after_s` is before, during and after her asking."""
    warning = PERSONA.warning("es", "quiet")
    async with call(QUIET, scripted_engines(recogniser=ScriptedRecogniser("Sí, sigo aquí"))) as caller:
        await caller.lasts(after_s)
        asked = caller.said().count(warning)
        assert asked == (after_s > 541)
        await does(caller)
        did_s = (caller.now - caller.began) / 1000
        if does is _interrupts and after_s != 541.5:
            did_s = 0.0  # there was nothing to interrupt
        await caller.until(lambda: caller.said()[-1:] == [PERSONA.farewell("es", "quiet")])
        assert caller.said()[-2] == warning
        assert caller.said().count(warning) == (asked if did_s == 0 and asked else asked + 1)
        assert caller.said_at_s(len(caller.said())) > did_s + 595
        assert caller.said_at_s(len(caller.said()) - 1) > did_s + 535


@pytest.mark.requirement("S16")
async def test_what_she_says_is_listened_to_before_silence_counts() -> None:
    engines = scripted_engines(brain=ScriptedBrain("Una respuesta muy larga. " * 16))
    async with call(CallLimits(quiet_s=40, quiet_warning_s=15), engines) as caller:
        await caller.write("¿Y bien?")
        heard_s = (await caller.wait(act.VoiceEnded)).duration_ms / 1000
        sounds = caller.at(act.VoiceBegan)
        assert heard_s > (caller.now - sounds) / 1000 + 10, "all of it is with the client long before it is heard"
        await caller.wait(act.AnswerComplete, 2)
        assert (caller.now - sounds) / 1000 == pytest.approx(heard_s + 26, abs=1.5)


@pytest.mark.requirement("S16")
async def test_an_answer_is_heard_before_a_warning_is_given() -> None:
    brain = ScriptedBrain(Reply(("Una frase. ", "Y otra frase más. ") * 4, piece_ms=1_000))
    async with call(TIMED, scripted_engines(brain=brain)) as caller:
        await caller.lasts(3_538)
        await caller.write("¿Y bien?")
        heard_s = (await caller.wait(act.VoiceEnded)).duration_ms / 1000
        await caller.wait(act.AnswerComplete, 2)
        assert (caller.now - caller.at(act.VoiceBegan)) / 1000 >= heard_s
        assert caller.said()[1] == PERSONA.warning("es", "time")
        assert caller.all(act.AnswerInterrupted) == []


@pytest.mark.requirement("S16")
async def test_a_guest_who_speaks_is_heard_out_and_answered_before_a_warning_is_given() -> None:
    engines = scripted_engines(brain=ScriptedBrain("Cien euros."), recogniser=ScriptedRecogniser("¿Cuánto cuesta?"))
    async with call(TIMED, engines) as caller:
        await caller.lasts(3_538)
        await caller.speak(6_000)
        await caller.hush(2_000)
        await caller.wait(act.AnswerComplete, 2)
        assert caller.said() == ["Cien euros.", PERSONA.warning("es", "time")]
        assert caller.all(act.AnswerInterrupted) == []


@pytest.mark.requirement("S16")
async def test_a_sound_that_may_be_the_guests_first_is_waited_for() -> None:
    async with call(TIMED) as caller:
        await caller.lasts(3_530)
        await caller.session.hear(speech(64))
        assert not caller.session.warn("time")
        await caller.hush(500)
        assert caller.session.warn("time")


@pytest.mark.requirement("S16")
@pytest.mark.parametrize(
    ("limits", "reasons"),
    [
        (CallLimits(160, 150, 0, 40, 60), ("quiet", "time", "time")),
        (CallLimits(380, 400, 0, 15, 60), ("time", "quiet", "quiet")),
    ],
)
async def test_each_end_has_its_warning_and_its_reason(
    limits: CallLimits, reasons: tuple[WarningReason, WarningReason, WarningReason]
) -> None:
    first, second, last = reasons
    async with call(limits) as caller:
        assert (await ended(caller))[0] == last
        assert caller.said() == [
            PERSONA.warning("es", first), PERSONA.warning("es", second), PERSONA.farewell("es", last),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (CallLimits(quiet_s=600), "quiet"),
        (CallLimits(quiet_s=18, quiet_warning_s=60), "quiet"),
        (CallLimits(call_s=3_600), "time"),
        (CallLimits(call_s=90, call_warning_s=60), "time"),
    ],
)
async def test_a_warning_that_is_off_or_would_come_too_late_is_not_given(
    limits: CallLimits, why: WarningReason
) -> None:
    async with call(limits) as caller:
        assert (await ended(caller))[0] == why
        assert caller.said() == [PERSONA.farewell("es", why)]


@pytest.mark.requirement("S16")
async def test_who_has_been_told_elsewhere_is_not_told_again() -> None:
    async with call(TIMED, warned=True) as caller:
        assert (await ended(caller))[0] == "time"
        assert caller.said() == [PERSONA.farewell("es", "time")]


@pytest.mark.requirement("S16")
async def test_who_is_away_is_told_once_he_is_back() -> None:
    async with call(TIMED) as caller:
        await caller.lasts(3_500)
        caller.connected = False
        await caller.session.tell(ConnectionLost(0))
        await caller.lasts(3_570)
        assert caller.said() == []
        caller.connected = True
        await caller.session.tell(ConnectionResumed(0))
        await ended(caller)
        assert caller.said() == [PERSONA.warning("es", "time"), PERSONA.farewell("es", "time")]


@pytest.mark.requirement("S16")
async def test_a_guest_hears_it_and_reads_it_as_her_words() -> None:
    limits = CallLimits(quiet_s=24, quiet_warning_s=12)
    async with house(call_limits=limits) as place, client(place, "?lang=en") as guest:
        assert await guest.wait_closed() == 4000
        warning, goodbye = guest.seen("response_complete")
        assert warning["text"] == HOUSE_PERSONA.warning("en", "quiet")
        assert goodbye["text"] == HOUSE_PERSONA.farewell("en", "quiet")
        assert [message["turn"] for message in guest.seen("audio_end")] == [warning["turn"], goodbye["turn"]]
        assert "".join(chunk["text"] for chunk in guest.seen("response_chunk")) == warning["text"] + goodbye["text"]
        assert [message["text"] for message in guest.seen("transcription")] == ["", ""]
