"""Days by tenant, and a tenant's calls in order: an owner sees his own only.

Days whose turns are still there are counted anew, each tenant's by itself; older ones stay as they are, nobody's in
particular, so that only the operator sees them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TENANT = "whose guests; empty where there is only one"
_INDEX = "ix_conversations_tenant_started_at_session"


def upgrade() -> None:
    """To this version."""
    first = "SELECT min(day) FROM turns"  # of which a part may have been forgotten already
    kept = _rows(f"SELECT * FROM days WHERE day <= coalesce(({first}), '9999')")  # noqa: S608 - our own text
    _make(["day", "tenant"], sa.Column("tenant", sa.String(128), nullable=False, comment=_TENANT))
    _put([row | {"tenant": ""} for row in kept])
    op.create_index(_INDEX, "conversations", ["tenant", "started_at", "session"])


def downgrade() -> None:
    """Back to the version before; days from the first with several tenants on are counted anew."""
    several = "SELECT min(day) FROM (SELECT day FROM days GROUP BY day HAVING count(*) > 1) AS several"
    kept = _rows(f"SELECT * FROM days WHERE day < coalesce(({several}), '9999')")  # noqa: S608 - our own text
    _make(["day"])
    _put([{name: value for name, value in row.items() if name != "tenant"} for row in kept])
    op.drop_index(_INDEX, "conversations")


def _rows(asked: str) -> list[dict[str, object]]:
    return [dict(row) for row in op.get_bind().execute(sa.text(asked)).mappings()]


def _make(key: Sequence[str], *more: sa.Column[str]) -> None:
    """The table anew: SQLite changes no key of one that is there."""
    op.drop_table("days")
    op.create_table(
        "days",
        sa.Column("day", sa.String(10), nullable=False, comment="YYYY-MM-DD at the business; a day that is over"),
        *more,
        sa.Column("turns", sa.Integer, nullable=False, comment="that were timed"),
        sa.Column("waits", sa.Text, nullable=False, comment="JSON: {stage or 'total': [first step, [turns, ...]]}"),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("stt", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("llm", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("tts", sa.BigInteger, nullable=False, comment="micro-dollars"),
        sa.Column("spoken_chars", sa.BigInteger, nullable=False),
        sa.Column("library_chars", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(*key, name="pk_days"),
    )


def _put(rows: Sequence[dict[str, object]]) -> None:
    if rows:
        columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in rows[0]]
        op.get_bind().execute(sa.insert(sa.table("days", *columns)), list(rows))
