"""The database: bookings, hand-overs, spending; SQLite by default, PostgreSQL by `DATABASE_URL`."""
