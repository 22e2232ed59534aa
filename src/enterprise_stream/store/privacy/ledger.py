"""What was erased, in a file beside the database: what a backup that is restored does not know.

A line is a moment and a session's id, nothing of anybody: `2026-11-22T16:00:00.000+00:00 3XQm0cTz8fA1uYwB`. It is on
the disk before its erasure is acknowledged. Several processes may share the file, also over a network whose file system
knows locks.
"""

import asyncio
import fcntl
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

import structlog

from enterprise_stream.errors import EnterpriseStreamError
from enterprise_stream.private_file import make_private

log = structlog.get_logger(__name__)

FILE_NAME: Final = "erasures.log"
"""The ledger in the data folder."""

HEADER: Final = b"# Sessions whose data was erased. Never put an older copy in its place; see docs/operations.md.\n"

_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DAY_MS: Final = 86_400_000


class LedgerError(EnterpriseStreamError):
    """The ledger of erasures cannot be read or written."""

    code = "ledger_failed"
    retryable = True


class ErasureLedger:
    """The file.

    Args:
        path: where it is; made with its folder if need be.
        keep_days: how long a line is kept: as long as the oldest backup that may be restored.
    """

    def __init__(self, path: Path, keep_days: int) -> None:
        self.path = path
        self._keep_ms = keep_days * _DAY_MS

    async def note(self, erasures: Mapping[str, int]) -> None:
        """Write that sessions were erased; returns once that is on the disk.

        Args:
            erasures: when each was, in ms since 1970-01-01 UTC.

        Raises:
            LedgerError: it is not.
        """
        if erasures:
            await asyncio.to_thread(self._note, erasures)

    async def read(self) -> dict[str, int]:
        """When each session was erased last, in ms since 1970-01-01 UTC.

        Raises:
            LedgerError: it cannot be read.
        """
        return await asyncio.to_thread(self._read)

    async def prune(self, now: int) -> int:
        """Drop lines that are older than any backup, and those that a later one replaces; returns how many.

        Another user's file is left as it is, save by root, who leaves it to that user.

        Args:
            now: ms since 1970-01-01 UTC.

        Raises:
            LedgerError: the file could not be replaced; all of it is still there.
        """
        return await asyncio.to_thread(self._prune, now - self._keep_ms)

    # --- blocking -----------------------------------------------------------------------------------------------

    def _note(self, erasures: Mapping[str, int]) -> None:
        lines = b"".join(_line(session, at) for session, at in erasures.items())
        with self._locked() as file:
            size = file.seek(0, os.SEEK_END)
            if size and not _ends_whole(file, size):
                lines = b"\n" + lines  # the last line was cut off by a loss of power: it stays alone
            file.write(lines if size else HEADER + lines)
            file.flush()
            os.fsync(file.fileno())
            if not size:
                _sync_folder(self.path.parent)

    def _read(self) -> dict[str, int]:
        with self._locked() as file:
            return _latest(file.readlines())

    def _prune(self, before: int) -> int:
        with self._locked() as file:
            lines = file.readlines()
            kept = [line for line in lines if _parsed(line) is None]
            kept += [_line(session, at) for session, at in _latest(lines).items() if at >= before]
            owner = os.fstat(file.fileno())
            if len(kept) == len(lines) or os.getuid() not in (0, owner.st_uid):
                return 0
            self._replace(b"".join(kept), owner)
            return len(lines) - len(kept)

    def _replace(self, text: bytes, owner: os.stat_result) -> None:
        new = self.path.with_name(f"{self.path.name}.new")
        make_private(new)
        with new.open("wb") as file:
            file.write(text)
            file.flush()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(owner.st_mode))
            os.fsync(file.fileno())
        new.replace(self.path)
        _sync_folder(self.path.parent)

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        """The file, for this process alone.

        Raises:
            LedgerError: it cannot be opened, or what is done with it fails.
        """
        try:
            make_private(self.path)
            while True:
                with self.path.open("a+b") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    if os.fstat(file.fileno()).st_ino == self.path.stat().st_ino:  # nobody has replaced it meanwhile
                        file.seek(0)
                        yield file
                        return
        except OSError as error:
            raise _unusable(self.path, error) from None


def is_session_id(text: str) -> bool:
    """Whether a text looks like a session's id, and so may stand in the ledger, which holds nothing of anybody."""
    return _SESSION.fullmatch(text) is not None


def read_copy(path: Path) -> dict[str, int]:
    """What a copy of a ledger says, as `ErasureLedger.read`; nothing is done to it. Blocking.

    Raises:
        LedgerError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _latest(file.readlines())
    except OSError as error:
        raise _unusable(path, error) from None


def _latest(lines: Iterable[bytes]) -> dict[str, int]:
    latest: dict[str, int] = {}
    unclear = 0
    for line in lines:
        erasure = _parsed(line)
        if erasure is None:
            unclear += not line.startswith(b"#") and bool(line.strip())
        else:
            session, at = erasure
            latest[session] = max(at, latest.get(session, at))
    if unclear:
        log.warning("erasures_unclear", lines=unclear, message="these lines of the ledger cannot be read")
    return latest


def _unusable(path: Path, error: OSError) -> LedgerError:
    why = os.strerror(error.errno) if error.errno else type(error).__name__
    return LedgerError(f"The ledger of erasures {path} cannot be used ({why}).")


def _line(session: str, at: int) -> bytes:
    if not is_session_id(session):
        raise LedgerError("That is no id of a session; nothing else may stand in the ledger.", retryable=False)
    return f"{datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec='milliseconds')} {session}\n".encode()


def _parsed(line: bytes) -> tuple[str, int] | None:
    """Whose line it is, and of when; None for one that is not whole, or of another kind."""
    moment, _, session = line.decode("utf-8", "replace").removesuffix("\n").partition(" ")
    if not line.endswith(b"\n") or not is_session_id(session):
        return None
    try:
        return session, round(datetime.fromisoformat(moment).timestamp() * 1000)
    except ValueError:
        return None


def _ends_whole(file: BinaryIO, size: int) -> bool:
    file.seek(size - 1)
    return file.read(1) == b"\n"


def _sync_folder(folder: Path) -> None:
    """Have the folder's own entry on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
