"""`talk`: a whole conversation in this process, recordings as the guest."""

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console

from enterprise_stream.app import Embedded, build_embedded, build_persona, spoken_languages
from enterprise_stream.cli.exits import Exit
from enterprise_stream.cli.recordings import read_recording, write_wav
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left, Played
from enterprise_stream.listening.ports import SAMPLE_RATE as HEARD_RATE
from enterprise_stream.listening.ports import Samples
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.speaking.ports import SAMPLE_RATE as SPOKEN_RATE
from enterprise_stream.speaking.ports import Pcm

stdout = Console(highlight=False)

FRAME_MS = 20
PATIENCE_S = 20.0
"""How long an answer is waited for after the recording has ended, in seconds."""


@dataclass(slots=True)
class Turn:
    """What came of one recording.

    Attributes:
        latency: ms from the guest's last word to each stage, as the core measured it.
    """

    file: str
    heard: str = ""
    language: str | None = None
    answer: str = ""
    response_type: str = ""
    latency: dict[str, float | None] = field(default_factory=dict)
    speech_ms: float = 0.0
    wav: str = ""


class Conversation:
    """Plays recordings to a session and gathers its answers."""

    def __init__(self, session: Session[None], clock: MonotonicClock) -> None:
        self._session = session
        self._clock = clock
        self._turn = Turn("")
        self._pieces: list[Pcm] = []
        self._over = asyncio.Event()

    async def ask(self, file: Path, samples: Samples) -> tuple[Turn, Pcm]:
        """Speak a recording in real time, then be silent until the answer has been given."""
        self._turn, self._pieces = Turn(str(file)), []
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
            item = await self._session.outbox.get()
            if isinstance(item, Sound):
                self._pieces.append(item.samples)
            elif isinstance(item, act.Notice):
                await self._note(item)

    async def _note(self, notice: act.Notice) -> None:
        turn = self._turn
        match notice:
            case act.WordsShown(words=words, final=True):
                turn.heard, turn.language = words.text, words.language
            case act.AnswerComplete(text=text, response_type=response_type, latency=latency):
                turn.answer, turn.response_type, turn.latency = text, response_type, asdict(latency)
            case act.VoiceEnded(turn=number, duration_ms=duration_ms):
                turn.speech_ms = duration_ms
                await self._session.tell(Played(0, number, duration_ms))
                self._over.set()
            case act.VoiceMissing() | act.Failed():
                self._over.set()
            case _:
                pass

    async def _speak(self, samples: Samples) -> None:
        size = HEARD_RATE * FRAME_MS // 1000
        silence = np.zeros(size, np.float32)
        began, sent = self._clock.now_ms(), 0
        while True:
            frame = samples[sent * size : (sent + 1) * size]
            await self._session.hear(frame if frame.size == size else silence)
            sent += 1
            await asyncio.sleep(max(0.0, began + sent * FRAME_MS - self._clock.now_ms()) / 1000)


def run(files: list[Path], out: Path, language: str | None, *, as_json: bool) -> Exit:
    """Hold the conversation; returns the exit code, FAILED when a turn got no answer."""
    settings = load_settings()
    recordings = [(file, read_recording(file)) for file in files]
    embedded = build_embedded(settings)
    try:
        turns = asyncio.run(_converse(settings, embedded, recordings, out, language))
    finally:
        embedded.pool.close()
    if as_json:
        print(json.dumps([asdict(turn) for turn in turns], ensure_ascii=False, indent=2))
    else:
        for number, turn in enumerate(turns, 1):
            _print(number, turn)
    return Exit.OK if all(turn.answer for turn in turns) else Exit.FAILED


async def _converse(
    settings: Settings, embedded: Embedded, recordings: list[tuple[Path, Samples]], out: Path, language: str | None
) -> list[Turn]:
    await embedded.warm_up()
    clock = MonotonicClock()
    session: Session[None] = Session(
        SessionSettings(
            "talk",
            language or settings.language,
            spoken_languages(settings, embedded.knowledge),
            build_persona(settings, embedded.knowledge),
            settings.turn_policy,
        ),
        embedded.engines,
        clock,
    )
    conversation = Conversation(session, clock)
    turns = []
    async with asyncio.TaskGroup() as group:
        group.create_task(session.run())
        gathering = group.create_task(conversation.gather())
        for number, (file, samples) in enumerate(recordings, 1):
            turn, audio = await conversation.ask(file, samples)
            if audio.size:
                path = out / f"answer-{number}.wav"
                write_wav(path, audio, SPOKEN_RATE)
                turn.wav = str(path)
            turns.append(turn)
        await session.tell(Left(0))
        gathering.cancel()
    return turns


def _print(number: int, turn: Turn) -> None:
    stdout.print(f"[bold]turn {number}[/]  {turn.file}")
    stdout.print(f"  heard     {turn.heard or '(nothing)'}" + (f"  \\[{turn.language}]" if turn.language else ""))
    if not turn.answer:
        stdout.print("  [red]no answer[/]")
        return
    stdout.print(f"  answered  {turn.answer}  \\[{turn.response_type}]")
    total = turn.latency.get("first_audio") or 0.0
    before = 0.0
    for stage in ("endpoint", "transcript", "first_text", "first_audio"):
        at = turn.latency.get(stage)
        if at is None:
            continue
        blank = round(before / max(total, 1) * 40)
        bar = max(1, round((at - before) / max(total, 1) * 40)) if at > before else 0
        stdout.print(f"  {stage:<12}{at:6.0f} ms  {' ' * blank}{'█' * bar}")
        before = max(before, at)
    stdout.print(f"  voice     {turn.speech_ms / 1000:.1f} s  {turn.wav}")
