"""The vendor's SDK as a voice needs it: short waits, no retries of its own, and nothing told that need not be."""

import httpx2
from openai import AsyncOpenAI, Timeout

from enterprise_stream.engines.openai.ending import watch_end
from enterprise_stream.engines.openai.sending import watch

VENDOR_URL = "https://api.openai.com/v1"
"""OpenAI itself; another address is a server of the owner's."""

CONNECT_S = 2.0
"""Most time for a connection with its handshake; the vendor takes 0.1 to 0.3 s."""

READ_S = 2.5
"""Most time for an answer's head and for each piece of it: as long as a guest may be left without a word."""

KEEP_ALIVE_S = 60.0
"""How long an idle connection is kept, so that the next answer needs no handshake."""

MOST_IDLE = 64
"""Connections that are kept idle; beyond them each answer opens its own."""

_NO_KEY = "none"
"""The SDK wants a key; a server that needs none is not shown this one."""

_TELEMETRY = "x-stainless-"
"""Headers by which the SDK tells the vendor about this machine."""


def connect(key: str | None, base_url: str | None, transport: httpx2.AsyncBaseTransport | None = None) -> AsyncOpenAI:
    """A client, which is to be closed.

    Args:
        key: of the vendor's; None for a server that needs none.
        base_url: of a server that speaks the vendor's protocol, with its version (`…/v1`); None is the vendor.
        transport: what carries requests instead of the network.
    """

    async def before_sending(request: httpx2.Request) -> None:
        watch(request)
        for name in [name for name in request.headers if name.startswith(_TELEMETRY)]:
            del request.headers[name]
        if key is None:
            request.headers.pop("authorization", None)

    timeout = Timeout(READ_S, connect=CONNECT_S)
    carrier = httpx2.AsyncClient(
        transport=transport,
        timeout=timeout,
        limits=httpx2.Limits(max_keepalive_connections=MOST_IDLE, keepalive_expiry=KEEP_ALIVE_S),
        event_hooks={"request": [before_sending], "response": [watch_end]},
    )
    return AsyncOpenAI(
        api_key=key or _NO_KEY,
        base_url=base_url or VENDOR_URL,
        timeout=timeout,
        max_retries=0,
        http_client=carrier,
    )
