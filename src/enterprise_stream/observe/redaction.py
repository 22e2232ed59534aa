"""Takes secrets, and numbers that are a guest's own, out of what is shown: logs, and the messages about settings."""

import re
from collections.abc import Mapping
from typing import Any

from enterprise_stream.observe.personal import without_numbers

HIDDEN = "(hidden)"
"""What stands where a secret was."""

_SECRET_NAME = re.compile(r"key|token|secret|password|passwd|authorization|cookie|credential", re.IGNORECASE)

_SECRET_TEXT = re.compile(
    r"(?P<query>[?&;](?:[\w.-]*(?:key|token|secret|password|auth|signature)[\w.-]*)=)[^&;\s\"'#]+"  # in a URL
    r"|(?P<bearer>\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}"  # in an Authorization header
    r"|(?P<scheme>\b(?:Basic|Token)\s+)[A-Za-z0-9._~+/=-]{16,}"  # the same; shorter words are prose
    r"|(?P<subprotocol>\btoken\.)[A-Za-z0-9._~+/=-]{8,}"  # as a WebSocket subprotocol
    r"|(?P<openai>\bsk-)[A-Za-z0-9_-]{8,}"
    r"|(?P<ours>\besk_)[A-Za-z0-9_-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"  # a JSON Web Token
    r"|\b[0-9a-f]{40}\b",  # Deepgram
    re.IGNORECASE,
)

_MAX_DEPTH = 6


def redact_text(text: str, known: tuple[str, ...] = ()) -> str:
    """The text without anything that looks like a secret, is one of the `known` ones, or a guest's number."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    shown = _SECRET_TEXT.sub(lambda match: (match[match.lastgroup] if match.lastgroup else "") + HIDDEN, text)
    return without_numbers(shown)


def redact(value: Any, known: tuple[str, ...] = (), depth: int = 0) -> Any:
    """The value with the secrets inside taken out, whether a name or their look gives them away.

    Numbers, booleans and None pass: `max_tokens=300` is no secret. Containers come back as dicts and lists; what is
    nested deeper than six levels is left out.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return redact_text(value, known)
    if isinstance(value, bytes):
        return redact_text(value.decode("utf-8", "replace"), known)
    if depth >= _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {key: _redact_item(str(key), item, known, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item, known, depth + 1) for item in value]
    return redact_text(str(value), known)


def _redact_item(name: str, value: Any, known: tuple[str, ...], depth: int) -> Any:
    if _SECRET_NAME.search(name) and value is not None and not isinstance(value, (bool, int, float)):
        return HIDDEN
    return redact(value, known, depth)
