"""What is held of every voice whose vendor tells where its words sound, against the vendor's emulator."""

import asyncio
from collections.abc import AsyncIterator

from enterprise_stream.errors import VendorError
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, StreamingTextToSpeech
from enterprise_stream.testing.emulators import Fault

CLAUSE = "El ático cuesta 120 € la noche."
SPOKEN = "El ático cuesta ciento veinte euros la noche. "

BOUND_S = 4.5
"""Longest that a failure may stay unnoticed: a handshake's 2 s, the next sound's 2 s, and some for a slow line."""

REFUSED = {"401": "vendor_auth", "402": "vendor_quota", "429": "vendor_limited"}
MUTE = {"hang", "silent", "stall", "slow_drip"}


def expected(fault: Fault) -> set[str]:
    """Codes that a fault may be told with."""
    if fault.kind in REFUSED:
        return {REFUSED[fault.kind]}
    if fault.kind in MUTE:
        return {"vendor_timeout"}
    return {"vendor_garbled"} if fault.kind == "malformed" else {"vendor_down"}


async def spoken(voice: StreamingTextToSpeech, text: str = CLAUSE, owner: str = "ana") -> list[Speech]:
    return [piece async for piece in voice.speak(owner, text, "es")]


async def along(voice: StreamingTextToSpeech, *pieces: str, every_s: float = 0.1) -> list[Speech]:
    """What is said for words that come one after the other."""

    async def words() -> AsyncIterator[str]:
        for piece in pieces:
            await asyncio.sleep(every_s)
            yield piece

    return [piece async for piece in voice.speak_along("ana", words(), "es")]


def texts(pieces: list[Speech]) -> str:
    return " ".join(word.text for piece in pieces for word in piece.words)


def sound_ms(pieces: list[Speech]) -> float:
    return sum(piece.samples.size for piece in pieces) * 1000 / SAMPLE_RATE


async def failure_of(voice: StreamingTextToSpeech, text: str = CLAUSE) -> VendorError:
    """The failure that a clause ends with."""
    try:
        await spoken(voice, text)
    except VendorError as error:
        return error
    raise AssertionError("nothing failed")
