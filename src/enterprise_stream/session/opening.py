"""A word from the voice library before an answer that is not there yet, and the answer after it without a seam."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from enterprise_stream.conversation.events import Caption, ReplySounded, ReplyTextGrew
from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.session.hold import Hold, SaidBefore
from enterprise_stream.session.join import Lead
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.reply import ReplyPorts
from enterprise_stream.speaking.ports import SAMPLE_RATE, TextToSpeech

log = structlog.get_logger(__name__)

PATIENCE_MS = 60.0
"""How long an answer may take before an opening is said: what the library and a brain without a network need.

Counted from when the answer was begun while it has no word, and from the turn's end once it has: its voice is at work.
"""

OPENING_DEADLINE_S = 0.25
"""How long the opening itself may take; the library has it in a few ms."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What she may begin with.

    Attributes:
        owner: session that the work is done for.
        text: a clause that the library holds.
        language: ISO 639-1 code.
        lead: who says it, this opening or the answer.
    """

    owner: str
    text: str
    language: str
    lead: Lead


async def let_out(reply: int, hold: Hold, ports: ReplyPorts, opening: Opening, voice: TextToSpeech) -> None:
    """Release an answer: at once when it sounds in time or begins with the opening's words itself, else after it.

    Args:
        reply: its id.
        hold: the door that it waits behind; released by the end.
        ports: the session's, in front of that door.
        opening: what she may begin with.
        voice: says the opening.
    """
    if await hold.sounds_within(PATIENCE_MS) or not opening.lead.begin():
        hold.release()
        return
    try:
        async with asyncio.timeout(OPENING_DEADLINE_S):
            sounds, captions, length_ms = await _say(reply, opening, voice)
    except (EnterpriseStreamError, TimeoutError) as error:
        log.warning("opening_failed", error=type(error).__name__)
        hold.release()
        return
    now = ports.clock.now_ms()
    ports.tell(ReplyTextGrew(now, reply, f"{opening.text} "))
    ports.tell(ReplySounded(now, reply, length_ms, captions))
    for sound in sounds:
        ports.send(sound)
    hold.release(SaidBefore(length_ms, len(opening.text)))


async def _say(reply: int, opening: Opening, voice: TextToSpeech) -> tuple[list[Sound], tuple[Caption, ...], float]:
    sounds: list[Sound] = []
    captions: list[Caption] = []
    async with aclosing(voice.speak(opening.owner, opening.text, opening.language)) as pieces:
        async for speech in pieces:
            captions += [Caption(word.text, word.start_ms, word.end_ms) for word in speech.words]
            sounds.append(Sound(reply, speech.samples))
    samples = sum(sound.samples.size for sound in sounds)
    return sounds, tuple(captions), samples * 1000 / SAMPLE_RATE
