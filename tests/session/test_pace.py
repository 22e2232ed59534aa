"""How often it is looked whether more of an answer may be sent."""

import asyncio
import contextlib

from enterprise_stream.session.excuses import Excuses
from enterprise_stream.session.outbox import MAX_SOUND_MS
from enterprise_stream.session.reply import SOONEST_MS, ReplyPorts, ReplyRunner
from enterprise_stream.testing import LoopClock, Reply, ScriptedBrain, ScriptedVoice
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import Question


async def test_a_network_that_stands_still_is_not_asked_all_the_time() -> None:
    """However little too much waits for it: a rounding error took a whole core."""
    asked = 0

    def waiting_ms() -> float:
        nonlocal asked
        asked += 1
        return MAX_SOUND_MS + 1e-9 if asked < 10_000 else 0.0

    ports = ReplyPorts(
        tell=lambda _: None,
        send=lambda _: None,
        heard_ms=lambda: 0.0,
        waiting_ms=waiting_ms,
        remember=lambda _: None,
        give_up=lambda: None,
        released=asyncio.Event(),
        excuses=Excuses(Persona("Sandra", "scripted", {})),
        clock=LoopClock(),
    )
    ports.released.set()
    runner = ReplyRunner(1, ScriptedBrain(Reply(("Una frase.",))), ScriptedVoice(), ports)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            await runner.run(Question("one", "¿Y bien?", "es"))
    assert 10 < asked <= 2_000 / SOONEST_MS
