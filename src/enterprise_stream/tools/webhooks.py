"""Tells the owner's systems what is in the outbox, signed as Standard Webhooks 1.0 says; each message once at most.

A message is claimed in the database before it is sent. What then happens decides what becomes of it:

- the receiver answers 2xx: it is `sent`;
- it was never reached (refused, no such name, no connection in time), or it says that it has not taken it (408, 425,
  429, 500, 503): it is tried again later, under the same `webhook-id`, until `MAX_TRIES`, then it is `dead`;
- it answers anything else that is its own: `dead`, since the same again would be answered the same;
- nobody can tell (the connection broke or went silent after the request was out, a gateway answered 502 or 504, or
  this server ended between sending and noting): `unknown`. It is not sent again, because the receiver may have it.

So what is lost is seen by a person, and what is told is told once.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Self

import httpx
import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.errors import StoreError
from enterprise_stream.store import Store
from enterprise_stream.store.outbox import Message, State, claim, give_up_lost, next_due, settle

log = structlog.get_logger(__name__)

TIMEOUT_S = 10.0
"""How long a receiver may take; one that is slow should take the message and work on it afterwards."""

LEASE_MS = 120_000
"""After this a claim that nobody has settled is one of a server that is gone: far longer than a try can take."""

AT_ONCE = 8
"""Messages that are claimed and sent at once."""

PAUSES_S = (5.0, 30.0, 120.0, 600.0, 3_600.0, 21_600.0, 86_400.0)
"""Between one try and the next."""

MAX_TRIES = len(PAUSES_S) + 1

LONGEST_SLEEP_S = 30.0
"""The outbox is looked at this often at least: another server may have put something there."""

_TRY_AGAIN = frozenset({408, 425, 429, 500, 503})
_GATEWAYS = frozenset({502, 504})
_NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class _End:
    """How a try has ended."""

    state: State
    outcome: str
    after_s: float = 0.0


class Webhooks:
    """Sends what waits in the outbox, while entered.

    Args:
        store: holds the outbox.
        url: where messages go.
        secret: signs them: `whsec_` and base64, as Standard Webhooks has it, or any text.
        clock: dates them.
        transport: what requests go through; the network by default.
    """

    def __init__(
        self, store: Store, url: str, secret: str, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._store = store
        self._url = url
        self._key = signing_key(secret)
        self._clock = clock
        self._transport = transport
        self._stopping = False
        self._woken = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._group = await asyncio.TaskGroup().__aenter__()
        self._task = self._group.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Messages that are on their way are given their time; those that are not stay in the outbox."""
        self._stopping = True
        self._woken.set()
        await asyncio.wait({self._task}, timeout=TIMEOUT_S * 2)
        self._task.cancel()
        await self._group.__aexit__(None, None, None)

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._woken.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                await self.send_due()
                pause_s = await self._pause_s()
            except StoreError as error:
                log.warning("webhooks_wait", code=error.code)
                pause_s = LONGEST_SLEEP_S
            except Exception as error:  # noqa: BLE001 - one message's fault must not end the calls, nor the others
                log.error("webhooks_broke", error=type(error).__name__)
                pause_s = LONGEST_SLEEP_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()

    async def send_due(self) -> int:
        """Send everything that is due; returns how many tries that took.

        Raises:
            StoreError: the database failed.
        """
        tries = 0
        now = self._now()
        lost = await self._store.write(lambda connection: give_up_lost(connection, now - LEASE_MS))
        if lost:
            log.error("webhooks_unknown", messages=lost, message="see `enterprise-stream bookings` and `hand-overs`")
        messages = await self._claimed()
        if not messages:
            return 0
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=0)  # none is closed while it is used
        async with httpx.AsyncClient(
            transport=self._transport, timeout=TIMEOUT_S, limits=limits, follow_redirects=False, trust_env=False
        ) as client:
            while messages:
                tries += len(messages)
                async with asyncio.TaskGroup() as group:
                    for message in messages:
                        group.create_task(self._send(client, message))
                messages = await self._claimed()
        return tries

    async def _claimed(self) -> list[Message]:
        """What is to be sent now; nothing more once this stops."""
        if self._stopping:
            return []
        return await self._store.write(lambda connection: claim(connection, self._now(), AT_ONCE))

    async def _send(self, client: httpx.AsyncClient, message: Message) -> None:
        end = await self._try(client, message)
        if end.state == "waiting" and message.tries >= MAX_TRIES:
            end = _End("dead", end.outcome)
        if end.state != "sent":
            log.warning("webhook_not_taken", id=message.id, state=end.state, outcome=end.outcome, tries=message.tries)
        due = self._now() + round(end.after_s * 1000)
        await self._store.write(
            lambda connection: settle(
                connection, message, end.state, end.outcome, due if end.state == "waiting" else None
            )
        )

    async def _try(self, client: httpx.AsyncClient, message: Message) -> _End:
        pause_s = PAUSES_S[min(message.tries, len(PAUSES_S)) - 1]
        at = self._now() // 1000
        headers = {
            "content-type": "application/json",
            "user-agent": "enterprise-stream",
            "webhook-id": message.id,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(self._key, message.id, at, message.body),
        }
        try:
            async with (
                asyncio.timeout(TIMEOUT_S * 2),
                client.stream("POST", self._url, content=message.body.encode(), headers=headers) as response,
            ):
                return _judged(response, pause_s, self._now)
        except _NOT_REACHED:
            return _End("waiting", "not_reached", pause_s)
        except (httpx.HTTPError, TimeoutError):
            return _End("unknown", "no_answer")

    async def _pause_s(self) -> float:
        async with self._store.reading() as connection:
            due = await next_due(connection)
        wait_s = LONGEST_SLEEP_S if due is None else (due - self._now()) / 1000
        return min(max(wait_s, 0.2), LONGEST_SLEEP_S)

    def _now(self) -> int:
        return round(self._clock.wall_ms())


def _judged(response: httpx.Response, pause_s: float, now: Callable[[], int]) -> _End:
    status = response.status_code
    if response.is_success:
        return _End("sent", str(status))
    if status in _TRY_AGAIN:
        return _End("waiting", str(status), max(pause_s, _asked_s(response, now)))
    return _End("unknown" if status in _GATEWAYS else "dead", str(status))


def _asked_s(response: httpx.Response, now: Callable[[], int]) -> float:
    """Seconds that `Retry-After` asks for, at most a day."""
    asked = response.headers.get("retry-after", "")
    try:
        seconds = float(asked) if asked.isdigit() else parsedate_to_datetime(asked).timestamp() - now() / 1000
    except (ValueError, TypeError):
        return 0.0
    return min(max(seconds, 0.0), PAUSES_S[-1])


def signing_key(secret: str) -> bytes:
    """The bytes that sign: those that `whsec_…` stands for, else the text's own.

    Raises:
        ValueError: what follows `whsec_` is no base64.
    """
    encoded = secret.removeprefix("whsec_")
    return secret.encode() if encoded == secret else base64.b64decode(encoded, validate=True)


def signature(key: bytes, message_id: str, at_s: int, body: str) -> str:
    """What `webhook-signature` carries."""
    signed = hmac.new(key, f"{message_id}.{at_s}.{body}".encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"
