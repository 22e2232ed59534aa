"""A session with scripted engines on virtual time, a guest who talks to it, and a record of what it gives out."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import HistoryRequested, Left, Played, TextReceived
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.replies import DraftEnd
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.ports import SAMPLE_RATE as SPOKEN_RATE
from enterprise_stream.testing import EnergyActivity, LoopClock, quiet, speech
from enterprise_stream.thinking.persona import Persona

FRAME_MS = 20.0
PATIENCE_S = 600.0

N = TypeVar("N", bound=act.Notice)

PERSONA = Persona("Sandra", "scripted", {"es": "Le atiende una IA."})


@dataclass(frozen=True, slots=True)
class Got:
    """Something that the session gave out, and when, in ms of the loop's time."""

    at: float
    item: act.Notice | Sound


class Guest:
    """One guest: speaks in real (virtual) time and gathers what comes.

    Attributes:
        patience_s: how long he waits for anything.
    """

    patience_s = PATIENCE_S

    def __init__(self, session: Session[None]) -> None:
        self.session = session
        self.got: list[Got] = []
        self.draft_ends: list[DraftEnd] = []
        self._news = asyncio.Event()
        self._reading = asyncio.Event()
        self._reading.set()
        self._loop = asyncio.get_running_loop()

    @property
    def now(self) -> float:
        """Ms of the loop's time."""
        return self._loop.time() * 1000.0

    # what the guest does

    async def sound(self, samples: Samples) -> None:
        """Sounds at real time, in frames of 20 ms."""
        size = round(SAMPLE_RATE * FRAME_MS / 1000)
        for start in range(0, samples.size, size):
            await self.session.hear(samples[start : start + size])
            await asyncio.sleep(FRAME_MS / 1000)

    async def speak(self, ms: float) -> None:
        """Speaks."""
        await self.sound(speech(ms))

    async def hush(self, ms: float) -> None:
        """Is silent, with the microphone open."""
        await self.sound(quiet(ms))

    async def write(self, text: str) -> None:
        """Types a message."""
        await self.session.tell(TextReceived(0, text))

    async def report(self, turn: int, played_ms: float) -> None:
        """Reports playback."""
        await self.session.tell(Played(0, turn, played_ms))

    # what the guest gets

    async def gather(self) -> None:
        """Takes all that comes."""
        while True:
            await self._reading.wait()
            item = await self.session.outbox.get()
            assert item is not None
            await self._reading.wait()
            self.got.append(Got(self.now, item))
            self._news.set()

    def pause(self) -> None:
        """Takes nothing more, beyond the one item that is on its way."""
        self._reading.clear()

    def go_on(self) -> None:
        """Takes what waits."""
        self._reading.set()

    async def until(self, found: Callable[[], Any]) -> None:
        """Waits until something is so."""
        try:
            async with asyncio.timeout(self.patience_s):
                while not found():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"did not come; there came {self.kinds()[:60]}") from None

    async def wait(self, kind: type[N], count: int = 1) -> N:
        """Waits for the count-th notice of a kind."""
        await self.until(lambda: len(self.all(kind)) >= count)
        return self.all(kind)[count - 1]

    def all(self, kind: type[N]) -> list[N]:
        """The notices of a kind, in order."""
        return [got.item for got in self.got if isinstance(got.item, kind)]

    def at(self, kind: type[act.Notice], count: int = 1) -> float:
        """When the count-th notice of a kind came, in ms."""
        return [got.at for got in self.got if isinstance(got.item, kind)][count - 1]

    def kinds(self) -> list[str]:
        """Names of what came, runs of the same as one."""
        names = [type(got.item).__name__ for got in self.got]
        return [name for n, name in enumerate(names) if n == 0 or names[n - 1] != name]

    def sounds(self, reply: int) -> list[Got]:
        """The audio of a reply."""
        return [got for got in self.got if isinstance(got.item, Sound) and got.item.reply == reply]

    def sound_ms(self, reply: int) -> float:
        """How much audio of a reply came."""
        sizes = [got.item.samples.size for got in self.sounds(reply) if isinstance(got.item, Sound)]
        return sum(sizes) * 1000 / SPOKEN_RATE

    def finals(self) -> list[tuple[int, str]]:
        """Turn and words of the turns that are answered."""
        return [(shown.turn, shown.words.text) for shown in self.all(act.WordsShown) if shown.final]

    def interims(self) -> list[str]:
        """Words that were shown before they were final."""
        return [shown.words.text for shown in self.all(act.WordsShown) if not shown.final]

    async def history(self) -> list[tuple[str, str, bool]]:
        """Role, text and whether it was interrupted, as the session tells it."""
        count = len(self.all(act.HistoryListed)) + 1
        await self.session.tell(HistoryRequested(0))
        listed = await self.wait(act.HistoryListed, count)
        return [(item.role, item.text, item.interrupted) for item in listed.items]


def make_session(
    engines: Engines,
    *,
    name: str = "s1",
    language: str = "es",
    openings: bool = False,
    speculation: SpeculationPolicy = SpeculationPolicy("off"),  # noqa: B008 - frozen
    on_draft: Callable[[DraftEnd], None] = lambda _: None,
) -> Session[None]:
    """A session on the loop's own clock."""
    settings = SessionSettings(name, language, ("es", "en"), PERSONA, openings=openings, speculation=speculation)
    return Session(settings, engines, LoopClock(), on_draft)


@contextlib.asynccontextmanager
async def guest(
    engines: Engines,
    *,
    name: str = "s1",
    openings: bool = False,
    speculation: SpeculationPolicy = SpeculationPolicy("off"),  # noqa: B008 - frozen
) -> AsyncIterator[Guest]:
    """A guest in a session; leaves at the end, and then nothing of the session may be left."""
    with leaves_nothing():
        ends: list[DraftEnd] = []
        session = make_session(engines, name=name, openings=openings, speculation=speculation, on_draft=ends.append)
        visitor = Guest(session)
        visitor.draft_ends = ends
        async with asyncio.TaskGroup() as group:
            running = group.create_task(session.run())
            gathering = group.create_task(visitor.gather())
            yield visitor
            await session.tell(Left(0))
            async with asyncio.timeout(10):
                await running
            gathering.cancel()


class Counting(EnergyActivity):
    """A `VoiceActivity` that counts the samples that it is shown."""

    def __init__(self) -> None:
        self.shown = 0

    def probability(self, frame: Samples) -> float:
        self.shown += frame.size
        return super().probability(frame)


@contextlib.contextmanager
def leaves_nothing() -> Iterator[None]:
    """Fails if the block leaves a task, thread, file or socket behind."""
    tasks, threads, files = asyncio.all_tasks(), set(threading.enumerate()), open_files()
    yield
    assert asyncio.all_tasks() == tasks, asyncio.all_tasks() - tasks
    assert set(threading.enumerate()) == threads
    assert open_files() == files


def open_files() -> dict[str, str]:
    """What each file descriptor of the process points to."""
    found = {}
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the listing's own
            found[link.name] = str(link.readlink())
    return found


def noise(ms: float, level: float = 0.2) -> Samples:
    """Loud noise, the same at every call."""
    return np.random.default_rng(7).uniform(-level, level, round(ms * SAMPLE_RATE / 1000)).astype(np.float32)
