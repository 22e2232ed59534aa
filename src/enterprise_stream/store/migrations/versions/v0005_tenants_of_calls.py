"""Whose guest called: tenants in what was said."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    column = sa.Column(
        "tenant", sa.String(128), nullable=False, server_default=sa.text("''"), comment="whose guest it is"
    )
    op.add_column("conversations", column)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column("conversations", "tenant")
