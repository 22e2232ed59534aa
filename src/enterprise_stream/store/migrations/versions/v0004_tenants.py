"""Whose guest asked: tenants in what guests ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("bookings", "hand_overs")
_TENANT = "whose guest it is; empty where there is only one tenant"


def upgrade() -> None:
    """To this version."""
    for table in _TABLES:
        op.add_column(
            table, sa.Column("tenant", sa.String(128), nullable=False, server_default=sa.text("''"), comment=_TENANT)
        )


def downgrade() -> None:
    """Back to the version before."""
    for table in _TABLES:
        op.drop_column(table, "tenant")
