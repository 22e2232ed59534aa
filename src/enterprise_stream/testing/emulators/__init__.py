"""Emulators of the vendors' services on loopback, with their wire behaviour, latencies, bills and faults.

For tests, and for developers who have no keys: the vendors' own SDKs talk with them. They are emulators and say so;
what they hear and say is scripted, or comes from engines on this machine. See docs/how-to/emulators.md.
"""

from enterprise_stream.testing.emulators.billing import Bill, Charge
from enterprise_stream.testing.emulators.exchange import ClientLeft, HttpExchange, SocketExchange
from enterprise_stream.testing.emulators.faults import EVERY_FAULT, Fault, Faults, Kind, Phase, Struck
from enterprise_stream.testing.emulators.requests import Recorded, Requests
from enterprise_stream.testing.emulators.server import Emulator, HttpEndpoint, SocketEndpoint
from enterprise_stream.testing.emulators.timing import (
    FIRST_AUDIO,
    FIRST_TOKEN,
    RECOGNITION,
    Latency,
    LoopTiming,
    SteppedTiming,
    Timing,
)

__all__ = [
    "EVERY_FAULT",
    "FIRST_AUDIO",
    "FIRST_TOKEN",
    "RECOGNITION",
    "Bill",
    "Charge",
    "ClientLeft",
    "Emulator",
    "Fault",
    "Faults",
    "HttpEndpoint",
    "HttpExchange",
    "Kind",
    "Latency",
    "LoopTiming",
    "Phase",
    "Recorded",
    "Requests",
    "SocketEndpoint",
    "SocketExchange",
    "SteppedTiming",
    "Struck",
    "Timing",
]
