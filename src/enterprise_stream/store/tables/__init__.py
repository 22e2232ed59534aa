"""Every table, a module for each concern; whoever imports this package knows them all."""

from enterprise_stream.store.tables.calls import calls
from enterprise_stream.store.tables.conversations import conversations, days, erased, turns
from enterprise_stream.store.tables.metadata import metadata
from enterprise_stream.store.tables.nodes import advances, used_tokens
from enterprise_stream.store.tables.requests import bookings, hand_overs, outbox
from enterprise_stream.store.tables.spending import spending

__all__ = [
    "advances",
    "bookings",
    "calls",
    "conversations",
    "days",
    "erased",
    "hand_overs",
    "metadata",
    "outbox",
    "spending",
    "turns",
    "used_tokens",
]
