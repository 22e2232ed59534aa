"""The same sums on both databases."""

from sqlalchemy import URL

from enterprise_stream.cost.book import Book
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.report import Called, Spending, Spent, read_spending
from enterprise_stream.store import Store
from enterprise_stream.store.privacy import erase_sessions
from enterprise_stream.testing import FakeClock

from .test_meter import PRICES, TODAY, heard, said, thought


async def test_spending_is_added_up(url: URL) -> None:
    clock = FakeClock()
    async with Store.open(url) as store:
        book = Book(store, "run")
        meter = Meter(PRICES, clock, None, [book.charge], [book.call])
        account = meter.open("a", "hotel")
        for _ in range(3):
            meter(heard("a", 1_500))
            meter(thought("a", 600, 60))
            meter(said("a", 100))
            account.turn_ended(120, 20)
        meter(said("voice-library", 50))
        clock.advance(60_000)
        meter.close(account)
        await store.flush()
        found = await read_spending(store, TODAY)
        assert await read_spending(store, "2026-05-29") == Spending((), ())
    assert found.spent == (
        Spent(TODAY, "", "tts", "mouth", "m", 1_500, 1, 0.0, 0, 0, 0, 50),
        Spent(TODAY, "hotel", "llm", "brain", "m", 3 * 126, 3, 0.0, 1_800, 0, 180, 0),
        Spent(TODAY, "hotel", "stt", "ear", "m", 3 * 195, 3, 4_500.0, 0, 0, 0, 0),
        Spent(TODAY, "hotel", "tts", "mouth", "m", 9_000, 3, 0.0, 0, 0, 0, 300),
    )
    assert found.called == (Called(TODAY, "hotel", 1, 60.0, 3, 360, 60),)
    assert found.dearest_call == account.call.total == 3 * (126 + 195 + 3_000)
    assert (found.minutes, found.total, found.tenants) == (1.0, account.call.total + 1_500, ("", "hotel"))
    assert found.a_minute(found.of("stt")) == 585
    assert found.library_share == 60 / 360
    assert found.saved == round(60 * 10_500 / 350)


async def test_calls_that_are_nobody_s_any_more_are_not_one_dear_call(url: URL) -> None:
    async with Store.open(url) as store:
        book = Book(store, "run")
        meter = Meter(PRICES, FakeClock(), None, [book.charge], [book.call])
        for session in ("a", "b", "c"):
            account = meter.open(session)
            meter(said(session, 100))
            meter.close(account)
        await erase_sessions(store, ["a", "b"], 0)
        found = await read_spending(store, TODAY)
    assert (found.dearest_call, found.total) == (3_000, 9_000)
