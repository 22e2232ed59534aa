"""What is bought is counted, kept and capped; by servers on one database against caps that they share."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial

from enterprise_stream.clock import Clock
from enterprise_stream.config import Settings
from enterprise_stream.contained import kept_up
from enterprise_stream.cost.account import Charge
from enterprise_stream.cost.bank import Bank
from enterprise_stream.cost.book import Book
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.prices import Prices
from enterprise_stream.cost.purse import Purse
from enterprise_stream.store import Store


@asynccontextmanager
async def counted(
    settings: Settings, store: Store, clock: Clock, prices: Prices, on_charge: Iterable[Callable[[Charge], None]] = ()
) -> AsyncIterator[tuple[Meter, Book]]:
    """A meter and the book that it is written to, under the caps of the settings.

    With PostgreSQL the process spends advances on the day's caps, which it gives back when this ends; with SQLite it
    learns of what others have spent.

    Args:
        settings: the caps, and where the database is.
        store: the same database, open.
        clock: dates purchases.
        prices: the table.
        on_charge: told of each purchase beside the book.
    """
    run = secrets.token_hex(8)
    book = Book(store, run)
    purse = Purse(Bank(store, run), clock, settings.caps) if settings.several_servers else None
    meter = Meter(prices, clock, settings.caps, [book.charge, *on_charge], [book.call], purse)
    work: Callable[[], Awaitable[None]] = partial(book.follow, clock.today, meter.learn)
    if purse is not None:
        work = partial(purse.run, meter.learn, meter.look)
    group = await asyncio.TaskGroup().__aenter__()
    task = group.create_task(kept_up(work, "spending"))
    try:
        yield meter, book
    finally:
        task.cancel()
        await group.__aexit__(None, None, None)
        if purse is not None:
            await purse.give_back()
