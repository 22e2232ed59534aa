"""A brain that is cut off goes on from what was said: the vendor's own SDK at an emulator, over sockets."""

from dataclasses import replace

import pytest

from enterprise_stream.engines.openai import OpenAIBrain
from enterprise_stream.purchases import Purchase
from enterprise_stream.testing import LoopClock
from enterprise_stream.testing.emulators import Fault
from enterprise_stream.testing.emulators.faults import Kind
from enterprise_stream.testing.emulators.openai import OpenAiEmulator, ScriptedMind
from enterprise_stream.testing.faults.matrix import BOUND_MS
from enterprise_stream.testing.faults.vendors import SOURCE
from enterprise_stream.testing.faults.visit import ANSWER, PERSONA, Visit, house, rungs
from enterprise_stream.thinking.facts import WrittenFacts

TEXT = "".join(ANSWER)
BEGUN = "Claro que sí, la suite tiene vistas"
REST = TEXT.removeprefix(BEGUN)
CUT = Fault("reset", "mid_answer", after=10)
"""Inside the second clause, once the first one sounds."""


async def visited(
    emulator: OpenAiEmulator, fault: Fault, bought: list[Purchase], successors: tuple[str, ...] = ()
) -> Visit:
    """What a guest gets whose vendor has a fault."""
    async with emulator:
        brain = OpenAIBrain(
            "key",
            base_url=emulator.api_url,
            source=SOURCE,
            facts=WrittenFacts(SOURCE),
            clock=LoopClock(),
            successors=successors,
            buy=bought.append,
        )
        emulator.faults.arm(fault)
        async with brain, house(rungs(brain=brain)) as place:
            return await place.guest.ask()


UNREAD = 16
"""Tokens that a vendor wrote whose stream dripped, and that never came."""


def check(emulator: OpenAiEmulator, visit: Visit, bought: list[Purchase], unread: int = 0) -> None:
    """All of the answer, once and in time; and both requests on the meter."""
    assert visit.text == TEXT
    assert visit.said == TEXT.split()
    assert visit.starved_ms <= BOUND_MS
    asked = [request.body["messages"] for request in emulator.requests if request.endpoint == "chat"]
    assert len(asked) == 2
    assert {"role": "assistant", "content": BEGUN} in asked[1]
    bill = emulator.bill.purchases
    assert len(bought) == len(bill) == 2
    assert [each.input_tokens for each in bought] == [each.input_tokens for each in bill]
    written = [each.output_tokens for each in bill]
    assert [each.output_tokens for each in bought] == [written[0] - unread, written[1]]


@pytest.mark.parametrize(
    ("kind", "model_says"),
    [
        pytest.param("reset", REST, id="reset"),
        pytest.param("stall", REST, id="stall"),
        pytest.param("slow_drip", REST, id="slow_drip"),
        pytest.param("half_close", TEXT, id="half_close, and the model repeats all"),
        pytest.param("5xx", "tiene" + TEXT.partition("tiene")[2], id="5xx, and the model repeats words"),
    ],
)
async def test_a_brain_goes_on_whatever_cut_it_off(kind: Kind, model_says: str) -> None:
    emulator, bought = OpenAiEmulator(ScriptedMind(TEXT, model_says)), list[Purchase]()
    visit = await visited(emulator, replace(CUT, kind=kind), bought)
    check(emulator, visit, bought, UNREAD if kind == "slow_drip" else 0)


async def test_the_successor_of_a_model_that_is_gone_goes_on() -> None:
    emulator, bought = OpenAiEmulator(ScriptedMind(TEXT, REST)), list[Purchase]()

    class Ends(ScriptedMind):
        def answer(self, request):  # type: ignore[no-untyped-def]
            emulator.catalogue.today = "2027-02-01"
            return super().answer(request)

    emulator.mind = Ends(TEXT, REST)
    visit = await visited(emulator, CUT, bought, successors=("gpt-6-luna",))
    assert visit.text == TEXT
    assert visit.said == TEXT.split()
    assert [each.model for each in bought] == ["gpt-4o-mini", "gpt-6-luna"]


async def test_one_that_is_cut_off_again_ends_honestly() -> None:
    emulator, bought = OpenAiEmulator(ScriptedMind(TEXT, REST)), list[Purchase]()
    visit = await visited(emulator, replace(CUT, times=None), bought)
    excuse = PERSONA.broken_off("es").split()
    whole = visit.words[: -len(excuse)]
    assert visit.words[-len(excuse) :] == excuse
    assert whole == ["Claro", "que", "sí,"]
    assert visit.text.startswith(f"{BEGUN} al río, una terraza grande y ")
    assert len(bought) == len(emulator.bill.purchases) == 2
