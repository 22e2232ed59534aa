"""A real server process on engines that need no models, for tests that kill, stop and restart it.

    python -m enterprise_stream.testing.scripted_server --data FOLDER [--port N]

Settings come from the environment, as `serve` reads them; `SESSION_LOG` is sqlite. The brain answers "pregunta N" with
sentences that carry N ("pregunta N, despacio": one a second), typed or spoken as `spoken_numbers` says it. The
voice's samples count on from an answer's beginning to its end, whichever process says which part of it, so that
whatever is lost or said twice is seen. SIGUSR1 and SIGUSR2 set the wall clock an hour on and back, as if somebody had;
SIGALRM breaks the writer of the session log, which nothing can go on without. The folder's `.env` is read too, and
again on SIGHUP. `CRASH_AT` names a point where it is killed (`crash`).
"""

import argparse
import os
import re
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from enterprise_stream.app import app_with, reload
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.composition.listeners import server_for
from enterprise_stream.composition.local import Local
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, Word
from enterprise_stream.testing.crash import VARIABLE, crash_at
from enterprise_stream.testing.engines import Reply, ScriptedBrain
from enterprise_stream.testing.listening import EnergyActivity, ScriptedTurnDetector
from enterprise_stream.testing.spoken_numbers import NumberRecogniser
from enterprise_stream.thinking.facts import WrittenFacts
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import AnswerPiece, Question
from enterprise_stream.workers import WorkerPool

RAMP: Final = 30_011
"""The voice's samples count up to this prime, and begin again."""

SENTENCE: Final = "Respuesta {number:0>3} frase {part} de cuatro frase {part}."
"""Of one length, and known by how it ends: the rest of one says where it begins."""

CHAR_MS: Final = 20
PIECE: Final = SAMPLE_RATE * 3 // 20
HOUR_MS: Final = 3_600_000.0


def answer_to(question: str) -> tuple[str, ...]:
    """The sentences that answer "pregunta N"."""
    found = re.search(r"\d+", question)
    number = found[0] if found else "0"
    return tuple(SENTENCE.format(number=number, part=part) + " " for part in range(1, 5))


def _place(text: str) -> int:
    """How many letters of its answer come before a sentence of it, or before the rest of one."""
    part, size = re.search(r"(\d)\.$", text), len(SENTENCE.format(number=0, part=1))
    return 0 if part is None else int(part[1]) * size - len(text)


class CountingVoice:
    """A `TextToSpeech` whose n-th sample for an answer is n modulo `RAMP`."""

    voice = "counting"

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        """See `TextToSpeech.speak`; words share the clause's time by their letters."""
        del owner, language
        per_ms = SAMPLE_RATE // 1000
        size, before, words, at = len(text) * CHAR_MS * per_ms, _place(text) * CHAR_MS * per_ms, [], 0
        for word in text.split():
            words.append(Word(word, at * CHAR_MS, min(at + len(word) + 1, len(text)) * CHAR_MS))
            at += len(word) + 1
        for start in range(0, size, PIECE):
            count = min(PIECE, size - start)
            samples = ((before + start + np.arange(count)) % RAMP).astype(np.int16)
            begin, end = start / per_ms, (start + count) / per_ms
            yield Speech(samples, tuple(word for word in words if begin <= word.start_ms < end))


def _reply(question: Question) -> Reply:
    return Reply(answer_to(question.text), delay_ms=30, piece_ms=1000 if "despacio" in question.text else 60)


class CountingBrain(ScriptedBrain):
    """Answers with the question's number; takes no two wordings for the same."""

    def __init__(self) -> None:
        super().__init__(by=_reply)

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        """See `LanguageModel.answer`; what was asked before is forgotten: in a soak it would look like a leak."""
        self.questions.clear()
        async with aclosing(super().answer(question)) as pieces:
            async for piece in pieces:
                yield piece

    async def known(self, question: Question) -> str | None:
        """The facts say nothing by themselves."""
        del question
        return None

    async def same_meaning(self, question: Question, text: str) -> bool:
        """Never."""
        del question, text
        return False


class SetClock(MonotonicClock):
    """This machine's clock, whose wall time can be set."""

    def __init__(self) -> None:
        self._shift_ms = 0.0

    def wall_ms(self) -> float:
        """Milliseconds since 1970-01-01 UTC, and by how much it was set."""
        return super().wall_ms() + self._shift_ms

    def jump(self, by_ms: float) -> None:
        """Set the wall clock."""
        self._shift_ms += by_ms


def scripted_local(settings: Settings) -> Local:
    """Engines of this machine without any model."""
    source = KnowledgeSource(settings.knowledge_file)
    return Local(
        pool=WorkerPool(1),
        source=source,
        knowledge=source.load(),
        facts=WrittenFacts(source),
        brain=CountingBrain(),
        activity=EnergyActivity,
        turn_detector=ScriptedTurnDetector(),
        recogniser=NumberRecogniser(),
        voice=CountingVoice(),
        over=lambda other: (CountingBrain(), WrittenFacts(other)),
        greeting={"es": "Hola.", "en": "Hello."},
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop; by default as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log-level", default="warning")
    given = parser.parse_args(arguments)
    scripted = {"session_log": "sqlite", "voice_library": "off", "openings": False, "speculation": "off"}
    own = {"port": given.port, "xdg_data_home": given.data, "xdg_cache_home": given.data, "log_level": given.log_level}
    read = partial(load_settings, given.data / ".env", scripted | own)
    settings = read()
    configure_logs(settings.log_level, "json", secrets=settings.secrets())
    clock = SetClock()
    app = app_with(settings, scripted_local(settings), clock, read)
    server = server_for(settings, app, partial(reload, app))
    if point := os.environ.get(VARIABLE):
        crash_at(point)
    signal.signal(signal.SIGUSR1, lambda *_: clock.jump(HOUR_MS))
    signal.signal(signal.SIGUSR2, lambda *_: clock.jump(-HOUR_MS))
    signal.signal(signal.SIGALRM, lambda *_: setattr(SqliteLog, "_commit", None))
    server.run()
    raise SystemExit(1 if server.failed else 0)


if __name__ == "__main__":
    main()
