"""Labelled questions: 95 % right and nothing invented; the misses are printed."""

from pathlib import Path

import pytest

from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.engines.retrieval.decoys import DECOYS
from enterprise_stream.engines.retrieval.labelled import invented, judge_item, read_items
from enterprise_stream.engines.retrieval.text import fold
from enterprise_stream.thinking.knowledge import load_knowledge

HERE = Path(__file__).parent
KNOWLEDGE = HERE.parents[2] / "src" / "enterprise_stream" / "data" / "casas-del-turia.yaml"
LABELLED = sorted(HERE.glob("*.yaml"))
THRESHOLD = 0.95


@pytest.mark.parametrize("language", ["es", "en"])
async def test_answers_are_right_and_nothing_is_invented(
    brain: RetrievalBrain, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    knowledge = load_knowledge(KNOWLEDGE)
    items = [item for path in LABELLED if path.stem.endswith(language) for item in read_items(path)]
    judged = [each for item in items for each in await judge_item(brain, knowledge, item, language)]
    misses = [each for each in judged if each.problem or each.invented]
    with capsys.disabled():
        for each in misses:
            print(f"\n[{language}] {each.turn.say!r}: {each.problem} {' '.join(each.invented)}\n    {each.answer}")
        print(f"\n[{language}] {len(judged) - len(misses)} of {len(judged)} right")
    assert len(judged) >= 150
    assert not [each.answer for each in judged if each.invented]
    assert sum(not each.problem for each in judged) / len(judged) >= THRESHOLD


def test_the_labelled_sets_are_apart_from_the_knowledge_file() -> None:
    knowledge = load_knowledge(KNOWLEDGE)
    written = {fold(way) for fact in knowledge.facts for ways in fact.ask.values() for way in ways}
    written |= {fold(way) for way in DECOYS}
    said = [turn.say for path in LABELLED for item in read_items(path) if len(item.turns) == 1 for turn in item.turns]
    assert len(said) > 300
    assert not [text for text in said if fold(text) in written and fold(text)]


def test_the_unseen_set_is_apart_from_the_sets_tuned_on() -> None:
    said = {
        unseen: {
            fold(turn.say)
            for path in LABELLED
            if path.name.startswith("unseen.") is unseen
            for item in read_items(path)
            if len(item.turns) == 1
            for turn in item.turns
        }
        for unseen in (True, False)
    }
    # Greetings and thanks have few wordings.
    assert {words for words in said[True] & said[False] if len(words.split()) > 3} == set()
    assert len(said[True]) > 70


@pytest.mark.parametrize(
    ("answer", "strange"),
    [
        ("Ático Ruzafa cuesta 120 € la noche.", ()),
        ("Ático Ruzafa cuesta 121 € la noche.", ("121",)),
        ("Desde las 16:00.", ("16:00",)),
        ("Llame al 960 000 113.", ("960000113",)),
        ("Tenemos el Palacio Ruzafa.", ("palacio",)),
        ("Hay gimnasio.", ("gimnasio",)),
    ],
)
def test_the_checker_sees_what_is_invented(answer: str, strange: tuple[str, ...]) -> None:
    assert invented(answer, load_knowledge(KNOWLEDGE), ["¿Cuánto cuesta el ático?"]) == strange
