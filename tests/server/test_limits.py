"""What one client may send, and what follows beyond: a close that says what to change, counted by the limit's name."""

import asyncio
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from enterprise_stream.listening.ports import VAD_FRAME, Samples
from enterprise_stream.server import limits
from enterprise_stream.server.closing import ClosedByUsError
from enterprise_stream.server.inflow import Inflow
from enterprise_stream.server.limits import Bucket, Limit
from enterprise_stream.server.microphone import Microphone
from enterprise_stream.session.portion import PORTION
from enterprise_stream.testing import scripted_engines, speech

from ..session.stage import Counting
from .house import Client, House, client, house
from .test_hostile import masked, upgraded


def rejected(place: House, reason: str) -> float:
    """How many were, for a reason, as Prometheus reads it."""
    return counted(place, "rejected", reason=reason)


def counted(place: House, what: str, **labels: str) -> float:
    """How much of something, likewise."""
    (label,) = (f'{name}="{value}"' for name, value in labels.items())
    name = f"enterprise_stream_{what}_total{{{label}}} "
    lines = place.service.metrics.render().decode().splitlines()
    return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))


def passed(act: Callable[[Inflow], None]) -> ClosedByUsError | None:
    """How some traffic is closed."""
    try:
        act(Inflow())
    except ClosedByUsError as error:
        return error
    return None


def test_a_bucket_gives_what_it_holds_and_then_what_flows_in() -> None:
    bucket = Bucket(10, 3)
    assert [bucket.take(0) for _ in range(4)] == [0, 0, 0, 100]
    assert bucket.take(100) == 0
    assert bucket.take(150) == 50
    assert bucket.take(60_000, 3) == 0
    assert bucket.take(60_000, 2) == 200


def test_a_minute_in_the_shortest_frames_may_come_at_once_and_ten_in_real_time() -> None:
    def at_once(inflow: Inflow) -> None:
        for _ in range(6_000):
            inflow.frame(320, 0)

    def in_time(inflow: Inflow) -> None:
        for number in range(60_000):
            inflow.frame(320, number * 10)
            inflow.audio(10, number * 10)

    assert (passed(at_once), passed(in_time)) == (None, None)


def test_a_client_that_sends_a_little_too_much_for_long_is_not_closed() -> None:
    def a_little_more(inflow: Inflow) -> None:
        for number in range(60_000):
            inflow.text("x", number * 1000 / 59)

    assert passed(a_little_more) is None


@pytest.mark.parametrize(
    ("act", "limit"),
    [
        (lambda i: [i.frame(1, n) for n in range(9_000)], Limit.FRAME_RATE),
        (lambda i: [i.frame(1 << 20, n * 1000) for n in range(60)], Limit.BYTE_RATE),
        (lambda i: [i.refused("bad_audio", n * 10) for n in range(120)], Limit.REFUSALS),
        (lambda i: [i.refused("audio_too_long", n * 100) for n in range(6)], Limit.REFUSALS),
        (lambda i: [i.audio(2_000, n * 100) for n in range(60)], Limit.AUDIO_AHEAD),
        (lambda i: i.frame((1 << 20) + 1, 0), Limit.FRAME_SIZE),
        (lambda i: i.text("x" * 65_537, 0), Limit.TEXT_SIZE),
        (lambda i: [i.text("x", n) for n in range(1_200)], Limit.MESSAGE_RATE),
        (lambda i: [i.text("x", n * 10) for n in range(3_000)], Limit.MESSAGE_RATE),
    ],
)
def test_each_limit_ends_the_connection_under_its_own_name(act: Callable[[Inflow], None], limit: Limit) -> None:
    error = passed(act)
    assert error is not None
    assert (error.limit, error.code) == (limit, limit.close)
    assert len(error.reason.encode()) <= 123, "more than a close frame holds"


@pytest.mark.requirement("S10")
async def test_ten_times_real_time_is_closed_within_seconds_and_counted() -> None:
    async with house() as place, client(place) as guest, client(place) as other:
        began = asyncio.get_running_loop().time()
        for _ in range(80):
            await guest.connection.send(bytes(32_000))
            await asyncio.sleep(0.1)
            if guest.closed is not None:
                break
        assert await guest.wait_closed() == 1008
        assert asyncio.get_running_loop().time() - began < 8
        assert "as it is spoken" in (guest.connection.close_reason or "")
        assert rejected(place, "audio_ahead") == 1
        assert (await other.ask("test", "test"))["ok"] is True


@pytest.mark.requirement("S10")
@pytest.mark.parametrize("ms", [40, 250, 500])
async def test_of_sound_that_comes_at_once_a_portion_is_worked_on_before_others_get_their_turn(
    monkeypatch: pytest.MonkeyPatch, ms: int
) -> None:
    counting, decoded = Counting(), decodes(monkeypatch)
    frame = (speech(ms) * 32767).astype("<i2").tobytes()
    frames, size = 20_000 // ms, len(frame) // 2
    async with house(replace(scripted_engines(), activity=lambda: counting)) as place, client(place) as guest:
        sending = asyncio.create_task(_send_all(guest, [frame] * frames))
        worked, before = [], (0, 0)
        while counting.shown < frames * size - VAD_FRAME:
            await asyncio.sleep(0)
            worked.append((counting.shown - before[0], sum(decoded) - before[1]))
            before = counting.shown, sum(decoded)
        await sending
        assert max(heard for heard, _ in worked) <= PORTION + size + VAD_FRAME
        assert max(taken for _, taken in worked) <= PORTION + size
        assert sum(taken for _, taken in worked) == frames * size, "nothing is lost"


def decodes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The samples of each frame that any guest sends from now on, as they are decoded."""
    decoded: list[int] = []
    take = Microphone.take

    def counted(microphone: Microphone, frame: bytes) -> Samples:
        samples = take(microphone, frame)
        decoded.append(samples.size)
        return samples

    monkeypatch.setattr(Microphone, "take", counted)
    return decoded


async def _send_all(guest: Client, frames: Sequence[bytes]) -> None:
    for frame in frames:
        await guest.connection.send(frame)


async def test_a_flood_of_tiny_frames_is_closed() -> None:
    async with house() as place, client(place) as guest:
        for _ in range(7_400):
            await guest.connection.send(b"\0\0")
        assert await guest.wait_closed() == 1008
        assert rejected(place, "frame_rate") == 1


@pytest.mark.requirement("S11")
async def test_a_flood_of_pings_is_closed_and_counted_though_its_sender_reads_nothing() -> None:
    async with house() as place, upgraded(place) as (reader, writer), client(place) as other:
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(masked(0x89, b"?" * 100) * 10_000)
        async with asyncio.timeout(10):
            while place.service.admission.inside > 1:  # noqa: ASYNC110 - polls virtual time
                await asyncio.sleep(0.1)
        assert rejected(place, "control_rate") == 1
        assert (await other.ask("test", "test"))["ok"] is True


async def test_who_pings_too_often_is_told_what_to_change() -> None:
    async with house() as place, client(place) as guest:
        for _ in range(110):
            await guest.connection.ping()
        assert await guest.wait_closed() == 1008
        assert "one ping in 20 s" in (guest.connection.close_reason or "")


async def test_what_cannot_be_used_is_told_and_then_closed() -> None:
    async with house() as place, client(place) as guest:
        for _ in range(130):
            await guest.connection.send("]")
            await asyncio.sleep(0.02)
            if guest.closed is not None:
                break
        assert await guest.wait_closed() == 1008
        assert len(guest.seen("error")) >= 90
        assert rejected(place, "refusals") == 1


def ogg_bomb() -> bytes:
    """An Ogg/Opus file of 20 kB that holds ten minutes: packets of one byte, 60 ms each, 255 to a page."""

    def page(number: int, flags: int, granule: int, packets: list[bytes]) -> bytes:
        lacing = bytes(len(packet) for packet in packets)
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, 1, number, 0, len(lacing)) + lacing
        return head + b"".join(packets)

    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<II", 0, 0)
    pages = [page(0, 2, 0, [head]), page(1, 0, 0, [tags])]
    sixty = bytes([3 << 3])  # 60 ms of SILK, and nothing in it (RFC 6716, section 3.1)
    pages += [page(number + 2, 0, (number + 1) * 255 * 2_880, [sixty] * 255) for number in range(40)]
    return b"".join(pages)


@pytest.mark.requirement("S23")
async def test_sound_out_of_nothing_is_closed_and_keeps_nobody_waiting() -> None:
    async with house() as place, client(place) as guest, client(place) as other:
        for _ in range(8):
            await guest.connection.send(ogg_bomb())
        assert await guest.wait_closed() == 1008
        assert rejected(place, "audio_ahead") + rejected(place, "refusals") == 1
        assert (await other.ask("test", "test"))["ok"] is True


@pytest.mark.parametrize("limit", list(Limit))
def test_every_limit_says_what_it_is(limit: Limit) -> None:
    assert limit.what
    assert limit.close in {1008, 1009, 4000, 4001, 4002}
    assert json.dumps(limit) == f'"{limit.value}"'


def test_the_limits_are_those_of_the_protocol() -> None:
    assert limits.MAX_AHEAD_MS == 60_000
