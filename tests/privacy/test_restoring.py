"""A backup that is restored brings nobody back, and takes nothing that came after an erasure."""

import asyncio
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.privacy.people import MAIL, PHONE, comes, found_in, found_in_files, rows_of
from tests.projection.telling import call, turn
from tests.store.postgres import run_sql

from enterprise_stream.composition.records import open_records
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.log.memory import MemoryLog
from enterprise_stream.log.ports import Entry
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.server.projection import Projector, Upkeep, Wording
from enterprise_stream.store import Store
from enterprise_stream.store.calls import Conversation, Turn, keep
from enterprise_stream.store.privacy import (
    Contact,
    Erased,
    ErasureLedger,
    LedgerError,
    Limits,
    erase_again,
    erase_contact,
    erase_sessions,
)
from enterprise_stream.store.requests import Booking
from enterprise_stream.store.requests import keep as keep_request
from enterprise_stream.store.tables import erased, spending
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.clock import WALL_MS
from enterprise_stream.wire.codec import serialise

NOW = round(WALL_MS)
HOUR = 3_600_000
DAY = 24 * HOUR

Backup = tuple[Callable[[], None], Callable[[], None]]
"""Makes a backup; puts it in the database's place."""


@pytest.fixture
def settings(tmp_path: Path, url: URL) -> Settings:
    return load_settings(None, {"xdg_data_home": tmp_path, "database_url": url.render_as_string(hide_password=False)})


@pytest.fixture
def restored(tmp_path: Path, url: URL, request: pytest.FixtureRequest) -> Backup:
    """To make a backup, and to put it in the database's place."""
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        copy = tmp_path / "copy.db"

        def back_up() -> None:
            shutil.copy(file, copy)

        def restore() -> None:
            for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
                file.with_name(name).unlink(missing_ok=True)
            shutil.copy(copy, file)

        return back_up, restore
    socket, name = request.getfixturevalue("postgres"), url.database

    def copy_database() -> None:
        run_sql(socket, f"CREATE DATABASE {name}_copy TEMPLATE {name}")

    def put_back() -> None:
        run_sql(socket, f"DROP DATABASE {name}")
        run_sql(socket, f"CREATE DATABASE {name} TEMPLATE {name}_copy")

    return copy_database, put_back


def asks(session: str, at: int, name: str) -> Booking:
    """A booking of a call."""
    return Booking(f"b{session}{at}"[-32:], session, 9, at, "es", name, "", "2026-08-01", "2026-08-05", 2, "", 400, "")


async def books(store: Store, booking: Booking) -> None:
    async def work(connection: AsyncConnection) -> str:
        return await keep_request(connection, booking, tell=True)

    await store.write(work)


@pytest.mark.requirement("S27")
async def test_a_backup_that_is_restored_is_erased_again_before_anybody_sees_it(
    settings: Settings, restored: Backup, tmp_path: Path
) -> None:
    back_up, restore = restored
    clock = FakeClock()
    async with open_records(settings, clock) as records:
        for number in range(3):
            await comes(records.store, f"canary{number}", NOW)
        await comes(records.store, "other", NOW, canary=False)
    back_up()
    async with open_records(settings, clock) as records:
        sessions, done = await erase_contact(records.store, Contact.of(MAIL), NOW + HOUR, records.ledger)
        assert (len(sessions), done.sessions, done.live) == (3, 3, 0)
    restore()
    clock.advance(2 * HOUR)
    async with open_records(settings, clock) as records:
        assert records.again == Erased(3, 3, 6)
        rows = await rows_of(records.store)
        assert (
            found_in(json.dumps({name: rows[name] for name in rows if name != "erased"}, default=str), "canary") == []
        )
        assert [row["session"] for row in rows["turns"]] == ["other"]
        assert {row["session"]: row["at"] for row in rows["erased"]} == dict.fromkeys(sessions, NOW + HOUR)
        if settings.store_url.get_backend_name() == "sqlite":
            assert found_in_files(Path(str(settings.store_url.database)).parent) == {}
    async with open_records(settings, clock) as records:
        assert records.again == Erased()


@pytest.mark.requirement("S27")
async def test_what_came_after_an_erasure_stays_in_a_backup_that_is_restored(
    settings: Settings, restored: Backup
) -> None:
    """Of the same call a booking, and of the same person a later call: neither was asked to be erased."""
    back_up, restore = restored
    clock = FakeClock()
    async with open_records(settings, clock) as records:
        await comes(records.store, "first", NOW)
        await erase_sessions(records.store, ["first"], NOW + HOUR, records.ledger)
        await books(records.store, asks("first", NOW + HOUR + 60_000, "Kept"))
        await comes(records.store, "later", NOW + 2 * HOUR)
    back_up()
    restore()
    async with open_records(settings, clock) as records:
        assert records.again == Erased()
        before = await rows_of(records.store)
        assert [row["session"] for row in before["turns"]] == ["later"]
        await records.store.write(partial(_forget, session="first"))  # as a backup from before it was erased
    async with open_records(settings, clock) as records:
        rows = await rows_of(records.store)
        assert {row["name"] for row in rows["bookings"]} == {"Kept", "Quetzalina"}
        assert {row["session"] for row in rows["bookings"]} == {"first", "later"}


async def _forget(connection: AsyncConnection, session: str) -> None:
    await connection.execute(erased.delete().where(erased.c.session == session))


@pytest.mark.requirement("S27")
async def test_of_two_erasures_of_one_call_the_later_counts(settings: Settings, restored: Backup) -> None:
    back_up, restore = restored
    clock = FakeClock()
    async with open_records(settings, clock) as records:
        await erase_sessions(records.store, ["s"], NOW, records.ledger)
        await books(records.store, asks("s", NOW + HOUR, "Between"))
    back_up()
    async with open_records(settings, clock) as records:
        assert (await erase_sessions(records.store, ["s"], NOW + 2 * HOUR, records.ledger)).requests == 1
    restore()
    async with open_records(settings, clock) as records:
        assert records.again == Erased(requests=1)
        rows = await rows_of(records.store)
        assert rows["bookings"] == rows["outbox"] == []


async def test_a_start_without_a_restored_backup_changes_nothing(settings: Settings) -> None:
    clock = FakeClock()
    async with open_records(settings, clock) as records:
        await comes(records.store, "s", NOW)
        for at in (NOW - HOUR, NOW):
            await erase_sessions(records.store, ["s"], at, records.ledger)
        await records.store.write(partial(_owes, session="s"))  # it goes on, and costs
        await books(records.store, asks("s", NOW + HOUR, "After"))
        before = await rows_of(records.store)
    for days in (0, 29, 2):  # also once the database has forgotten that it was erased
        clock.advance(days * DAY)
        async with open_records(settings, clock) as records:
            await Upkeep(records.store, _no_log(), Limits(30, 365, 365, 0), clock, records.ledger).once()
            assert records.again == Erased()
            rows = await rows_of(records.store)
            assert rows["bookings"] == before["bookings"]
            assert [row["session"] for row in rows["spending"]] == (["s"] if days != 2 else [""])


async def _owes(connection: AsyncConnection, session: str) -> None:
    await connection.execute(spending.update().values(session=session))


def _no_log() -> MemoryLog:
    return MemoryLog(FakeClock(), 60)


async def test_an_erasure_that_the_database_did_not_take_is_done_at_the_next_start(settings: Settings) -> None:
    clock = FakeClock()
    async with open_records(settings, clock) as records:
        await comes(records.store, "canary", NOW)
        await records.ledger.note({"canary": NOW + 1000})
    clock.advance(2000)
    async with open_records(settings, clock) as records:
        assert records.again == Erased(1, 1, 2)
        assert found_in(json.dumps(await rows_of(records.store), default=str)) == []


@pytest.mark.requirement("S27")
async def test_a_call_that_began_after_the_backup_and_was_erased_is_not_kept_where_it_goes_on(
    settings: Settings,
) -> None:
    clock = FakeClock()
    async with open_records(settings, clock) as records:
        await records.ledger.note({"s": NOW})
    clock.advance(1000)
    async with open_records(settings, clock) as records:
        told = Turn("s", 1, 9, NOW, "es", "Quetzalina")
        await records.store.write(partial(keep, calls=[Conversation("s", 9, NOW, NOW, "es", "v")], changed=[told]))
        rows = await rows_of(records.store)
        assert rows["turns"] == rows["conversations"] == []


async def test_nothing_is_erased_that_cannot_be_noted(settings: Settings, tmp_path: Path) -> None:
    async with open_records(settings, FakeClock()) as records:
        await comes(records.store, "canary", NOW)
        with pytest.raises(LedgerError):
            await erase_sessions(records.store, ["canary"], NOW, ErasureLedger(tmp_path, 365))
        assert len((await rows_of(records.store))["turns"]) == 1


@pytest.mark.requirement("S27")
async def test_a_guest_who_erases_his_call_is_noted_before_he_is_told(settings: Settings) -> None:
    clock = FakeClock()
    async with (
        open_records(settings, clock) as records,
        Projector(records.store, clock, Wording(), ledger=records.ledger) as projector,
    ):
        for message in call():
            projector.told("s", message)
        await projector.erase("s")
        assert await records.ledger.read() == {"s": NOW}


@pytest.mark.requirement("S27")
async def test_what_other_servers_have_erased_comes_into_this_one_s_ledger(settings: Settings, tmp_path: Path) -> None:
    clock, elsewhere = FakeClock(), ErasureLedger(tmp_path / "elsewhere.log", 365)
    async with open_records(settings, clock) as records:
        await comes(records.store, "canary", NOW)
        await erase_sessions(records.store, ["canary"], NOW, elsewhere)
        upkeep = Upkeep(records.store, _no_log(), Limits(30, 365, 365, 0), clock, records.ledger)
        await upkeep.once()
        assert await records.ledger.read() == await elsewhere.read() == {"canary": NOW}
        clock.advance(366 * DAY)
        await upkeep.once()
        assert await records.ledger.read() == {}


@pytest.mark.requirement("S27")
async def test_a_session_log_that_is_restored_is_erased_again_and_one_that_is_not_stays(settings: Settings) -> None:
    clock, folder = FakeClock(), settings.data_folder
    file, copy = folder / "sessions.db", folder.parent / "sessions.copy"
    told = [*call(), *turn(3, 500, f"Mi correo es {MAIL}", f"Anoto {MAIL} y {PHONE}")]
    async with SqliteLog(file, clock, 400) as log:
        for session in ("canary", "other"):
            epoch = (await log.claim(session)).epoch
            await log.append(session, epoch, [Entry(seq, serialise(message)) for seq, message in enumerate(told, 1)])
        shutil.copy(file, copy)
        shutil.copy(f"{file}-wal", f"{copy}-wal")
        epoch = (await log.claim("canary")).epoch
        await log.erase("canary", epoch, len(told))
        await log.append("canary", epoch, [Entry(len(told) + 1, "after")])
    async with open_records(settings, clock) as records:
        await erase_sessions(records.store, ["canary"], NOW, records.ledger)
    async with open_records(settings, clock) as records:
        assert records.entries == 0
    async with SqliteLog(file, clock, 400) as log:
        assert [entry.text for entry in await log.read("canary", len(told))] == ["after"]
    shutil.copy(copy, file)
    shutil.copy(f"{copy}-wal", f"{file}-wal")
    async with open_records(settings, clock) as records:
        assert records.entries == len(told)
    async with SqliteLog(file, clock, 400) as log:
        assert len(await log.read("other", 0)) == len(told)


async def test_a_call_that_is_erased_while_it_goes_on_is_counted(settings: Settings) -> None:
    async with open_records(settings, FakeClock()) as records:
        await comes(records.store, "live", NOW, ended=False)
        await comes(records.store, "over", NOW)
        await comes(records.store, "silent", NOW - HOUR, ended=False)
        done = await erase_sessions(records.store, ["live", "over", "silent"], NOW)
        assert (done.sessions, done.live) == (3, 1)


async def test_a_call_that_is_being_written_while_it_is_erased_does_not_come_back(url: URL) -> None:
    """By another process, whose transaction has looked before ours and commits after it."""
    late = Conversation("s", 9, NOW, NOW, "es", "sandra", first_words="Quetzalina")
    async with Store.open(url) as store, Store.open(url) as other:
        looked, go_on = asyncio.Event(), asyncio.Event()

        async def writes(connection: AsyncConnection) -> None:
            await keep(connection, [late], [Turn("s", 1, 9, NOW, "es", "Quetzalina")])
            looked.set()
            await go_on.wait()

        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(other.write(writes))
            await looked.wait()
            erasing = group.create_task(erase_sessions(store, ["s"], NOW))
            await _until_it_waits(url, store, erasing)
            go_on.set()
        assert found_in(json.dumps(await rows_of(store), default=str)) == []


async def _until_it_waits(url: URL, store: Store, erasing: "asyncio.Task[Erased]") -> None:
    """Until the database has it wait for the other transaction, or it is done, which it should not be."""
    if url.get_backend_name() == "sqlite":
        return
    while not erasing.done():
        async with store.reading() as connection:
            waits = await connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if waits.scalar_one():
                return


async def test_erasing_again_goes_in_batches(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enterprise_stream.store.privacy.replay.BATCH", 3)
    async with Store.open(url) as store:
        for number in range(8):
            await comes(store, f"s{number}", NOW)
        done = await erase_again(store, {f"s{number}": NOW for number in range(10)}, NOW)
        assert done == Erased(8, 8, 16)
        assert (await rows_of(store))["turns"] == []
