"""What the processes on one database must agree on at once: used tokens, and advances on a day's caps.

What the runs of the newest day have spent so far counts on, as of runs that are over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SPENT = """
INSERT INTO advances (day, tenant, run, spent, held, until)
SELECT day, tenant, run, sum(microdollars), sum(microdollars), 0 FROM spending
WHERE day = (SELECT max(day) FROM spending) GROUP BY day, tenant, run
"""


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "used_tokens",
        sa.Column("id", sa.String(32), nullable=False, comment="of a session token; who inserts it has the connection"),
        sa.Column("until", sa.BigInteger, nullable=False, comment="when the token is over; ms since 1970-01-01 UTC"),
        sa.PrimaryKeyConstraint("id", name="pk_used_tokens"),
    )
    op.create_index("ix_used_tokens_until", "used_tokens", ["until"])
    op.create_table(
        "advances",
        sa.Column("day", sa.String(10), nullable=False, comment="YYYY-MM-DD at the business"),
        sa.Column("tenant", sa.String(128), nullable=False),
        sa.Column("run", sa.String(32), nullable=False, comment="the server's run that may spend it"),
        sa.Column("spent", sa.BigInteger, nullable=False, comment="micro-dollars, as the run told last"),
        sa.Column(
            "held",
            sa.BigInteger,
            nullable=False,
            comment="micro-dollars up to which it may spend; counts for the caps",
        ),
        sa.Column(
            "until",
            sa.BigInteger,
            nullable=False,
            comment="how long; ms since 1970-01-01 UTC by the database's clock",
        ),
        sa.PrimaryKeyConstraint("day", "tenant", "run", name="pk_advances"),
    )
    op.execute(_SPENT)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("advances")
    op.drop_table("used_tokens")
