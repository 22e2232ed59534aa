"""The database: bookings, hand-overs, spending; SQLite by default, PostgreSQL by `DATABASE_URL`."""

from enterprise_stream.store.address import database_url
from enterprise_stream.store.store import Store

__all__ = ["Store", "database_url"]
