"""A projector over a database of each kind, told what a session tells."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import URL, select

from enterprise_stream.store import Store
from enterprise_stream.store.tables import conversations, turns


@pytest.fixture
async def store(url: URL) -> AsyncIterator[Store]:
    async with Store.open(url) as store:
        yield store


async def calls_in(store: Store) -> list[dict[str, Any]]:
    """The calls as they are in the database."""
    async with store.reading() as connection:
        rows = await connection.execute(select(conversations).order_by(conversations.c.session))
        return [dict(row) for row in rows.mappings()]


async def turns_in(store: Store) -> list[dict[str, Any]]:
    """The turns as they are in the database."""
    async with store.reading() as connection:
        rows = await connection.execute(select(turns).order_by(turns.c.session, turns.c.turn))
        return [dict(row) for row in rows.mappings()]
