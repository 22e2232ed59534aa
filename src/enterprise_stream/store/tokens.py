"""Which session tokens have been used, for every process on the database."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import used_tokens

KEPT_MS: Final = 86_400_000
"""How long a token is remembered after its time: a server whose clock is set back by less takes none twice."""


async def use_token(connection: AsyncConnection, token: str, until: int) -> bool:
    """Mark a token as used; False when it was. Of several who do so at once, one is told True.

    Args:
        connection: to write with, in a transaction of its own: who inserts the same token waits for its end.
        token: its id.
        until: when it is over, in ms since 1970-01-01 UTC.
    """
    return await insert_once(connection, used_tokens, [{"id": token, "until": until}]) == 1


async def forget_tokens(connection: AsyncConnection, now: int, most: int) -> int:
    """Let go of tokens that nobody can use any more; returns of how many.

    Args:
        connection: to write with.
        now: ms since 1970-01-01 UTC.
        most: that may go at once.
    """
    old = select(used_tokens.c.id).where(used_tokens.c.until < now - KEPT_MS).limit(most)
    return (await connection.execute(delete(used_tokens).where(used_tokens.c.id.in_(old)))).rowcount
