"""Calls as they are kept: what was said, how long it took, what it cost."""

from enterprise_stream.store.calls.keeping import end_silent, keep
from enterprise_stream.store.calls.rows import Caption, Conversation, Turn

__all__ = ["Caption", "Conversation", "Turn", "end_silent", "keep"]
