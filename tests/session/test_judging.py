"""A recogniser that judges whether the guest has finished, and engines that are told when they may be needed."""

import asyncio
from collections.abc import Callable

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import LanguageChosen, StopRequested
from enterprise_stream.conversation.presence_events import ConnectionLost, ConnectionResumed
from enterprise_stream.listening.ports import JudgingUtterance, Transcript
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
    scripted_engines,
)
from enterprise_stream.testing.listening import ScriptedUtterance

from .stage import Guest, guest


class JudgingScripted(ScriptedUtterance):
    """A `JudgingUtterance` whose words and judgements the test tells."""

    say: Callable[[Transcript], None]
    judge: Callable[[float], None]

    def on_interim(self, tell: Callable[[Transcript], None]) -> None:
        self.say = tell

    def on_completion(self, tell: Callable[[float], None]) -> None:
        self.judge = tell


class JudgingRecogniser(ScriptedRecogniser):
    """Words at once; `prepared` is what it was told of its guests."""

    def __init__(self) -> None:
        super().__init__()
        self.prepared: list[str] = []

    def utterance(self, owner: str, language: str) -> JudgingScripted:
        opened = JudgingScripted(Heard(("Quería la suite con vistas",), delay_ms=5))
        self.utterances.append(opened)
        return opened

    @property
    def last(self) -> JudgingScripted:
        opened = self.utterances[-1]
        assert isinstance(opened, JudgingScripted)
        return opened

    def prepare(self, owner: str, language: str) -> None:
        self.prepared.append(f"{owner} {language}")

    def leave(self, owner: str) -> None:
        self.prepared.append(f"{owner} has left")


async def waited_ms(visitor: Guest) -> float:
    """How long the guest is silent before the turn is over."""
    began = visitor.now
    while not visitor.finals():
        await visitor.hush(20)
    return visitor.now - began


async def silence(judgement: float | None, *, early: bool = False, other_words: bool = False) -> float:
    """Silence that ends a turn when the recogniser judges as given: in the pause, or before it."""
    recogniser = JudgingRecogniser()
    engines = scripted_engines(recogniser=recogniser, turn_detector=ScriptedTurnDetector((0.5,)))
    async with guest(engines) as visitor:
        await visitor.speak(1_000)
        assert isinstance(recogniser.last, JudgingUtterance)
        recogniser.last.say(Transcript("Quería la suite", "es", 0.99, 900))
        if judgement is not None and early:
            recogniser.last.judge(judgement)
        if other_words:
            recogniser.last.say(Transcript("Quería la suite con vistas", "es", 0.99, 1_000))
        if judgement is not None and not early:
            await visitor.hush(240)
            recogniser.last.judge(judgement)
            return 240 + await waited_ms(visitor)
        return await waited_ms(visitor)


async def test_a_sure_recogniser_ends_the_turn_sooner_and_an_unsure_one_later() -> None:
    nobody = await silence(None)
    assert await silence(0.95) < nobody - 100
    assert await silence(0.05) > nobody + 100


async def test_a_judgement_that_comes_before_the_pause_counts_in_it() -> None:
    assert abs(await silence(0.95, early=True) - await silence(0.95)) <= 60


async def test_a_judgement_of_other_words_does_not_count() -> None:
    assert await silence(0.95, early=True, other_words=True) == await silence(None)


async def test_engines_are_told_of_a_guest_who_comes_speaks_and_goes() -> None:
    class Prepared(ScriptedVoice):
        def __init__(self) -> None:
            super().__init__()
            self.prepared: list[str] = []

        def prepare(self, owner: str, language: str) -> None:
            self.prepared.append(f"{owner} {language}")

        def leave(self, owner: str) -> None:
            self.prepared.append(f"{owner} has left")

    recogniser, voice = JudgingRecogniser(), Prepared()
    async with guest(scripted_engines(recogniser=recogniser, voice=voice)) as visitor:
        await visitor.speak(500)
        assert recogniser.prepared == ["s1 es"]
        assert voice.prepared == ["s1 es"]
        await visitor.hush(2_000)
        await visitor.wait(act.VoiceEnded)
        await visitor.session.tell(LanguageChosen(0, "en"))
        await visitor.wait(act.LanguageSet)
    assert recogniser.prepared == ["s1 es", "s1 en", "s1 has left"]
    assert voice.prepared == ["s1 es", "s1 has left"]


async def test_a_recogniser_is_given_back_while_nobody_is_connected_and_made_ready_for_a_guest_who_comes_back() -> None:
    recogniser = JudgingRecogniser()
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.session.tell(ConnectionLost(0))
        await visitor.session.tell(ConnectionResumed(0))
        await visitor.wait(act.GuestReturned)
    assert recogniser.prepared == ["s1 es", "s1 has left", "s1 es", "s1 has left"]


async def test_what_a_guest_said_before_he_was_lost_is_heard_out_before_the_recogniser_is_given_back() -> None:
    recogniser = SlowRecogniser()
    async with guest(scripted_engines(recogniser=recogniser)) as visitor:
        await visitor.speak(1_000)
        await visitor.session.tell(StopRequested(0))
        await visitor.session.tell(ConnectionLost(0))
        await asyncio.sleep(0.05)
        assert recogniser.prepared == ["s1 es"]
        await visitor.until(visitor.finals)
        assert recogniser.prepared == ["s1 es", "s1 has left"]


class Slow(JudgingScripted):
    """Takes a second and a half for words; `given_up` counts those that were not waited for."""

    given_up = 0

    async def partial(self) -> Transcript:
        try:
            await asyncio.sleep(1.5)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return await super().partial()


class SlowRecogniser(JudgingRecogniser):
    """Its words come by themselves, or late."""

    def utterance(self, owner: str, language: str) -> Slow:
        opened = Slow(Heard(("No, ¿y el precio?",), delay_ms=400))
        self.utterances.append(opened)
        return opened


async def test_words_that_come_by_themselves_are_not_waited_for_in_mid_speech() -> None:
    """A vendor in health that tells once a second would be taken for one that has failed."""
    recogniser = SlowRecogniser()
    brain = ScriptedBrain(Reply(("Tenemos una suite con vistas al río, y una villa. " * 4,)))
    async with guest(scripted_engines(recogniser=recogniser, brain=brain)) as visitor:
        await visitor.write("¿Qué tienen?")
        await visitor.wait(act.VoiceBegan)
        await asyncio.sleep(2)
        await visitor.speak(1_400)
        asked = recogniser.last
        assert isinstance(asked, Slow)
        assert asked.given_up >= 1
        assert not visitor.all(act.Failed)
