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
    if settings.admin_port is not None:
        found += f"; console and metrics on {settings.admin_host}:{settings.admin_port} alone"
    missing = []
    if settings.admin_key is None:
        missing.append("ADMIN_KEY, or nobody sees the console and the metrics (`enterprise-stream keys admin`)")
    if not settings.loopback and not settings.trusted_proxies and settings.tls_cert_file is None:
        missing.append(
            "a proxy that speaks TLS, and TRUSTED_PROXIES with its address, or TLS_CERT_FILE and TLS_KEY_FILE: "
            "browsers give no microphone to plain http"
        )
    return Finding("access", "advice" if missing else "ok", found, f"Set up {'; '.join(missing)}." if missing else "")
