"""The embedded brain with tools: what it calls, and what it says of what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.errors import CANNOT_GO_ON, EngineError
from enterprise_stream.thinking.ports import (
    AnswerEnd,
    AnswerText,
    Message,
    Question,
    ToolCall,
    ToolExchange,
    ToolSpec,
)

from .conftest import TODAY

TOOLS = tuple(ToolSpec(name, "", {"type": "object"}) for name in ("request_booking", "hand_over_to_person"))


@dataclass
class Caller:
    """Talks with the brain as a session would, running what it calls; `results` by tool, else a failure."""

    brain: RetrievalBrain
    results: Mapping[str, str]
    memory: object | None = None
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    history: list[Message] = field(default_factory=list)

    async def say(self, text: str, *before: ToolExchange) -> str:
        said, exchanges = "", list(before)
        for _ in range(3):
            question = Question(
                "guest", text, "es", tuple(self.history), self.memory, TODAY, TOOLS, tuple(exchanges), said
            )
            made: list[ToolCall] = []
            async for piece in self.brain.answer(question):
                match piece:
                    case AnswerText(text=more):
                        said += more
                    case ToolCall():
                        made.append(piece)
                    case AnswerEnd(memory=memory):
                        end = memory
            if not made:
                self.memory = end
                self.history += [Message("user", text, "es"), Message("assistant", said, "es")]
                return said
            for call in made:
                self.calls.append((call.name, json.loads(call.arguments)))
                status = self.results.get(call.name, "failed")
                exchanges.append(ToolExchange(call, json.dumps({"status": status})))
        raise AssertionError("it never ends")


HELD = {"request_booking": "needs_confirmation", "hand_over_to_person": "person_told"}
DONE = {"request_booking": "requested", "hand_over_to_person": "person_told"}
ASKED = "Quiero reservar el ático Ruzafa del 3 al 10 de agosto para dos personas, a nombre de Ana Gil."


async def test_a_booking_is_called_when_it_is_read_back_and_again_when_it_is_agreed(brain: RetrievalBrain) -> None:
    guest = Caller(brain, HELD)
    assert (await guest.say(ASKED)).endswith("¿Es correcto?")
    wanted = {"name": "Ana Gil", "arrival": "2027-08-03", "departure": "2027-08-10", "guests": 2, "apartment": "atico"}
    assert guest.calls == [("request_booking", wanted)]
    guest.results = DONE
    assert "Queda anotada, Ana Gil" in await guest.say("Sí.")
    assert guest.calls == [("request_booking", wanted)] * 2


async def test_a_yes_that_is_not_plain_is_asked_again(brain: RetrievalBrain) -> None:
    guest = Caller(brain, HELD)
    await guest.say(ASKED)
    assert (await guest.say("Sí.")).endswith("¿Es correcto?")
    guest.results = DONE
    assert "Queda anotada" in await guest.say("Sí.")


async def test_a_change_is_read_back_anew(brain: RetrievalBrain) -> None:
    guest = Caller(brain, HELD)
    await guest.say(ASKED)
    await guest.say("No, del 4 al 10 de agosto.")
    assert [arguments["arrival"] for _, arguments in guest.calls] == ["2027-08-03", "2027-08-04"]


async def test_a_booking_that_cannot_be_kept_is_not_said_to_be(brain: RetrievalBrain) -> None:
    guest = Caller(brain, HELD)
    await guest.say(ASKED)
    guest.results = {}
    answer = await guest.say("Sí.")
    assert "no puedo anotar" in answer
    assert "960 000 100" in answer
    assert "anotada" not in answer


@pytest.mark.parametrize("said", ["La ducha no funciona.", "Se ha roto la ducha del ático"])
async def test_something_broken_tells_a_person(brain: RetrievalBrain, said: str) -> None:
    guest = Caller(brain, DONE)
    await guest.say(said)
    assert guest.calls == [("hand_over_to_person", {"reason": said})]


async def test_what_the_office_is_asked_reaches_it(brain: RetrievalBrain) -> None:
    guest = Caller(brain, DONE)
    assert "¿Quiere que pregunte a la oficina?" in await guest.say("¿Tienen servicio de astrología?")
    assert not guest.calls
    await guest.say("Sí, por favor.")
    assert guest.calls == [("hand_over_to_person", {"reason": "¿Tienen servicio de astrología? / Sí, por favor."})]


async def test_nobody_is_said_to_be_told_who_was_not(brain: RetrievalBrain) -> None:
    assert "no puedo avisar" in await Caller(brain, {}).say("La ducha no funciona.")


async def test_a_hand_over_that_the_guest_asked_for_is_spoken_of(brain: RetrievalBrain) -> None:
    told = ToolExchange(ToolCall("asked", "hand_over_to_person", "{}"), '{"status": "person_told"}')
    guest = Caller(brain, DONE)
    assert (await guest.say("Quiero hablar con una persona.", told)).endswith("Ya he avisado a una persona.")
    assert not guest.calls


async def test_without_tools_nothing_is_called(brain: RetrievalBrain) -> None:
    question = Question("guest", "La ducha no funciona.", "es", today=TODAY)
    assert not [piece async for piece in brain.answer(question) if isinstance(piece, ToolCall)]


async def test_it_does_not_go_on_for_another(brain: RetrievalBrain) -> None:
    question = Question("guest", "¿Hay wifi?", "es", today=TODAY, tools=TOOLS, said="Pues ")
    with pytest.raises(EngineError) as error:
        await anext(brain.answer(question))
    assert error.value.code == CANNOT_GO_ON
