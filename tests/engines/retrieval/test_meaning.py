"""Whether an answer to some words also answers others, by pairs written down as people say them."""

from pathlib import Path

import pytest
import yaml

from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.thinking.ports import Question

from .conftest import TODAY

PAIRS = yaml.safe_load((Path(__file__).parent / "pairs" / "meaning.yaml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.models


@pytest.mark.parametrize("language", PAIRS)
async def test_meaning(brain: RetrievalBrain, language: str) -> None:
    wrong = []
    for kind, pairs in PAIRS[language].items():
        for one, other in [*pairs, *(pair[::-1] for pair in pairs)]:
            question = Question("guest", one, language, today=TODAY)
            if await brain.same_meaning(question, other) != (kind == "same"):
                wrong.append((kind, one, other))
    assert not wrong
