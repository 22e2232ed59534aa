"""One session's money: what each turn's bill is, and when there is none left."""

import asyncio
from typing import Self

from enterprise_stream.conversation import actions as act
from enterprise_stream.cost.account import Bill
from enterprise_stream.cost.meter import Meter
from enterprise_stream.server.access.lease import UNLIMITED, Lease


class Till:
    """A call's account while it lasts; use it as a context manager.

    Args:
        meter: counts what is bought.
        owner: the session.
        draft_microdollars: what an answer that is begun ahead may cost at most.
        before: what was paid for the call in another process, in micro-dollars.
        lease: who pays, and what the call may cost.
    """

    def __init__(
        self, meter: Meter, owner: str, draft_microdollars: int, before: int = 0, lease: Lease = UNLIMITED
    ) -> None:
        self._meter = meter
        self._owner = owner
        self._draft = draft_microdollars
        self._before = before
        self._lease = lease
        self._spent = asyncio.Event()

    def __enter__(self) -> Self:
        self._account = self._meter.open(
            self._owner, self._lease.tenant, self._spent.set, self._before, self._lease.max_microdollars
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._meter.close(self._account)

    @property
    def paid(self) -> int:
        """What the call has cost so far, in micro-dollars."""
        return self._account.before + self._account.call.total

    def may_draft(self) -> bool:
        """Whether an answer may be begun ahead: not where it could pass a cap, for it may be for nothing."""
        return self._meter.affords(self._owner, self._draft)

    async def empty(self) -> None:
        """Wait until nothing more may be bought."""
        await self._spent.wait()

    def bill(self, notice: act.Notice) -> Bill:
        """What was bought for a turn that is over now; nothing for any other notice."""
        match notice:
            case act.AnswerComplete(usage=usage):
                return self._account.turn_ended(usage.spoken_chars, usage.library_chars)
            case act.AnswerInterrupted():
                self._account.turn_cut()
        return Bill()
