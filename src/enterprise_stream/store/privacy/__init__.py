"""What a person may ask for: to see what is kept of him, and to have it erased; and what goes by itself in time."""

from enterprise_stream.store.privacy.contact import Contact, sessions_of
from enterprise_stream.store.privacy.erasing import NOBODY, Erased, erase_contact, erase_sessions
from enterprise_stream.store.privacy.exporting import export_sessions
from enterprise_stream.store.privacy.ledger import ErasureLedger, LedgerError, is_session_id, read_copy
from enterprise_stream.store.privacy.replay import erase_again, keep_ledger
from enterprise_stream.store.privacy.retention import Limits, Retained, retain

__all__ = [
    "NOBODY",
    "Contact",
    "Erased",
    "ErasureLedger",
    "LedgerError",
    "Limits",
    "Retained",
    "erase_again",
    "erase_contact",
    "erase_sessions",
    "export_sessions",
    "is_session_id",
    "keep_ledger",
    "read_copy",
    "retain",
    "sessions_of",
]
