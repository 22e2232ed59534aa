"""The tables' versions, oldest first, for Alembic.

A change of `tables` needs a new module in `versions`, written by hand: it names the one before it and says how to go
there and back. A test compares what they lead to with `tables`, on both databases.
"""
