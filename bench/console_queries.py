"""What the console's endpoints cost with many calls in the database, and how that grows.

    python -m bench.console_queries [--calls 1000 10000] [--asks 60] [--database sqlite postgresql]

Invented calls (`enterprise_stream.testing.calls`, about 8 turns each, over 90 days) in a database on this machine; the
endpoints as the server serves them, in this process, one request after the other, without the network. PostgreSQL is
started from this machine's binaries; what the planner goes by is brought up to date once, as autovacuum does. Each line
has p50 and p95 on the clock, then of the CPU time of this process (SQLite's included, PostgreSQL's not), which says
more where others use the machine. `latency (first)` is asked before any day has been counted.
"""

import argparse
import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import quantiles

import httpx
from sqlalchemy import URL, select, text
from tests.store.postgres import new_database, running_postgres

from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.console.days import days_over, keep_days
from enterprise_stream.store.tables import conversations
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.calls import seed
from enterprise_stream.testing.calls.serving import console_app

Ask = Callable[[], str]


@contextlib.asynccontextmanager
async def empty_database(kind: str) -> AsyncIterator[URL]:
    """A database of its own, gone afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield database_url(None, Path(folder))
        return
    with running_postgres() as folder:
        yield new_database(folder)


def asks(sessions: list[str], places: list[str]) -> Mapping[str, Ask]:
    """What is asked, by name; each time of another call or page."""
    chance = random.Random(7)
    return {
        "calls": lambda: "calls",
        "calls, any page": lambda: f"calls?before={chance.choice(places)}",
        "calls, language": lambda: "calls?language=en",
        "calls, live": lambda: "calls?live=true",
        "calls, search (common)": lambda: "calls?q=piscina",
        "calls, search (rare)": lambda: "calls?q=bono%20turistico%20cuna%20bicicletas",
        "calls, search (none)": lambda: "calls?q=zeppelin",
        "one call": lambda: f"calls/{chance.choice(sessions)}",
        "latency, 30 days": lambda: "latency",
        "latency, 90 days": lambda: "latency?days=90",
        "costs, 30 days": lambda: "costs",
        "costs, 90 days": lambda: "costs?days=90",
        "gaps, 30 days": lambda: "gaps",
        "engines": lambda: "engines",
        "library": lambda: "library",
    }


async def timed(http: httpx.AsyncClient, ask: Ask, times: int) -> list[tuple[float, float]]:
    """How long each request took, and how much of that this process computed, in ms."""
    taken = []
    for _ in range(times):
        began, computed = time.perf_counter(), time.process_time()
        answer = await http.get(f"/api/console/{ask()}")
        taken.append(((time.perf_counter() - began) * 1000, (time.process_time() - computed) * 1000))
        assert answer.status_code == 200, answer.text
    return taken


async def measure(kind: str, number: int, times: int) -> None:
    """Fill a database and print what each endpoint takes."""
    clock = FakeClock()
    async with empty_database(kind) as url, Store.open(url) as store:
        began = time.perf_counter()
        await seed(store, number)
        filled = time.perf_counter() - began
        await store.write(lambda connection: connection.execute(text("ANALYZE")))  # a server's autovacuum does
        async with store.reading() as connection:
            asked = select(conversations.c.session, conversations.c.started_at)
            rows = [(row.session, f"{row.started_at}-{row.session}") for row in await connection.execute(asked)]
        sessions, places = [row[0] for row in rows], [row[1] for row in rows]
        print(f"\n{kind}, {number} calls (filled in {filled:.0f} s{size_of(url)})")
        transport = httpx.ASGITransport(app=console_app(store, clock))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            tell("latency (first)", await timed(http, lambda: "latency?days=90", 3))
            await settle(store, clock)
            for name, ask in asks(sessions, places).items():
                await timed(http, ask, 2)
                tell(name, await timed(http, ask, times))


def size_of(url: URL) -> str:
    """How large the database's file is, where it is one."""
    return (
        f", {Path(url.database).stat().st_size / 1e6:.0f} MB"
        if url.drivername.startswith("sqlite") and url.database
        else ""
    )


async def settle(store: Store, clock: FakeClock) -> None:
    """Count the days that are over, as the server does each hour."""
    began = time.perf_counter()
    async with store.reading() as connection:
        over = await days_over(connection, clock.today())
    await store.write(partial(keep_days, over=over))
    print(f"  {'(counting the days)':<26} {(time.perf_counter() - began) * 1000:8.1f}")


def tell(name: str, taken: list[tuple[float, float]]) -> None:
    """One line: median and 95th percentile, in ms; then the same of what this process computed."""
    wall, cpu = (quantiles(each, n=100, method="inclusive") for each in zip(*taken, strict=True))
    print(f"  {name:<24} {wall[49]:8.1f} {wall[94]:8.1f} ms   cpu {cpu[49]:8.1f} {cpu[94]:8.1f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--asks", type=int, default=60)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    configure_logs("warning")
    for kind in given.database:
        for number in given.calls:
            asyncio.run(measure(kind, number, given.asks))
