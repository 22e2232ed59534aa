"""What was said in calls and how long it took: projections of what sessions tell, made anew from it at any time."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, String, Table, Text, false, text

from enterprise_stream.store.tables.metadata import metadata

_MS = "ms since 1970-01-01 UTC"
_SEQ = "number of the message that it tells of last; an older row never replaces a newer one"

conversations = Table(
    "conversations",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("seq", Integer, nullable=False, comment=_SEQ),
    Column("started_at", BigInteger, nullable=False, comment=_MS),
    Column("seen_at", BigInteger, nullable=False, comment=f"when it last gave a sign of life; {_MS}"),
    Column("ended_at", BigInteger, nullable=True, comment=_MS),
    Column("end_reason", String(32), nullable=True),
    Column("language", String(8), nullable=False),
    Column("voice", String(64), nullable=False),
    Column("turns", Integer, nullable=False, comment="answers"),
    Column("unanswered", Integer, nullable=False, comment="answers that she did not know"),
    Column("microdollars", BigInteger, nullable=False),
    Column("voice_to_voice_ms", Integer, nullable=True, comment="median of its turns"),
    Column("slowest_stage", String(16), nullable=True, comment="the one that was too slow most often"),
    Column("consent_version", String(64), nullable=True),
    Column("consent_given", Boolean, nullable=True),
    Column("consent_at", BigInteger, nullable=True, comment=_MS),
    Column("first_words", String(120), nullable=False, comment="the guest's; empty once words are not kept"),
    Column("words", Text, nullable=False, comment="what was said, folded, each word once, to search in"),
    Column("forgotten", Boolean, nullable=False, server_default=false(), comment="its words are not kept any more"),
    Column("tenant", String(128), nullable=False, server_default=text("''"), comment="whose guest it is"),
    Index(None, "started_at", "session"),
    Index(None, "tenant", "started_at", "session"),
    Index(None, "language", "started_at", "session"),
    Index(None, "ended_at", "started_at"),
    Index(None, "forgotten", "started_at"),
)

turns = Table(
    "turns",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False, comment=_SEQ),
    Column("at", BigInteger, nullable=False, comment=f"when the question was understood; {_MS}"),
    Column("day", String(10), nullable=False, comment="YYYY-MM-DD at the business"),
    Column("language", String(8), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("heard_text", Text, nullable=True, comment="of an interrupted answer"),
    Column("interrupted", String(16), nullable=True, comment="why: barge_in, client or error"),
    Column("response_type", String(16), nullable=False),
    Column("answered", Boolean, nullable=False, comment="whether she knew; a failure of engines is no ignorance"),
    Column("captions", Text, nullable=False, comment="JSON: [[text, start_ms, end_ms], ...]"),
    Column("audio_ms", Integer, nullable=True),
    Column("speculated", Boolean, nullable=False),
    Column("stages", Text, nullable=False, comment="JSON: [[name, ms], ...], the known ones in order"),
    Column("slow_stage", String(16), nullable=True),
    Column("total_ms", Integer, nullable=True, comment="all known stages"),
    Column("voice_to_voice_ms", Integer, nullable=True, comment="the same, where it reaches to what was heard"),
    Column("latency", Text, nullable=False, comment="JSON, as response_complete.latency"),
    Column("usage", Text, nullable=False, comment="JSON, as response_complete.usage"),
    Column("stt", BigInteger, nullable=False, comment="micro-dollars"),
    Column("llm", BigInteger, nullable=False, comment="micro-dollars"),
    Column("tts", BigInteger, nullable=False, comment="micro-dollars"),
    Index(None, "day", "total_ms"),
    Index(None, "answered", "at"),
    Index(None, "at"),
)

days = Table(
    "days",
    metadata,
    Column("day", String(10), primary_key=True, comment="YYYY-MM-DD at the business; a day that is over"),
    Column("tenant", String(128), primary_key=True, comment="whose guests; empty where there is only one"),
    Column("turns", Integer, nullable=False, comment="that were timed"),
    Column("waits", Text, nullable=False, comment="JSON: {stage or 'total': [first step, [turns, ...]]}"),
    Column("calls", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("stt", BigInteger, nullable=False, comment="micro-dollars"),
    Column("llm", BigInteger, nullable=False, comment="micro-dollars"),
    Column("tts", BigInteger, nullable=False, comment="micro-dollars"),
    Column("spoken_chars", BigInteger, nullable=False),
    Column("library_chars", BigInteger, nullable=False),
)

erased = Table(
    "erased",
    metadata,
    Column("session", String(64), primary_key=True, comment="nothing of it is written any more, whoever still tells"),
    Column("at", BigInteger, nullable=False, comment=_MS),
)
