"""`talk`: a whole conversation in this process, recordings as the guest."""

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from enterprise_stream.app import load, warm_up
from enterprise_stream.cli.exits import Exit
from enterprise_stream.cli.recordings import read_recording, write_wav
from enterprise_stream.clock import Clock
from enterprise_stream.composition.house import open_house
from enterprise_stream.composition.local import Local
from enterprise_stream.composition.vendors_in_use import mode
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import FirstSound, Left, Played
from enterprise_stream.conversation.timeline import Timeline
from enterprise_stream.listening.ports import SAMPLE_RATE as HEARD_RATE
from enterprise_stream.listening.ports import Samples
from enterprise_stream.listening.speech_end import AUDIBLE
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.observe.slowness import EMBEDDED, Budgets, budgets, slowest
from enterprise_stream.observe.waterfall import waterfall
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.ports import SAMPLE_RATE as SPOKEN_RATE
from enterprise_stream.speaking.ports import Pcm
from enterprise_stream.thinking.persona import Persona

stdout = Console(highlight=False)

FRAME_MS = 20
PATIENCE_S = 20.0
"""How long an answer is waited for after the recording has ended, in seconds."""


@dataclass(slots=True)
class Turn:
    """What came of one recording.

    Attributes:
        latency: ms from the guest's last word to each stage, as the core measured it.
        timeline: the turn's ledger, as the core keeps it; None when there was no answer.
        measured_ms: voice-to-voice by this client alone: from its last audible sample to her first; None without sound.
        usual: what the stages usually take with the engines in use.
    """

    file: str
    usual: Budgets = field(default_factory=lambda: EMBEDDED)
    heard: str = ""
    language: str | None = None
    answer: str = ""
    response_type: str = ""
    latency: dict[str, float | None] = field(default_factory=dict)
    timeline: Timeline | None = None
    measured_ms: float | None = None
    speech_ms: float = 0.0
    wav: str = ""

    def for_machines(self) -> dict[str, Any]:
        """As `--json` prints it: the timeline in whole ms, with the stage that made it slow."""
        told = asdict(self)
        del told["usual"]
        if self.timeline is not None:
            whole = self.timeline.whole()
            most = slowest(whole, self.usual)
            told["timeline"] = {
                "stages": {stage.name: stage.ms for stage in whole.stages},
                "total_ms": whole.total_ms,
                "slowest": None if most is None else most.name,
                "why": None if most is None else most.sentence(),
            }
        return told


class Conversation:
    """Plays recordings to a session and gathers its answers."""

    def __init__(self, session: Session[None], clock: Clock, usual: Budgets) -> None:
        self.session = session
        self._usual = usual
        self._clock = clock
        self._turn = Turn("")
        self._pieces: list[Pcm] = []
        self._said_at = 0.0
        self._arrived_at = 0.0
        self._voice_turn = 0
        self._spoken = False
        self._over = asyncio.Event()

    async def ask(self, file: Path, samples: Samples) -> tuple[Turn, Pcm]:
        """Speak a recording in real time, then be silent until the answer has been given."""
        self._turn, self._pieces, self._spoken = Turn(str(file), self._usual), [], False
        self._over.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(samples.size / HEARD_RATE + PATIENCE_S), asyncio.TaskGroup() as group:
                speaking = group.create_task(self._speak(samples))
                await self._over.wait()
                speaking.cancel()
        audio = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)
        return self._turn, audio

    async def gather(self) -> None:
        """Take what the session has for its guest, until cancelled."""
        while True:
            item = await self.session.outbox.get()
            if isinstance(item, Sound):
                await self._play(item)
            elif isinstance(item, act.Notice):
                await self._note(item)

    async def _play(self, sound: Sound) -> None:
        """Play at once, as far as anybody can tell, and report when the first audible sample of it sounds."""
        now = self._clock.now_ms()
        if not self._pieces:
            self.session.sent(sound.reply)
            self._arrived_at = now
        before = sum(piece.size for piece in self._pieces)
        self._pieces.append(sound.samples)
        audible = np.flatnonzero(np.abs(sound.samples.astype(np.int32)) > AUDIBLE * 32768)
        if self._turn.measured_ms is None and audible.size:
            heard_at = self._arrived_at + (before + int(audible[0])) * 1000 / SPOKEN_RATE
            self._turn.measured_ms = heard_at - self._said_at
            await self.session.tell(Played(0, self._voice_turn, 0, FirstSound(heard_at, self._arrived_at, 0)))

    async def _note(self, notice: act.Notice) -> None:
        turn = self._turn
        match notice:
            case act.WordsShown(words=words, final=True):
                turn.heard, turn.language = words.text, words.language
            case act.AnswerComplete(text=text, response_type=response_type, latency=latency):
                turn.answer, turn.response_type, turn.latency = text, response_type, asdict(latency)
            case act.VoiceBegan(turn=number):
                self._voice_turn = number
            case act.VoiceEnded(turn=number, duration_ms=duration_ms):
                turn.speech_ms = duration_ms
                self._spoken = True
                await self.session.tell(Played(0, number, duration_ms))
            case act.TurnTimed(timeline=timeline):
                turn.timeline = timeline
            case act.VoiceMissing():
                self._spoken = True
            case act.Failed():
                self._over.set()
            case _:
                pass
        if self._spoken and turn.timeline is not None:
            self._over.set()

    async def _speak(self, samples: Samples) -> None:
        size = HEARD_RATE * FRAME_MS // 1000
        silence = np.zeros(size, np.float32)
        began, sent = self._clock.now_ms(), 0
        audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
        self._said_at = began + (int(audible[-1]) if audible.size else 0) * 1000 / HEARD_RATE
        while True:
            frame = samples[sent * size : (sent + 1) * size]
            sent += 1
            # A frame can be sent once its last sample has been captured.
            await asyncio.sleep(max(0.0, began + sent * FRAME_MS - self._clock.now_ms()) / 1000)
            await self.session.hear(frame if frame.size == size else silence)


def run(files: list[Path], out: Path, language: str | None, *, as_json: bool) -> Exit:
    """Hold the conversation; returns the exit code, FAILED when a turn got no answer."""
    settings = load_settings()
    recordings = [(file, read_recording(file)) for file in files]
    turns = asyncio.run(_converse(settings, load(settings), recordings, out, language))
    if as_json:
        print(json.dumps([turn.for_machines() for turn in turns], ensure_ascii=False, indent=2))
    else:
        for number, turn in enumerate(turns, 1):
            _print(number, turn)
    return Exit.OK if all(turn.answer for turn in turns) else Exit.FAILED


async def _converse(
    settings: Settings, local: Local, recordings: list[tuple[Path, Samples]], out: Path, language: str | None
) -> list[Turn]:
    async with open_house(settings, local, Metrics()) as house:
        await warm_up(local)
        engines = house.cast()
        persona = replace(house.persona, voice=engines.voice.voice)
        begins = session_settings(settings, house.languages, persona, language)
        conversation = Conversation(Session(begins, engines, house.clock), house.clock, budgets(mode(settings)))
        return await _ask_all(conversation, recordings, out)


def session_settings(
    settings: Settings, languages: tuple[str, ...], persona: Persona, language: str | None
) -> SessionSettings:
    """A session as the server would begin it, so that its waits are those of the server's guests."""
    return SessionSettings(
        "talk",
        language or settings.language,
        languages,
        persona,
        settings.turn_policy,
        openings=settings.openings,
        speculation=settings.speculation_policy,
    )


async def _ask_all(conversation: Conversation, recordings: list[tuple[Path, Samples]], out: Path) -> list[Turn]:
    turns = []
    async with asyncio.TaskGroup() as group:
        group.create_task(conversation.session.run())
        gathering = group.create_task(conversation.gather())
        for number, (file, samples) in enumerate(recordings, 1):
            turn, audio = await conversation.ask(file, samples)
            if audio.size:
                path = out / f"answer-{number}.wav"
                write_wav(path, audio, SPOKEN_RATE)
                turn.wav = str(path)
            turns.append(turn)
        await conversation.session.tell(Left(0))
        gathering.cancel()
    return turns


def _print(number: int, turn: Turn) -> None:
    stdout.print(f"[bold]turn {number}[/]  {turn.file}")
    stdout.print(f"  heard     {turn.heard or '(nothing)'}" + (f"  \\[{turn.language}]" if turn.language else ""))
    if not turn.answer:
        stdout.print("  [red]no answer[/]")
        return
    stdout.print(f"  answered  {turn.answer}  \\[{turn.response_type}]")
    if turn.timeline is not None:
        _print_timeline(turn.timeline, turn.measured_ms, turn.usual)
    stdout.print(f"  voice     {turn.speech_ms / 1000:.1f} s  {turn.wav}")


def _print_timeline(timeline: Timeline, measured_ms: float | None, usual: Budgets) -> None:
    """The waterfall, the slow stage in yellow where the terminal has colours, and why it was slow."""
    most = slowest(timeline.whole(), usual)
    for line in waterfall(timeline):
        slow = most is not None and most.over_ms > 0 and line.startswith(f"{most.name} ")
        stdout.print(f"  {line}", style="yellow" if slow else None, markup=False)
    if measured_ms is not None:
        stdout.print(f"  {'measured':<12} {measured_ms:>6.0f} ms  by this client's own clock, voice to voice")
    if most is not None:
        stdout.print(f"  {'why':<12} {most.sentence()}", markup=False)
