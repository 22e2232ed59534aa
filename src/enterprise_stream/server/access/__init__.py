"""Who may connect, who may ask for sessions, and who may see what only the owner may."""

from enterprise_stream.server.access.access import Access, AccessSettings
from enterprise_stream.server.access.admin import guarded, owned

__all__ = ["Access", "AccessSettings", "guarded", "owned"]
