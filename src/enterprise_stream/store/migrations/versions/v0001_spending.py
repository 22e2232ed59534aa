"""What vendors were paid, and for which calls."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ENTRIES = "the run's entries, counted from 1"


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "spending",
        sa.Column("run", sa.String(32), nullable=False, comment="the server's run that bought it"),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False, comment=_ENTRIES),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False, comment="YYYY-MM-DD at the business"),
        sa.Column("tenant", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False, comment="stt, llm or tts"),
        sa.Column("engine", sa.String(32), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("audio_ms", sa.Double, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("cached_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("chars", sa.Integer, nullable=False),
        sa.Column("microdollars", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("run", "n", name="pk_spending"),
    )
    op.create_index("ix_spending_day_tenant", "spending", ["day", "tenant"])
    op.create_table(
        "calls",
        sa.Column("run", sa.String(32), nullable=False, comment="the server's run that took the call"),
        sa.Column("n", sa.Integer, autoincrement=False, nullable=False, comment=_ENTRIES),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False, comment="YYYY-MM-DD at the business, when it ended"),
        sa.Column("tenant", sa.String(128), nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column(
            "spoken_chars",
            sa.Integer,
            nullable=False,
            comment="characters of the answers, those of the library included",
        ),
        sa.Column("library_chars", sa.Integer, nullable=False, comment="those of them that needed no synthesis"),
        sa.PrimaryKeyConstraint("run", "n", name="pk_calls"),
    )
    op.create_index("ix_calls_day_tenant", "calls", ["day", "tenant"])


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("calls")
    op.drop_table("spending")
