"""Emulators of the vendors' services on loopback, with their wire behaviour, latencies, bills and faults.

For tests, and for developers who have no keys: the vendors' own SDKs talk with them. They are emulators and say so;
what they hear and say is scripted, or comes from engines on this machine. See docs/how-to/emulators.md.
"""

from enterprise_stream.testing.emulators.billing import Bill, Charge
from enterprise_stream.testing.emulators.ears import Ear, Hearing, LiveEar, Said, ScriptedEar
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
from enterprise_stream.testing.emulators.voices import Sound, ToneVoice, sounds

__all__ = [
    "EVERY_FAULT",
    "FIRST_AUDIO",
    "FIRST_TOKEN",
    "RECOGNITION",
    "Bill",
    "Charge",
    "ClientLeft",
    "Ear",
    "Emulator",
    "Fault",
    "Faults",
    "Hearing",
    "HttpEndpoint",
    "HttpExchange",
    "Kind",
    "Latency",
    "LiveEar",
    "LoopTiming",
    "Phase",
    "Recorded",
    "Requests",
    "Said",
    "ScriptedEar",
    "SocketEndpoint",
    "SocketExchange",
    "Sound",
    "SteppedTiming",
    "Struck",
    "Timing",
    "ToneVoice",
    "sounds",
]
