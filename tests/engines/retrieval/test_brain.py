"""The brain's surroundings: reload, cache, errors."""

from pathlib import Path

import pytest

from enterprise_stream.engines.retrieval import NAME, RetrievalBrain
from enterprise_stream.engines.retrieval.embedder import CachedEmbedder, E5Embedder
from enterprise_stream.errors import KnowledgeError
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.workers import WorkerPool

from .conftest import KNOWLEDGE, Guest


class Clock:
    def __init__(self) -> None:
        self.ms = 0.0

    def now_ms(self) -> float:
        return self.ms


async def test_a_changed_file_is_answered_from_without_a_restart(tmp_path: Path, vectors: Path) -> None:
    path, clock, pool = tmp_path / "k.yaml", Clock(), WorkerPool(1)
    path.write_text(KNOWLEDGE.read_text(encoding="utf-8"), encoding="utf-8")
    brain = RetrievalBrain(KnowledgeSource(path, clock), pool, cache=vectors)
    await brain.warm_up()
    ana = Guest(brain, "es")
    assert "18 €" in await ana.say("¿Hay parking?")
    path.write_text(
        path.read_text(encoding="utf-8").replace("cuesta 18 € al día y", "cuesta 1900 € al día y"), encoding="utf-8"
    )
    assert "18 €" in await ana.say("¿Hay parking?")
    clock.ms = 1_001.0
    assert "1900 €" in await ana.say("¿Hay parking?")
    path.write_text("facts: [", encoding="utf-8")
    clock.ms = 2_100.0
    assert "1900 €" in await ana.say("¿Hay parking?")
    pool.close()


async def test_no_usable_file_is_a_knowledge_error(tmp_path: Path) -> None:
    pool = WorkerPool(1)
    brain = RetrievalBrain(KnowledgeSource(tmp_path / "none.yaml"), pool)
    with pytest.raises(KnowledgeError, match=r"none\.yaml"):
        await brain.warm_up()
    pool.close()


def test_the_cache_is_used_and_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    path, model = tmp_path / "vectors.npz", E5Embedder()
    first = CachedEmbedder(model, path)(["hola", "adiós"])
    again = CachedEmbedder(lambda texts: pytest.fail("embedded again"), path)(["hola", "adiós"])
    assert (first == again).all()
    path.write_bytes(b"PK damaged")
    assert CachedEmbedder(model, path)(["hola"]).shape == (1, 384)


def test_it_is_called_what_it_is() -> None:
    assert NAME == RetrievalBrain.name == "retrieval"
