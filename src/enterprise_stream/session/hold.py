"""The door behind which an answer waits: for the turn's end, or for the word that is said before it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from enterprise_stream.conversation.events import Caption, ReplyEvent, ReplySounded, ReplyTextEnded, ReplyTextGrew
from enterprise_stream.session.outbox import Sound
from enterprise_stream.session.reply import ReplyPorts
from enterprise_stream.speaking.ports import SAMPLE_RATE

CHARS_A_TOKEN = 4
"""Characters of text in one token of a vendor's, roughly (OpenAI's own rule of thumb), where it reports none."""


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What of a turn has gone out before its answer: an opening from the library, or nothing.

    Attributes:
        ms: how long it sounds.
        chars: characters of its text.
    """

    ms: float = 0.0
    chars: int = 0


class Hold:
    """Keeps what a reply tells, sends and remembers until it is released, in order; then passes everything on.

    What waits is bounded by the reply itself: its text by `reply.MAX_CLAUSES_WAITING`, its sound by its first clause.

    Attributes:
        text_tokens: bought so far, as the brain reports it, else estimated from its text.
        sound_ms: made so far.
    """

    def __init__(self, ports: ReplyPorts) -> None:
        self._ports = ports
        self._begun_at = ports.clock.now_ms()
        self._waiting: list[Callable[[], None]] = []
        self._released = asyncio.Event()
        self._sounding = asyncio.Event()
        self._before = SaidBefore()
        self._chars = 0
        self._reported: int | None = None
        self._samples = 0

    @property
    def ports(self) -> ReplyPorts:
        """The session's ports as the reply behind the door sees them."""
        return replace(self._ports, tell=self._tell, send=self._send, remember=self._remember, released=self._released)

    @property
    def text_tokens(self) -> int:  # noqa: D102 - see the class
        return self._reported if self._reported is not None else round(self._chars / CHARS_A_TOKEN)

    @property
    def sound_ms(self) -> float:  # noqa: D102 - see the class
        return self._samples * 1000 / SAMPLE_RATE

    async def sounds_within(self, patience_ms: float) -> bool:
        """Whether there is sound to let out by then; one that was begun ahead and has no word yet has used it up."""
        used_ms = 0.0 if self._chars else self._ports.clock.now_ms() - self._begun_at
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, patience_ms - used_ms) / 1000):
                await self._sounding.wait()
        return self._sounding.is_set()

    def release(self, before: SaidBefore | None = None) -> None:
        """Let out what waits, dated now, and everything that follows.

        Args:
            before: what of the turn has gone out before it.
        """
        self._before = before or self._before
        self._released.set()
        waiting, self._waiting = self._waiting, []
        for pass_on in waiting:
            pass_on()

    def _tell(self, event: ReplyEvent) -> None:
        if isinstance(event, ReplyTextGrew):
            self._chars += len(event.text)
        elif isinstance(event, ReplyTextEnded) and event.usage.output_tokens:
            self._reported = event.usage.output_tokens
        self._pass(lambda: self._ports.tell(self._placed(event)))

    def _placed(self, event: ReplyEvent) -> ReplyEvent:
        """The event as of now, and behind what has gone out before it."""
        now = self._ports.clock.now_ms()
        match event:
            case ReplySounded(sent_ms=sent_ms, captions=captions):
                after = self._before.ms
                later = tuple(Caption(c.text, c.start_ms + after, c.end_ms + after) for c in captions)
                return replace(event, at=now, sent_ms=sent_ms + after, captions=later)
            case ReplyTextEnded(usage=usage):
                return replace(event, at=now, usage=usage.after_opening(self._before.chars))
            case _:
                return replace(event, at=now)

    def _send(self, sound: Sound) -> None:
        self._samples += sound.samples.size
        self._sounding.set()
        self._pass(partial(self._ports.send, sound))

    def _remember(self, memory: object | None) -> None:
        self._pass(partial(self._ports.remember, memory))

    def _pass(self, pass_on: Callable[[], None]) -> None:
        if self._released.is_set():
            pass_on()
        else:
            self._waiting.append(pass_on)
