"""What a server needs of the place that it runs in, looked at before anything slow is done."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from enterprise_stream.cli.finding import Finding
from enterprise_stream.clock import MonotonicClock
from enterprise_stream.composition.records import ledger_of
from enterprise_stream.config import SECRET_FIELDS, Settings
from enterprise_stream.errors import ConfigError, StoreError
from enterprise_stream.server.tls import certificate
from enterprise_stream.store import Store
from enterprise_stream.store.privacy import LedgerError
from enterprise_stream.store.watch import LEAST_FREE_BYTES
from enterprise_stream.vendor_settings import VENDOR_OF

MIN_FREE_MB: Final = LEAST_FREE_BYTES // 1_000_000
"""Room for the database and the session log, in MB: months of a small business's calls."""

RENEW_DAYS: Final = 14
"""Who renews certificates by himself does so a month ahead; one that has less left than this was forgotten."""

SHORTEST_KEY: Final = 12
"""Vendors' keys have 32 characters and more; one much shorter was not copied whole."""


def look_at_place(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which a person would mend them."""
    yield look_at_key_shapes(settings)
    if settings.tls_cert_file is not None and settings.tls_key_file is not None:
        yield look_at_certificate(settings.tls_cert_file, settings.tls_key_file, MonotonicClock().wall_ms())
    yield look_at_data_folder(settings)
    yield look_at_database(settings)
    yield look_at_erasures(settings)


def refuse_what_is_missing(settings: Settings) -> list[Finding]:
    """What is well or advice; raises what makes no sense to start with.

    Raises:
        ConfigError: something that the server needs is missing; one line for each.
    """
    found = [*look_at_place(settings)]
    missing = [f"{finding.found}: {finding.advice}" for finding in found if finding.state == "missing"]
    if missing:
        raise ConfigError("\n".join(missing))
    return found


def look_at_certificate(cert: Path, key: Path, now_ms: float) -> Finding:
    """Whether it can be served, and for how long yet, at `now_ms` (ms since 1970)."""
    try:
        found = certificate(cert, key)
    except ConfigError as error:
        return Finding(
            "certificate", "missing", error.message.rstrip("."), "See TLS_CERT_FILE in docs/how-to/access.md."
        )
    days, date = found.days_left(now_ms), found.ends.date()
    if days < 0:
        advice = "Renew it, then `systemctl reload enterprise-stream`, or send the server SIGHUP."
        return Finding("certificate", "advice", f"{cert} ended on {date}, and browsers refuse it", advice)
    told = f"{cert} is good for {days} days, until {date}"
    if days < RENEW_DAYS:
        return Finding("certificate", "advice", told, "Look why it has not been renewed.")
    return Finding("certificate", "ok", told)


def look_at_data_folder(settings: Settings) -> Finding:
    """Whether what must not be lost can be written."""
    folder = settings.data_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(4096))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        advice = "Let this user write there, or set XDG_DATA_HOME to a folder that it may write."
        return Finding("data", "missing", f"{folder} cannot be written ({why})", advice)
    free_mb = shutil.disk_usage(folder).free / 1e6
    if free_mb < MIN_FREE_MB:
        advice = f"Free {MIN_FREE_MB} MB there, or set XDG_DATA_HOME to a folder on another disk."
        return Finding("data", "missing", f"{folder} has {free_mb:.0f} MB left", advice)
    return Finding("data", "ok", f"{folder}, {free_mb / 1000:.0f} GB free")


def look_at_database(settings: Settings) -> Finding:
    """Whether it can be reached, and its tables brought to this version."""
    try:
        asyncio.run(_opened(settings))
    except (StoreError, ConfigError) as error:
        return Finding("database", "missing", error.message, "See DATABASE_URL in .env.example.")
    return Finding("database", "ok", settings.store_url.render_as_string(hide_password=True))


async def _opened(settings: Settings) -> None:
    async with Store.open(settings.store_url):
        pass


def look_at_erasures(settings: Settings) -> Finding:
    """Whether it can be noted what is erased, and told to a backup that is restored."""
    ledger = ledger_of(settings)
    try:
        noted = asyncio.run(ledger.read())
    except LedgerError as error:
        advice = "Let this user write there, or set ERASURE_LEDGER to a file that it may write."
        return Finding("erasures", "missing", error.message.removesuffix("."), advice)
    found = f"{len(noted)} sessions noted in {ledger.path}, for backups of {settings.backup_days} days"
    return Finding("erasures", "ok", found)


def look_at_key_shapes(settings: Settings) -> Finding:
    """Whether vendors' keys look as keys do, before the first guest finds out that they are not."""
    odd = [
        name
        for name in sorted(set(VENDOR_OF.values()))
        if isinstance(key := getattr(settings, name), SecretStr) and not _like_a_key(key.get_secret_value())
    ]
    if odd:
        names = ", ".join(name.upper() for name in odd)
        advice = "Copy it again from the vendor's page, whole, without quotes, spaces or a line's end."
        return Finding("keys", "missing", f"no key looks like what is set (hidden): {names}", advice)
    known = sum(getattr(settings, name) is not None for name in SECRET_FIELDS if name in VENDOR_OF.values())
    return Finding("keys", "ok", f"{known} set")


def _like_a_key(key: str) -> bool:
    return len(key) >= SHORTEST_KEY and key.isascii() and key.isprintable() and not set(key) & set(" \"'`<>")
