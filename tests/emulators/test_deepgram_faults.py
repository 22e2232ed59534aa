"""Each fault at each phase of each of Deepgram's endpoints, as its own SDK shows it; what comes next goes well."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from deepgram.core.api_error import ApiError
from deepgram.core.events import EventType
from deepgram.speak.v1.types.speak_v1text import SpeakV1Text
from tests.emulators.deepgram_sdk import PATIENCE_S, Session, client, eventually, flux, nova, reason, speak
from websockets.exceptions import ConnectionClosedError, InvalidMessage

from enterprise_stream.testing import quiet, speech
from enterprise_stream.testing.emulators import EVERY_FAULT, Fault, Said, ScriptedEar
from enterprise_stream.testing.emulators.deepgram import DeepgramEmulator

SOON_S = 0.03
"""How long a test waits to see that nothing comes."""

SAID = Said("uno dos tres cuatro cinco seis siete ocho", ms_per_word=300)
TEXT = "Buenos días, soy Sandra."
MUTE = {"hang", "silent", "stall", "slow_drip"}
BEFORE = [fault for fault in EVERY_FAULT if fault.phase == "before"]
LATER = [fault for fault in EVERY_FAULT if fault.phase != "before"]


def name(fault: Fault) -> str:
    return f"{fault.kind}-{fault.phase}"


async def talk_to(session: Session) -> None:
    await session.hear(speech(2500), quiet(500))


async def have_said(session: Session) -> None:
    await session.socket.send_text(SpeakV1Text(type="Speak", text=TEXT))
    await session.socket.send_flush()


def results(session: Session) -> list[Any]:
    return [result for result in session.of("Results") if result.channel.alternatives[0].transcript]


def turns(session: Session) -> list[Any]:
    return [message for message in session.of("TurnInfo") if message.transcript]


def sounds(session: Session) -> list[Any]:
    return [message for message in session.came if isinstance(message, bytes)]


@dataclass(frozen=True)
class Endpoint:
    """A WebSocket, what makes it answer, and the pieces of the answer."""

    name: str
    connect: Callable[[DeepgramEmulator], Any]
    ask: Callable[[Session], Awaitable[None]]
    pieces: Callable[[Session], list[Any]]

    def __str__(self) -> str:
        return self.connect.__name__


LISTEN_1 = Endpoint("listen", nova, talk_to, results)
LISTEN_2 = Endpoint("listen", flux, talk_to, turns)
SPEAK = Endpoint("speak", speak, have_said, sounds)
ENDPOINTS = [LISTEN_1, LISTEN_2, SPEAK]


def emulator() -> DeepgramEmulator:
    return DeepgramEmulator(ScriptedEar(SAID, SAID))


async def goes_well(endpoint: Endpoint, deepgram: DeepgramEmulator) -> None:
    async with endpoint.connect(deepgram) as session:
        await endpoint.ask(session)
        await session.until(lambda: len(endpoint.pieces(session)) >= 2)


async def connecting_fails(endpoint: Endpoint, deepgram: DeepgramEmulator) -> Exception | None:
    """Why there is no connection; None where it is not told within a moment.

    It is not cancelled then: the SDK waits for an end that a hung peer does not give, for ten seconds and more.
    """

    async def connect() -> None:
        async with endpoint.connect(deepgram):
            pass

    async with asyncio.TaskGroup() as group:
        mute = deepgram.faults.armed[0].kind in MUTE
        connecting = group.create_task(failing(connect))
        if mute:
            await eventually(lambda: deepgram.faults.struck)
        done, _ = await asyncio.wait([connecting], timeout=SOON_S if mute else PATIENCE_S)
        deepgram.cut()
    return connecting.result() if done else None


async def failing(work: Callable[[], Awaitable[None]]) -> Exception:
    """How `work` fails."""
    with pytest.raises((ApiError, OSError, InvalidMessage)) as caught:
        await work()
    return caught.value


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
@pytest.mark.parametrize("fault", BEFORE, ids=name)
async def test_a_handshake_fails(fault: Fault, endpoint: Endpoint) -> None:
    async with emulator() as deepgram:
        deepgram.faults.arm(fault, endpoint.name)
        error = await connecting_fails(endpoint, deepgram)
        match fault.kind:
            case "401" | "402" | "429" | "5xx":
                assert isinstance(error, ApiError)
                status, why, _ = reason(error)
                assert status == (503 if fault.kind == "5xx" else int(fault.kind))
                assert why
            case "refused":
                assert isinstance(error, ConnectionRefusedError)
                deepgram.faults.clear()
            case "reset" | "half_close" | "malformed":
                assert isinstance(error, InvalidMessage | ConnectionResetError)
            case _:
                assert error is None
        assert not deepgram.bill.purchases
        await goes_well(endpoint, deepgram)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
@pytest.mark.parametrize("fault", LATER, ids=name)
async def test_an_answer_fails(fault: Fault, endpoint: Endpoint) -> None:
    async with emulator() as deepgram:
        deepgram.faults.arm(fault, endpoint.name)
        before = 0 if fault.phase == "first_byte" else 1
        async with endpoint.connect(deepgram) as session:
            await endpoint.ask(session)
            match fault.kind:
                case "5xx":
                    code, why = await session.end()
                    assert (code, why[:8]) == (1011, "NET-0000")
                case "reset" | "half_close":
                    assert (await session.end())[0] == 1006
                    assert isinstance(session.ended, ConnectionClosedError)
                case "malformed":
                    await session.until(lambda: len(endpoint.pieces(session)) >= 2)
                case _:
                    await eventually(lambda: deepgram.faults.struck)
                    await session.until(lambda: len(endpoint.pieces(session)) >= before)
                    await asyncio.sleep(SOON_S)
                    within_s = PATIENCE_S if fault.kind == "stall" else SOON_S
                    assert await alive(session, within_s) is (fault.kind == "stall")
            if fault.kind != "malformed":
                assert len(endpoint.pieces(session)) == before
        assert not deepgram.faults.armed
        assert [struck.fault for struck in deepgram.faults.struck] == [fault]
        deepgram.ear = ScriptedEar(SAID)
        await goes_well(endpoint, deepgram)


async def alive(session: Session, within_s: float) -> bool:
    """Whether a ping is answered."""
    pong = await session.socket._websocket.ping()
    done, _ = await asyncio.wait([pong], timeout=within_s)
    pong.cancel()
    return bool(done)


@pytest.mark.parametrize("connect", [nova, flux, speak])
async def test_a_malformed_piece_ends_the_sdks_listener_while_the_socket_stays_open(connect: Any) -> None:
    endpoint = {nova: LISTEN_1, flux: LISTEN_2, speak: SPEAK}[connect]
    async with emulator() as deepgram:
        deepgram.faults.arm(Fault("malformed", "first_byte"))
        told: list[EventType] = []
        listening = {
            nova: client(deepgram).listen.v1,
            flux: client(deepgram).listen.v2,
            speak: client(deepgram).speak.v1,
        }[connect]
        options = {"model": "aura-2-diana-es"} if connect is speak else {"encoding": "linear16", "sample_rate": "16000"}
        model = {nova: {"model": "nova-3"}, flux: {"model": "flux-general-multi"}, speak: {}}[connect]
        async with listening.connect(**(options | model)) as socket:
            for event in (EventType.ERROR, EventType.CLOSE):
                socket.on(event, lambda _, event=event: told.append(event))
            session = Session(socket)
            await endpoint.ask(session)
            async with asyncio.timeout(PATIENCE_S):
                await socket.start_listening()
            assert told == [EventType.ERROR, EventType.CLOSE]
            assert session.code is None
            session.drop()
            await socket._websocket.wait_closed()


async def over_http(deepgram: DeepgramEmulator, within_s: float = PATIENCE_S) -> list[bytes]:
    asked: dict[str, Any] = {"model": "aura-2-diana-es", "encoding": "linear16", "container": "none"}
    async with httpx.AsyncClient(timeout=within_s) as http:
        pieces = client(deepgram, http).speak.v1.audio.generate(text=TEXT, **asked)
        return [piece async for piece in pieces]


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=name)
async def test_speech_over_http_fails(fault: Fault) -> None:
    async with emulator() as deepgram:
        deepgram.faults.arm(fault, "speak")
        with pytest.raises((ApiError, httpx.TransportError)) as caught:
            await over_http(deepgram, SOON_S if fault.kind in MUTE else PATIENCE_S)
        error = caught.value
        if fault.kind in ("401", "402", "429") or (fault.kind, fault.phase) == ("5xx", "before"):
            assert isinstance(error, ApiError)
            assert error.status_code == (503 if fault.kind == "5xx" else int(fault.kind))
            assert isinstance(error.headers, dict)
            assert error.headers.get("retry-after") == ("1" if fault.kind == "429" else None)
        elif fault.kind in MUTE:
            assert isinstance(error, httpx.ReadTimeout)
        elif fault.kind == "refused":
            assert isinstance(error, httpx.ConnectError)
        else:
            assert isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)
        deepgram.faults.clear()
        assert len(await over_http(deepgram)) > 10
