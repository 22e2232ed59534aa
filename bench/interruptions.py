"""How speech over an answer is judged: how soon she ducks and stops, and what stops her that should not.

    python -m bench.interruptions              # some minutes, most of them to make the voices, which are kept
    python -m bench.interruptions --held-out   # remarks that nothing was tuned on
    python -m bench.interruptions --fresh      # the newest of such
    python -m bench.interruptions --verbose    # every case that went wrong

A session as in the server, with the real gate, Silero, recogniser and her own voice's sound; brain and end-of-turn
model are scripted. Guests speak in Kokoro voices that are not Sandra's, over an answer, in a quiet room (-60 dBFS); a
rest of her voice at -35 dB is in every microphone. `echo` is her voice alone, through a room, 50 to 300 ms late, 10 to
25 dB under the guest's level, and as much quieter as she is while she is ducked. The loop's time is virtual: a
recogniser's work takes as long as it computed, as on a machine with a free core, whatever else this one is doing.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any, TypeVar

import numpy as np
from bench.interruption_cases import ANSWERS, QUESTION, VOICES, Kind, Listed, lines, which
from bench.interruption_sounds import NOISES, RATE, Said, Samples, noise, quiet_room, room, say

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left
from enterprise_stream.engines.kokoro import KokoroVoice
from enterprise_stream.engines.silero import Silero
from enterprise_stream.engines.whisper import WhisperRecogniser
from enterprise_stream.listening.ports import Transcript, Utterance
from enterprise_stream.models import ModelStore
from enterprise_stream.session.engines import Engines
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.testing import LoopClock, Reply, ScriptedBrain, ScriptedTurnDetector, run_virtual
from enterprise_stream.testing.guest_voice import guest_says
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.phrases import PhraseSplitter

T = TypeVar("T")

FRAME = RATE // 50
DUCKED = 10 ** (-12 / 20)
"""How much quieter the page plays her while she is ducked."""

REST_OF_HER = 10 ** (-35 / 20)
"""What an echo canceller leaves of her voice."""

GUEST_RMS = 0.09
"""Level of a guest's speech, full scale 1.0; echoes are set against it."""

LONGEST_MS = 40_000.0
"""A case that lasts longer is a mistake of this bench."""

INTO_ANSWER_MS = (700, 1500, 2600, 3700, 4800)


@dataclass(frozen=True, slots=True)
class Case:
    """One sound over one answer.

    Attributes:
        sound: what the microphone gets on top of the room; empty for an echo.
        echo: gain of her voice in the microphone.
        delay_ms: how late it comes back.
    """

    kind: Kind
    language: str
    voice: str
    text: str
    sound: Samples
    into_ms: float
    answer: int
    seed: int
    echo: float = REST_OF_HER
    delay_ms: float = 100.0


@dataclass(slots=True)
class Outcome:
    """What came of it; ms since the sound's onset reached the session, None where it did not happen."""

    case: Case
    ducked: float | None = None
    back: float | None = None
    stopped: float | None = None
    understood: list[str] = field(default_factory=list)
    message_ms: float | None = None
    """Real time from the recogniser's or the gate's fact to the `interrupted` that a connection can send."""


class InlinePool:
    """Runs an engine's work at once; the CPU time that it took passes as virtual time."""

    def __init__(self) -> None:
        self._fact_at = self._worked = 0.0

    def told(self) -> None:
        """The session is told something now: by an engine, or by the microphone."""
        self._fact_at, self._worked = time.perf_counter(), 0.0

    def since_told_ms(self) -> float:
        """Real time since then, without that of an engine's work, which has a thread of its own in a server."""
        return (time.perf_counter() - self._fact_at - self._worked) * 1000.0

    async def run(self, _owner: str, work: Callable[[], T], *, urgent: bool = False) -> T:  # noqa: ARG002 - the pool's own
        """As `WorkerPool.run`, with a free thread."""
        started, began = time.process_time(), time.perf_counter()
        result = work()
        took = time.process_time() - started
        self._worked += time.perf_counter() - began
        await asyncio.sleep(took)
        self.told()
        return result


class Question:
    """An utterance whose words are known: what the guest asked."""

    def __init__(self, text: str, language: str) -> None:
        self._transcript = Transcript(text, language, 0.99, 1500)

    def push(self, samples: Samples) -> None:
        """Nothing to keep."""

    async def partial(self) -> Transcript:
        """The question."""
        return self._transcript

    async def final(self) -> Transcript:
        """The question."""
        return self._transcript

    def close(self) -> None:
        """Nothing to give back."""


class Recogniser:
    """The question is known; all that comes after it is recognised, and remembered."""

    def __init__(self, engine: WhisperRecogniser, question: Question, understood: list[str]) -> None:
        self._engine = engine
        self._question: Question | None = question
        self._understood = understood

    def utterance(self, owner: str, language: str) -> Utterance:
        """The next utterance."""
        if self._question is not None:
            question, self._question = self._question, None
            return question
        return Noted(self._engine.utterance(owner, language), self._understood)


class Noted:
    """An utterance whose transcripts are written down."""

    def __init__(self, utterance: Utterance, understood: list[str]) -> None:
        self._utterance = utterance
        self._zero = asyncio.get_running_loop().time() - 0.16  # the gate's delay, and a frame's
        self._understood = understood
        self.push = utterance.push
        self.close = utterance.close

    async def partial(self) -> Transcript:
        """What was understood so far."""
        return self._note(await self._utterance.partial())

    async def final(self) -> Transcript:
        """What was understood."""
        return self._note(await self._utterance.final())

    def _note(self, transcript: Transcript) -> Transcript:
        now = (asyncio.get_running_loop().time() - self._zero) * 1000.0
        self._understood.append(
            f"{now:.0f} ms: {transcript.text or '–'} ({transcript.language} {transcript.language_probability:.2f})"
        )
        return transcript


class SpokenBefore:
    """Her voice, from what was synthesised before."""

    voice = "sandra"

    def __init__(self, said: Said) -> None:
        self._said = said

    async def speak(self, _owner: str, text: str, _language: str) -> AsyncGenerator[Speech, None]:
        """The clause's sound."""
        for speech in self._said.clauses[text]:
            yield speech


@dataclass(frozen=True, slots=True)
class Stage:
    """The engines that every case is played with."""

    silero: Silero
    whisper: WhisperRecogniser
    pool: InlinePool
    answers: dict[tuple[str, int], Said]


class Performance:
    """One guest, one question, one answer and one sound over it."""

    def __init__(self, stage: Stage, case: Case) -> None:
        self._stage = stage
        self._case = case
        self._said = stage.answers[case.language, case.answer]
        self._outcome = Outcome(case)
        self._began: float | None = None
        self._ended: float | None = None
        self._quieter = False
        echo = np.convolve(self._said.heard, room(case.seed))[: self._said.heard.size + RATE // 4]
        level = float(np.sqrt(np.mean(np.square(self._said.heard[np.abs(self._said.heard) > 0.01]))))
        self._echo = (echo * case.echo * GUEST_RMS / level).astype(np.float32)
        self._clips: list[tuple[int, Samples]] = []
        self._onset_ms: float | None = None
        self._room = quiet_room(RATE * 40, case.seed)

    async def play(self) -> Outcome:
        """Play it to its end."""
        case = self._case
        question = QUESTION[case.language]
        recogniser = Recogniser(self._stage.whisper, Question(question, case.language), self._outcome.understood)
        engines = Engines(
            self._stage.silero,
            recogniser,
            ScriptedTurnDetector(),
            ScriptedBrain(Reply((ANSWERS[case.language][case.answer],), delay_ms=20), Reply(("Sí.",), delay_ms=60_000)),
            SpokenBefore(self._said),
        )
        settings = SessionSettings("bench", case.language, ("es", "en"), Persona("Sandra", "sandra", {}))
        self._session: Session[None] = Session(settings, engines, LoopClock())
        self._loop = asyncio.get_running_loop()
        self._clips.append((RATE // 5, guest_says(question, case.language, case.voice, lead_ms=0, tail_ms=0)))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self._session.run())
            reading = group.create_task(self._read())
            await self._listen()
            await self._session.tell(Left(0))
            await running
            reading.cancel()
        return self._outcome

    async def _listen(self) -> None:
        """The microphone: frames of 20 ms until all has been decided."""
        zero, number = self._loop.time(), 0
        while not self._over(number * 20.0):
            await asyncio.sleep(max(0.0, zero + (number + 1) * 0.02 - self._loop.time()))
            frame = self._frame(number * FRAME, zero)
            self._stage.pool.told()
            await self._session.hear(frame)
            number += 1

    def _over(self, now_ms: float) -> bool:
        if now_ms > LONGEST_MS:
            raise RuntimeError(f"{self._case.kind} {self._case.text!r} has no end")
        if self._began is None:
            return False
        if self._outcome.stopped is not None:
            return True
        if self._case.kind == "echo":
            return now_ms > self._began + self._said.heard.size * 1000 / RATE + 800
        return self._onset_ms is not None and now_ms > self._onset_ms + self._case.sound.size * 1000 / RATE + 1600

    def _frame(self, start: int, zero: float) -> Samples:
        self._zero = zero
        frame = self._room[start : start + FRAME].copy()
        if self._began is not None:
            self._put_sound(start)
            frame += self._her(start * 1000 / RATE)
        for begin, clip in self._clips:
            low, high = max(begin, start), min(begin + clip.size, start + FRAME)
            if low < high:
                frame[low - start : high - start] += clip[low - begin : high - begin]
        return frame

    def _put_sound(self, start: int) -> None:
        case = self._case
        if self._onset_ms is not None or self._began is None:
            return
        if case.kind == "echo":
            self._onset_ms = self._began + case.delay_ms + 20.0
            return
        begin = int((self._began + case.into_ms) * RATE / 1000) + (case.seed * 97) % FRAME
        if begin < start + FRAME:
            self._clips.append((begin, case.sound))
            onset = begin + int(np.flatnonzero(np.abs(case.sound) > 0.01)[0])
            self._onset_ms = (onset // FRAME + 1) * 20.0

    def _her(self, now_ms: float) -> Samples:
        """Her voice in this frame of the microphone."""
        frame = np.zeros(FRAME, np.float32)
        if self._began is None or (self._ended is not None and now_ms - self._case.delay_ms > self._ended):
            return frame
        position = int((now_ms - self._began - self._case.delay_ms) * RATE / 1000)
        piece = self._echo[max(0, position) : max(0, position + FRAME)]
        if piece.size:
            frame[FRAME - piece.size if position < 0 else 0 :][: piece.size] = piece
        return frame * np.float32(DUCKED if self._quieter else 1.0)

    async def _read(self) -> None:
        while True:
            item = await self._session.outbox.get()
            now = (self._loop.time() - self._zero) * 1000.0 if hasattr(self, "_zero") else 0.0
            since = None if self._onset_ms is None else now - self._onset_ms
            match item:
                case act.VoiceBegan():
                    self._began = self._began or now
                case act.Ducked(on=on):
                    self._quieter = on
                    if on and self._outcome.ducked is None:
                        self._outcome.ducked = since
                    if not on:
                        self._outcome.back = since
                case act.AnswerInterrupted(reason="barge_in"):
                    self._ended = now
                    self._outcome.stopped = since
                    self._outcome.message_ms = self._stage.pool.since_told_ms()
                case _:
                    pass


# --- cases ------------------------------------------------------------------------------------------------------


def spoken(kind: Kind, first: int | None, listed: Listed) -> list[Case]:
    """Remarks of a kind, at different places of the answers."""
    return [
        Case(
            kind,
            line.language,
            line.voice,
            line.text,
            guest_says(line.text, line.language, line.voice, lead_ms=0, tail_ms=0),
            INTO_ANSWER_MS[number % len(INTO_ANSWER_MS)],
            number % 2,
            number,
        )
        for number, line in enumerate(lines(kind, listed, first))
    ]


def noises(count: int, first_seed: int) -> list[Case]:
    """Noises of a room, each name in turn."""
    return [_noise(first_seed + number, number) for number in range(count)]


def _noise(seed: int, number: int) -> Case:
    name, language = NOISES[number % len(NOISES)], ("es", "en")[number // len(NOISES) % 2]
    into_ms = INTO_ANSWER_MS[number % len(INTO_ANSWER_MS)]
    return Case("noise", language, VOICES[language][0], name, noise(name, seed), into_ms, number // 2 % 2, seed)


def echoes(first_seed: int) -> list[Case]:
    """Her own voice at four levels and four delays, both languages."""
    grid = product(("es", "en"), (-10.0, -15.0, -20.0, -25.0), (50.0, 120.0, 200.0, 300.0))
    empty = np.zeros(0, np.float32)
    return [
        Case(
            "echo", language, VOICES[language][0], f"{level:.0f} dB, {delay:.0f} ms", empty,
            0.0, n % 2, first_seed + n, 10 ** (level / 20), delay,
        )
        for n, (language, level, delay) in enumerate(grid)
    ]  # fmt: skip


# --- report -----------------------------------------------------------------------------------------------------


def spread(values: Iterable[float | None]) -> str:
    """Median and 95th percentile."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return "–"
    return f"{statistics.median(known):.0f} / {known[min(len(known) - 1, int(0.95 * len(known)))]:.0f}"


def report(outcomes: list[Outcome]) -> None:
    """A row per kind and language."""
    print("| over her answer | language | cases | ducked p50 / p95 | decided p50 / p95 | in 500 ms % | stopped her % |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for kind, language in product(("backchannel", "noise", "echo", "interruption"), ("es", "en")):
        found = [o for o in outcomes if o.case.kind == kind and o.case.language == language]
        if not found:
            continue
        stopped = [o for o in found if o.stopped is not None]
        decided = [o.stopped if kind == "interruption" else o.back for o in found]
        soon = [value for value in decided if value is not None and value <= 500]
        print(
            f"| {kind} | {language} | {len(found)} | {spread(o.ducked for o in found)} | {spread(decided)} "
            f"| {100 * len(soon) / len(found):.0f} | {100 * len(stopped) / len(found):.1f} |"
        )
    print("ms since the onset reached the session. `decided`: interruptions until `interrupted`, all others until she")
    print("is as loud as before, 320 ms or more after the last sound. Interruptions not stopped are missed.")
    message = [o.message_ms for o in outcomes if o.case.kind == "interruption" and o.stopped is not None]
    print(f"From the fact that decides to the message on its way out, real ms: {spread(message)} (p50 / p95)")


def is_wrong(outcome: Outcome) -> bool:
    """Whether it should have gone the other way."""
    return (outcome.stopped is None) == (outcome.case.kind == "interruption")


async def prepare() -> Stage:
    """Load the engines and speak her answers."""
    store, pool = ModelStore(), InlinePool()
    shared: Any = pool
    voice = KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), shared)
    answers = {}
    for language, texts in ANSWERS.items():
        for number, text in enumerate(texts):
            splitter = PhraseSplitter()
            clauses = [*splitter.feed(text), *splitter.flush()]
            answers[language, number] = await say(voice, language, clauses)
    whisper = WhisperRecogniser(store.path("whisper-base"), shared)
    whisper.warm_up()
    return Stage(Silero(store.path("silero-vad")), whisper, pool, answers)


def main() -> None:
    """Play every case and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="only remarks and noises that nothing was tuned on")
    parser.add_argument("--fresh", action="store_true", help="the newest of such remarks, and other noises")
    parser.add_argument("--only", nargs="+", default=["backchannel", "interruption", "noise", "echo"])
    parser.add_argument("--first", type=int, default=None, help="this many of each kind; of remarks, per language")
    parser.add_argument("--verbose", action="store_true", help="tell what went wrong, and what was understood")
    parser.add_argument("--all", action="store_true", help="tell of every case")
    options = parser.parse_args()
    listed = which(held_out=options.held_out, fresh=options.fresh)
    seed = {"known": 0, "held out": 5000, "fresh": 9000}[listed]
    made: dict[str, Callable[[], list[Case]]] = {
        "backchannel": lambda: spoken("backchannel", options.first, listed),
        "interruption": lambda: spoken("interruption", options.first, listed),
        "noise": lambda: noises(40, seed),
        "echo": lambda: echoes(seed),
    }
    cases = [case for kind in options.only for case in made[kind]()[: options.first]]
    stage = run_virtual(prepare())
    outcomes = []
    for case in cases:
        outcome = run_virtual(Performance(stage, case).play())
        outcomes.append(outcome)
        if options.all or (options.verbose and is_wrong(outcome)):
            print(line(outcome), flush=True)
    report(outcomes)


def line(o: Outcome) -> str:
    """One case in a line."""
    times = f"ducked {told(o.ducked)}, stopped {told(o.stopped)}, back {told(o.back)}"
    what = f"{o.case.kind} {o.case.language} {o.case.voice} {o.case.text!r} at {o.case.into_ms:.0f}"
    return f"{what}: {times}; {' / '.join(o.understood)}"


def told(value: float | None) -> str:
    """A time in ms, or that there is none."""
    return "–" if value is None else f"{value:.0f}"


if __name__ == "__main__":
    main()
