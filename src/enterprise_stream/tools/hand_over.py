"""Hand-over to a person: kept, told to the owner's systems, and never stood in the way of."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from enterprise_stream.clock import Clock
from enterprise_stream.errors import ToolError
from enterprise_stream.store import Store
from enterprise_stream.store.requests import HandOver, keep
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.ports import ToolCall, ToolSpec
from enterprise_stream.thinking.tool_ports import Caller, Tool
from enterprise_stream.tools.implementation import Prepared

NAME = "hand_over_to_person"
MAX_REASON = 500

_PERSON = (
    r"(?:una? |el |la |algún |alguna |otra )?(?:persona|humano|humana|ser humano|agente|operador|operadora|"
    r"encargad[oa]|responsable|compañer[oa]|recepcionista|empleado|empleada)\b|alguien\b|"
    r"(?:la )?(?:oficina|recepción)\b"
)
_SOMEBODY = (
    r"(?:an? |the |some |another |real |actual |live )*(?:person|human|human being|agent|operator|manager|"
    r"representative|receptionist|colleague|member of staff|front desk|reception|office)\b|some(?:one|body)\b"
)
_ALGU = (
    r"(?:una? |el |la |l'|algun |alguna |una? altr[ea] )?(?:persona|humà|humana|ésser humà|agent|operador|operadora|"
    r"encarregat|encarregada|responsable|recepcionista|empleat|empleada)\b|algú\b|(?:l'oficina|(?:la )?recepció)\b"
)
_WANTED = {
    "es": re.compile(
        rf"\b(?:hablar|comunicar(?:me)?|hable) (?:directamente |mejor |ya )?con (?:{_PERSON})"
        r"|\b(?:p[aá]s[ea](?:me|nos)?|pasar(?:me|nos)?|p[oó]nga(?:me|nos)|comun[ií]que(?:me|nos)) (?:ya )?"
        rf"con (?:{_PERSON})"
        r"|\bque me (?:llame|atienda|atiendan|llamen) (?:una persona|alguien|un humano|de la oficina)"
        r"|\bno quiero (?:hablar con|que me atienda) (?:una m[aá]quina|un robot|un bot|una ia)"
        r"|\b(?:quiero|prefiero|necesito|dame|deme) (?:a )?(?:una persona|un humano|un agente|un operador)\b",
        re.IGNORECASE,
    ),
    "ca": re.compile(
        rf"\b(?:parlar|comunicar|parli) (?:directament |millor |ja )?amb (?:{_ALGU})"
        rf"|\b(?:pass[ai]'?m|passi'm|posi'm|passar-me) (?:ja )?amb (?:{_ALGU})"
        r"|\bque em (?:truqui|trucar?|atengui|atenguin|truquin) (?:una persona|algú|un humà)"
        r"|\bno vull (?:parlar amb|que m'atengui) (?:una m[aà]quina|un robot|un bot|una ia)"
        r"|\b(?:vull|prefereixo|necessito|doni'm) (?:a )?(?:una persona|un humà|un agent|un operador)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        rf"\b(?:talk|speak|speaking|talking) (?:directly )?(?:to|with) (?:{_SOMEBODY})"
        rf"|\b(?:put|get|transfer|connect) (?:me|us) (?:through )?(?:to|with)? ?(?:{_SOMEBODY})"
        r"|\b(?:someone|somebody|a person|a human) (?:to )?(?:call|ring|phone) me"
        r"|\b(?:don't|do not) want to (?:talk|speak) (?:to|with) a (?:machine|robot|bot|computer)"
        r"|\b(?:want|need|prefer|give me) (?:a )?(?:real |actual |live )?(?:person|human|agent|operator)\b",
        re.IGNORECASE,
    ),
}
_UNDERSTOOD = {"es": ("es", "ca"), "en": ("en",)}
"""The languages that a guest may ask in, by that of the conversation: some begin in Catalan where Spanish is spoken."""

_NOT = re.compile(
    r"\bno (?:hace falta|quiero|necesito) (?:hablar|que)\b(?!.*(?:m[aá]quina|robot|bot|ia\b))"
    r"|\bno (?:cal|vull|necessito) parlar\b(?!.*(?:m[aà]quina|robot|bot|ia\b))"
    r"|\b(?:don't|do not) (?:need|want) to (?:talk|speak)\b(?!.*(?:machine|robot|bot|computer))",
    re.IGNORECASE,
)

_TEXT: dict[str, Any] = {"type": "string", "maxLength": 200}
TOOL = Tool(
    ToolSpec(
        NAME,
        "Tells a person of the business that this guest needs one. Call it when the guest asks for a person, "
        "reports something broken or an emergency, complains, or wants what you cannot give.",
        {
            "type": "object",
            "properties": {
                "reason": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": MAX_REASON,
                    "description": "What it is about, in the guest's language.",
                },
                "name": {**_TEXT, "maxLength": 120, "description": "The guest's name, if he has given it."},
                "contact": {**_TEXT, "description": "Telephone or e-mail, if he has given one."},
            },
            "required": ["reason"],
            "additionalProperties": False,
        },
    ),
    asks=False,
    timeout_s=5.0,
    usual_ms=50.0,
    passes_on=True,
)


def wants_person(words: str, language: str) -> bool:
    """Whether a guest plainly asks for a person; in a language that is not listed, all lists count."""
    return any(_WANTED[each].search(words) for each in _UNDERSTOOD.get(language, _WANTED)) and not _NOT.search(words)


def requested(words: str, language: str) -> ToolCall | None:
    """The hand-over that a guest's words ask for, so that it happens whatever the brain makes of them."""
    if not wants_person(words, language):
        return None
    return ToolCall("asked-by-the-guest", NAME, json.dumps({"reason": words[:MAX_REASON]}, ensure_ascii=False))


class HandOverToPerson:
    """Tells a person that a guest needs one.

    The guest is not asked first: it is he who wants it, or it is an emergency, and a person who looks after a guest in
    vain loses a minute.

    Args:
        store: where it is kept.
        knowledge: the business, for its telephone and its hours.
        clock: dates it.
        tell: called when there is something new to go out by webhook; None where nothing goes out.
    """

    def __init__(
        self, store: Store, knowledge: Callable[[], Knowledge], clock: Clock, tell: Callable[[], None] | None
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._clock = clock
        self._tell = tell

    @property
    def tool(self) -> Tool:
        """What it is."""
        return TOOL

    async def prepare(self, arguments: Mapping[str, Any], _caller: Caller) -> Prepared:
        """Any reason will do."""
        return Prepared(arguments)

    async def run(self, arguments: Mapping[str, Any], request: str, caller: Caller) -> Mapping[str, Any]:
        """Keep it, once for each session and reason."""
        hand_over = HandOver(
            id=request,
            session=caller.owner,
            turn=caller.turn,
            at=round(self._clock.wall_ms()),
            language=caller.language,
            tenant=caller.tenant,
            reason=arguments["reason"],
            name=arguments.get("name", ""),
            contact=arguments.get("contact", ""),
        )
        kept = await self._store.write(lambda connection: keep(connection, hand_over, tell=self._tell is not None))
        if kept == "too_many":
            raise ToolError("This guest has asked too often in this call.", code="tool_refused")
        if kept == "new" and self._tell is not None:
            self._tell()
        business = self._knowledge().business
        result: dict[str, Any] = {"status": "person_told", "message": "A person has been told and will see to it."}
        if business.phones:
            result["phones"] = dict(business.phones)
        if business.office_hours is not None:
            result["office_hours"] = "-".join(business.office_hours)
        return result
