"""What guests have asked for, and the messages that tell the owner's systems of it."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, text

from enterprise_stream.store.tables.metadata import metadata

_TENANT = "whose guest it is; empty where there is only one tenant"

bookings = Table(
    "bookings",
    metadata,
    Column("id", String(32), primary_key=True, comment="the same for the same request of the same session"),
    Column("session", String(64), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("at", BigInteger, nullable=False, comment="ms since 1970-01-01 UTC"),
    Column("language", String(8), nullable=False),
    Column("name", String(120), nullable=False),
    Column("contact", String(200), nullable=False, comment="empty where the guest gave none"),
    Column("arrival", String(10), nullable=False, comment="YYYY-MM-DD"),
    Column("departure", String(10), nullable=False, comment="YYYY-MM-DD"),
    Column("guests", Integer, nullable=False),
    Column("lodging", String(64), nullable=False, comment="its id in the knowledge file; empty for none in particular"),
    Column("total", Integer, nullable=True, comment="price in whole units of the business's currency"),
    Column("notes", String(500), nullable=False),
    Column("tenant", String(128), nullable=False, server_default=text("''"), comment=_TENANT),
    Index(None, "at"),
)

hand_overs = Table(
    "hand_overs",
    metadata,
    Column("id", String(32), primary_key=True, comment="the same for the same request of the same session"),
    Column("session", String(64), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("at", BigInteger, nullable=False, comment="ms since 1970-01-01 UTC"),
    Column("language", String(8), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("name", String(120), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("tenant", String(128), nullable=False, server_default=text("''"), comment=_TENANT),
    Index(None, "at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(64), primary_key=True, comment="webhook-id; stays over all tries"),
    Column("kind", String(32), nullable=False, comment="booking.requested or hand_over.requested"),
    Column("subject", String(32), nullable=False, comment="id of the row that it tells of"),
    Column("body", Text, nullable=False, comment="what is sent, to the byte"),
    Column("at", BigInteger, nullable=False, comment="ms since 1970-01-01 UTC"),
    Column("state", String(8), nullable=False, comment="waiting, sending, sent, dead or unknown"),
    Column("due", BigInteger, nullable=False, comment="not to be sent before; ms since 1970-01-01 UTC"),
    Column("claimed", BigInteger, nullable=False, comment="when it was last claimed, in ms; 0 never"),
    Column("tries", Integer, nullable=False),
    Column("outcome", String(32), nullable=False, comment="of the last try: a status or what kept it from one"),
    Index(None, "state", "due"),
    Index(None, "subject"),
)
