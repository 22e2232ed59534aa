"""Over a real socket: from the words that take the floor to the guest's page knowing of it, and to the last sound."""

import asyncio
from collections.abc import Callable

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples, Transcript
from enterprise_stream.testing import (
    Heard,
    Reply,
    ScriptedBrain,
    ScriptedRecogniser,
    quiet,
    scripted_engines,
    speech,
)
from enterprise_stream.testing.listening import ScriptedUtterance

from .house import Client, client, house

STOPPED_WITHIN_MS = 100
"""Of the decision (issue 3); what the page's player takes after it is held by tests/browser/test_interruption.py."""

FRAME = SAMPLE_RATE // 50
LONG = "Tenemos una suite con vistas al río, un loft en el centro, y una villa con jardín para toda la familia. "


class _StreamingUtterance(ScriptedUtterance):
    """Words come when the test says so."""

    say: Callable[[Transcript], None]

    def on_interim(self, tell: Callable[[Transcript], None]) -> None:
        self.say = tell


class _StreamingRecogniser(ScriptedRecogniser):
    def utterance(self, owner: str, language: str) -> _StreamingUtterance:
        opened = _StreamingUtterance(Heard(("Espera, ¿y el precio?",), delay_ms=60_000))
        self.utterances.append(opened)
        return opened


async def test_she_stops_within_100_ms_of_the_decision() -> None:
    loop = asyncio.get_running_loop()
    recogniser = _StreamingRecogniser()
    brain = ScriptedBrain(Reply(tuple(LONG.split(" ")) * 6, piece_ms=40))
    async with house(scripted_engines(recogniser=recogniser, brain=brain)) as place, client(place) as guest:
        await guest.send("text", text="¿Qué tienen?")
        await guest.wait_audio()
        await _sounds(guest, 1_000, of=quiet)  # her first two seconds are doubted, so the words ask for the floor
        await _sounds(guest, 600, of=speech)
        opened = recogniser.utterances[-1]
        assert isinstance(opened, _StreamingUtterance)
        assert not guest.seen("interrupted")
        decided = loop.time()
        opened.say(Transcript("Espera, ¿y el precio?", "es", 0.99, 600))
        interrupted = await guest.wait("interrupted")
        assert (loop.time() - decided) * 1000 <= STOPPED_WITHIN_MS
        assert interrupted["reason"] == "barge_in"
        behind = guest.frames.index(interrupted)
        await _sounds(guest, 500, of=speech)
        assert not [frame for frame in guest.frames[behind:] if isinstance(frame, bytes)]  # nor any sound after it


async def _sounds(guest: Client, ms: float, *, of: Callable[[float], Samples]) -> None:
    """The microphone in real (virtual) time."""
    sound = of(ms)
    for start in range(0, sound.size, FRAME):
        await guest.sound(sound[start : start + FRAME])
        await asyncio.sleep(0.02)
