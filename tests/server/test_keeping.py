"""A whole call over the socket, and what the database has of it then."""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.own_logging import own_logging

from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.observe.metrics import Metrics
from enterprise_stream.server.projection import Projector, Wording
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.tables import conversations, turns
from enterprise_stream.testing import LoopClock, ScriptedBrain, scripted_engines

from .house import House, client, house
from .returning import back, comeback, cut, last_seq

PHONE, CARD = "612 345 678", "4111 1111 1111 1111"
SPELT = "seis uno dos tres cuatro cinco seis siete ocho"


@asynccontextmanager
async def keeping(folder: Path, *answers: str, **options: Any) -> AsyncIterator[tuple[House, Store]]:
    """A server that keeps calls, and its database."""
    engines = scripted_engines(brain=ScriptedBrain(*answers))
    clock = LoopClock()
    async with (
        Store.open(database_url(None, folder)) as store,
        Projector(store, clock, Wording()) as projector,
        SqliteLog(folder / "sessions.db", clock, 400) as log,
        house(engines, session_log=log, keeper=projector, **options) as place,
    ):
        yield place, store


async def rows(store: Store, table: Any) -> list[dict[str, Any]]:
    async with store.reading() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def wait_for_end(store: Store) -> dict[str, Any]:
    """The call, once it is over."""
    async with asyncio.timeout(900):
        while True:
            found = await rows(store, conversations)
            if found and found[0]["ended_at"] is not None:
                return found[0]
            await asyncio.sleep(1)


async def test_a_call_is_kept_from_its_first_word_to_its_end(tmp_path: Path) -> None:
    async with keeping(tmp_path, "Cien euros.", "Sí, claro.", resume_window_s=30) as (place, store):
        async with client(place) as guest:
            await guest.ask("start", "started", consent={"version": "2026-11", "given": True})
            for number, question in enumerate(("¿Cuánto cuesta?", "¿Seguro?"), 1):
                await guest.send("text", text=question)
                end = await guest.wait("audio_end", number)
                await guest.send("playback", turn=number, played_ms=end["duration_ms"])
            await asyncio.sleep(2)
            assert (await rows(store, conversations))[0]["ended_at"] is None
            told = guest.seen("response_complete")
        call = await wait_for_end(store)
    assert (call["turns"], call["end_reason"], call["consent_given"]) == (2, "left", True)
    assert call["ended_at"] - call["started_at"] < 30_000  # when the guest left, not when nobody waited any more
    assert [message["text"] for message in told] == ["Cien euros.", "Sí, claro."]


async def test_a_call_that_is_resumed_in_another_process_is_one_call(tmp_path: Path) -> None:
    async with keeping(tmp_path, "Cien euros.") as (former, _), client(former) as guest:
        how = comeback(guest)
        await guest.send("text", text="¿Cuánto cuesta?")
        await guest.wait("audio_end")
        await asyncio.sleep(2)
        had = last_seq(guest)
        cut(guest)
        async with keeping(tmp_path, "Sí, claro.") as (latter, store):
            async with back(latter, how, had) as again:
                await again.send("text", text="¿Seguro?")
                await again.wait("audio_end")
                await asyncio.sleep(2)
            (call,) = await rows(store, conversations)
            kept = await rows(store, turns)
    assert call["turns"] == 2
    assert [(turn["question"], turn["answer"]) for turn in kept] == [
        ("¿Cuánto cuesta?", "Cien euros."), ("¿Seguro?", "Sí, claro."),
    ]  # fmt: skip


async def test_a_guest_who_has_his_data_erased_is_in_no_table_and_no_file(tmp_path: Path) -> None:
    async with keeping(tmp_path, "Gracias, Quetzalina.", "¿Algo más, Quetzalina?") as (place, store):
        async with client(place) as guest:
            await guest.send("text", text="Me llamo Quetzalina.")
            await guest.wait("audio_end")
            await asyncio.sleep(2)
            assert _files_with(tmp_path, b"Quetzalina")
            await guest.ask("erase_data", "data_erased")
            assert _files_with(tmp_path, b"Quetzalina") == []
            await guest.send("text", text="¿Y ahora?")
            await guest.wait("audio_end", 2)
            await asyncio.sleep(2)
        assert await rows(store, conversations) == await rows(store, turns) == []


@pytest.mark.requirement("S19")
async def test_cards_and_telephones_are_in_no_log_no_metric_and_no_transcript(tmp_path: Path) -> None:
    """The log of who may come back has them, for as long as he may, and is erased with him."""
    shown, metrics = io.StringIO(), Metrics()
    with own_logging():
        configure_logs("debug", "json", development=True, stream=shown)  # which shows guests' words
        async with keeping(tmp_path, f"Anoto {PHONE} y {CARD}.", metrics=metrics, resume_window_s=30) as (place, store):
            async with client(place) as guest:
                for number, words in enumerate((f"Mi móvil es el {PHONE}", f"y pago con la {CARD}", SPELT), 1):
                    await guest.send("text", text=words)
                    await guest.wait("audio_end", number)
                await guest.connection.send(f'{{"type": "{CARD}", "id": "{PHONE}"}}')
                await guest.wait("error")
            await wait_for_end(store)
            kept = json.dumps([await rows(store, table) for table in (conversations, turns)], default=str)
    told = shown.getvalue()
    assert "Mi móvil es el" in told
    for place_told in (told, metrics.render().decode(), kept):
        digits = re.sub(r"[ .-]", "", place_told)
        assert not [number for number in (PHONE, CARD) if number.replace(" ", "") in digits]
        assert SPELT not in place_told


def _files_with(folder: Path, text: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]
