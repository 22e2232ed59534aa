"""`/api/console/calls`: calls live and past, and one of them with all that is known of it."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from enterprise_stream.cost.money import dollars
from enterprise_stream.server.access.admin import viewer_of
from enterprise_stream.server.api.console import shapes
from enterprise_stream.server.api.console.desk import (
    MOST_A_PAGE,
    AskedWrongError,
    NotFoundError,
    answering,
    desk_of,
    iso,
    number,
)
from enterprise_stream.store.calls import Turn
from enterprise_stream.store.console.calls import Place, Wanted, find_call, find_calls

MOST_TEXT = 200
"""Characters of a search."""

_AS_THEY_ARE = (
    "turn", "language", "question", "answer", "heard_text", "interrupted", "response_type", "answered", "audio_ms",
    "speculated", "slow_stage", "voice_to_voice_ms",
)  # fmt: skip


async def get_calls(request: Request) -> shapes.Calls:
    """A page of calls."""
    desk = desk_of(request)
    asked = request.query_params
    wanted = Wanted(
        limit=number(request, "limit", 50, MOST_A_PAGE),
        before=_place(asked.get("before")),
        language=asked.get("language", "")[:8],
        live=_choice(asked.get("live")),
        text=asked.get("q", "")[:MOST_TEXT].strip(),
        tenant=viewer_of(request).tenant,
    )
    async with desk.store.reading() as connection:
        rows, following = await find_calls(connection, wanted, round(desk.clock.wall_ms()))
    calls = tuple(shapes.Call(**_call(row)) for row in rows)
    return shapes.Calls(calls=calls, next=None if following is None else f"{following.started_at}-{following.session}")


async def get_call(request: Request) -> shapes.CallDetail:
    """One call."""
    desk = desk_of(request)
    async with desk.store.reading() as connection:
        session, tenant = request.path_params["session"], viewer_of(request).tenant
        found = await find_call(connection, session, round(desk.clock.wall_ms()), tenant)
    if found is None:
        raise NotFoundError("There is no such call; it may have been erased, or its retention is over.")
    row, turns = found
    return shapes.CallDetail(**_call(row), consent=_consent(row), turn_list=tuple(map(_turn, turns)))


def _place(given: str | None) -> Place | None:
    if given is None:
        return None
    at, dash, session = given.partition("-")
    if not dash or not at.isascii() or not at.isdecimal() or len(at) > 16:
        raise AskedWrongError("`before` must be the `next` of another page.")
    return Place(int(at), session)


def _choice(given: str | None) -> bool | None:
    if given in (None, ""):
        return None
    if given not in ("true", "false"):
        raise AskedWrongError("`live` must be true or false.")
    return given == "true"


def _call(row: Mapping[str, Any]) -> dict[str, Any]:
    until = row["ended_at"] if row["ended_at"] is not None else row["seen_at"]
    return {
        "session": row["session"],
        "started_at": iso(row["started_at"]),
        "ended_at": None if row["ended_at"] is None else iso(row["ended_at"]),
        "live": row["live"],
        "language": row["language"],
        "voice": row["voice"],
        "turns": row["turns"],
        "seconds": round(max(0, until - row["started_at"]) / 1000, 1),
        "dollars": dollars(row["microdollars"]),
        "end_reason": row["end_reason"],
        "slowest_stage": row["slowest_stage"],
        "voice_to_voice_ms": row["voice_to_voice_ms"],
        "first_words": row["first_words"],
        "unanswered": row["unanswered"],
        "words_kept": not row["forgotten"] and row["first_words"] != "",
    }


def _consent(row: Mapping[str, Any]) -> shapes.Consent | None:
    if row["consent_version"] is None:
        return None
    return shapes.Consent(version=row["consent_version"], given=row["consent_given"], at=iso(row["consent_at"]))


def _turn(turn: Turn) -> shapes.Turn:
    held = {name: getattr(turn, name) for name in _AS_THEY_ARE}
    cost = {kind: dollars(getattr(turn, kind)) for kind in ("stt", "llm", "tts")}
    rest = {
        "at": iso(turn.at),
        "captions": [each._asdict() for each in turn.captions],
        "stages": _stages(turn),
        "latency": dict(turn.latency),
        "usage": dict(turn.usage),
        "cost": {**cost, "total": dollars(turn.microdollars)},
    }
    return shapes.Turn.model_validate(held | rest)


def _stages(turn: Turn) -> list[dict[str, Any]]:
    start, found = 0, []
    for name, ms in turn.stages:
        found.append({"name": name, "start_ms": start, "ms": ms})
        start += ms
    return found


routes = [
    Route("/api/console/calls", answering(get_calls)),
    Route("/api/console/calls/{session}", answering(get_call)),
]
