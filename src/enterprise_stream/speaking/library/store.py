"""Clips on disk, for many processes at once, with no index but the folders themselves.

    own/<ab>/<digest>.flac                 the owner's recordings
    <rendering>/kept/<ab>/<digest>.flac    built ahead: never makes room for others
    <rendering>/live/<ab>/<digest>.flac    said live: the longest unused makes room
    tmp/                                   files being written

A file is written under `tmp` and renamed, so that it is there whole or not at all, whenever a process dies. A reader
needs no lock; a file that is not what it should be counts as missing and is deleted. Its modification time is when it
was last of use.
"""

import fcntl
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import structlog

from enterprise_stream.errors import AudioError
from enterprise_stream.speaking.library.clip import Clip
from enterprise_stream.speaking.library.flac import decode, encode
from enterprise_stream.speaking.library.key import ClipKey, Rendering

log = structlog.get_logger(__name__)

Tier = Literal["own", "kept", "live"]
TIERS: tuple[Tier, ...] = get_args(Tier)
"""In the order in which they are asked."""

PUTS_BETWEEN_LOOKS = 64
"""Clips that this process writes before it looks at what others wrote: so many may exceed the limit, per process."""

_ROOM = 0.9
"""Share of the limit that is left after making room, so that it is not made at every clip."""

_TOUCH_S = 3_600.0
"""A clip's time of use is written when it is off by this much: which clip is the oldest needs no more."""

_STALE_S = 3_600.0
"""A file in `tmp` this old belongs to a process that died."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A clip's file.

    Attributes:
        rendering: the folder that it lies in; empty for the owner's recordings.
        used_at: seconds since 1970.
    """

    tier: Tier
    rendering: str
    digest: str
    path: Path
    size: int
    used_at: float


class ClipStore:
    """The clips under one folder, for one way of rendering them. Every method blocks; call them on a thread.

    Args:
        root: the folder; made when the first clip is written, for this user only.
        rendering: what this process says and looks for.
        limit_bytes: bound on all clips; clips said live make room when there are more.
        wall_s: seconds since 1970.
    """

    def __init__(
        self, root: Path, rendering: Rendering, limit_bytes: int, wall_s: Callable[[], float] = time.time
    ) -> None:
        self.root = root
        self.rendering = rendering
        self.limit_bytes = limit_bytes
        self._wall_s = wall_s
        self._bytes = 0
        self._puts = 0
        self._read_failed = False

    # --- reading ------------------------------------------------------------------------------------------------

    def get(self, key: ClipKey) -> tuple[Tier, Clip] | None:
        """The clip of a text, the owner's own before all others; None when there is none that is whole."""
        for tier in TIERS:
            path = self._path(tier, key)
            clip = self._read(path, key)
            if clip is not None:
                return tier, clip
        return None

    def named(self, digest: str) -> Clip | None:
        """The clip of that digest, as `digests` names it, in the order of `get`; None when there is none."""
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            return None
        for tier in TIERS:
            with suppress(FileNotFoundError, AudioError):  # damaged ones are deleted when they are next said
                return decode(self._named(tier, digest).read_bytes())
        return None

    def digests(self, key: ClipKey) -> tuple[str, str]:
        """Names that a text's clip may have: synthesised, and the owner's own."""
        return key.digest(self.rendering), key.own_digest(self.rendering.voice)

    def names(self) -> set[str]:
        """Digests of all clips that `get` may find."""
        return {e.digest for e in self.entries() if e.tier == "own" or e.rendering == self.rendering.folder}

    def entries(self) -> Iterator[Entry]:
        """Every clip's file, of other renderings too, in no order."""
        for path in self.root.glob("own/??/*.flac"):
            yield from self._entry("own", "", path)
        for tier in ("kept", "live"):
            for path in self.root.glob(f"*/{tier}/??/*.flac"):
                yield from self._entry(tier, path.parts[-4], path)

    # --- writing ------------------------------------------------------------------------------------------------

    def put(self, key: ClipKey, clip: Clip, tier: Tier) -> int:
        """Write a clip, over one that is there; returns the bytes of its file.

        Raises:
            OSError: the disk does not take it; what was there stays.
        """
        data = encode(clip)
        path = self._path(tier, key)
        scratch = self._folder(self.root / "tmp") / f"{uuid.uuid4().hex}.part"
        self._folder(path.parent)
        try:
            with scratch.open("xb") as file:
                file.write(data)
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
        self._bytes += len(data)
        self._puts += 1
        if self._bytes > self.limit_bytes or self._puts % PUTS_BETWEEN_LOOKS == 0:
            self.make_room()
        return len(data)

    def drop(self, key: ClipKey, tier: Tier) -> None:
        """Delete a text's clip in one tier; none there is no error.

        Raises:
            OSError: the disk does not let it go.
        """
        self._path(tier, key).unlink(missing_ok=True)

    def make_room(self) -> int:
        """Bring all clips within the limit, the longest unused live ones first; returns how many went.

        While another process makes room, this one leaves it to that.
        """
        with self._alone() as alone:
            if not alone:
                return 0
            self._sweep()
            self._bytes = sum(entry.size for entry in self.entries())
            if self._bytes <= self.limit_bytes:
                return 0
            gone = self.surplus(int(self.limit_bytes * _ROOM))
            for entry in gone:
                self.remove(entry)
            self._bytes -= sum(entry.size for entry in gone)
        log.info("voice_library_made_room", clips=len(gone), bytes=self._bytes)
        return len(gone)

    def remove(self, entry: Entry) -> None:
        """Delete a clip; one that is gone already is no error."""
        entry.path.unlink(missing_ok=True)

    def surplus(self, max_bytes: int | None = None, unused_since: float | None = None) -> list[Entry]:
        """Clips said live that are too many or too old, the longest unused first.

        Args:
            max_bytes: what all clips may take, those that stay included; None sets no bound.
            unused_since: seconds since 1970; None sets no bound.
        """
        found = list(self.entries())
        size = sum(entry.size for entry in found)
        surplus = []
        for entry in sorted((each for each in found if each.tier == "live"), key=lambda each: each.used_at):
            if (max_bytes is not None and size > max_bytes) or (
                unused_since is not None and entry.used_at < unused_since
            ):
                surplus.append(entry)
                size -= entry.size
        return surplus

    def orphans(self) -> list[Entry]:
        """Clips of another voice or model."""
        return [e for e in self.entries() if e.tier != "own" and e.rendering != self.rendering.folder]

    # --- inside -------------------------------------------------------------------------------------------------

    def _read(self, path: Path, key: ClipKey) -> Clip | None:
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if not self._read_failed:
                log.warning("voice_library_unreadable", error=error.strerror)
            self._read_failed = True
            return None
        try:
            clip = decode(data)
        except AudioError:
            clip = None
        if clip is None or (clip.language, clip.text) != (key.language, key.spoken):
            log.warning("voice_clip_damaged", file=path.name, message="deleted; it is made anew when it is needed")
            with suppress(OSError):
                path.unlink()
            return None
        self._touch(path)
        return clip

    def _touch(self, path: Path) -> None:
        now = self._wall_s()
        with suppress(OSError):  # a read-only library serves as well
            if abs(now - path.stat().st_mtime) > _TOUCH_S:
                os.utime(path, (now, now))

    def _path(self, tier: Tier, key: ClipKey) -> Path:
        synthesised, own = self.digests(key)
        return self._named(tier, own if tier == "own" else synthesised)

    def _named(self, tier: Tier, digest: str) -> Path:
        folder = self.root / "own" if tier == "own" else self.root / self.rendering.folder / tier
        return folder / digest[:2] / f"{digest}.flac"

    @staticmethod
    def _entry(tier: Tier, rendering: str, path: Path) -> Iterator[Entry]:
        with suppress(OSError):  # gone since the folder was read
            stat = path.stat()
            yield Entry(tier, rendering, path.stem, path, stat.st_size, stat.st_mtime)

    @staticmethod
    def _folder(path: Path) -> Path:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def _sweep(self) -> None:
        for path in self.root.glob("tmp/*.part"):
            with suppress(OSError):
                if self._wall_s() - path.stat().st_mtime > _STALE_S:
                    path.unlink()

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process makes room now."""
        try:
            lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            yield False
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
        finally:
            os.close(lock)
