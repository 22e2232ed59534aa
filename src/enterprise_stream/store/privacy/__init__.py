"""What a person may ask for: to see what is kept of him, and to have it erased; and what goes by itself in time."""

from enterprise_stream.store.privacy.contact import Contact, sessions_of
from enterprise_stream.store.privacy.erasing import NOBODY, Erased, erase_contact, erase_sessions
from enterprise_stream.store.privacy.exporting import export_sessions
from enterprise_stream.store.privacy.retention import Limits, Retained, retain

__all__ = [
    "NOBODY",
    "Contact",
    "Erased",
    "Limits",
    "Retained",
    "erase_contact",
    "erase_sessions",
    "export_sessions",
    "retain",
    "sessions_of",
]
