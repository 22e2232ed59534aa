"""What the database keeps of spending."""

import asyncio

import pytest
from sqlalchemy import URL, func, select

from enterprise_stream.cost import book as books
from enterprise_stream.cost.account import Charge
from enterprise_stream.cost.book import Book
from enterprise_stream.cost.governor import Amounts, Level
from enterprise_stream.cost.meter import Meter
from enterprise_stream.store import Store
from enterprise_stream.store.tables import calls, spending
from enterprise_stream.testing import FakeClock

from .test_meter import PRICES, TODAY, said, thought


async def test_a_days_cap_holds_across_a_restart(url: URL) -> None:
    caps = Amounts(day=30_000)
    async with Store.open(url) as store:
        book = Book(store, "first")
        meter = Meter(PRICES, FakeClock(), caps, [book.charge], [book.call])
        account = meter.open("a", "hotel")
        meter(said("a", 800))
        meter(thought("voice-library", 600, 60))
        meter.close(account)
    async with Store.open(url) as store:
        book = Book(store, "second")
        meter = Meter(PRICES, FakeClock(), caps, [book.charge])
        meter.open("b", "hotel")
        meter.learn(TODAY, await book.others(TODAY))
        assert meter.spent("b") == Amounts(0, 0, 24_126, 24_000)
        assert meter.level("b") is Level.BRIEF
        meter(said("b", 200))
        assert meter.level("b") is Level.SPENT
        assert await book.others(TODAY) == {"hotel": 24_000, "": 126}
        assert await book.others("2026-05-29") == {}


async def test_a_calls_cap_holds_across_a_restart(url: URL) -> None:
    async with Store.open(url) as store:
        book = Book(store, "first")
        meter = Meter(PRICES, FakeClock(), None, [book.charge])
        for session in ("a", "b"):
            meter.open(session)
            meter(said(session, 800))
    async with Store.open(url) as store:
        book = Book(store, "second")
        meter = Meter(PRICES, FakeClock(), Amounts(call=30_000), [book.charge])
        assert await book.paid_for("nobody") == 0
        meter.open("a", before=await book.paid_for("a"))
        assert (meter.spent("a").call, meter.level("a")) == (24_000, Level.BRIEF)
        meter(said("a", 200))
        assert meter.level("a") is Level.SPENT
        await store.flush()
        assert await book.paid_for("a") == 30_000


async def test_rows_say_all_that_was_bought(url: URL) -> None:
    async with Store.open(url) as store:
        book = Book(store, "run")
        meter = Meter(PRICES, FakeClock(), None, [book.charge], [book.call])
        account = meter.open("a", "hotel")
        meter(thought("a", 600, 60))
        account.turn_ended(90, 30)
        meter.close(account)
        await store.flush()
        async with store.reading() as connection:
            rows = (await connection.execute(select(spending))).mappings().all()
            ended = (await connection.execute(select(calls))).mappings().all()
    assert [dict(row) for row in rows] == [
        {
            "run": "run", "n": 1, "session": "a", "day": TODAY, "tenant": "hotel", "kind": "llm", "engine": "brain",
            "model": "m", "audio_ms": 0.0, "input_tokens": 600, "cached_tokens": 0, "output_tokens": 60, "chars": 0,
            "microdollars": 126,
        }
    ]  # fmt: skip
    assert [(row["n"], row["turns"], row["spoken_chars"], row["library_chars"]) for row in ended] == [(2, 1, 90, 30)]


async def test_an_entry_written_twice_counts_once(url: URL) -> None:
    async with Store.open(url) as store:
        for _ in range(2):  # the same run and number, as when a transaction is tried again
            Book(store, "run").charge(Charge(said("a", 100), "", TODAY, 3_000))
        await store.flush()
        async with store.reading() as connection:
            assert (await connection.execute(select(func.sum(spending.c.microdollars)))).scalar_one() == 3_000


async def test_servers_that_share_a_database_share_the_day(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "LEARN_EVERY_S", 0.01)
    async with Store.open(url) as store, asyncio.TaskGroup() as group:
        mine, other = Book(store, "mine"), Book(store, "other")
        meter = Meter(PRICES, FakeClock(), Amounts(day=30_000), [mine.charge])
        spent = asyncio.Event()
        meter.open("a", on_spent=spent.set)
        following = group.create_task(mine.follow(lambda: TODAY, meter.learn))
        meter(said("a", 500))
        other.charge(Charge(said("b", 500), "", TODAY, 15_000))
        async with asyncio.timeout(30):
            await spent.wait()
        assert meter.spent("a").day == 30_000
        following.cancel()
