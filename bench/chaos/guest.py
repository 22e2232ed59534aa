"""A guest who asks and asks, and comes back however often the connection is lost, as our page does."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

from bench.chaos.history import History, Message
from bench.chaos.microphone import FRAME_MS, Microphone
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from enterprise_stream.testing.spoken_numbers import question

PATIENCE_S: Final = 120.0
"""A question without an answer by then is stuck, however often the guest has come back meanwhile; a process that
begins on a busy machine may take half of it."""

HEARD_WITHIN_S: Final = 10.0
"""What was said over a connection that lives has its words by then, or is lost: nobody was told that it is."""

COMEBACK_S: Final = 20.0
"""How long one attempt to come back may take."""

SILENT_S: Final = 2.5
"""Without a frame for this long the guest looks for a better connection."""

FIRST_WAIT_S: Final = 0.05
LONGEST_WAIT_S: Final = 1.0
HELD: Final = {"mode": "manual"}
REFUSALS: Final = frozenset({"resume_refused", "resume_lost"})
GONE: Final = (ConnectionClosed, InvalidHandshake, OSError, TimeoutError, EOFError)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A session that was not gone on with.

    Attributes:
        began: when it did, in seconds.
        at: when the guest was told so, in seconds.
        code: how he was told.
    """

    session: str
    began: float
    at: float
    code: str


@dataclass(slots=True)
class Result:
    """What became of one guest.

    Attributes:
        answers: that were over, whole or cut.
        cut: of these, how many the end of a process has cut, as the guest was told.
        forgotten: sessions that were not gone on with, as the guest was told.
        gaps: each time a connection was lost: when the guest saw it and when the session went on, in seconds.
        stuck: questions without an answer.
        unheard: spoken questions that were lost though nobody told the guest.
        histories: of all sessions, by id.
    """

    answers: int = 0
    cut: int = 0
    forgotten: list[Forgotten] = field(default_factory=list)
    gaps: list[tuple[float, float]] = field(default_factory=list)
    stuck: int = 0
    unheard: int = 0
    histories: dict[str, History] = field(default_factory=dict)


class Guest:
    """One guest.

    Args:
        url: where to connect, asked each time.
        random: of the waits.
        clock: seconds.
        speaks: whether questions are spoken, by holding the button, and not typed.
    """

    def __init__(
        self,
        url: Callable[[], str],
        random: Random,
        clock: Callable[[], float] = time.monotonic,
        *,
        speaks: bool = False,
    ) -> None:
        self.result = Result()
        self.history = History()
        self.session = ""
        self._url = url
        self._random = random
        self._clock = clock
        self._speaks = speaks
        self._token = ""
        self._socket: ClientConnection | None = None
        self._microphone: Microphone | None = None
        self._heard_at = 0.0
        self._began = self._opened = 0.0

    async def talk(self, questions: range, more: Callable[[], bool] = lambda: False) -> Result:
        """Ask them all, one after another, and go on for as long as there is more to come."""
        await self._connect()
        for number in questions:
            await self._ask(number)
        number = questions.stop
        while more():
            await self._ask(number)
            number += 1
        return self.result

    async def listing(self) -> list[Message]:
        """The server's own history of the session; raises `TimeoutError` where it cannot be had."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    await self._send({"type": "get_history"})
                    while True:
                        message = await self._take()
                        if message is not None and message["type"] == "history":
                            items: list[Message] = message["items"]
                            return items
                except GONE:
                    await self._come_back()

    async def leave(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            await self._socket.close()

    # --- asking ---------------------------------------------------------------------------------------------------

    async def _ask(self, number: int) -> None:
        asked, self._microphone = question(number), None
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._until_answered(number, asked)
        except TimeoutError:
            self.result.stuck += 1
            known = "asked" if self.history.asked(asked) else "not asked"
            known += "" if self._microphone is None else f", {self._microphone.place} frames of it sent"
            self.history.cases.append(f"stuck: {asked}, {known}, then {self.history.tail()}")
            self._drop()
            return
        self.result.answers += 1
        _, turn = max(self.history.turns.items())
        self.result.cut += turn.ended == "cut"
        try:
            await self._report()
        except GONE:
            await self._come_back()

    async def _until_answered(self, number: int, asked: str) -> None:
        put = False
        while not self.history.answered(asked):
            try:
                if self._speaks and not self.history.asked(asked):
                    await self._say(number, asked)
                elif not put and not self._speaks:
                    await self._send({"type": "text", "text": asked})
                    put = True
                else:
                    await self._take()
            except GONE:
                await self._come_back()
                put = self.history.asked(asked)

    async def _say(self, number: int, asked: str) -> None:
        """Hold the button and say it, until its words are known; say it once more if it is lost without a word."""
        self._microphone = microphone = self._microphone or Microphone(number)
        self._heard_at, until = self._clock(), self._clock() + HEARD_WITHIN_S
        while not self.history.asked(asked):
            await self._put(microphone)
            if microphone.said and self._clock() > until:
                self.result.unheard += 1
                self.history.cases.append(f"unheard: {asked}, then {self.history.tail()}")
                self._microphone = microphone = Microphone(number)
                until = self._clock() + HEARD_WITHIN_S
            try:
                async with asyncio.timeout(FRAME_MS / 1000):
                    while not self.history.asked(asked):
                        await self._take()
            except TimeoutError:
                if self._clock() - self._heard_at > SILENT_S:
                    raise

    async def _put(self, microphone: Microphone) -> None:
        """The next frame of it, with the word that it was the last, and the question what has arrived."""
        if self._socket is None:
            raise EOFError
        if not microphone.said:
            frame, last = microphone.take()
            await self._socket.send(frame)
            if last:
                await self._send({"type": "stop"})
        await self._send({"type": "ping", "t": microphone.place})

    async def _report(self) -> None:
        """Say how much of the last answer has been heard; said again after a comeback, for it may not have arrived."""
        played = self.history.played()
        if played is not None:
            await self._send({"type": "playback"} | played)

    async def _send(self, message: Message) -> None:
        if self._socket is None:
            raise EOFError
        await self._socket.send(json.dumps(message))

    async def _take(self) -> Message | None:
        if self._socket is None:
            raise EOFError
        async with asyncio.timeout(SILENT_S):
            data = await self._socket.recv()
        self._heard_at = self._clock()
        if isinstance(data, bytes):
            self.history.sound(data)
            return None
        message: Message = json.loads(data)
        self._follow(message)
        return message

    def _follow(self, message: Message) -> None:
        self.history.message(message)
        if self._microphone is None:
            return
        match message:
            case {"type": "pong", "t": int(place)}:
                self._microphone.arrived(place)
            case {"type": "speech_stopped", "unheard": bool(unheard)}:
                self._microphone.stopped(unheard=unheard)
            case {"type": "started", "resume_token": str()}:
                self._microphone.resumed()

    # --- connecting -----------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        """The first connection, or one whose session could not be gone on with."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                ready = await self._open()
                break
            except GONE:
                await asyncio.sleep(wait_s * self._random.uniform(0.5, 1))
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
        self._begin(ready)
        if self._speaks:
            await self._hold()

    def _begin(self, ready: Message) -> None:
        self.session, self._token, self._began = ready["session_id"], ready["resume_token"], self._opened
        self.history = self.result.histories[self.session] = History()
        self._microphone = None
        self.history.message(ready)

    async def _hold(self) -> None:
        """Have turns last as long as the button is held."""
        with suppress(*GONE):
            await self._send({"type": "start", "turn": HELD})

    def _drop(self) -> None:
        """Give up the connection, if there is one."""
        self.history.lost()
        if self._socket is not None:
            self._socket.transport.abort()
            self._socket = None

    async def _come_back(self) -> None:
        began, wait_s = self._clock(), FIRST_WAIT_S
        while True:
            self._drop()
            try:
                async with asyncio.timeout(COMEBACK_S):
                    await self._resume()
                break
            except GONE:
                await asyncio.sleep(wait_s * self._random.uniform(0.5, 1))
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
        self.result.gaps.append((began, self._clock()))

    async def _resume(self) -> None:
        ready = await self._open()
        history = self.history
        asked = {"session_id": self.session, "resume_token": self._token, "last_seq": history.last_seq}
        turn = {"turn": HELD} if self._speaks else {}
        await self._send({"type": "start", "resume": asked | {"played": history.played()}} | turn)
        while True:
            async with asyncio.timeout(SILENT_S):
                data = await self._socket.recv() if self._socket is not None else b""
            if isinstance(data, bytes):
                continue
            message: Message = json.loads(data)
            if message["type"] == "error" and message["code"] in REFUSALS:
                self.result.forgotten.append(Forgotten(self.session, self._began, self._clock(), message["code"]))
                self._begin(ready)
                self.history.message(message)
                return
            if message["type"] == "going_away" and message["seq"] == ready["seq"] + 1:
                continue  # of the session that is discarded
            history.replaying = not (message["type"] == "started" and message["resume_token"])
            self._follow(message)
            if not history.replaying:
                self._token = message["resume_token"]
                await self._report()
                return

    async def _open(self) -> Message:
        self._opened = self._clock()
        self._socket = await connect(
            self._url(), compression=None, max_size=None, proxy=None, open_timeout=SILENT_S, ping_interval=None
        )
        async with asyncio.timeout(SILENT_S):
            ready: Message = json.loads(await self._socket.recv())
        return ready
