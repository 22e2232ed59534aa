"""What the voices share whose services take a clause's text in parts and tell where its words sound."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from typing import Any, Self

from enterprise_stream.contained import contained
from enterprise_stream.engines.socket_failures import SOCKET_FAILURES
from enterprise_stream.engines.sounding import Sounding
from enterprise_stream.errors import VendorError
from enterprise_stream.speaking.ports import Speech
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.speaking.streamed import spoken_text
from enterprise_stream.speaking.told_words import ToldSpeech

PATIENCE_S = 2.0
"""What the next sound may take once the service has the whole text; 75 to 310 ms are usual for the first."""

Converse = Callable[[str, AsyncIterator[str], Sounding], Awaitable[None]]
"""Has a service say its first argument and what the second one brings; puts what comes into the third, and returns
when the clause is over. Each text ends with a blank."""


class Speaker:
    """Has clauses said, each by a task of its own; use it as an async context manager, which owns the tasks.

    Args:
        failure_of: the vendor's error for anything in `SOCKET_FAILURES`.
        region: the business's country, whose habits numbers, money and times are said by.

    Attributes:
        group: owns whatever else the voice starts.
        speaking: clauses under way now.
    """

    group: asyncio.TaskGroup

    def __init__(self, failure_of: Callable[[BaseException], VendorError], region: str) -> None:
        self._failure_of = failure_of
        self._region = region
        self.speaking = 0

    async def __aenter__(self) -> Self:
        self.group = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.group.__aexit__(None, None, None)

    def begin(self, work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
        """Begin work beside the clauses; a fault that nobody foresaw costs this work and no other."""
        return self.group.create_task(contained(work, what))

    async def say(self, words: AsyncIterator[str], language: str, converse: Converse) -> AsyncGenerator[Speech]:
        """Say one clause; see `StreamingTextToSpeech.speak_along`.

        Raises:
            VendorError: the service failed.
        """
        speech, sounding = ToldSpeech(), Sounding()
        spoken = self._spoken(speech, words, language)
        talking = self.group.create_task(self._talk(spoken, sounding, converse))
        try:
            while (sounded := await sounding.get()) is not None:
                if (piece := speech.hear(sounded)) is not None:
                    yield piece
        except TimeoutError as error:
            sounding.fail(self._failure_of(error))
            raise self._failure_of(error) from None
        finally:
            talking.cancel()
        if (piece := speech.end()) is not None:
            yield piece

    async def _spoken(self, speech: ToldSpeech, words: AsyncIterator[str], language: str) -> AsyncGenerator[str]:
        """What is to be sent for a clause, a part at a time."""
        async for text in words:
            said = segments(text, language, self._region)
            speech.say(said)
            if spoken := spoken_text(said):
                yield f"{spoken} "

    async def _talk(self, spoken: AsyncGenerator[str], sounding: Sounding, converse: Converse) -> None:
        """Have one clause said; what comes of it, failures too, goes to `sounding`."""
        self.speaking += 1
        try:
            async with aclosing(spoken):
                first = await anext(spoken, None)
                if first is not None:
                    await converse(first, spoken, sounding)
            sounding.end()
        except Exception as error:  # noqa: BLE001 (the writer's failures too: who listens is told of them)
            sounding.fail(self._failure_of(error) if isinstance(error, SOCKET_FAILURES) else error)
        finally:
            self.speaking -= 1


async def once(text: str) -> AsyncGenerator[str]:
    """A clause that is written already."""
    yield text
