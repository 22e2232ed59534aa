"""`privacy export|erase|replay|retain`: what is kept of a person, its end for good, and what goes by itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from enterprise_stream.app import retention_limits
from enterprise_stream.cli.exits import Exit
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.composition.records import SESSION_LOG_FILE, Records, ledger_of, open_records
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.errors import ConfigError
from enterprise_stream.log.erasing import erase_from_file
from enterprise_stream.store.privacy import (
    Contact,
    Erased,
    Retained,
    erase_contact,
    erase_sessions,
    export_sessions,
    is_session_id,
    read_copy,
    retain,
    sessions_of,
)

stdout = Console(highlight=False)
stderr = Console(stderr=True, highlight=False)

LIVE = (
    "{live} of these calls go on right now: nothing that is said in them is kept any more, and what their server "
    "remembers of them goes when they end. A booking or a hand-over that is asked for from now on is kept."
)


def export(sessions: Sequence[str], contact: str | None, out: Path | None) -> Exit:
    """Write all that is kept of a person as JSON; returns the exit code."""
    asked = _asked(sessions, contact)
    found = asyncio.run(_export(load_settings(), sessions, asked))
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if out is None:
        print(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        out.chmod(0o600)
        stdout.print(f"{len(found)} sessions are in {out}, readable for you only.", soft_wrap=True)
    return Exit.OK


def erase(sessions: Sequence[str], contact: str | None, *, sure: bool, as_json: bool) -> Exit:
    """Erase all that is kept of a person; returns the exit code. Without `sure` it only says how much there is."""
    asked = _asked(sessions, contact)
    settings = load_settings()
    if not sure:
        found = asyncio.run(_export(settings, sessions, asked))
        stdout.print(
            f"{len(found)} sessions would be erased: {', '.join(str(each['session']) for each in found) or 'none'}.\n"
            "Nothing was erased. Add --yes to erase them; it cannot be taken back.",
            soft_wrap=True,
        )
        return Exit.OK
    gone, done = asyncio.run(_erase(settings, sessions, asked))
    logged = erase_from_file(settings.data_folder / SESSION_LOG_FILE, gone)
    if as_json:
        print(json.dumps({**asdict(done), "sessions": gone, "session_log_entries": logged}))
    else:
        stdout.print(
            f"Erased: {done.sessions} calls with {done.turns} turns, {done.requests} bookings and hand-overs, "
            f"{logged} entries of the session log. Amounts of money stay, without whose they were.",
            soft_wrap=True,
        )
        stdout.print(
            f"Noted in {ledger_of(settings).path}: a backup of the last {settings.backup_days} days that is restored "
            "is erased again before anybody is let in.",
            soft_wrap=True,
        )
        if done.live:
            stdout.print(LIVE.format(live=done.live), soft_wrap=True)
    return Exit.OK


def replay(files: Sequence[Path], *, as_json: bool) -> Exit:
    """Erase again what a restored backup has brought back, also by other servers' ledgers; returns the exit code.

    Raises:
        ConfigError: a file is not there.
    """
    if missing := [str(file) for file in files if not file.is_file()]:
        raise ConfigError(f"There is no such ledger: {', '.join(missing)}.")
    records = asyncio.run(_replay(load_settings(), files))
    done = records.again
    if as_json:
        print(json.dumps({**asdict(done), "session_log_entries": records.entries}))
    else:
        stdout.print(
            f"Erased again: {done.sessions} calls with {done.turns} turns, {done.requests} bookings and hand-overs, "
            f"{records.entries} entries of the session log.",
            soft_wrap=True,
        )
    return Exit.OK


def let_go(*, as_json: bool) -> Exit:
    """Let go of what is older than its limit now; returns the exit code."""
    settings = load_settings()
    done = asyncio.run(_retain(settings))
    if as_json:
        print(json.dumps(asdict(done)))
    else:
        stdout.print(
            f"Let go of: what was said in {done.transcripts} calls, {done.calls} calls, {done.requests} bookings and "
            f"hand-overs, {done.spending} rows of spending.",
            soft_wrap=True,
        )
    return Exit.OK


def _asked(sessions: Sequence[str], contact: str | None) -> Contact | None:
    if bool(sessions) == bool(contact):
        raise ConfigError("Say whose data: --session ID (may be repeated) or --contact NUMBER-OR-ADDRESS, not both.")
    if not all(map(is_session_id, sessions)):
        raise ConfigError("A call's id has letters, digits, - and _ only: for a number or an address, use --contact.")
    return Contact.of(contact) if contact else None


async def _export(settings: Settings, sessions: Sequence[str], contact: Contact | None) -> list[dict[str, object]]:
    async with _opened(settings) as records, records.store.reading() as connection:
        found = sessions if contact is None else await sessions_of(connection, contact)
        return await export_sessions(connection, found)


async def _erase(settings: Settings, sessions: Sequence[str], contact: Contact | None) -> tuple[list[str], Erased]:
    now = round(MonotonicClock().wall_ms())
    async with _opened(settings) as records:
        if contact is not None:
            return await erase_contact(records.store, contact, now, records.ledger)
        return list(sessions), await erase_sessions(records.store, sessions, now, records.ledger)


async def _replay(settings: Settings, files: Sequence[Path]) -> Records:
    ledger = ledger_of(settings)
    for file in files:
        await ledger.note(read_copy(file))
    async with open_records(settings, MonotonicClock()) as records:
        return records


async def _retain(settings: Settings) -> Retained:
    async with _opened(settings) as records:
        return await retain(records.store, retention_limits(settings), round(MonotonicClock().wall_ms()))


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Records]:
    """What is kept; tells where it was from a backup that held what was erased since."""
    async with open_records(settings, MonotonicClock()) as records:
        if records.restored:
            stderr.print(
                f"A restored backup held what was erased since; erased again: {records.again.sessions} calls, "
                f"{records.again.requests} bookings and hand-overs.",
                soft_wrap=True,
            )
        yield records
