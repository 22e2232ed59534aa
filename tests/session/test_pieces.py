"""How an answer's sound is cut for the guest: short at first, in long pieces once enough is ahead."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from enterprise_stream.conversation.events import ReplyEvent, ReplySounded
from enterprise_stream.errors import EngineError
from enterprise_stream.session.excuses import Excuses
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.reply import LONG_PIECE_MS, PIECE_MS, SAFELY_AHEAD_MS, ReplyPorts, ReplyRunner
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech
from enterprise_stream.testing import LoopClock, Reply, ScriptedBrain, ScriptedVoice
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import Question

FIRST = "Tenemos una suite con vistas al río y desayuno. "
SECOND = "Cuesta cien euros."
MS_PER_CHAR = 60.0


async def _said(voice: ScriptedVoice) -> tuple[list[float], list[ReplySounded]]:
    """The pieces' lengths in ms, and what was told of them; nothing of the answer is heard meanwhile."""
    told: list[ReplyEvent] = []
    sent: list[Sound] = []
    ports = ReplyPorts(
        tell=told.append,
        send=sent.append,
        heard_ms=lambda: 0.0,
        remember=lambda _: None,
        give_up=lambda: None,
        released=asyncio.Event(),
        excuses=Excuses(Persona("Sandra", "scripted", {})),
        clock=LoopClock(),
    )
    ports.released.set()
    await ReplyRunner(1, ScriptedBrain(Reply((FIRST, SECOND))), voice, ports).run(Question("one", "¿Y bien?", "es"))
    return [sound.samples.size * 1000 / SAMPLE_RATE for sound in sent], [e for e in told if isinstance(e, ReplySounded)]


async def test_small_pieces_of_a_voice_are_gathered_once_enough_is_ahead() -> None:
    lengths, told = await _said(ScriptedVoice(ms_per_char=MS_PER_CHAR, piece_ms=PIECE_MS))
    at_once = round(SAFELY_AHEAD_MS / PIECE_MS)
    assert lengths[:at_once] == [PIECE_MS] * at_once
    clause_ms = [len(text.strip()) * MS_PER_CHAR for text in (FIRST, SECOND)]
    assert sum(lengths) == sum(clause_ms)
    rest = clause_ms[0] - SAFELY_AHEAD_MS
    gathered = [LONG_PIECE_MS] * int(rest // LONG_PIECE_MS)
    assert lengths[at_once : at_once + len(gathered)] == gathered
    assert lengths[at_once + len(gathered)] == rest % LONG_PIECE_MS  # a clause's end is not kept back for the next
    words = [word for event in told for word in event.captions]
    assert [word.text for word in words] == f"{FIRST}{SECOND}".split()
    assert all(word.start_ms < event.sent_ms for event in told for word in event.captions)


class _BreaksOff(ScriptedVoice):
    """Fails after this many pieces of its first clause."""

    PIECES = 13

    async def speak(self, owner: str, text: str, language: str) -> AsyncGenerator[Speech]:
        async with aclosing(super().speak(owner, text, language)) as pieces:
            count = 0
            async for speech in pieces:
                yield speech
                count += 1
                if count == self.PIECES:
                    raise EngineError("The voice broke off.")


async def test_what_a_voice_has_said_before_it_breaks_off_is_heard() -> None:
    lengths, told = await _said(_BreaksOff(ms_per_char=MS_PER_CHAR, piece_ms=PIECE_MS))
    words_end = max(word.end_ms for event in told for word in event.captions)
    assert sum(lengths) == pytest.approx(max(_BreaksOff.PIECES * PIECE_MS, words_end), abs=0.1)
