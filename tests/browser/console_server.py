"""The real server for the console's tests and pictures: simulated engines, and a database of invented calls."""

import asyncio
import contextlib
import fcntl
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import uvicorn

from enterprise_stream.app import app_with
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.composition.local import Local
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.server.serving import server_config
from enterprise_stream.store import Store
from enterprise_stream.store.address import database_url
from enterprise_stream.testing import EnergyActivity, ScriptedRecogniser
from enterprise_stream.testing.calls import seed, stock
from enterprise_stream.testing.simulated.engines import CompleteAtOnce, SimulatedVoice
from enterprise_stream.thinking.facts import WrittenFacts, by_words
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import AnswerEnd, AnswerPiece, AnswerText, Question
from enterprise_stream.voices import clip_store, tally
from enterprise_stream.workers import WorkerPool

WITHIN_S = 30.0
UTTERANCES = 8
"""More than any test has."""

UNKNOWN = {"es": "Eso no lo sé.", "en": "I don't know that."}


class WordsBrain:
    """Answers with the file's own words for what shares words with the question: the embedded brain without a model."""

    def __init__(self, source: KnowledgeSource) -> None:
        self._source = source

    async def answer(self, question: Question) -> AsyncGenerator[AnswerPiece]:
        yield AnswerText(await self.known(question) or UNKNOWN[question.language])
        yield AnswerEnd("general", None)

    async def known(self, question: Question) -> str | None:
        knowledge = self._source.poll()
        greeting = knowledge.small_talk.get("greeting", {}).get(question.language)
        if greeting and question.text.casefold().startswith(("hola", "hello")):
            return knowledge.fill(greeting)
        found = by_words(knowledge, question.text, question.language)
        fact = knowledge.fact(found[0].id) if found else None
        return None if fact is None else knowledge.fill(fact.answer[question.language])

    async def same_meaning(self, question: Question, text: str) -> bool:
        return question.text == text


def simulated_local(settings: Settings, hears: str = "") -> Local:
    """This machine's engines without any model, on real time; whatever is said to them is `hears`."""
    source, clock = KnowledgeSource(settings.knowledge_file), MonotonicClock()
    return Local(
        pool=WorkerPool(1),
        source=source,
        knowledge=source.load(),
        facts=WrittenFacts(source),
        brain=WordsBrain(source),
        activity=EnergyActivity,
        turn_detector=CompleteAtOnce(),
        recogniser=ScriptedRecogniser(*[hears] * UTTERANCES),
        voice=SimulatedVoice(clock),
        over=lambda other: (WordsBrain(other), WrittenFacts(other)),
        greeting={"es": "¡Hola! Soy {persona}.", "en": "Hello! I am {persona}."},
    )


def seeded(folder: Path, calls: int, **how: Any) -> None:
    """Fill the database in a folder with invented calls up to now."""

    async def fill() -> None:
        async with Store.open(database_url(None, folder)) as store:
            await seed(store, calls, now=round(time.time() * 1000), **how)

    with ThreadPoolExecutor(1) as other:  # Playwright keeps a loop running in this thread
        other.submit(lambda: asyncio.run(fill())).result()


def settings_in(folder: Path, **given: Any) -> Settings:
    """Settings of a server that keeps all that it has in a folder."""
    own = {
        "stt": "whisper",
        "llm": "facts",
        "tts": "kokoro",
        "voice_library_build": "off",
        "xdg_data_home": folder,
        "xdg_cache_home": folder,
        "database_url": f"sqlite:///{folder}/enterprise-stream.db",
        "session_log": "memory",
    }
    return load_settings(None, own | given)


class ConsoleServer:
    """The whole application on a free port, in a thread of its own.

    Args:
        settings: with simulated engines in the place of those that they name.
        hears: what they understand, see `simulated_local`.
    """

    def __init__(self, settings: Settings, hears: str = "") -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as with `serve`
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = uvicorn.Server(server_config(app_with(settings, simulated_local(settings, hears))))
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="console-server")

    def start(self) -> None:
        """Serve; returns when it does."""
        self._thread.start()
        end = time.monotonic() + WITHIN_S
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            assert time.monotonic() < end, "the server did not start in time"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop serving."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(WITHIN_S)


def filled_once(folder: Path, calls: int) -> Path:
    """A folder with a database of invented calls that processes share: the first fills it, the others wait for it."""
    with (folder / f"{calls}-calls.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        filled = folder / f"{calls}-calls"
        if not filled.exists():
            filling = Path(tempfile.mkdtemp(dir=folder))
            seeded(filling, calls)
            filling.rename(filled)
    return filled


@contextlib.contextmanager
def console_server(calls: int, *, hears: str = "", filled: Path | None = None, **given: Any) -> Iterator[ConsoleServer]:
    """A server whose store has so many calls, and its voice library what they left in it; none left, none wanted."""
    folder = Path(tempfile.mkdtemp(prefix="console-"))
    try:
        settings = settings_in(folder, **{"voice_library": "built" if calls else "off"} | given)
        if filled is not None:
            shutil.copytree(filled, folder, dirs_exist_ok=True)
        elif calls:
            seeded(folder, calls)
        if calls:
            stock(clip_store(settings), tally(settings))
        server = ConsoleServer(settings, hears)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
