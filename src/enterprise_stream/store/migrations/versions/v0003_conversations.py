"""What was said in calls and how long it took, and whose data was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MS = "ms since 1970-01-01 UTC"
_SEQ = "number of the message that it tells of last; an older row never replaces a newer one"
_DAY = "YYYY-MM-DD at the business"


def upgrade() -> None:
    """To this version."""
    _conversations()
    _turns()
    for table in ("spending", "calls"):
        op.create_index(f"ix_{table}_session", table, ["session"])
    op.create_table(
        "days",
        sa.Column("day", sa.String(10), nullable=False, comment=f"{_DAY}; a day that is over"),
        sa.Column("turns", sa.Integer, nullable=False, comment="that were timed"),
        sa.Column("waits", sa.Text, nullable=False, comment="JSON: {stage or 'total': [first step, [turns, ...]]}"),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("stt", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("llm", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("tts", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("spoken_chars", sa.BigInteger, nullable=False),
        sa.Column("library_chars", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_days"),
    )
    op.create_table(
        "erased",
        sa.Column(
            "session", sa.String(64), nullable=False, comment="nothing of it is written any more, whoever still tells"
        ),
        sa.Column("at", sa.BigInteger, nullable=False, comment=_MS),
        sa.PrimaryKeyConstraint("session", name="pk_erased"),
    )


def downgrade() -> None:
    """Back to the version before."""
    for table in ("spending", "calls"):
        op.drop_index(f"ix_{table}_session", table)
    for table in ("erased", "days", "turns", "conversations"):
        op.drop_table(table)


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment=_SEQ),
        sa.Column("started_at", sa.BigInteger, nullable=False, comment=_MS),
        sa.Column("seen_at", sa.BigInteger, nullable=False, comment=f"when it last gave a sign of life; {_MS}"),
        sa.Column("ended_at", sa.BigInteger, nullable=True, comment=_MS),
        sa.Column("end_reason", sa.String(32), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("voice", sa.String(64), nullable=False),
        sa.Column("turns", sa.Integer, nullable=False, comment="answers"),
        sa.Column("unanswered", sa.Integer, nullable=False, comment="answers that she did not know"),
        sa.Column("microdollars", sa.BigInteger, nullable=False),
        sa.Column("voice_to_voice_ms", sa.Integer, nullable=True, comment="median of its turns"),
        sa.Column("slowest_stage", sa.String(16), nullable=True, comment="the one that was too slow most often"),
        sa.Column("consent_version", sa.String(64), nullable=True),
        sa.Column("consent_given", sa.Boolean, nullable=True),
        sa.Column("consent_at", sa.BigInteger, nullable=True, comment=_MS),
        sa.Column("first_words", sa.String(120), nullable=False, comment="the guest's; empty once words are not kept"),
        sa.Column("words", sa.Text, nullable=False, comment="what was said, folded, each word once, to search in"),
        sa.Column(
            "forgotten",
            sa.Boolean,
            nullable=False,
            server_default=sa.false(),
            comment="its words are not kept any more",
        ),
        sa.PrimaryKeyConstraint("session", name="pk_conversations"),
    )
    op.create_index("ix_conversations_started_at_session", "conversations", ["started_at", "session"])
    op.create_index(
        "ix_conversations_language_started_at_session", "conversations", ["language", "started_at", "session"]
    )
    op.create_index("ix_conversations_ended_at_started_at", "conversations", ["ended_at", "started_at"])
    op.create_index("ix_conversations_forgotten_started_at", "conversations", ["forgotten", "started_at"])


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment=_SEQ),
        sa.Column("at", sa.BigInteger, nullable=False, comment=f"when the question was understood; {_MS}"),
        sa.Column("day", sa.String(10), nullable=False, comment=_DAY),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("heard_text", sa.Text, nullable=True, comment="of an interrupted answer"),
        sa.Column("interrupted", sa.String(16), nullable=True, comment="why: barge_in, client or error"),
        sa.Column("response_type", sa.String(16), nullable=False),
        sa.Column(
            "answered", sa.Boolean, nullable=False, comment="whether she knew; a failure of engines is no ignorance"
        ),
        sa.Column("captions", sa.Text, nullable=False, comment="JSON: [[text, start_ms, end_ms], ...]"),
        sa.Column("audio_ms", sa.Integer, nullable=True),
        sa.Column("speculated", sa.Boolean, nullable=False),
        sa.Column("stages", sa.Text, nullable=False, comment="JSON: [[name, ms], ...], the known ones in order"),
        sa.Column("slow_stage", sa.String(16), nullable=True),
        sa.Column("total_ms", sa.Integer, nullable=True, comment="all known stages"),
        sa.Column(
            "voice_to_voice_ms", sa.Integer, nullable=True, comment="the same, where it reaches to what was heard"
        ),
        sa.Column("latency", sa.Text, nullable=False, comment="JSON, as response_complete.latency"),
        sa.Column("usage", sa.Text, nullable=False, comment="JSON, as response_complete.usage"),
        sa.Column("stt", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("llm", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("tts", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.PrimaryKeyConstraint("session", "turn", name="pk_turns"),
    )
    op.create_index("ix_turns_day_total_ms", "turns", ["day", "total_ms"])
    op.create_index("ix_turns_answered_at", "turns", ["answered", "at"])
    op.create_index("ix_turns_at", "turns", ["at"])
