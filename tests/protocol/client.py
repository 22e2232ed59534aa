"""An independent client of the stream protocol, written from the protocol page alone.

`async with guest(url) as sandra:` opens a conversation, records every frame with its arrival time, plays the audio on
a virtual loudspeaker that reports `playback`, and on leaving checks all of 'What always holds' over what was seen.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from .contract import violations
from .player import Player
from .record import Frame, story
from .shapes import JsonObject

REPORT_EVERY_S = 0.2
Predicate = Callable[[JsonObject], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered turn: what was understood, what was said, and the messages that carried them."""

    turn: int
    question: str
    text: str
    kind: str
    complete: JsonObject


class Guest:
    """One connection. Made by `guest()`."""

    def __init__(self, socket: ClientConnection, *, reports: bool) -> None:
        self.socket = socket
        self.frames: list[Frame] = []
        self.player = Player()
        self.reports: list[tuple[int, float]] = []
        self._reports = reports
        self._told: set[int] = set()
        self._loop = asyncio.get_running_loop()
        self._opened = self._loop.time()
        self._arrived = asyncio.Event()
        self.closed = asyncio.Event()

    # what arrives

    @property
    def now(self) -> float:
        """Seconds since the connection opened, the clock of `Frame.at`."""
        return self._loop.time() - self._opened

    async def listen(self) -> None:
        """Records frames until the connection closes."""
        try:
            async for data in self.socket:
                await self._record(data)
        except ConnectionClosed:
            pass  # how it closed is in `close_code`, which tests read
        finally:
            self.closed.set()
            self._arrived.set()

    async def _record(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            frame = Frame(self.now, audio=data)
        else:
            message = json.loads(data)
            assert isinstance(message, dict), f"a text frame that is no JSON object: {data!r}"
            assert isinstance(message.get("type"), str), f"a message without a type: {data!r}"
            frame = Frame(self.now, message=message)
        self.frames.append(frame)
        self.player.take(frame)
        self._arrived.set()

    async def report(self) -> None:
        """Sends `playback` about every 200 ms while something plays, and once when it ends or is flushed."""
        last: dict[int, float] = {}
        while not self.closed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.closed.wait(), REPORT_EVERY_S)
            for turn in [turn for turn in self.player.turns if turn not in self._told]:
                played = round(self.player.played_ms(turn, self.now))
                finished = self.player.finished(turn, self.now)
                if played == last.get(turn) and not finished:
                    continue
                last[turn] = played
                self.reports.append((turn, played))
                with contextlib.suppress(ConnectionClosed):
                    await self.send("playback", turn=turn, played_ms=played)
                if finished:
                    self._told.add(turn)

    # what is sent

    async def send(self, kind: str, **fields: Any) -> None:
        """Sends one message."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def send_raw(self, frame: str | bytes) -> None:
        """Sends a frame as it is."""
        await self.socket.send(frame)

    async def start(self, **settings: Any) -> JsonObject:
        """Sends `start` and returns `started`."""
        since = self.mark()
        await self.send("start", **settings)
        return await self.wait("started", since=since)

    # waiting

    def mark(self) -> int:
        """A place in the record, to wait for what comes after it."""
        return len(self.frames)

    def seen(self, *kinds: str, since: int = 0, **fields: Any) -> list[JsonObject]:
        """The messages of these types (all when none is named) since a mark, whose fields are these."""
        return [
            frame.message
            for frame in self.frames[since:]
            if frame.message is not None
            and (not kinds or frame.kind in kinds)
            and all(frame.message.get(name) == value for name, value in fields.items())
        ]

    def audio(self, turn: int) -> list[bytes]:
        """The binary frames of one turn's audio, in order."""
        collected: list[bytes] = []
        open_turn: int | None = None
        for frame in self.frames:
            if frame.audio is not None and open_turn == turn:
                collected.append(frame.audio)
            elif frame.kind == "audio_start":
                open_turn = (frame.message or {})["turn"]
        return collected

    async def until(self, ready: Callable[[], Any], what: str, within: float) -> Any:
        """Waits until `ready()` is true and returns it; fails with what was awaited when time or connection end."""
        try:
            async with asyncio.timeout(within):
                while not (found := ready()):
                    if self.closed.is_set():
                        raise AssertionError(f"closed with {self.close_code} while waiting for {what}")
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"no {what} within {within} s") from None
        return found

    async def wait(self, *kinds: str, since: int = 0, within: float = 10.0, **fields: Any) -> JsonObject:
        """Waits for the first message of these types with these fields."""
        what = " or ".join(kinds) + "".join(f" {name}={value!r}" for name, value in fields.items())
        found: list[JsonObject] = await self.until(lambda: self.seen(*kinds, since=since, **fields), what, within)
        return found[0]

    async def wait_audio(self, turn: int, ms: float, within: float = 20.0) -> None:
        """Waits until that much of the turn's audio has arrived."""
        await self.until(lambda: self.player.sent_ms(turn) >= ms, f"{ms} ms of audio of turn {turn}", within)

    async def wait_played(self, turn: int, ms: float, within: float = 20.0) -> None:
        """Waits until that much of the turn's audio has been played, by the virtual loudspeaker."""
        await self.wait_audio(turn, ms, within)
        left = (ms - self.player.played_ms(turn, self.now)) / 1000
        if left > 0:
            await asyncio.sleep(left)  # the loudspeaker's own pace

    async def wait_finished(self, turn: int, within: float = 30.0) -> None:
        """Waits until the turn's audio was sent whole (`audio_end`) and played to its end."""
        await self.wait("audio_end", turn=turn, within=within)
        await self.wait_played(turn, self.player.sent_ms(turn), within)

    async def wait_closed(self, within: float = 10.0) -> int | None:
        """Waits for the connection to close and returns the close code."""
        try:
            async with asyncio.timeout(within):
                await self.closed.wait()
        except TimeoutError:
            raise AssertionError(f"still open after {within} s") from None
        return self.close_code

    @property
    def close_code(self) -> int | None:
        """The code the server closed with, None while open."""
        return self.socket.close_code

    async def nothing(self, *kinds: str, for_s: float, since: int | None = None) -> None:
        """Watches for `for_s` and fails if one of these (or `binary`) arrives; then proves that the server lives."""
        start = self.mark() if since is None else since
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                await self.closed.wait()
        came = [frame for frame in self.frames[start:] if frame.kind in kinds]
        assert not came, f"{len(came)} frames of {sorted({frame.kind for frame in came})} where none may be"
        await self.alive()

    async def alive(self, within: float = 10.0) -> None:
        """Proves that the connection still answers."""
        since, mark = self.mark(), f"alive-{self.mark()}"
        await self.send("test", id=mark)
        assert (await self.wait("test", since=since, within=within, id=mark))["ok"] is True

    # conversation

    async def ask(self, text: str, within: float = 30.0) -> Answer:
        """Types a question and waits for its whole text."""
        since = self.mark()
        await self.send("text", text=text)
        return await self.answered(since, within)

    async def answered(self, since: int, within: float = 30.0) -> Answer:
        """Waits for the first turn that is understood after the mark, and for its `response_complete`."""
        final = await self.wait("transcription", since=since, within=within, final=True)
        done = await self.wait("response_complete", "interrupted", since=since, within=within, turn=final["turn"])
        assert done["type"] == "response_complete", f"turn {final['turn']} was cut off: {done}"
        return Answer(final["turn"], final["text"], done["text"], done["responseType"], done)

    async def refused(self, frame: str | bytes, code: str | None = "bad_message") -> JsonObject:
        """Sends a frame that the server cannot use; it must say so and live on."""
        since = self.mark()
        await self.send_raw(frame)
        error = await self.wait("error", since=since)
        if code is not None:
            assert error["code"] == code, error
        await self.alive()
        return error


@contextlib.asynccontextmanager
async def guest(
    url: str,
    *,
    lang: str | None = None,
    reports: bool = True,
    check: bool = True,
    stamped: bool = False,
    subprotocols: Sequence[str] = (),
    origin: str | None = None,
    compression: str | None = None,
) -> AsyncIterator[Guest]:
    """Opens a conversation, waits for `ready`, and on leaving checks the whole record against the contract.

    Args:
        url: `ws://HOST:PORT/ws/stream`.
        lang: The `lang` query parameter.
        reports: Whether to send `playback`, as a real client does.
        check: Whether to check the record at the end; off only where the test checks a part of it itself.
        stamped: Whether the test asks for stamped framing before the first audio.
        subprotocols: Offered in the handshake.
        origin: The Origin header, none by default.
        compression: `deflate` to offer permessage-deflate.
    """
    socket = await connect(
        url + (f"?lang={lang}" if lang else ""),
        subprotocols=[Subprotocol(name) for name in subprotocols] or None,
        origin=origin,  # type: ignore[arg-type]
        compression=compression,
        max_size=None,
        proxy=None,
    )
    sandra = Guest(socket, reports=reports)
    sandra.player.stamped = stamped
    tasks = [asyncio.create_task(sandra.listen())]
    if reports:
        tasks.append(asyncio.create_task(sandra.report()))
    try:
        await sandra.wait("ready")
        yield sandra
    except BaseException as error:
        error.add_note(story(sandra.frames))
        raise
    finally:
        await socket.close()
        await asyncio.gather(*tasks)
    if check:
        played = sandra.player.played_then
        broken = violations(sandra.frames, stamped=stamped, played=played)
        assert not broken, "the contract is broken:\n" + "\n".join(broken) + "\n" + story(sandra.frames)
