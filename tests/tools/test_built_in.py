"""The tools that are always there: bookings, hand-overs, facts."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from enterprise_stream.errors import ToolError
from enterprise_stream.store import Store
from enterprise_stream.store.requests import MOST_OF_A_SESSION, Booking, HandOver, latest
from enterprise_stream.store.tables import outbox
from enterprise_stream.testing import FakeClock
from enterprise_stream.thinking.facts import FoundFact
from enterprise_stream.thinking.knowledge import Knowledge
from enterprise_stream.thinking.ports import ToolCall
from enterprise_stream.tools import ToolBox
from enterprise_stream.tools.booking import RequestBooking
from enterprise_stream.tools.facts import LookUpFacts
from enterprise_stream.tools.hand_over import HandOverToPerson, requested, wants_person

from .conftest import CALLER

ASKED = {
    "name": "Ana Gil",
    "arrival": "2027-08-03",
    "departure": "2027-08-10",
    "guests": 2,
    "apartment": "ático ruzafa",
}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def booking(store: Store, knowledge: Knowledge, clock: FakeClock, told: list[str]) -> RequestBooking:
    return RequestBooking(store, lambda: knowledge, clock, lambda: told.append("booking"))


@pytest.fixture
def hand_over(store: Store, knowledge: Knowledge, clock: FakeClock, told: list[str]) -> HandOverToPerson:
    return HandOverToPerson(store, lambda: knowledge, clock, lambda: told.append("hand-over"))


def _call(tool: str, /, **arguments: Any) -> ToolCall:
    return ToolCall("1", tool, json.dumps(arguments))


async def _run(box: ToolBox, call: ToolCall) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(await box.begin(await box.check(call, CALLER), CALLER))
    return result


@pytest.mark.requirement("S4")
async def test_a_request_is_its_tenant_s_in_the_store_and_in_the_webhook(
    booking: RequestBooking, hand_over: HandOverToPerson, store: Store
) -> None:
    caller = replace(CALLER, tenant="casas")
    async with ToolBox(booking, hand_over) as box:
        for call in (_call("request_booking", **ASKED), _call("hand_over_to_person", reason="Una avería")):
            await box.begin(await box.check(call, caller), caller)
    async with store.reading() as connection:
        kept = [row for of in (Booking, HandOver) for row in await latest(connection, of, 10)]
        told = (await connection.execute(select(outbox.c.body))).scalars().all()
    assert [row["tenant"] for row in kept] == ["casas", "casas"]
    assert [json.loads(body)["data"]["tenant"] for body in told] == ["casas", "casas"]


async def test_a_booking_is_read_back_and_kept(booking: RequestBooking, store: Store, told: list[str]) -> None:
    async with ToolBox(booking) as box:
        checked = await box.check(_call("request_booking", **ASKED), CALLER)
        assert checked.tool.needs_consent
        assert checked.question == (
            "Le leo la reserva: Ático Ruzafa, del 3 de agosto al 10 de agosto, 7 noches, 2 personas, a nombre de "
            "Ana Gil. Serían 1008 € en total. ¿Es correcto?"
        )
        result = json.loads(await box.begin(checked, CALLER))
        assert result["status"] == "requested"
        assert result["confirmed_within_hours"] == 2
        async with store.reading() as connection:
            (kept,) = await latest(connection, Booking, 10)
        assert kept["id"][:6].upper() == result["reference"]
        assert (kept["name"], kept["lodging"], kept["total"], kept["delivery"]) == ("Ana Gil", "atico", 1008, "waiting")
        assert told == ["booking"]


async def test_the_same_booking_is_kept_once(booking: RequestBooking, store: Store, told: list[str]) -> None:
    async with ToolBox(booking) as box:
        first = await _run(box, _call("request_booking", **ASKED))
        again = await _run(box, _call("request_booking", **ASKED | {"name": "ana  gil"}))
        assert (first["status"], again["status"]) == ("requested", "requested_before")
        assert first["reference"] == again["reference"]
        other = await box.check(_call("request_booking", **ASKED), replace(CALLER, owner="s2"))
        assert json.loads(await box.begin(other, replace(CALLER, owner="s2")))["status"] == "requested"
    async with store.reading() as connection:
        assert len(await latest(connection, Booking, 10)) == 2
    assert told == ["booking", "booking"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"arrival": "2026-11-20"}, "is past; today is 2026-11-21"),
        ({"arrival": "2029-01-01", "departure": "2029-01-05"}, "two years ahead"),
        ({"departure": "2027-08-03"}, "after the arrival"),
        ({"departure": "2028-08-10"}, "366 nights at most"),
        ({"guests": 150}, "the largest lodging holds"),
        ({"apartment": "Ático Rusafa"}, "Perhaps Ático Ruzafa?"),
        ({"apartment": "castillo"}, "There are:"),
        ({"guests": 5}, "for 5 there is:"),
        ({"name": "   "}, "ask the guest"),
        ({"arrival": "2027-08-32"}, "is not a 'date'"),
        ({"guests": 0}, "minimum"),
        ({"price": 1}, "price"),
    ],
)
async def test_what_cannot_be_booked_is_told(booking: RequestBooking, change: dict[str, Any], says: str) -> None:
    async with ToolBox(booking) as box:
        with pytest.raises(ToolError) as error:
            await box.check(_call("request_booking", **ASKED | change), CALLER)
        assert says in error.value.message


async def test_a_booking_in_english_and_without_a_lodging(booking: RequestBooking) -> None:
    async with ToolBox(booking) as box:
        asked = {name: value for name, value in ASKED.items() if name != "apartment"}
        asked |= {"arrival": "2026-12-30", "departure": "2027-01-02", "guests": 1}
        checked = await box.check(_call("request_booking", **asked), replace(CALLER, language="en"))
        assert checked.question == (
            "Let me read it back: from December 30 to January 2, 2027, 3 nights, 1 guest, under the name Ana Gil. "
            "Is that right?"
        )


@pytest.mark.requirement("S26")
async def test_a_person_is_told_without_asking(hand_over: HandOverToPerson, store: Store, told: list[str]) -> None:
    box = ToolBox()
    box.fill([hand_over], requested=requested)
    async with box:
        call = box.requested("Oiga, quiero hablar con una persona.", "es")
        assert call is not None
        checked = await box.check(call, CALLER)
        assert not checked.tool.needs_consent
        result = json.loads(await box.begin(checked, CALLER))
        assert result["status"] == "person_told"
        assert result["phones"]["office"] == "960 000 100"
        await _run(box, call)
    async with store.reading() as connection:
        (kept,) = await latest(connection, HandOver, 10)
    assert kept["reason"] == "Oiga, quiero hablar con una persona."
    assert told == ["hand-over"]


async def test_a_guest_who_asks_again_and_again_is_refused_in_the_end(
    hand_over: HandOverToPerson, store: Store, told: list[str]
) -> None:
    async with ToolBox(hand_over) as box:
        results = [await _run(box, _call("hand_over_to_person", reason=f"{number}")) for number in range(12)]
        assert [result["status"] for result in results] == ["person_told"] * MOST_OF_A_SESSION + ["failed"] * 2
        again = await _run(box, _call("hand_over_to_person", reason="3"))
        assert again["status"] == "person_told"
    assert len(told) == MOST_OF_A_SESSION


WANTED = {
    "es": (
        "Quiero hablar con una persona",
        "¿Puedo hablar con alguien?",
        "Páseme con alguien de la oficina",
        "Pásame con recepción, por favor.",
        "Quiero que me llame alguien",
        "No quiero hablar con una máquina",
        "Prefiero hablar con un humano.",
        "Me gustaría hablar con el encargado",
        "Necesito hablar ya con un agente",
        "Póngame con un operador",
        "¿Podría hablar directamente con la recepcionista?",
        "Oiga, que me atienda una persona, por favor",
        "Dame a un humano, anda",
    ),
    "ca": (
        "Vull parlar amb una persona",
        "Puc parlar amb algú, si us plau?",
        "Passa'm amb la recepció",
        "Vull que em truqui algú",
        "No vull parlar amb una màquina",
        "M'agradaria parlar amb l'encarregat",
        "Passi'm amb algú de l'oficina, sisplau",
        "Prefereixo parlar amb un humà.",
        "Necessito parlar ja amb un agent",
        "Posi'm amb un operador",
        "Podria parlar directament amb la recepcionista?",
        "Escolti, que em truqui una persona, si us plau",
        "No vull que m'atengui un robot",
    ),
    "en": (
        "I want to talk to a person",
        "Can I speak to someone?",
        "Put me through to somebody at the office",
        "I do not want to talk to a machine",
        "I want someone to call me",
        "I'd like to speak with the manager",
        "Give me a real person!",
        "Could I talk directly to a human being?",
        "Connect me to an agent, please",
        "Transfer me to the front desk",
        "I need a human",
        "I don't want to speak with a bot",
        "Is there a chance of speaking to a member of staff?",
    ),
}
NOT_WANTED = {
    "es": (
        "¿Cuánto cuesta por persona?",
        "Somos una persona y un perro",
        "¿Eres una persona?",
        "¿Cuándo abre la oficina?",
        "No hace falta hablar con nadie, gracias",
        "No necesito hablar con una persona",
        "No quiero hablar con nadie",
        "¿Dónde está la recepción?",
        "¿Cuántas personas caben en el ático?",
        "Hablé con alguien ayer y me dijo que sí",
        "¿Me pasas la dirección?",
        "¿Hay alguien en el piso de arriba?",
    ),
    "ca": (
        "Quant costa per persona?",
        "Som una persona i un gos",
        "No cal parlar amb ningú",
        "Ets una persona?",
        "Quan obre l'oficina?",
        "No necessito parlar amb una persona",
        "No vull parlar amb ningú",
        "On és la recepció?",
        "Quantes persones hi caben a l'àtic?",
        "Vaig parlar ahir amb vosaltres",
        "Em passa l'adreça?",
        "Hi ha algú al pis de dalt?",
    ),
    "en": (
        "Is it per person?",
        "Are you a real person?",
        "I don't need to talk to a person",
        "When does the office open?",
        "We are one person and a dog",
        "I do not want to talk to anybody",
        "Where is the reception?",
        "How many people does the attic sleep?",
        "Somebody told me that there is a pool",
        "Can you get me the address?",
        "Is anybody in the flat upstairs?",
        "The agent said we may come at six",
    ),
}


@pytest.mark.requirement("S26")
@pytest.mark.parametrize(("language", "words"), [(each, words) for each in WANTED for words in WANTED[each]])
def test_who_wants_a_person(words: str, language: str) -> None:
    assert wants_person(words, language)


@pytest.mark.requirement("S26")
@pytest.mark.parametrize("words", WANTED["ca"])
def test_catalan_is_understood_where_spanish_is_spoken(words: str) -> None:
    assert wants_person(words, "es")


@pytest.mark.requirement("S26")
@pytest.mark.parametrize(("language", "words"), [(each, words) for each in NOT_WANTED for words in NOT_WANTED[each]])
def test_who_does_not(words: str, language: str) -> None:
    assert not wants_person(words, language)
    assert language != "ca" or not wants_person(words, "es")


class _Facts:
    def standing(self, _language: str) -> tuple[FoundFact, ...]:
        return ()

    async def find(self, owner: str, text: str, language: str) -> tuple[FoundFact, ...]:
        assert (owner, language) == ("s1", "es")
        return (FoundFact("wifi", "general", "Hay wifi gratis."),) if "wifi" in text else ()


async def test_facts_are_looked_up() -> None:
    async with ToolBox(LookUpFacts(_Facts())) as box:
        assert await _run(box, _call("look_up_facts", question="¿wifi?")) == {
            "status": "ok",
            "facts": [{"id": "wifi", "text": "Hay wifi gratis."}],
        }
        assert (await _run(box, _call("look_up_facts", question="¿luna?")))["status"] == "nothing_found"
