from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from enterprise_stream.engines.retrieval import DialogueState, RetrievalBrain
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.ports import AnswerEnd, AnswerText, Question
from enterprise_stream.workers import WorkerPool

KNOWLEDGE = Path(__file__).parents[3] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"
TODAY = "2026-11-21"


@pytest.fixture(scope="session")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedded demo business is kept for the whole run."""
    return tmp_path_factory.mktemp("vectors") / "demo.npz"


@pytest_asyncio.fixture
async def brain(vectors: Path) -> AsyncIterator[RetrievalBrain]:
    pool = WorkerPool(1)
    brain = RetrievalBrain(KnowledgeSource(KNOWLEDGE), pool, cache=vectors)
    await brain.warm_up()
    yield brain
    pool.close()


class Guest:
    """Talks with the brain as a session would, keeping its memory."""

    def __init__(self, brain: RetrievalBrain, language: str) -> None:
        self.brain = brain
        self.language = language
        self.memory: object | None = None
        self.type = ""
        self.pieces: list[str] = []

    async def say(self, text: str) -> str:
        self.pieces = []
        ends = 0
        asked = Question("guest", text, self.language, memory=self.memory, today=TODAY)
        async for piece in self.brain.answer(asked):
            if isinstance(piece, AnswerText):
                assert ends == 0
                self.pieces.append(piece.text)
            elif isinstance(piece, AnswerEnd):
                ends += 1
                self.memory, self.type = piece.memory, piece.response_type
        assert ends == 1
        return "".join(self.pieces)

    @property
    def state(self) -> DialogueState:
        assert isinstance(self.memory, DialogueState)
        return self.memory


Talk = Callable[[str], Guest]
Say = Callable[[str], Coroutine[Any, Any, str]]


@pytest.fixture
def guest(brain: RetrievalBrain) -> Talk:
    return lambda language: Guest(brain, language)
