"""The model store: which files the embedded engines need, where they come from, and where they lie on this machine."""

from enterprise_stream.models.fetch import Progress, Stage
from enterprise_stream.models.manifest import Manifest, load_manifest
from enterprise_stream.models.store import ModelStatus, ModelStore, Problem, default_root

__all__ = [
    "Manifest",
    "ModelStatus",
    "ModelStore",
    "Problem",
    "Progress",
    "Stage",
    "default_root",
    "load_manifest",
]
