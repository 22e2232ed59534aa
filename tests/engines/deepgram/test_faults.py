"""Every fault, at every phase, on every engine of Deepgram's: its code, in time, and all is well afterwards."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from enterprise_stream.engines.deepgram import DeepgramAura, DeepgramFlux, DeepgramNova
from enterprise_stream.errors import VendorError
from enterprise_stream.purchases import Buy, Purchase
from enterprise_stream.testing import LoopClock, quiet, speech
from enterprise_stream.testing.emulators import EVERY_FAULT, Fault
from enterprise_stream.testing.emulators.deepgram import REALISTIC, DeepgramEmulator
from enterprise_stream.testing.emulators.ears import ScriptedEar

KEY = "canarykey0123456789abcdef0123456789abcde"
SAID = "canaryword cuánto cuesta el ático"
SPEECH_MS = 1_200
QUIET_MS = 240
WITHIN_MS = 2_500.0

NAMES = {
    "flux": ("deepgram-flux", "flux-general-multi"),
    "nova": ("deepgram-nova3", "nova-3"),
    "aura": ("deepgram-aura2", "aura-2-diana-es"),
}

Ask = Callable[[], Awaitable[object]]

CODES = {
    "401": "vendor_auth",
    "402": "vendor_auth",
    "429": "vendor_limited",
    "5xx": "vendor_down",
    "refused": "vendor_down",
    "reset": "vendor_down",
    "half_close": "vendor_down",
    "hang": "vendor_timeout",
    "silent": "vendor_timeout",
    "stall": "vendor_timeout",
    "slow_drip": "vendor_timeout",
    "malformed": "vendor_garbled",
}


@asynccontextmanager
async def hearing(kind: str, emulator: DeepgramEmulator, buy: Buy) -> AsyncIterator[Ask]:
    """Asks for the words of an utterance."""
    maker = DeepgramFlux if kind == "flux" else DeepgramNova
    async with maker(KEY, buy, LoopClock(), base_url=emulator.base_url) as recogniser:

        async def ask() -> object:
            utterance = recogniser.utterance("ana", "es")
            try:
                for _ in range(SPEECH_MS // 80):
                    utterance.push(speech(80))
                    await asyncio.sleep(0.08)
                utterance.push(quiet(QUIET_MS))
                return (await utterance.final()).text
            finally:
                utterance.close()

        yield ask


@asynccontextmanager
async def speaking(emulator: DeepgramEmulator, buy: Buy) -> AsyncIterator[Ask]:
    """Asks for a clause."""
    async with DeepgramAura(KEY, buy, LoopClock(), base_url=emulator.base_url) as aura:

        async def ask() -> object:
            return sum([piece.samples.size async for piece in aura.speak("ana", SAID, "es")]) > 0

        yield ask


def engine(kind: str, emulator: DeepgramEmulator, buy: Buy) -> AbstractAsyncContextManager[Ask]:
    return speaking(emulator, buy) if kind == "aura" else hearing(kind, emulator, buy)


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=lambda fault: f"{fault.kind}-{fault.phase}")
@pytest.mark.parametrize("kind", ["flux", "nova", "aura"])
async def test_a_fault_has_its_code_in_time_and_the_next_attempt_works(
    kind: str, fault: Fault, bought: list[Purchase], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for talkative in ("websockets", "uvicorn"):  # as the product's logs have it
        caplog.set_level(logging.INFO, talkative)
    async with DeepgramEmulator(ScriptedEar(SAID, SAID, SAID), latencies=REALISTIC, key=KEY) as emulator:
        async with engine(kind, emulator, bought.append) as ask:
            # Where there are too many sockets a single request still speaks, unless it is refused as well.
            emulator.faults.arm(replace(fault, times=2) if (kind, fault.kind) == ("aura", "429") else fault)
            began = LoopClock().now_ms()
            with pytest.raises(VendorError) as failed:
                await ask()
            took_ms = LoopClock().now_ms() - began - (0.0 if kind == "aura" else SPEECH_MS)
            emulator.faults.clear()
            assert await ask()
        async with asyncio.timeout(30):
            while emulator.connections > (fault.kind == "hang"):  # noqa: ASYNC110 - and one that hangs does not see us go
                await asyncio.sleep(0.1)
    assert failed.value.code == CODES[fault.kind]
    assert failed.value.retry_after_s == (1.0 if fault.kind == "429" else None)
    assert took_ms <= WITHIN_MS
    told = str(failed.value) + caplog.text
    assert KEY not in told
    assert "canaryword" not in told
    while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - the SDK's own, which wait for a peer that hangs
        await asyncio.sleep(1)


@pytest.mark.parametrize("kind", ["flux", "nova", "aura"])
async def test_what_is_bought_is_what_is_billed(kind: str, bought: list[Purchase]) -> None:
    async with DeepgramEmulator(ScriptedEar(*[SAID] * 5), latencies=REALISTIC, key=KEY) as emulator:
        async with engine(kind, emulator, bought.append) as ask:
            for _ in range(3):
                assert await ask()
            cut = asyncio.ensure_future(ask())
            await asyncio.sleep(0.3)
            cut.cancel()
            await asyncio.wait([cut])
            await asyncio.sleep(1)
        total = emulator.bill.total()
    assert {(each.kind, each.engine, each.model) for each in bought} == {(total.kind, *NAMES[kind])}
    assert sum(each.audio_ms for each in bought) == pytest.approx(total.audio_ms)
    assert sum(each.chars for each in bought) == total.chars
    assert total.audio_ms or total.chars


@pytest.mark.parametrize("kind", ["flux", "nova", "aura"])
async def test_no_request_carries_more_than_it_must(kind: str, bought: list[Purchase]) -> None:
    async with DeepgramEmulator(ScriptedEar(SAID), latencies=REALISTIC, key=KEY) as emulator:
        async with engine(kind, emulator, bought.append) as ask:
            await ask()
        assert emulator.requests.leaks == []
        for request in emulator.requests:
            told = repr((request.query, request.headers, request.body))
            assert "ana" not in told.replace("diana", "")
            assert SAID not in told
            assert request.audio_bytes <= (SPEECH_MS + QUIET_MS + 80) * 32
