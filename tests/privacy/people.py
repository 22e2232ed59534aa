"""A guest who leaves himself in every place that keeps anything."""

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from enterprise_stream.store import Store
from enterprise_stream.store.calls import Caption, Conversation, Turn, keep
from enterprise_stream.store.calls.folding import searchable
from enterprise_stream.store.requests import Booking, HandOver
from enterprise_stream.store.requests import keep as keep_request
from enterprise_stream.store.statements import insert_once
from enterprise_stream.store.tables import calls, metadata, spending

NAME = "Quetzalina"
MAIL = "quetzalina@canario.example"
PHONE = "+34 612 345 678"
CANARIES = ("quetzalina", "612345678", "612 345 678", "canario.example")
"""What is searched for, in small letters."""


async def comes(store: Store, session: str, at: int, *, canary: bool = True, ended: bool = True) -> None:
    """A guest calls, books, and asks for a person; with `canary`, it is she who must be forgotten."""
    name, mail, phone = (NAME, MAIL, PHONE) if canary else ("Otra", "otra@example.com", "+34 699 000 111")
    said, answer = f"Soy {name}, mi correo es {mail} y mi móvil {phone}.", f"Gracias, {name}. Anoto {mail}."
    turn = Turn(
        session, 1, 5, at, "es", said, answer, heard_text=answer, captions=(Caption(name, 0, 300),), total_ms=800,
        stages=(("endpoint", 250), ("first_audio", 550)), stt=100, llm=50, tts=10,
    )  # fmt: skip
    call = Conversation(
        session, 5, at, at, "es", "sandra", at + 9_000 if ended else None, "left" if ended else None, 1, 0, 160,
        first_words=said[:120], words=searchable((said, answer)),
    )  # fmt: skip
    booking = Booking(
        f"b{session}".ljust(32, "0"), session, 1, at, "es", name, mail, "2026-08-01", "2026-08-05", 2, "", 400,
        f"Llamar al {phone}",
    )  # fmt: skip
    asks = HandOver(f"h{session}".ljust(32, "0"), session, 1, at, "es", f"{name} quiere hablar", name, phone)
    await store.write(partial(keep, calls=[call], changed=[turn]))
    for request in (booking, asks):
        await store.write(partial(_request, request=request))
    await store.write(partial(bought, session=session))


async def _request(connection: AsyncConnection, request: Booking | HandOver) -> str:
    return await keep_request(connection, request, tell=True)


async def bought(connection: AsyncConnection, session: str) -> None:
    """What a call has cost and how long it lasted."""
    purchase = {
        "run": "r", "n": abs(hash(session)) % 10**6, "session": session, "day": "2026-05-28", "tenant": "",
        "kind": "llm", "engine": "openai", "model": "m", "audio_ms": 0.0, "input_tokens": 1, "cached_tokens": 0,
        "output_tokens": 1, "chars": 0, "microdollars": 50,
    }  # fmt: skip
    lasted = {
        "run": "r", "n": purchase["n"], "session": session, "day": "2026-05-28", "tenant": "",
        "seconds": 9.0, "turns": 1, "spoken_chars": 10, "library_chars": 0,
    }  # fmt: skip
    await insert_once(connection, spending, [purchase])
    await insert_once(connection, calls, [lasted])


async def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    async with store.reading() as connection:
        return {
            table.name: [dict(row) for row in (await connection.execute(select(table))).mappings()]
            for table in metadata.sorted_tables
        }


def found_in(text: str, *more: str) -> list[str]:
    """The canaries that a text holds."""
    return [canary for canary in (*CANARIES, *more) if canary.lower() in text.lower()]


def found_in_files(folder: Path, *more: str) -> dict[str, list[str]]:
    """The canaries in every file below a folder, whatever the file is."""
    texts = {path: path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()}
    return {path.name: found for path, text in texts.items() if (found := found_in(text, *more))}
