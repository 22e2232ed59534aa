"""Attackers in a process of their own, from addresses of their own: what they send, and what they are told."""

import asyncio
import contextlib
import itertools
import json
import os
import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

import httpx
from bench.hostile.requests import REQUESTS
from bench.hostile.sounds import SOUNDS
from bench.hostile.texts import TEXTS

ANSWER_S: Final = 1.0
"""How long an attacker waits for what he is told, in seconds; then he hangs up."""

DRIP_S: Final = 8.0
"""How long one drips or does not read, in seconds: more than the server's patience."""

BATCH: Final = 20
"""Frames on one connection, where the server lets them."""

SHARES: Final = {"text": 0.5, "sound": 0.28, "request": 0.17, "frame": 0.03, "slow": 0.02}
"""How much of the attack is of which sort."""

POLITE: Final = 10
"""By how much the attackers' process gives way to the server's and the guests'."""

_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack that is to come.

    Attributes:
        port: of the server, on loopback.
        key: with which tokens are made: attackers of streams have got in.
        inputs: how many.
        a_second: at most so many.
        hidden: what nobody of them may ever be told.
        sessions: names of other guests' sessions, which they have found out.
    """

    port: int
    key: str
    inputs: int
    a_second: float
    hidden: tuple[str, ...]
    sessions: tuple[str, ...]
    seed: int = 0
    at_once: int = 12


@dataclass(slots=True)
class Told:
    """What came of it.

    Attributes:
        sent: inputs by sort and name.
        answered: HTTP statuses, close codes, and how often nothing came.
        leaked: what was told of what is hidden, with the input after which it was.
        tokens: session tokens that were used; no log may hold them.
    """

    sent: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    leaked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


def attack(plan: Attack) -> Told:
    """Run it, in this process, which gives way to the others: real attackers have machines of their own."""
    os.nice(POLITE)
    return asyncio.run(_Siege(plan).run())


class _Siege:
    def __init__(self, plan: Attack) -> None:
        self._plan = plan
        self._random = Random(plan.seed)
        self._told = Told()
        self._hidden = tuple(each.encode() for each in plan.hidden)
        self._left = plan.inputs
        self._addresses = itertools.cycle(f"127.0.0.{n}" for n in range(2, 250))

    async def run(self) -> Told:
        async with asyncio.TaskGroup() as group:
            for _ in range(self._plan.at_once):
                group.create_task(self._keep_attacking())
        return self._told

    async def _keep_attacking(self) -> None:
        sorts = {"request": self._request, "slow": self._slow, "frame": self._frame}
        while self._left > 0:
            (sort,) = self._random.choices(list(SHARES), [*self._weights()])
            if sort in sorts:
                self._left -= 1
                await sorts[sort]()
            else:
                count = min(BATCH, self._left)
                self._left -= count
                await self._frames(sort, count)

    def _weights(self) -> Iterator[float]:
        for sort, share in SHARES.items():
            yield share / BATCH if sort in {"text", "sound"} else share

    async def _pace(self, sort: str, name: str) -> None:
        self._told.sent[f"{sort}: {name}"] += 1
        await asyncio.sleep(self._plan.at_once / self._plan.a_second * self._random.uniform(0.5, 1.5))

    # --- HTTP -----------------------------------------------------------------------------------------------------

    async def _request(self) -> None:
        name = self._random.choice(list(REQUESTS))
        await self._pace("request", name)
        async with self._opened() as (reader, writer):
            writer.write(REQUESTS[name](self._random))
            told = await self._take(reader, f"request: {name}", ANSWER_S)
            self._told.answered[told[9:12].decode("latin-1") if told.startswith(b"HTTP/") else "nothing"] += 1

    async def _slow(self) -> None:
        """Drip a head, take nothing of what is asked for, or say nothing at all."""
        how = self._random.choice(("drips", "reads nothing", "says nothing"))
        await self._pace("slow", how)
        async with self._opened() as (reader, writer):
            if how == "reads nothing":
                writer.write(b"GET /page.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 50)
                await asyncio.sleep(DRIP_S)
                return
            until = asyncio.get_running_loop().time() + DRIP_S
            async with self._taking(reader, f"slow: {how}"):
                while asyncio.get_running_loop().time() < until and not _gone(reader, writer):
                    if how == "drips":
                        writer.write(b"G")
                    await asyncio.sleep(0.25)

    # --- the stream -----------------------------------------------------------------------------------------------

    async def _frame(self) -> None:
        """Frames against the rules of WebSockets."""
        await self._pace("frame", "against the rules")
        async with self._stream() as (reader, writer):
            writer.write(self._random.choice((
                b"\x81\x02{}", _masked(0x83, b"x"), _masked(0xC1, b"{}"), _masked(0x80, b"x"), _masked(0x88, b"x"),
                b"\x82\xff" + b"\xff" * 8 + bytes(4), _storm(),
                _masked(0x89, b"p") * 2_000, _masked(0x8A, b"p") * 2_000, self._random.randbytes(4_096),
            )))  # fmt: skip
            await self._take(reader, "frame", ANSWER_S)

    async def _frames(self, sort: str, count: int) -> None:
        kinds = TEXTS if sort == "text" else SOUNDS
        opcode = 0x81 if sort == "text" else 0x82
        async with self._stream() as (reader, writer):
            start = self._start() if sort == "sound" else '{"type": "ping"}'
            writer.write(_masked(0x81, start.encode()))
            async with self._taking(reader, f"{sort}s"):
                for done in range(count):
                    if _gone(reader, writer):  # let go: the rest comes on another connection
                        self._left += count - done
                        return
                    name = self._random.choice(list(kinds))
                    known = self._random.choice(self._plan.sessions).encode()
                    writer.write(_masked(opcode, kinds[name](self._random).replace(b"SESSION", known)))
                    await self._drain(writer)
                    await self._pace(sort, name)

    def _start(self) -> str:
        """Settings under which sound is taken in one way or another."""
        encoding = self._random.choice(("webm", "ogg", "wav", "opus", "mulaw", "pcm_s16le", None))
        framing = self._random.choice(("bare", "bare", "stamped"))
        rate = 8_000 if encoding == "mulaw" else 48_000
        given = None if encoding is None else {"encoding": encoding, "sample_rate": rate}
        audio = {"framing": framing} | ({} if given is None else {"input": given})
        return json.dumps({"type": "start", "audio": audio, "turn": {"mode": "manual"}})

    @asynccontextmanager
    async def _stream(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A WebSocket with a right token."""
        token = await self._token()
        async with self._opened() as (reader, writer):
            writer.write(
                "GET /ws/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Protocol: enterprise-stream.v1, token.{token}\r\n\r\n".encode()
            )
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                self._told.answered[head[9:12].decode("latin-1")] += 1
            yield reader, writer

    async def _token(self) -> str:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            while True:
                answer = await http.post(
                    f"http://127.0.0.1:{self._plan.port}/api/sessions",
                    headers={"authorization": f"Bearer {self._plan.key}"},
                )
                if answer.status_code == 201:
                    token: str = answer.json()["token"]
                    self._told.tokens.append(token)
                    return token
                await asyncio.sleep(0.5)  # 429: the tenant has had as many as it may

    # --- both -----------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        where = (next(self._addresses), 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", self._plan.port, local_addr=where)
        try:
            yield reader, writer
        except* OSError:
            self._told.answered["reset"] += 1
        finally:
            writer.transport.abort()

    async def _drain(self, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(ANSWER_S):
                await writer.drain()

    @asynccontextmanager
    async def _taking(self, reader: asyncio.StreamReader, after: str) -> AsyncIterator[None]:
        """Take what is told meanwhile, and a little longer."""
        async with asyncio.TaskGroup() as group:
            taking = group.create_task(self._take(reader, after, 60.0))
            yield
            await asyncio.wait([taking], timeout=ANSWER_S)
            taking.cancel()

    async def _take(self, reader: asyncio.StreamReader, after: str, seconds: float) -> bytes:
        """All that is told within a time, searched for what is hidden; its beginning."""
        told = bytearray()
        try:
            async with asyncio.timeout(seconds):
                while piece := await reader.read(_CHUNK):
                    told += piece
        except (TimeoutError, OSError):
            return bytes(told[:64])
        finally:
            self._told.leaked += [f"{each.decode()} after {after}" for each in self._hidden if each in told]
        return bytes(told[:64])


def _gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether the server has hung up."""
    return reader.at_eof() or reader.exception() is not None or writer.transport.is_closing()


def _storm() -> bytes:
    """A message in thousands of empty pieces, and another one within it."""
    return _masked(0x01, b"{") + _masked(0, b"") * 5_000 + _masked(0x81, b"")


def _masked(first: int, payload: bytes) -> bytes:
    """A client's frame under a mask of zeros."""
    size = len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    return head + bytes(4) + payload
