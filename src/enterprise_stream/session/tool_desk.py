"""Where the calls of one session come in: each is checked, held until the guest has said yes, run or left to itself."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from enterprise_stream.clock import Clock
from enterprise_stream.conversation.consent import consents
from enterprise_stream.conversation.history import History
from enterprise_stream.errors import ToolError
from enterprise_stream.session.confirmations import Confirmations, Held
from enterprise_stream.thinking.ports import ToolCall, ToolExchange, ToolSpec
from enterprise_stream.thinking.tool_ports import Caller, CheckedCall, Tool, Toolbox

log = structlog.get_logger(__name__)

_CONFIRMED = json.dumps(
    {"status": "carried", "message": "The guest has now said yes. It has not run yet: call it again, unchanged."}
)
_NOT_CONFIRMED = json.dumps(
    {"status": "carried", "message": "The guest was asked and has not said yes. Call it again only if he wants it."}
)

MAX_OUTCOMES = 8
"""Results kept for the brain of calls that nobody waited for any more; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Running:
    """A call under way."""

    checked: CheckedCall
    task: asyncio.Task[str]

    @property
    def tool(self) -> Tool:
        """What was called."""
        return self.checked.tool


@dataclass(slots=True)
class _Outcome:
    """What came of a call that outlived its answer, and the turn whose brain was told so."""

    exchange: ToolExchange
    told_in: int | None = field(default=None)


class ToolDesk:
    """The calls of one session.

    Args:
        toolbox: runs them.
        owner: the session.
        tenant: whose guest it is.
        clock: the session's.
        history: what was said and heard so far.
    """

    def __init__(
        self, toolbox: Toolbox, owner: str, clock: Clock, history: Callable[[], History], tenant: str = ""
    ) -> None:
        self._toolbox = toolbox
        self._owner = owner
        self._tenant = tenant
        self._clock = clock
        self._history = history
        self._confirmations = Confirmations()
        self._left: dict[str, Running] = {}
        self._outcomes: list[_Outcome] = []

    @property
    def offered(self) -> tuple[ToolSpec, ...]:
        """What a brain may call now."""
        return tuple(tool.spec for tool in self._toolbox.tools)

    def requested(self, words: str, language: str) -> ToolCall | None:
        """The call that the guest's words ask for plainly."""
        return self._toolbox.requested(words, language)

    def carried(self, turn: int, words: str, language: str) -> tuple[ToolExchange, ...]:
        """What a brain has to know of earlier turns' calls: what came of those left to themselves, what is held.

        An outcome is told again until an answer that knew of it was heard. That a held call may now be made again is
        only a hint: `begin` judges by the words that were final.
        """
        answered = {item.turn for item in self._history().items if item.role == "assistant"}
        self._outcomes = [each for each in self._outcomes if each.told_in is None or each.told_in not in answered]
        for outcome in self._outcomes:
            outcome.told_in = turn
        held = self._confirmations.waiting(turn, self._history(), self._clock.now_ms())
        hint = _CONFIRMED if consents(words, language) else _NOT_CONFIRMED
        return (
            *(outcome.exchange for outcome in self._outcomes),
            *(replace(each.exchange, result=hint) for each in held),
        )

    async def begin(self, call: ToolCall, turn: int, language: str) -> str | Running:
        """Take a call; returns its result where there is nothing to wait for. Only for an answer that is let out."""
        caller = Caller(self._owner, turn, language, self._words(turn), self._tenant)
        try:
            checked = await self._toolbox.check(call, caller)
        except ToolError as error:
            log.info("tool_refused", tool=call.name, code=error.code)
            return failure(error)
        running = self._left.get(checked.key)
        if running is not None:
            return running
        if checked.tool.needs_consent:
            if not self._confirmations.confirmed(checked.key, turn, self._history(), self._clock.now_ms()):
                return self._hold(checked, turn)
            self._confirmations = self._confirmations.without(checked.key)
        return Running(checked, self._toolbox.begin(checked, caller))

    def leave(self, running: Running) -> None:
        """Nobody waits for the call any more: stop it, or let it finish and keep what comes of it."""
        if running.task.done():
            return
        if running.tool.cancellable:
            running.task.cancel()
        elif running.checked.key not in self._left:
            self._left[running.checked.key] = running
            running.task.add_done_callback(partial(self._finished, running))

    def forget(self) -> None:
        """The guest has cleared the conversation: nothing is held any more, nothing told."""
        self._confirmations = Confirmations()
        self._outcomes.clear()

    def _words(self, turn: int) -> str:
        said = [item.text for item in self._history().items if item.role == "user" and item.turn == turn]
        return " ".join(said)

    def _hold(self, checked: CheckedCall, turn: int) -> str:
        result = json.dumps({"status": "needs_confirmation", "ask_the_guest": checked.question}, ensure_ascii=False)
        exchange = ToolExchange(checked.call, result)
        self._confirmations = self._confirmations.hold(Held(checked.key, turn, self._clock.now_ms(), exchange))
        log.info("tool_held", tool=checked.tool.spec.name)
        return result

    def _finished(self, running: Running, task: asyncio.Task[str]) -> None:
        del self._left[running.checked.key]
        if task.cancelled() or task.exception() is not None:
            return  # the server stops; the toolbox has told why
        self._outcomes.append(_Outcome(ToolExchange(running.checked.call, task.result())))
        del self._outcomes[:-MAX_OUTCOMES]


def failure(error: ToolError) -> str:
    """A result that tells the brain what went wrong."""
    return json.dumps({"status": "failed", "error": error.code, "message": error.message}, ensure_ascii=False)
