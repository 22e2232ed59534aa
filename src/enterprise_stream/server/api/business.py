"""What a page needs to know of the business before a conversation, and when there can be none."""

import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from enterprise_stream.server.processors import Processors
from enterprise_stream.server.service import Service
from enterprise_stream.thinking.knowledge import Business

EXAMPLES = 4
"""Questions that the page offers."""

_VERSION_CHARS = 12

_PRIVACY = {
    "es": (
        "Contesta {persona}, una inteligencia artificial, no una persona. Para contestarte, tu voz se convierte en "
        "texto y no se graba.{vendors} {kept} Puedes pedir que se borre cuando quieras, en esta misma página."
    ),
    "en": (
        "{persona} answers, an artificial intelligence, not a person. To answer you, your voice is turned into text "
        "and is not recorded.{vendors} {kept} You can have it deleted whenever you like, on this page."
    ),
}
_VENDORS = {"es": " La tratan por nuestra cuenta: {names}.", "en": " It is processed on our behalf by {names}."}
_OTHERS = {"es": "otro servicio que hemos elegido", "en": "another service of our choice"}
_KEPT = {
    "es": ("Lo que se dice se guarda solo mientras dura la conversación.", "Lo que se dice se guarda {days} días."),
    "en": ("What is said is kept only while the conversation lasts.", "What is said is kept for {days} days."),
}
_VENDOR_NAMES = {"openai": "OpenAI", "elevenlabs": "ElevenLabs"}
"""As they write themselves, where that is not the capitalised name."""


async def get_business(request: Request) -> Response:
    """Public facts: who answers, how else to reach the business, what a guest is told about privacy."""
    service: Service = request.app.state.service
    about = service.business()
    languages = [code for code in service.languages if code in about.languages]
    privacy = _privacy(service, about, languages)
    return JSONResponse(
        {
            "name": about.name,
            "invented": about.invented,
            "place": about.place,
            "persona": {"name": service.persona.name},
            "languages": languages,
            "contact": {
                "phone": about.contact.phone,
                "whatsapp": about.contact.whatsapp,
                "email": about.contact.email,
                "address": about.contact.address,
            },
            "hours": None if about.office_hours is None else dict(zip(("from", "to"), about.office_hours, strict=True)),
            "examples": {code: list(about.examples.get(code, ()))[:EXAMPLES] for code in languages},
            "disclosure": {code: service.persona.disclosure(code) for code in languages},
            "privacy": {"version": _version_of(privacy, service, languages), **privacy},
        },
        headers={"Cache-Control": "no-cache"},
    )


def _names(processors: Processors, language: str) -> list[str]:
    """The processors as a guest is told of them."""
    vendors = [_VENDOR_NAMES.get(name, name.capitalize()) for name in processors.vendors]
    return [*vendors, _OTHERS.get(language, _OTHERS["en"])] if processors.others else vendors


def _privacy(service: Service, about: Business, languages: list[str]) -> dict[str, Any]:
    """What a guest is asked to accept; the owner's own words where there are any."""
    days = service.retention_days
    texts = {}
    for code in languages:
        names = ", ".join(_names(service.processors, code))
        written = _PRIVACY.get(code, _PRIVACY["en"]).format(
            persona=service.persona.name,
            vendors=_VENDORS.get(code, _VENDORS["en"]).format(names=names) if names else "",
            kept=_KEPT.get(code, _KEPT["en"])[days > 0].format(days=days),
        )
        texts[code] = about.privacy.text.get(code) or written
    return {"url": about.privacy.url, "retention_days": days, "text": texts}


def _version_of(privacy: dict[str, Any], service: Service, languages: list[str]) -> str:
    """Names what is told: it changes with every word of it, so a guest who accepted other words is asked again."""
    told = [privacy, [service.persona.disclosure(code) for code in languages]]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:_VERSION_CHARS]


routes = [Route("/api/business", get_business)]
