"""How far a storm has come."""

import asyncio
from typing import Final

from bench.chaos.storm import Account

TELL_S: Final = 30.0


async def tell(account: Account, every_s: float = TELL_S) -> None:
    """Print it now and then, until cancelled; guests go on asking until the last fault is over."""
    plan = account.plan
    answers, faults = plan.guests * plan.answers, sum(count for _, count in plan.faults.values())
    while True:
        await asyncio.sleep(every_s)
        print(
            f"  {account.answers} of at least {answers} answers, {account.struck.total()} of {faults} faults; "
            f"{account.lost} lost, {account.twice} said twice",
            flush=True,
        )
