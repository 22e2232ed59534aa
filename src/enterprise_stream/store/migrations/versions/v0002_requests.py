"""What guests have asked for, and the messages that tell of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = "the same for the same request of the same session"
_MS = "ms since 1970-01-01 UTC"


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "bookings",
        *_common(),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False, comment="empty where the guest gave none"),
        sa.Column("arrival", sa.String(10), nullable=False, comment="YYYY-MM-DD"),
        sa.Column("departure", sa.String(10), nullable=False, comment="YYYY-MM-DD"),
        sa.Column("guests", sa.Integer, nullable=False),
        sa.Column(
            "lodging",
            sa.String(64),
            nullable=False,
            comment="its id in the knowledge file; empty for none in particular",
        ),
        sa.Column("total", sa.Integer, nullable=True, comment="price in whole units of the business's currency"),
        sa.Column("notes", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
    )
    op.create_index("ix_bookings_at", "bookings", ["at"])
    op.create_table(
        "hand_overs",
        *_common(),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hand_overs"),
    )
    op.create_index("ix_hand_overs_at", "hand_overs", ["at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(64), nullable=False, comment="webhook-id; stays over all tries"),
        sa.Column("kind", sa.String(32), nullable=False, comment="booking.requested or hand_over.requested"),
        sa.Column("subject", sa.String(32), nullable=False, comment="id of the row that it tells of"),
        sa.Column("body", sa.Text, nullable=False, comment="what is sent, to the byte"),
        sa.Column("at", sa.BigInteger, nullable=False, comment=_MS),
        sa.Column("state", sa.String(8), nullable=False, comment="waiting, sending, sent, dead or unknown"),
        sa.Column("due", sa.BigInteger, nullable=False, comment=f"not to be sent before; {_MS}"),
        sa.Column("claimed", sa.BigInteger, nullable=False, comment="when it was last claimed, in ms; 0 never"),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column(
            "outcome", sa.String(32), nullable=False, comment="of the last try: a status or what kept it from one"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_state_due", "outbox", ["state", "due"])
    op.create_index("ix_outbox_subject", "outbox", ["subject"])


def downgrade() -> None:
    """Back to the version before."""
    for table in ("outbox", "hand_overs", "bookings"):
        op.drop_table(table)


def _common() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    return (
        sa.Column("id", sa.String(32), nullable=False, comment=_ID),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, comment=_MS),
        sa.Column("language", sa.String(8), nullable=False),
    )
