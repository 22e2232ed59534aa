"""A guest, the embedded brain, the real toolbox and the store: what was agreed is kept, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import Left, TextReceived
from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.session.session import Session
from enterprise_stream.session.settings import SessionSettings
from enterprise_stream.store import Store, database_url
from enterprise_stream.store.requests import Booking, HandOver, latest
from enterprise_stream.testing import FakeClock, ScriptedBrain, scripted_engines
from enterprise_stream.thinking.facts import FoundFact
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.thinking.persona import Persona
from enterprise_stream.thinking.ports import LanguageModel
from enterprise_stream.tools import ToolBox
from enterprise_stream.tools.running import Business, tools_running
from enterprise_stream.tools.tools_file import ToolsFile

from .conftest import KNOWLEDGE, TODAY


class NoFacts:
    def standing(self, _language: str) -> tuple[FoundFact, ...]:
        return ()

    async def find(self, _owner: str, _text: str, _language: str) -> tuple[FoundFact, ...]:
        return ()


Say = Callable[[str], Any]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(database_url(None, tmp_path)) as opened:
        yield opened


@asynccontextmanager
async def _talking(brain: LanguageModel, store: Store, language: str = "es") -> AsyncIterator[Say]:
    """Yields what says something to her and returns her answer, as text."""
    clock, box, source = FakeClock(today=TODAY), ToolBox(), KnowledgeSource(KNOWLEDGE)
    engines = replace(scripted_engines(tools=box), brain=brain)
    settings = SessionSettings("s1", language, ("es", "en"), Persona("Sandra", "scripted"))
    session: Session[None] = Session(settings, engines, clock)
    session.want_sound(False)

    async def say(text: str) -> str:
        await session.tell(TextReceived(0, text))
        complete = None
        while True:
            item = await session.outbox.get()
            if isinstance(item, act.AnswerComplete):
                complete = item.text
            if isinstance(item, act.VoiceMissing) and complete is not None:
                return complete

    business = Business(store, source.load, NoFacts(), clock)
    async with tools_running(box, business, ToolsFile(), None), asyncio.TaskGroup() as group:
        running = group.create_task(session.run())
        yield say
        await session.tell(Left(0))
        await running


async def _kept(store: Store, of: type[Booking] | type[HandOver]) -> list[dict[str, Any]]:
    async with store.reading() as connection:
        return [dict(row) for row in await latest(connection, of, 10)]


async def test_a_booking_is_kept_when_it_was_agreed_and_not_before(brain: RetrievalBrain, store: Store) -> None:
    async with _talking(brain, store) as say:
        await say("Quiero reservar el ático Ruzafa del 3 al 10 de agosto para dos personas, a nombre de Ana Gil.")
        await say("¿Y hay wifi?")
        assert not await _kept(store, Booking)
        assert "Queda anotada, Ana Gil" in await say("Sí, por favor.")
        (booking,) = await _kept(store, Booking)
        assert (booking["name"], booking["arrival"], booking["lodging"]) == ("Ana Gil", "2027-08-03", "atico")
        assert booking["delivery"] is None


async def test_a_booking_that_was_left_is_not_kept(brain: RetrievalBrain, store: Store) -> None:
    async with _talking(brain, store) as say:
        await say("Quiero reservar el ático Ruzafa del 3 al 10 de agosto para dos personas, a nombre de Ana Gil.")
        await say("No, mejor no, déjelo.")
        await say("Sí.")
        assert not await _kept(store, Booking)


@pytest.mark.requirement("S26")
@pytest.mark.parametrize("which", ["embedded", "another"])
@pytest.mark.parametrize(
    ("language", "words", "told"),
    [
        ("es", "Quiero hablar con una persona.", "Ya he avisado a una persona"),
        ("es", "Vull parlar amb una persona.", "Ya he avisado a una persona"),
        ("en", "I want to talk to a person.", "I have told a person"),
    ],
)
async def test_who_wants_a_person_gets_one(
    which: str, language: str, words: str, told: str, brain: RetrievalBrain, store: Store
) -> None:
    """Within the turn that asks, whoever thinks."""
    used: LanguageModel = brain if which == "embedded" else ScriptedBrain("No le he entendido.")
    async with _talking(used, store, language) as say:
        answer = await say(words)
        assert which != "embedded" or told in answer
        (hand_over,) = await _kept(store, HandOver)
        assert (hand_over["reason"], hand_over["session"]) == (words, "s1")
        await say(words)
        assert len(await _kept(store, HandOver)) == 1
