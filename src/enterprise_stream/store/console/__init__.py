"""What an owner asks of the database: each in one or two statements that an index answers."""
