"""Servers on one real database keep within the caps of a day together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal

import pytest
from alembic import command
from pydantic import SecretStr
from sqlalchemy import URL, func, select, text, update

from enterprise_stream.composition.money import counted
from enterprise_stream.config import Settings
from enterprise_stream.cost.account import Charge
from enterprise_stream.cost.bank import Bank, Settled
from enterprise_stream.cost.book import Book
from enterprise_stream.cost.gates import GatedBrain, GatedRecogniser, gated_voice
from enterprise_stream.cost.governor import Amounts, Level
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.prices import Price, Prices
from enterprise_stream.cost.slices import LEAST, SHARE, Claim
from enterprise_stream.errors import BudgetError
from enterprise_stream.store import Store
from enterprise_stream.store.engines import for_writing, make_engine
from enterprise_stream.store.privacy import Limits, retain
from enterprise_stream.store.tables import advances, spending
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.clock import WALL_MS

from ..store.test_schema import go
from .engines import PaidBrain, PaidRecogniser, PaidVoice, a_question
from .test_meter import TODAY, said

CAP = 20_000_000
SLICE = CAP // SHARE
CAPS = Amounts(day=CAP)
ANSWER = "Son cien euros la noche."
DEAR = Prices(
    [
        Price("ear", ("*",), "2026-01-01", audio_minute=Decimal("0.078")),
        Price("brain", ("*",), "2026-01-01", million_input=Decimal("1.5"), million_output=Decimal(6)),
        Price("mouth", ("*",), "2026-01-01", thousand_chars=Decimal("0.3")),
    ]
)
CLAUSE = len(ANSWER) * 300
"""What her voice costs for it, in micro-dollars."""

POSTGRES = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def wants(spent: int = 0, held: int = 0, tenant: str = "") -> list[Claim]:
    return [Claim(tenant, spent, held, wanted=True)]


async def all_held(store: Store) -> int:
    async with store.reading() as connection:
        return int((await connection.execute(select(func.sum(advances.c.held)))).scalar_one())


@pytest.mark.requirement("S17")
async def test_what_processes_take_at_once_is_within_the_cap(url: URL) -> None:
    caps = Amounts(day=SLICE)
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(Store.open(url)) for _ in range(3)]
        banks = [Bank(store, f"run {n} {again}") for n, store in enumerate(stores) for again in range(4)]
        given = await asyncio.gather(*(bank.settle(TODAY, wants(), caps) for bank in banks))
        assert sum(each.held[""] for each in given) == await all_held(stores[0]) == SLICE


async def test_others_see_what_one_has_spent_and_get_what_it_gives_back(url: URL) -> None:
    async with Store.open(url) as store:
        mine, other = Bank(store, "mine"), Bank(store, "other")
        assert await mine.settle(TODAY, wants(), CAPS) == Settled({"": SLICE}, {})
        await mine.settle(TODAY, wants(900, SLICE), CAPS)
        assert (await other.settle(TODAY, wants(tenant="hotel"), CAPS)).others == {"": 900}
        await mine.settle(TODAY, [Claim("", 1_000, 0, wanted=False)], CAPS)
        assert (await other.settle(TODAY, [], CAPS)).others == {"": 1_000}
        assert await all_held(store) == 1_000 + SLICE
        assert (await other.settle("2026-05-29", [], CAPS)).others == {}


@pytest.mark.requirement("S17")
async def test_what_a_killed_process_held_is_free_after_its_time_but_for_what_it_bought(url: URL) -> None:
    async with Store.open(url) as store:
        killed, next_one = Bank(store, "killed"), Bank(store, "next")
        caps = Amounts(day=LEAST)
        await killed.settle(TODAY, wants(), caps)
        Book(store, "killed").charge(Charge(said("a", 100), "", TODAY, 3_000))  # and told nobody
        Book(store, "killed").charge(Charge(said("a", 100), "", "2026-05-27", 7_000))
        await store.flush()
        assert (await next_one.settle(TODAY, wants(), caps)).held == {"": 0}
        long_ago = update(advances).where(advances.c.run == "killed").values(until=1)
        await store.at_once(lambda connection: connection.execute(long_ago), 10)
        assert await next_one.settle(TODAY, wants(), caps) == Settled({"": LEAST - 3_000}, {"": 3_000})
        # It was only asleep: what it may spend is what nobody else has taken meanwhile.
        assert (await killed.settle(TODAY, wants(3_000, LEAST), caps)).held == {"": 3_000}
        assert await all_held(store) == LEAST


async def test_what_was_spent_on_the_day_of_an_upgrade_counts(url: URL) -> None:
    async with Store.open(url) as store:
        for day, amount in (("2026-05-27", 5), (TODAY, 7_000), (TODAY, 8_000)):
            Book(store, f"run {amount}").charge(Charge(said("a", 1), "hotel", day, amount))
    engine = for_writing(make_engine(url))
    for there, revision in ((command.downgrade, "0006"), (command.upgrade, "head")):
        async with engine.begin() as connection:
            await connection.run_sync(go, there, revision)
    await engine.dispose()
    async with Store.open(url) as store:
        assert (await Bank(store, "new").settle(TODAY, [], CAPS)).others == {"hotel": 15_000}


async def test_advances_of_days_that_are_over_go(url: URL) -> None:
    async with Store.open(url) as store:
        for day in ("2026-05-25", TODAY):
            await Bank(store, "run").settle(day, wants(), CAPS)
        await retain(store, Limits(30, 365, 90, 0), round(WALL_MS))
        async with store.reading() as connection:
            assert (await connection.execute(select(advances.c.day))).scalars().all() == [TODAY]


@dataclass
class Node:
    """A server's money and what it buys with it."""

    meter: Meter
    brain: PaidBrain
    voice: PaidVoice
    recogniser: PaidRecogniser

    @property
    def asked(self) -> tuple[int, int, int]:
        return len(self.brain.questions), len(self.voice.clauses), self.recogniser.opened

    async def ask(self, owner: str) -> None:
        """All three vendors once; raises `BudgetError`."""
        utterance = GatedRecogniser(self.recogniser, self.meter).utterance(owner, "es")
        await utterance.final()
        utterance.close()
        async for _ in GatedBrain(self.brain, self.meter).answer(a_question(owner)):
            pass
        async for _ in gated_voice(self.voice, self.meter).speak(owner, ANSWER, "es"):
            pass

    async def ask_on(self, owner: str) -> None:
        """Again and again, until nothing more may be bought and no more is on its way."""
        while self.meter.level(owner) is not Level.SPENT:
            with suppress(BudgetError):
                await self.ask(owner)
            await self.meter.fund_session(owner)


@asynccontextmanager
async def node(url: URL, **caps: float) -> AsyncIterator[Node]:
    """As a server puts it together, with connections of its own."""
    address = SecretStr(url.render_as_string(hide_password=False))
    settings = Settings(_env_file=None, database_url=address, max_cost_call=0, max_cost_turn=0, **caps)  # type: ignore[arg-type,call-arg]
    async with Store.open(url) as store, counted(settings, store, FakeClock(), DEAR) as (meter, _):
        here = Node(meter, PaidBrain("Sí, claro."), PaidVoice(), PaidRecogniser(*["¿Cuánto cuesta?"] * 5_000))
        here.brain.buy = here.voice.buy = here.recogniser.buy = meter
        yield here


@POSTGRES
@pytest.mark.requirement("S17")
@pytest.mark.parametrize("caps", [{"max_cost_day": 0.4, "max_cost_tenant_day": 0}, {"max_cost_tenant_day": 0.4}])
async def test_servers_that_spend_at_once_pass_a_cap_by_what_was_under_way_and_then_ask_no_vendor(
    url: URL, caps: dict[str, float]
) -> None:
    async def spend(here: Node, owner: str) -> None:
        await here.meter.fund("hotel")
        here.meter.open(owner, "hotel")
        await here.ask_on(owner)

    async with node(url, **caps) as one, node(url, **caps) as other:
        await asyncio.gather(*(spend(here, owner) for here in (one, other) for owner in ("a", "b")))
        asked = [here.asked for here in (one, other)]
        assert all(min(each) > 0 for each in asked)
        for here in (one, other):
            await here.meter.fund("hotel")
            here.meter.open("d", "hotel")
            with pytest.raises(BudgetError):
                await here.ask("d")
            for door in (GatedBrain(here.brain, here.meter).answer(a_question("d")),
                         gated_voice(here.voice, here.meter).speak("d", "Hola.", "es")):  # fmt: skip
                with pytest.raises(BudgetError):
                    await anext(door)
        assert [here.asked for here in (one, other)] == asked
        spent = sum(here.meter._days._own["hotel"] for here in (one, other))
    under_way = 4 * CLAUSE  # the dearest that each of four calls buys
    assert 400_000 <= spent < 400_000 + under_way
    async with Store.open(url) as store, store.reading() as connection:
        assert (await connection.execute(select(func.sum(spending.c.microdollars)))).scalar_one() == spent
        assert await all_held(store) == spent


@POSTGRES
async def test_a_server_that_ends_leaves_the_rest_of_the_day_to_others(url: URL) -> None:
    async with node(url, max_cost_day=LEAST / 1e6) as one:
        await one.meter.fund("")
        one.meter(said("a", 10))
        async with node(url, max_cost_day=LEAST / 1e6) as other:
            await other.meter.fund("")
            with pytest.raises(BudgetError):
                await anext(gated_voice(other.voice, other.meter).speak("b", "Hola.", "es"))
    async with node(url, max_cost_day=LEAST / 1e6) as third:
        await third.meter.fund("")
        assert third.meter.affords("b", LEAST - 3_000)
        assert not third.meter.affords("b", LEAST - 2_999)


@POSTGRES
@pytest.mark.requirement("S17")
async def test_a_server_whose_database_stands_still_lives_from_what_it_holds(
    url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enterprise_stream.cost.bank.WITHIN_S", 0.1)
    async with node(url, max_cost_day=1) as here:
        await here.meter.fund("")
        here.meter.open("a")
        engine = for_writing(make_engine(url))
        async with engine.begin() as connection:
            await connection.execute(text("LOCK TABLE advances IN ACCESS EXCLUSIVE MODE"))
            await here.ask_on("a")
        await engine.dispose()
        assert LEAST <= here.meter.spent("a").day < LEAST + CLAUSE
