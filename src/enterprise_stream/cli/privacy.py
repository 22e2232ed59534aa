"""`privacy export|erase|retain`: what is kept of a person, its end, and what goes by itself."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from enterprise_stream.app import SESSION_LOG_FILE, retention_limits
from enterprise_stream.cli.exits import Exit
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.errors import ConfigError
from enterprise_stream.log.erasing import erase_from_file
from enterprise_stream.store import Store
from enterprise_stream.store.privacy import (
    Contact,
    Erased,
    Retained,
    erase_contact,
    erase_sessions,
    export_sessions,
    retain,
    sessions_of,
)

stdout = Console(highlight=False)


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
    return Contact.of(contact) if contact else None


async def _export(settings: Settings, sessions: Sequence[str], contact: Contact | None) -> list[dict[str, object]]:
    async with Store.open(settings.store_url) as store, store.reading() as connection:
        found = sessions if contact is None else await sessions_of(connection, contact)
        return await export_sessions(connection, found)


async def _erase(settings: Settings, sessions: Sequence[str], contact: Contact | None) -> tuple[list[str], Erased]:
    now = round(MonotonicClock().wall_ms())
    async with Store.open(settings.store_url) as store:
        if contact is not None:
            return await erase_contact(store, contact, now)
        return list(sessions), await erase_sessions(store, sessions, now)


async def _retain(settings: Settings) -> Retained:
    async with Store.open(settings.store_url) as store:
        return await retain(store, retention_limits(settings), round(MonotonicClock().wall_ms()))
