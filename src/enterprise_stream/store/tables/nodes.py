"""What the processes on one database must agree on at once: which tokens are used, and who may spend what of a cap."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from enterprise_stream.store.tables.metadata import metadata

used_tokens = Table(
    "used_tokens",
    metadata,
    Column("id", String(32), primary_key=True, comment="of a session token; who inserts it has the connection"),
    Column("until", BigInteger, nullable=False, comment="when the token is over; ms since 1970-01-01 UTC"),
    Index(None, "until"),
)

advances = Table(
    "advances",
    metadata,
    Column("day", String(10), primary_key=True, comment="YYYY-MM-DD at the business"),
    Column("tenant", String(128), primary_key=True),
    Column("run", String(32), primary_key=True, comment="the server's run that may spend it"),
    Column("spent", BigInteger, nullable=False, comment="micro-dollars, as the run told last"),
    Column("held", BigInteger, nullable=False, comment="micro-dollars up to which it may spend; counts for the caps"),
    Column("until", BigInteger, nullable=False, comment="how long; ms since 1970-01-01 UTC by the database's clock"),
)
