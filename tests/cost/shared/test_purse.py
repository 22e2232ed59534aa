"""A process spends what it was given, asks for more before that is gone, and buys nothing when there is no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs
from tests.cost.test_meter import PRICES, said

from enterprise_stream.cost import purse as purses
from enterprise_stream.cost.bank import LIFE_MS
from enterprise_stream.cost.gates import gated_voice
from enterprise_stream.cost.governor import Amounts, Level
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.purse import FUND_S, IDLE_MS, RENEW_S, Purse
from enterprise_stream.cost.slices import LEAST, SHARE
from enterprise_stream.errors import BudgetError
from enterprise_stream.testing import LoopClock

from ..engines import PaidVoice
from .vault import FakeBank, Vault

CAP = 20_000_000
SLICE = CAP // SHARE
CLAUSE = 300
"""Micro-dollars of ten characters."""


class Midnight(LoopClock):
    """A clock whose day is set."""

    day = "2026-05-28"

    def today(self) -> str:
        return self.day


@dataclass
class Process:
    """A meter with a purse, and a voice behind its door."""

    bank: FakeBank
    clock: Midnight
    purse: Purse
    meter: Meter
    closed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.voice = PaidVoice()
        self.voice.buy = self.meter

    async def call(self, owner: str, tenant: str = "") -> None:
        """A call begins, as the server begins it."""
        await self.meter.fund(tenant)
        self.meter.open(owner, tenant, lambda: self.closed.append(owner))

    async def say(self, owner: str, text: str = "Hola, hola") -> None:
        """Raises `BudgetError`."""
        async for _ in gated_voice(self.voice, self.meter).speak(owner, text, "es"):
            pass

    async def say_on(self, owner: str, text: str = "Hola, hola", pause_s: float = 0.01) -> None:
        """Again and again, until nothing more may be bought."""
        with suppress(BudgetError):
            while True:
                await self.say(owner, text)
                await asyncio.sleep(pause_s)


@asynccontextmanager
async def process(vault: Vault | None = None, run: str = "mine", caps: Amounts | None = None) -> AsyncIterator[Process]:
    bank, clock = FakeBank(vault or Vault(), run), Midnight()
    caps = caps or Amounts(day=CAP)
    purse = Purse(bank, clock, caps)
    meter = Meter(PRICES, clock, caps, allowance=purse)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(purse.run(meter.learn, meter.look))
        yield Process(bank, clock, purse, meter)
        running.cancel()


async def test_a_call_that_begins_waits_for_its_first_advance_and_then_nobody_waits() -> None:
    async with process() as here:
        assert here.meter.level("a") is Level.SPENT
        await here.call("a")
        assert here.purse.left("") == SLICE
        began = here.clock.now_ms()
        for _ in range(20):
            await here.call("b")
            assert here.meter.level("b") is Level.NORMAL
        assert here.clock.now_ms() == began


async def test_more_is_there_before_an_advance_is_gone() -> None:
    async with process() as here:
        await here.call("a")
        here.bank.takes_s = 0.5
        for _ in range(200):  # 0.60 $, which is more than a slice, at 0.12 $ a second
            before = here.clock.now_ms()
            assert here.meter.level("a") is Level.NORMAL
            here.meter(said("a", 100))
            assert here.clock.now_ms() == before
            await asyncio.sleep(0.025)
        assert here.closed == []
        await asyncio.sleep(RENEW_S)
        assert here.bank.vault.held() == 2_000 * CLAUSE + (here.purse.left("") or 0)


@pytest.mark.requirement("S17")
async def test_without_the_database_a_process_lives_from_what_it_holds_and_then_buys_nothing() -> None:
    async with process() as here:
        await here.call("a")
        here.bank.away = True
        with capture_logs() as logs:
            await here.say_on("a")
        spent = here.meter.spent("a").day
        assert SLICE - CLAUSE < spent <= SLICE + CLAUSE
        await asyncio.sleep(RENEW_S)
        assert here.closed == ["a"]
        assert [line["event"] for line in logs].count("advances_failing") == 1
        asked = len(here.voice.clauses)
        await here.call("b")
        with pytest.raises(BudgetError):
            await here.say("b")
        assert here.closed == ["a", "b"]
        assert len(here.voice.clauses) == asked
        here.bank.away = False
        await here.call("c")
        await here.say("c")
        assert here.closed == ["a", "b"]


@pytest.mark.requirement("S17")
async def test_an_advance_that_cannot_be_renewed_ends_in_time() -> None:
    """Others may have it then."""
    async with process() as here:
        await here.call("a")
        began = here.clock.now_ms()
        here.bank.away = True
        await asyncio.sleep((LIFE_MS - RENEW_S * 1000) / 1000)
        assert here.meter.level("a") is Level.NORMAL
        await asyncio.sleep(RENEW_S + 1)
        assert here.meter.level("a") is Level.SPENT
        await asyncio.sleep(RENEW_S * 2)
        assert here.closed == ["a"]
        assert here.clock.now_ms() - began > LIFE_MS
        here.bank.vault.rows = {("2026-05-28", "", "other"): (0, CAP)}
        here.bank.away = False
        await asyncio.sleep(RENEW_S)
        assert here.purse.left("") == 0


async def test_an_answer_that_comes_too_late_is_not_waited_for() -> None:
    async with process() as here:
        await asyncio.sleep(1)
        here.bank.takes_s = 60
        began = here.clock.now_ms()
        await here.call("a")
        assert here.clock.now_ms() - began == FUND_S * 1000
        assert here.meter.level("a") is Level.SPENT
        assert here.closed == []  # it may still come
        await asyncio.sleep(60)
        assert here.meter.level("a") is Level.NORMAL


async def test_what_nobody_uses_any_more_goes_back() -> None:
    vault = Vault()
    async with process(vault) as here:
        account = here.meter.open("a", "hotel")
        await here.meter.fund("hotel")
        here.meter(said("a", 10))
        await asyncio.sleep(IDLE_MS / 1000 * 3)
        assert vault.held() == SLICE + CLAUSE  # a call that says nothing for long goes on
        here.meter.close(account)
        await asyncio.sleep(IDLE_MS / 1000 + RENEW_S)
        assert (vault.held(), here.purse.left("hotel")) == (CLAUSE, 0)
        asked, rows = here.bank.asked, dict(vault.rows)
        await asyncio.sleep(RENEW_S * 3)
        assert (here.bank.asked > asked, vault.rows) == (True, rows)
        await here.call("b", "hotel")
        assert here.purse.left("hotel") == SLICE


async def test_a_process_that_ends_gives_back_what_it_has_not_spent() -> None:
    vault = Vault()
    async with process(vault) as here:
        await here.call("a")
        here.meter(said("a", 10))
    await here.purse.give_back()
    assert vault.held() == CLAUSE
    assert here.meter.level("a") is Level.SPENT
    here.bank.away = True
    with capture_logs() as logs:
        await here.purse.give_back()
    assert [line["event"] for line in logs] == ["advances_not_given_back"]


@pytest.mark.requirement("S17")
async def test_a_call_ends_when_nothing_is_left_and_not_while_an_answer_is_awaited() -> None:
    vault = Vault({("2026-05-28", "", "other"): (0, CAP - SLICE - LEAST)})
    async with process(vault) as here:
        await here.call("a")
        here.meter(said("a", SLICE // 30 + 10))  # more than it held, in one purchase
        assert (here.meter.level("a"), here.closed) == (Level.SPENT, [])
        await here.say("a")  # the door waits for the answer
        left = here.purse.left("") or 0
        assert 0 < left < LEAST
        here.meter(said("a", left // 30 + 1))
        await asyncio.sleep(0.1)
        assert here.closed == ["a"]
        with pytest.raises(BudgetError):
            await here.say("a")


async def test_no_answer_is_begun_ahead_that_costs_more_than_is_left() -> None:
    async with process() as here:
        await here.call("a")
        assert here.meter.affords("a", SLICE)
        assert not here.meter.affords("a", SLICE + 1)


async def test_another_day_begins_with_an_advance_of_its_own() -> None:
    vault = Vault()
    async with process(vault) as here:
        await here.call("a")
        here.meter(said("a", 10))
        here.clock.day = "2026-05-29"
        assert here.meter.level("a") is Level.SPENT
        await here.say("a")
        assert here.closed == []
        await asyncio.sleep(RENEW_S + 1)
        assert vault.rows["2026-05-29", "", "mine"] == (CLAUSE, SLICE + CLAUSE)
        assert here.meter.spent("a").day == CLAUSE


async def test_an_answer_for_the_day_before_is_none_for_today() -> None:
    async with process() as here:
        await asyncio.sleep(1)
        here.bank.takes_s = 2
        waiting = asyncio.create_task(here.call("a"))
        await asyncio.sleep(1)
        here.clock.day = "2026-05-29"
        await asyncio.sleep(1.5)
        assert (here.purse.left(""), waiting.done()) == (0, False)
        await waiting
        assert here.meter.spent_today("").day == 0
        await asyncio.sleep(5)
        assert here.purse.left("") == SLICE
        assert ("2026-05-29", "", "mine") in here.bank.vault.rows


async def test_other_caps_give_back_what_was_cut_from_these() -> None:
    vault = Vault()
    async with process(vault) as here:
        await here.call("a")
        here.meter(said("a", 10))
        here.meter.renew(PRICES, Amounts(day=CLAUSE + LEAST))
        assert here.meter.level("a") is Level.SPENT
        await here.say("a")
        await asyncio.sleep(RENEW_S)
        assert vault.held() <= CLAUSE + LEAST
        here.meter.renew(PRICES, Amounts())
        await asyncio.sleep(RENEW_S)
        assert (here.purse.left(""), here.meter.level("a")) == (None, Level.NORMAL)


async def test_what_others_have_spent_counts_for_being_brief() -> None:
    vault = Vault({("2026-05-28", "hotel", "other"): (CAP * 9 // 10, CAP * 9 // 10)})
    async with process(vault) as here:
        await here.call("a")
        assert here.meter.level("a") is Level.BRIEF
        assert here.meter.spent_today("hotel") == Amounts(day=CAP * 9 // 10, tenant_day=CAP * 9 // 10)


async def test_a_tenant_that_has_nothing_left_is_no_other_tenants_affair() -> None:
    vault = Vault({("2026-05-28", "hotel", "other"): (0, LEAST)})
    async with process(vault, caps=Amounts(day=CAP, tenant_day=LEAST)) as here:
        await here.call("a", "hotel")
        await here.call("b", "casas")
        assert here.closed == ["a"]
        with pytest.raises(BudgetError):
            await here.say("a")
        await here.say("b")


@pytest.mark.requirement("S17")
@pytest.mark.parametrize("processes", [2, 5])
async def test_together_they_spend_a_cap_and_pass_it_by_what_was_under_way(
    processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purses, "RENEW_S", 0.5)
    vault, caps = Vault(), Amounts(day=1_000_000)

    async def spend(number: int) -> Process:
        async with process(vault, f"run {number}", caps) as here:
            await here.call("a")
            await here.say_on("a", "x" * (10 + number), 0.001 * (number + 1))
            return here

    ended = await asyncio.gather(*(spend(number) for number in range(processes)))
    total = sum(here.meter.spent("a").call for here in ended)
    beyond = sum(30 * (10 + number) for number in range(processes))
    assert caps.day <= total < caps.day + beyond
