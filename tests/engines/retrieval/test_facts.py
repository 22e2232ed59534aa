"""Facts that lie near a question, for brains that write their own answers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from enterprise_stream.engines.retrieval import RetrievalBrain, RetrievalFacts
from enterprise_stream.thinking.facts import MOST_FOUND
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.workers import WorkerPool

from .conftest import KNOWLEDGE

pytestmark = pytest.mark.models


@pytest_asyncio.fixture
async def facts(vectors: Path) -> AsyncIterator[RetrievalFacts]:
    pool, source = WorkerPool(1), KnowledgeSource(KNOWLEDGE)
    yield RetrievalFacts(RetrievalBrain(source, pool, cache=vectors), source, pool)
    pool.close()


@pytest.mark.parametrize(
    ("text", "language", "sure"),
    [
        ("¿Puedo llevar a mi perro?", "es", {"pets"}),
        ("¿Tienen wifi? ¿Y dónde aparco?", "es", {"wifi", "parking"}),
        ("se ha roto la ducha", "es", {"broken"}),
        ("what time can I get in and is breakfast included", "en", {"breakfast"}),
        ("cuéntame un chiste", "es", set()),
    ],
)
async def test_what_is_asked_for_comes_first(facts: RetrievalFacts, text: str, language: str, sure: set[str]) -> None:
    found = await facts.find("ana", text, language)
    assert {fact.id for fact in found if fact.sure} == sure
    assert [fact.sure for fact in found] == sorted((fact.sure for fact in found), reverse=True)
    assert len(found) <= MOST_FOUND


async def test_it_finds_in_the_guests_language(facts: RetrievalFacts) -> None:
    (found, *_) = await facts.find("ana", "¿hay wifi?", "en")
    assert "fibre" in found.text
    assert facts.standing("es") == ()


async def test_a_full_pool_leaves_the_words(facts: RetrievalFacts) -> None:
    pool = WorkerPool(1, max_waiting=0)
    source = KnowledgeSource(KNOWLEDGE)
    busy = RetrievalFacts(RetrievalBrain(source, pool), source, pool)
    assert [fact.id for fact in await busy.find("ana", "¿hay wifi?", "es")] == ["wifi"]
    pool.close()
