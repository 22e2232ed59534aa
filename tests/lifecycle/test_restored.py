"""A real server on a backup that was restored: who was erased since is gone before anybody is let in."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL
from tests.privacy.people import MAIL, NAME, found_in, found_in_files
from tests.store.postgres import dump, restore
from websockets.asyncio.client import ClientConnection

from .forked import ForkedServer
from .test_process import opened, told


@pytest.fixture
def backups(
    url: URL, tmp_path: Path, request: pytest.FixtureRequest
) -> tuple[Callable[[], bytes], Callable[[bytes], None]]:
    """To make a backup of the database that is in use, and to put one in its place."""
    if url.get_backend_name() != "sqlite":
        socket, name = request.getfixturevalue("postgres"), str(url.database)
        return lambda: dump(socket, name), lambda backup: restore(socket, name, backup)
    file, copy = Path(str(url.database)), tmp_path / "copy.db"

    def back_up() -> bytes:
        with closing(sqlite3.connect(file)) as database, closing(sqlite3.connect(copy)) as other:
            database.backup(other)
        backup = copy.read_bytes()
        copy.unlink()
        return backup

    def put_back(backup: bytes) -> None:
        for beside in ("-wal", "-shm"):
            file.with_name(file.name + beside).unlink(missing_ok=True)
        file.write_bytes(backup)

    return back_up, put_back


async def kept(back_up: Callable[[], bytes]) -> bytes:
    """A backup that has what the guest has said; calls are written a moment later."""
    async with asyncio.timeout(30):
        while found_in((backup := await asyncio.to_thread(back_up)).decode("latin-1")) == []:  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)
    return backup


async def says(guest: ClientConnection, text: str) -> None:
    """The guest says so, and has his answer."""
    await guest.send(json.dumps({"type": "text", "text": text}))
    await told(guest, "response_complete")


@pytest.mark.requirement("S27")
async def test_who_was_erased_is_in_no_file_and_no_table_of_a_restored_server_before_it_is_ready(
    url: URL, tmp_path: Path, backups: tuple[Callable[[], bytes], Callable[[bytes], None]]
) -> None:
    back_up, put_back = backups
    server = ForkedServer(tmp_path, log_level="info", DATABASE_URL=url.render_as_string(hide_password=False))
    await server.start()
    async with opened(server) as guest:
        await says(guest, f"Soy {NAME}, mi correo es {MAIL}. ¿Pregunta 1?")
        backup = await kept(back_up)
        await guest.send('{"type": "erase_data"}')
        await told(guest, "data_erased")
    assert await server.end() == 0
    assert found_in_files(tmp_path) == {}
    await asyncio.to_thread(put_back, backup)
    assert found_in((await asyncio.to_thread(back_up)).decode("latin-1"))
    await server.start()
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{server.url}/readyz")).status_code == 200
    assert found_in_files(tmp_path) == {}
    assert found_in((await asyncio.to_thread(back_up)).decode("latin-1")) == []
    assert await server.end() == 0
    again = [json.loads(line) for line in server.log.read_text().splitlines() if '"erased_again"' in line]
    assert [(line["calls"], line["turns"]) for line in again] == [(1, 1)]
    shutil.rmtree(tmp_path / "enterprise-stream")  # and what shows that all of this can fail: no ledger, no erasure
    await asyncio.to_thread(put_back, backup)
    await server.start()
    assert found_in((await asyncio.to_thread(back_up)).decode("latin-1"))
    await server.end()
