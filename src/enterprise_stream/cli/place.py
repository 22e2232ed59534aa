"""What a server needs of the place that it runs in, looked at before anything slow is done."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from typing import Final

from pydantic import SecretStr

from enterprise_stream.cli.finding import Finding
from enterprise_stream.composition.records import ledger_of
from enterprise_stream.config import SECRET_FIELDS, Settings
from enterprise_stream.errors import ConfigError, StoreError
from enterprise_stream.store import Store
from enterprise_stream.store.privacy import LedgerError
from enterprise_stream.store.watch import LEAST_FREE_BYTES
from enterprise_stream.vendor_settings import VENDOR_OF

MIN_FREE_MB: Final = LEAST_FREE_BYTES // 1_000_000
"""Room for the database and the session log, in MB: months of a small business's calls."""

SHORTEST_KEY: Final = 12
"""Vendors' keys have 32 characters and more; one much shorter was not copied whole."""


def look_at_place(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which a person would mend them."""
    yield look_at_key_shapes(settings)
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
