"""What vendors were paid."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "spending",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column(
            "n", sa.Integer, autoincrement=False, nullable=False, comment="the session's purchases, counted from 1"
        ),
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
        sa.PrimaryKeyConstraint("session", "n", name="pk_spending"),
    )
    op.create_index("ix_spending_day_tenant", "spending", ["day", "tenant"])


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("spending")
