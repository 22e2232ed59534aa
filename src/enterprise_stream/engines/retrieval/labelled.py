"""How good the answers are: labelled questions, judged, and every word and number of an answer traced to its source.

A labelled file is a list of items: `say` (the guest's words), `is` (the intent to be answered: "a|b" for either, a
list for all), `has` (what the answer must contain), or `turns` (a dialogue of such items).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from enterprise_stream.engines.retrieval.engine import RetrievalBrain
from enterprise_stream.engines.retrieval.phrases import BUILT_IN, WORDS
from enterprise_stream.engines.retrieval.state import DialogueState
from enterprise_stream.engines.retrieval.text import fold, with_digits
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.language_switch import LanguageState, judge
from enterprise_stream.thinking.ports import AnswerEnd, AnswerText, Question

TODAY = "2026-11-21"
"""The day on which the labelled dialogues take place, a Saturday."""

_RELATIVE = re.compile(
    r"\b(?:semana|finde|manana|hoy|viernes|sabado|domingo|lunes|weekend|week|tomorrow|today|\w+day)\b"
)
_NUMBER = re.compile(r"\d+(?:[:.]\d+)*")


@dataclass(frozen=True, slots=True)
class Turn:
    """One labelled question."""

    say: str
    intents: tuple[tuple[str, ...], ...]
    has: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled dialogue of one or more turns; `held_out` items are not for tuning."""

    turns: tuple[Turn, ...]
    held_out: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A turn and its answer.

    Attributes:
        problem: why the answer is wrong; empty when it is right.
        invented: numbers and words of the answer that come from nowhere.
    """

    item: Item
    turn: Turn
    answer: str
    intents: tuple[str, ...]
    problem: str
    invented: tuple[str, ...]


def read_items(path: Path) -> tuple[Item, ...]:
    """Read a labelled file; all of a file called `unseen.*` is held out, for it was written after the tuning."""
    items = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        turns = tuple(_turn(each) for each in entry.get("turns", [entry]))
        items.append(Item(turns, held_out=path.name.startswith("unseen.")))
    return tuple(items)


def _turn(entry: Mapping[str, Any]) -> Turn:
    wanted = entry["is"] if isinstance(entry["is"], list) else [entry["is"]]
    return Turn(entry["say"], tuple(tuple(each.split("|")) for each in wanted), tuple(entry.get("has", ())))


async def judge_item(brain: RetrievalBrain, knowledge: Knowledge, item: Item, language: str) -> list[Judged]:
    """Hold the dialogue and judge each answer; the language is kept or switched as a session would."""
    spoken = LanguageState(language)
    memory: object | None = None
    said: list[str] = []
    judged = []
    for turn in item.turns:
        said.append(turn.say)
        spoken = judge(spoken, turn.say)
        answer = ""
        asked = Question("eval", turn.say, spoken.language, memory=memory, today=TODAY)
        async for piece in brain.answer(asked):
            if isinstance(piece, AnswerText):
                answer += piece.text
            elif isinstance(piece, AnswerEnd):
                memory = piece.memory
        intents = memory.intents if isinstance(memory, DialogueState) else ()
        judged.append(
            Judged(item, turn, answer, intents, _wrong(turn, answer, intents), invented(answer, knowledge, said))
        )
    return judged


def _wrong(turn: Turn, answer: str, intents: Sequence[str]) -> str:
    for allowed in turn.intents:
        if not set(allowed) & set(intents):
            return f"is {'+'.join(intents)}, not {'|'.join(allowed)}"
    if turn.intents in ((("unknown",),), (("refusal",),)) and len(intents) > 1:
        return f"is {'+'.join(intents)}"
    for text in turn.has:
        if not re.search(rf"(?<!\w){re.escape(text)}(?!\w)", answer, re.IGNORECASE):
            return f"lacks '{text}'"
    return ""


def invented(answer: str, knowledge: Knowledge, said: Sequence[str]) -> tuple[str, ...]:
    """Numbers and words of an answer that neither the facts, nor the guest's words, nor arithmetic on both explain."""
    texts = _texts(knowledge)
    sources = " ".join([*texts, *WORDS, *(text for each in BUILT_IN.values() for text in each.values()), *said])
    known = set(fold_all(sources))
    strange = [word for word in fold_all(answer) if not word[0].isdigit() and word not in known]
    allowed = _numbers(knowledge, texts, said)
    relative = any(_RELATIVE.search(fold(text)) for text in said)
    for match in _NUMBER.finditer(re.sub(r"(?<=\d) (?=\d{3}\b)", "", answer)):
        day = relative and match[0].isdigit() and int(match[0]) <= 31
        if match[0] not in allowed and not day:
            strange.append(match[0])
    return tuple(strange)


def fold_all(text: str) -> list[str]:
    """Every word of a text of any length, folded."""
    return [word for line in re.split(r"(?<=[.;:?!])\s", text) for word in fold(line).split()]


def _texts(knowledge: Knowledge) -> list[str]:
    texts = [text for fact in knowledge.facts for text in fact.answer.values()]
    texts += [text for fact in knowledge.facts for each in fact.follow_ups for text in each.answer.values()]
    texts += [text for talk in knowledge.small_talk.values() for text in talk.values()]
    texts += [text for season in knowledge.seasons for text in season.name.values()]
    for lodging in knowledge.lodgings:
        texts += [lodging.name, *(text for feature in lodging.features for text in feature.text.values())]
    texts += [*knowledge.business.values().values(), *(knowledge.business.office_hours or ()), knowledge.currency]
    return texts


def _numbers(knowledge: Knowledge, texts: Sequence[str], said: Sequence[str]) -> set[str]:
    numbers = {match for text in texts for match in _NUMBER.findall(re.sub(r"(?<=\d) (?=\d{3}\b)", "", text))}
    from_guest = {
        int(n)
        for text in said
        for language in ("es", "en")
        for n in re.findall(r"\d+", with_digits(fold(text), language))
    }
    counts = from_guest | {abs(a - b) for a in from_guest for b in from_guest} | {1, 2, 7, 14}
    counts |= {a + b for a in from_guest for b in from_guest}
    prices = {lodging.price for lodging in knowledge.lodgings}
    for season in knowledge.seasons:
        numbers.add(str(abs(season.percent)))
        prices |= {round(price * (100 + season.percent) / 100) for price in prices}
    prices |= {fact.price.amount for fact in knowledge.facts if fact.price is not None}
    numbers |= {str(each) for lodging in knowledge.lodgings for each in (lodging.guests, lodging.bedrooms)}
    numbers |= {str(each) for each in prices | counts} | {str(price * count) for price in prices for count in counts}
    if knowledge.business.confirm_within_hours is not None:
        numbers.add(str(knowledge.business.confirm_within_hours))
    return numbers
