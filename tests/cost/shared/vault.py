"""A database of advances without a database."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from enterprise_stream.cost.bank import Settled
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.slices import Claim, grant
from enterprise_stream.errors import StoreError


@dataclass
class Vault:
    """What the database would hold: by day, tenant and process."""

    rows: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)

    def held(self, day: str = "2026-05-28") -> int:
        return sum(held for (of, _, _), (_, held) in self.rows.items() if of == day)


@dataclass
class FakeBank:
    """One process's way to it.

    Attributes:
        away: whether it fails.
        takes_s: how long an answer takes.
        asked: how often it was asked.
    """

    vault: Vault
    run: str = "mine"
    away: bool = False
    takes_s: float = 0.005
    asked: int = 0

    async def settle(self, day: str, claims: Sequence[Claim], caps: Amounts) -> Settled:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        if self.away:
            raise StoreError("away")
        rows, told = self.vault.rows, {claim.tenant for claim in claims}
        held: dict[str, int] = {}
        spent: dict[str, int] = {}
        for (of, tenant, run), (bought, limit) in rows.items():
            if of == day and not (run == self.run and tenant in told):
                held[tenant] = held.get(tenant, 0) + limit
            if of == day and run != self.run:
                spent[tenant] = spent.get(tenant, 0) + bought
        given = grant(claims, held, caps)
        rows.update({(day, each.tenant, self.run): (each.spent, given[each.tenant]) for each in claims})
        return Settled(given, spent)
