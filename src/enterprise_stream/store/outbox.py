"""Messages for the owner's systems: kept with what they tell of, claimed before they are sent, settled afterwards.

A message is in one of five states: `waiting` (to be sent when it is due), `sending` (claimed: it may be on its way),
`sent` (the receiver took it), `dead` (it never will) and `unknown` (it may have been taken; it is not sent again).
"""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import outbox

State = Literal["waiting", "sending", "sent", "dead", "unknown"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that has been claimed.

    Attributes:
        id: the receiver knows it again by this.
        body: JSON text, sent to the byte.
        tries: this one included.
    """

    id: str
    kind: str
    body: str
    tries: int


async def queue(connection: AsyncConnection, kind: str, subject: str, body: str, now: int) -> None:
    """Have something told; once, however often it is queued.

    Args:
        connection: of the transaction that the row is written in.
        kind: what has happened, such as `booking.requested`.
        subject: id of the row that it tells of.
        body: JSON text.
        now: ms since 1970-01-01 UTC.
    """
    row = {
        "id": f"{kind.replace('.', '_')}_{subject}",
        "kind": kind,
        "subject": subject,
        "body": body,
        "at": now,
        "state": "waiting",
        "due": now,
        "claimed": 0,
        "tries": 0,
        "outcome": "",
    }
    await insert_once(connection, outbox, [row])


async def claim(connection: AsyncConnection, now: int, most: int) -> list[Message]:
    """Take what is due; whatever is taken here is taken nowhere else, on no other server either."""
    due = select(outbox).where(outbox.c.state == "waiting", outbox.c.due <= now).order_by(outbox.c.due).limit(most)
    taken = []
    for row in (await connection.execute(due)).all():
        mine = await connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.state == "waiting", outbox.c.tries == row.tries)
            .values(state="sending", claimed=now, tries=row.tries + 1)
        )
        if mine.rowcount == 1:
            taken.append(Message(row.id, row.kind, row.body, row.tries + 1))
    return taken


async def settle(
    connection: AsyncConnection, message: Message, state: State, outcome: str, due: int | None = None
) -> None:
    """Note how a try has ended.

    Args:
        connection: to write with.
        message: as it was claimed; a later claim is not touched.
        state: `waiting` where it is to be tried again.
        outcome: in a word or a status.
        due: when it is tried again, in ms since 1970-01-01 UTC.
    """
    mine = and_(outbox.c.id == message.id, outbox.c.state == "sending", outbox.c.tries == message.tries)
    values = {"state": state, "outcome": outcome} | ({"due": due} if due is not None else {})
    await connection.execute(update(outbox).where(mine).values(values))


async def give_up_lost(connection: AsyncConnection, before: int) -> int:
    """Set aside what was claimed before then and never settled: its server is gone, and it may have been taken."""
    lost = and_(outbox.c.state == "sending", outbox.c.claimed < before)
    done = await connection.execute(update(outbox).where(lost).values(state="unknown", outcome="server_gone"))
    return done.rowcount


async def next_due(connection: AsyncConnection) -> int | None:
    """When the next message is due, in ms since 1970-01-01 UTC; None where none waits."""
    asked = select(func.min(outbox.c.due)).where(outbox.c.state == "waiting")
    found: int | None = (await connection.execute(asked)).scalar()
    return found
