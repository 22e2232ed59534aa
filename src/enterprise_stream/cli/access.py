"""What `doctor` says of access: who gets in, and what is missing where others are served."""

from enterprise_stream.cli.finding import Finding
from enterprise_stream.config import Settings
from enterprise_stream.keys import read_key


def look_at_access(settings: Settings) -> Finding:
    """Who gets in."""
    if settings.session_secret is None:
        return Finding("access", "ok", "this machine only, without tokens; others need SESSION_SECRET")
    names = sorted({read_key(key.get_secret_value()).name or "(no name)" for key in settings.api_keys})
    pages = ", ".join(settings.allowed_origins) or "our own"
    found = f"by session token; keys of {', '.join(names) or 'nobody'}; pages: {pages}"
    missing = []
    if settings.admin_key is None:
        missing.append("ADMIN_KEY, or nobody sees the console and the metrics (`enterprise-stream keys admin`)")
    if not settings.loopback and not settings.trusted_proxies:
        missing.append(
            "a proxy that speaks TLS, and TRUSTED_PROXIES with its address: browsers give no microphone to plain http"
        )
    return Finding("access", "advice" if missing else "ok", found, f"Set up {'; '.join(missing)}." if missing else "")
