"""Much sound at once is worked on in portions, and another guest's frame waits for one of them at most."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from enterprise_stream.listening.ports import VAD_FRAME, Samples
from enterprise_stream.session.portion import PORTION, Portion
from enterprise_stream.session.session import Session
from enterprise_stream.testing import scripted_engines, speech

from .stage import Counting, make_session


async def test_a_portion_is_whole_until_the_next_turn_of_the_loop() -> None:
    portion = Portion()
    for _ in range(24):
        portion.add(320)
        assert not portion.whole
    portion.add(320)
    assert portion.whole
    await portion.turn()
    assert not portion.whole


async def test_a_microphone_never_makes_a_portion_whole() -> None:
    portion = Portion()
    for _ in range(1_000):
        portion.add(320)
        assert not portion.whole
        await asyncio.sleep(0.02)


async def _flood(session: Session[None], chunk: Samples, chunks: int) -> None:
    for _ in range(chunks):
        await session.hear(chunk)


@pytest.mark.requirement("S10")
@pytest.mark.parametrize(("ms", "chunks"), [(20, 1_000), (250, 80), (500, 40), (32_000, 2)])
async def test_a_guest_s_frame_waits_for_no_more_than_a_portion_of_another_s(ms: float, chunks: int) -> None:
    counting, sound = Counting(), speech(ms)
    flooder = make_session(replace(scripted_engines(), activity=lambda: counting), name="flooder")
    other = make_session(scripted_engines())
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(session.run()) for session in (flooder, other)]
        await asyncio.sleep(0.1)
        group.create_task(_flood(flooder, sound, chunks))
        waited, before = [], 0
        while counting.shown <= chunks * sound.size - VAD_FRAME:
            await other.hear(np.zeros(320, np.float32))
            await asyncio.sleep(0)
            waited.append(counting.shown - before)
            before = counting.shown
        assert max(waited) <= PORTION + min(sound.size, PORTION) + VAD_FRAME
        for task in running:
            task.cancel()
