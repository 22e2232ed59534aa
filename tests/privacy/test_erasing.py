"""Who was erased is in no table and no file; who was not is where he was."""

import json
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from tests.privacy.people import MAIL, PHONE, comes, found_in, found_in_files, rows_of
from tests.projection.telling import call, turn

from enterprise_stream.log.ports import Entry
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.server.projection import Projector, Wording
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.calls import Conversation, Turn, keep
from enterprise_stream.store.privacy import Contact, erase_contact, erase_sessions, export_sessions
from enterprise_stream.store.privacy.contact import UnclearContactError
from enterprise_stream.testing import FakeClock
from enterprise_stream.testing.clock import WALL_MS
from enterprise_stream.wire.codec import serialise

NOW = round(WALL_MS)


@pytest.mark.requirement("S27")
async def test_a_session_is_erased_from_every_table_and_its_amounts_stay(store: Store) -> None:
    for number in range(20):
        await comes(store, f"canary{number:02}", NOW)
        await comes(store, f"other{number:02}", NOW, canary=False)
    sessions = [f"canary{number:02}" for number in range(20)]
    before = await rows_of(store)
    assert found_in(json.dumps(before))
    done = await erase_sessions(store, sessions, NOW)
    assert (done.sessions, done.turns, done.requests) == (20, 20, 40)
    after = await rows_of(store)
    tombs = {row.pop("session") for row in after["erased"]}
    assert tombs == set(sessions)
    assert found_in(json.dumps(after, default=str), "canary0", "canary1") == []
    assert len(after["turns"]) == len(after["conversations"]) == len(after["bookings"]) == 20
    assert len(after["outbox"]) == 40
    assert sum(row["microdollars"] for row in after["spending"]) == sum(
        row["microdollars"] for row in before["spending"]
    )
    assert (await erase_sessions(store, sessions, NOW)).turns == 0


async def test_whoever_is_searched_for_is_in_every_table(store: Store) -> None:
    """A table that comes later has to be filled by `comes`, or what is said of erasing says nothing of it."""
    await comes(store, "canary", NOW)
    nobody_in_them = {"days", "erased", "advances", "used_tokens"}
    assert {name for name, rows in (await rows_of(store)).items() if not rows} == nobody_in_them


@pytest.mark.parametrize("given", [MAIL.upper(), PHONE, "612345678", "0034 612-345-678"])
async def test_a_person_is_found_by_contact_however_it_is_written(store: Store, given: str) -> None:
    await comes(store, "canary", NOW)
    await comes(store, "other", NOW, canary=False)
    sessions, done = await erase_contact(store, Contact.of(given), NOW)
    assert sessions == ["canary"]
    assert done.sessions == 1
    assert found_in(json.dumps(await rows_of(store))) == []


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        (
            "ana@casa.es",
            [
                "Es ana@casa.es.",
                "ANA@casa.es, o llame",
                "<ana@casa.es>",
                "correo:ana@casa.es",
                "«ana@casa.es»",
                "'ana@casa.es'",
            ],
        ),
        ("+34 612 345 678", ["612345678", "al +34612345678, por favor", "612, 34.56 78", "(612) 345-678."]),
        ("551 23 45", ["5512345", "+34 93 551 23 45"]),
    ],
)
def test_a_contact_is_found_in_any_sentence(given: str, texts: list[str]) -> None:
    contact = Contact.of(given)
    assert [text for text in texts if not contact.is_in(text)] == []


@pytest.mark.requirement("S27")
@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ("ana@casa.es", ["mariana@casa.es", "la-ana@casa.es", "x.ana@casa.es", "ana@casa.es.example", "ana@casa.est"]),
        ("612345678", ["6123456789", "+1 612 345 6789", "912345678"]),
        ("551 23 45", ["965512345", "55123456"]),
    ],
)
async def test_nobody_else_whose_contact_holds_the_same_is_found(store: Store, given: str, texts: list[str]) -> None:
    contact = Contact.of(given)
    assert [text for text in texts if contact.is_in(text)] == []
    await store.write(partial(keep, calls=[], changed=[Turn(str(n), 1, 1, NOW, "es", t) for n, t in enumerate(texts)]))
    sessions, _ = await erase_contact(store, contact, NOW)
    assert sessions == []
    assert len((await rows_of(store))["turns"]) == len(texts)


@pytest.mark.parametrize("given", ["", "Ana", "12345", "@", "ana@", "a b@c.d e"])
def test_who_cannot_be_told_from_others_is_not_looked_for(given: str) -> None:
    with pytest.raises(UnclearContactError):
        Contact.of(given)


@pytest.mark.requirement("S27")
async def test_no_file_holds_who_was_erased_while_the_server_runs(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    clock = FakeClock()
    async with (
        Store.open(database_url(None, folder)) as store,
        Projector(store, clock, Wording(numbers=True)) as projector,
        SqliteLog(folder / "sessions.db", clock, 60) as log,
    ):
        for number in range(30):
            await comes(store, f"canary{number:02}", NOW)
        epoch = (await log.claim("canary30")).epoch
        told = [*call(), *turn(3, 500, f"Mi correo es {MAIL}", f"Anoto {MAIL} y {PHONE}")]
        for seq, message in enumerate(told, 1):
            await log.append("canary30", epoch, [Entry(seq, serialise(message))])
            projector.told("canary30", message)
        await projector.ended("canary30", "left")
        await store.flush()
        assert set(found_in_files(folder)) >= {"enterprise-stream.db-wal", "sessions.db-wal"}
        await erase_contact(store, Contact.of(MAIL), NOW)
        await log.erase("canary30", epoch, len(told))
        assert found_in_files(folder) == {}
    assert found_in_files(folder) == {}


async def test_what_is_still_told_of_an_erased_session_is_not_kept(store: Store) -> None:
    async with Projector(store, FakeClock(), Wording()) as projector:
        for message in call():
            projector.told("s", message)
        await projector.erase("s")
        for message in turn(3, 500):
            projector.told("s", message)
        await projector.ended("s", "left")
    rows = await rows_of(store)
    assert rows["turns"] == rows["conversations"] == []


@pytest.mark.requirement("S27")
async def test_a_server_that_does_not_know_of_it_brings_nothing_back(store: Store) -> None:
    async with Projector(store, FakeClock(), Wording()) as projector:
        for message in call():
            projector.told("s", message)
        await erase_sessions(store, ["s"], NOW)  # as a command does, in another process
        for message in turn(3, 500):
            projector.told("s", message)
        await projector.ended("s", "left")
    rows = await rows_of(store)
    assert rows["turns"] == rows["conversations"] == []


async def test_what_waits_to_be_written_is_erased_too(store: Store) -> None:
    late = Conversation("s", 9, NOW, NOW, "es", "sandra", first_words="Quetzalina")

    async def work(connection: AsyncConnection) -> None:
        await keep(connection, [late], [])

    store.post(work)
    await erase_sessions(store, ["s"], NOW)
    store.post(work)
    await store.flush()
    assert (await rows_of(store))["conversations"] == []


@pytest.mark.requirement("S27")
async def test_an_export_holds_all_that_is_kept_of_a_person_and_of_nobody_else(store: Store) -> None:
    await comes(store, "canary", NOW)
    await comes(store, "other", NOW, canary=False)
    async with store.reading() as connection:
        exported = await export_sessions(connection, ["canary", "nobody"])
    text = json.dumps(exported, ensure_ascii=False)
    assert len(exported) == 1
    assert set(found_in(text)) >= {"quetzalina", "612 345 678", "canario.example"}
    assert "Otra" not in text
    one = exported[0]
    assert one["call"]["started_at"].startswith("2026-05-28T20:26:40")
    assert (len(one["turns"]), len(one["bookings"]), len(one["hand_overs"]), len(one["purchases"])) == (1, 1, 1, 1)
    assert one["turns"][0]["captions"] == [{"text": "Quetzalina", "start_ms": 0, "end_ms": 300}]
    assert {message["kind"] for message in one["messages_to_the_business"]} == {
        "booking.requested", "hand_over.requested",
    }  # fmt: skip


async def test_erasing_is_in_one_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> None:
        raise KeyError("in its middle")

    await comes(store, "canary", NOW)
    monkeypatch.setattr("enterprise_stream.store.privacy.erasing.disown", fails)
    before = await rows_of(store)
    with pytest.raises(KeyError):
        await erase_sessions(store, ["canary"], NOW)
    assert await rows_of(store) == before
