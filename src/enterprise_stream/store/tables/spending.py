"""What vendors were paid: a row for each purchase, priced once, when it was bought."""

from sqlalchemy import BigInteger, Column, Double, Index, Integer, String, Table

from enterprise_stream.store.tables.metadata import metadata

spending = Table(
    "spending",
    metadata,
    Column("run", String(32), primary_key=True, comment="the server's run that bought it"),
    Column("n", Integer, primary_key=True, autoincrement=False, comment="the run's entries, counted from 1"),
    Column("session", String(64), nullable=False),
    Column("day", String(10), nullable=False, comment="YYYY-MM-DD at the business"),
    Column("tenant", String(128), nullable=False),
    Column("kind", String(8), nullable=False, comment="stt, llm or tts"),
    Column("engine", String(32), nullable=False),
    Column("model", String(128), nullable=False),
    Column("audio_ms", Double, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("chars", Integer, nullable=False),
    Column("microdollars", BigInteger, nullable=False),
    Index(None, "day", "tenant"),
    Index(None, "session"),
)
