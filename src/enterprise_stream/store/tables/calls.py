"""How long calls lasted and how much was said, without a word of what: what costs are compared with."""

from sqlalchemy import Column, Double, Index, Integer, String, Table

from enterprise_stream.store.tables.metadata import metadata

calls = Table(
    "calls",
    metadata,
    Column("run", String(32), primary_key=True, comment="the server's run that took the call"),
    Column("n", Integer, primary_key=True, autoincrement=False, comment="the run's entries, counted from 1"),
    Column("session", String(64), nullable=False),
    Column("day", String(10), nullable=False, comment="YYYY-MM-DD at the business, when it ended"),
    Column("tenant", String(128), nullable=False),
    Column("seconds", Double, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("spoken_chars", Integer, nullable=False, comment="characters of the answers, those of the library included"),
    Column("library_chars", Integer, nullable=False, comment="those of them that needed no synthesis"),
    Index(None, "day", "tenant"),
    Index(None, "session"),
)
