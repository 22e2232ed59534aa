"""What `doctor` says of vendors: who is used, whose key is missing, who can be reached."""

from dataclasses import dataclass
from datetime import date

import httpx
from pydantic import SecretStr

from enterprise_stream.cli.finding import Finding
from enterprise_stream.composition.vendors_in_use import vendors_used
from enterprise_stream.config import Settings
from enterprise_stream.vendor_settings import VENDOR_OF

PATIENCE_S = 5.0
"""How long a vendor may take to answer."""

_HOMES = {
    "openai": "https://api.openai.com/v1",
    "deepgram": "https://api.deepgram.com",
    "elevenlabs": "https://api.elevenlabs.io",
    "cartesia": "https://api.cartesia.ai",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the vendors said.

    Attributes:
        findings: one for each.
        ends: when OpenAI switches models off, by model.
    """

    findings: tuple[Finding, ...]
    ends: dict[str, date]


def look_at_keys(settings: Settings) -> Finding:
    """Who hears, thinks and speaks, and what others would need; a key that is missing is no valid setting."""
    orders = {"hears": settings.stt_order, "thinks": settings.llm_order, "speaks": settings.tts_order}
    found = "; ".join(f"{what} by {', then '.join(names)}" for what, names in orders.items())
    unused = sorted({key.upper() for key in VENDOR_OF.values() if getattr(settings, key) is None})
    cloud = any(name in VENDOR_OF for names in orders.values() for name in names)
    advice = "" if cloud else f"Everything runs on this machine. For the cloud, set a key: {', '.join(unused)}."
    return Finding("engines", "ok", found, advice)


def ask_vendors(settings: Settings, transport: httpx.BaseTransport | None = None) -> Asked:
    """Ask each vendor in use for a sign of life, and OpenAI for its models. It costs nothing."""
    findings: list[Finding] = []
    ends: dict[str, date] = {}
    with httpx.Client(timeout=PATIENCE_S, transport=transport) as client:
        for vendor in vendors_used(settings):
            home = (getattr(settings, f"{vendor}_base_url") or _HOMES[vendor]).rstrip("/")
            if vendor == "openai":
                finding, ends = _openai(client, home, settings.openai_api_key)
                findings.append(finding)
            else:
                findings.append(_alive(client, vendor, home))
    return Asked(tuple(findings), ends)


def _alive(client: httpx.Client, vendor: str, home: str) -> Finding:
    try:
        client.get(home)
    except httpx.HTTPError as error:
        return _not_reached(vendor, home, error)
    return Finding(vendor, "ok", f"{home} can be reached; the key is not tried")


def _openai(client: httpx.Client, home: str, key: SecretStr | None) -> tuple[Finding, dict[str, date]]:
    headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key is not None else {}
    try:
        answer = client.get(f"{home}/models", headers=headers)
    except httpx.HTTPError as error:
        return _not_reached("openai", home, error), {}
    if answer.status_code in (401, 403):
        return Finding("openai", "missing", f"{home} does not accept the key", "Check OPENAI_API_KEY."), {}
    if answer.status_code != 200:
        advice = "Check OPENAI_BASE_URL: it ends in /v1 as a rule."
        return Finding("openai", "missing", f"{home} lists no models: status {answer.status_code}", advice), {}
    ends = _ends(answer)
    return Finding("openai", "ok", f"{home} answers and takes the key" if key else f"{home} answers"), ends


def _not_reached(vendor: str, home: str, error: httpx.HTTPError) -> Finding:
    advice = f"Check the network, and {vendor.upper()}_BASE_URL."
    return Finding(vendor, "missing", f"{home} cannot be reached: {type(error).__name__}", advice)


def _ends(answer: httpx.Response) -> dict[str, date]:
    """Shut-down dates in a list of models; what is no such list has none."""
    try:
        listed = answer.json()["data"]
        dated = [(str(each["id"]), each["shutdown_date"]) for each in listed if each.get("shutdown_date")]
        return {model: date.fromisoformat(str(day)[:10]) for model, day in dated}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
