"""Which vendors the settings' engines belong to, and whose servers stand behind them."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from enterprise_stream.config import Settings
from enterprise_stream.server.processors import Processors
from enterprise_stream.setting_types import is_loopback
from enterprise_stream.vendor_settings import VENDOR_DOMAINS, VENDOR_OF


def mode(settings: Settings) -> str:
    """`ready.server.mode`: `embedded`, or the vendors whose engines come first.

    Where a vendor's protocol is spoken with another server, it is `local-` or `other-` and the vendor's name.
    """
    first = (settings.stt_order[0], settings.llm_order[0], settings.tts_order[0])
    served = {"own": "", "local": "local-", "other": "other-"}
    return "+".join(served[_whose(vendor, settings)] + vendor for vendor in _vendors_of(first)) or "embedded"


def processors(settings: Settings) -> Processors:
    """Who may be given what a guest says: also those whose turn comes where the first of a list fails."""
    whose = {vendor: _whose(vendor, settings) for vendor in vendors_used(settings)}
    return Processors(
        vendors=tuple(vendor for vendor, server in whose.items() if server == "own"),
        others="other" in whose.values(),
    )


def vendors_used(settings: Settings) -> Iterator[str]:
    """The vendors in the lists of engines, each once."""
    return _vendors_of((*settings.stt_order, *settings.llm_order, *settings.tts_order))


def _vendors_of(engines: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(VENDOR_OF[name].removesuffix("_api_key") for name in engines if name in VENDOR_OF)


def _whose(vendor: str, settings: Settings) -> str:
    """Whose server is asked: the vendor's `own`, one on this machine (`local`), or an `other`."""
    host = urlsplit(getattr(settings, f"{vendor}_base_url") or "").hostname or VENDOR_DOMAINS[vendor]
    if f".{host}".endswith(f".{VENDOR_DOMAINS[vendor]}"):
        return "own"
    return "local" if is_loopback(host) else "other"
