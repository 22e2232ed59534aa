"""A real PostgreSQL for tests: started from the machine's own binaries, in a folder of its own, on a local socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL
from tests.machine import missing

from enterprise_stream.store import database_url

_START_S = 30.0


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL on this machine."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    return Path(found).resolve().parent if found else (folders[-1] if folders else None)


def _user() -> str | None:
    """Who runs it: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextmanager
def running_postgres() -> Iterator[Path]:
    """The folder that its socket is in, while it runs."""
    bin_folder = binaries()
    if bin_folder is None:
        missing("no PostgreSQL: apt-get install postgresql")
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path is at most 107 bytes
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        subprocess.run(
            [bin_folder / "initdb", "-D", data, "-U", "sandra", "-A", "trust", "--no-sync", "-E", "UTF8"],
            user=user, check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        options = {"listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off"}
        server = subprocess.Popen(
            [bin_folder / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())],
            user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
        try:
            _wait(bin_folder, folder)
            yield folder
        finally:
            server.terminate()
            server.wait(_START_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_sql(socket_folder: Path, sql: str, database: str = "postgres") -> None:
    """Run a statement as the superuser."""
    bin_folder = binaries()
    assert bin_folder is not None
    command: list[str | Path] = [
        bin_folder / "psql",
        "-qX",
        "-h",
        socket_folder,
        "-U",
        "sandra",
        "-d",
        database,
        "-c",
        sql,
    ]
    subprocess.run(command, check=True, capture_output=True)


def new_database(socket_folder: Path) -> URL:
    """An empty database of its own."""
    name = f"t{uuid4().hex[:12]}"
    run_sql(socket_folder, f"CREATE DATABASE {name}")
    return database_url(f"postgresql://sandra@/{name}?host={socket_folder}", socket_folder)


def _wait(bin_folder: Path, folder: Path) -> None:
    deadline = time.monotonic() + _START_S
    asked: list[str | Path] = [bin_folder / "pg_isready", "-q", "-h", folder]
    while subprocess.run(asked, check=False).returncode != 0:
        assert time.monotonic() < deadline, "PostgreSQL does not start"
        time.sleep(0.05)


def dump(socket_folder: Path, database: str) -> bytes:
    """A backup of a database that is in use, as SQL."""
    return _client("pg_dump", socket_folder, database, b"")


def restore(socket_folder: Path, database: str, backup: bytes) -> None:
    """Put a backup in the place of a database that nobody uses."""
    run_sql(socket_folder, f"DROP DATABASE {database}")
    run_sql(socket_folder, f"CREATE DATABASE {database}")
    _client("psql", socket_folder, database, backup)


def _client(program: str, socket_folder: Path, database: str, given: bytes) -> bytes:
    bin_folder = binaries()
    assert bin_folder is not None
    command: list[str | Path] = [bin_folder / program, "-h", socket_folder, "-U", "sandra", "-d", database]
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout
