"""Conversations: follow-ups, bookings, corrections, hand-over, honesty."""

from datetime import date

import pytest

from enterprise_stream.engines.retrieval import RetrievalBrain
from enterprise_stream.engines.retrieval.phrases import BUILT_IN

from .conftest import Guest, Talk


async def test_a_booking_in_spanish_is_collected_read_back_and_confirmed(guest: Talk) -> None:
    ana = guest("es")
    assert "fechas" in await ana.say("Quiero reservar el ático")
    await ana.say("del tres al diez de agosto")
    assert "nombre" in await ana.say("somos cuatro")
    read = await ana.say("me llamo Ana, no Anna")
    for part in ("Ático Ruzafa", "del 3 al 10 de agosto", "7 noches", "4 personas", "Ana", "1008 €", "¿Es correcto?"):
        assert part in read
    assert "Anna" not in read
    assert "2 horas" in await ana.say("Sí, correcto.")
    booking = ana.state.booking
    assert booking is not None
    assert (booking.stage, booking.arrival, booking.guests) == ("done", date(2027, 8, 3), 4)


async def test_everything_at_once_in_any_order(guest: Talk) -> None:
    read = await guest("en").say(
        "Under the name George, eight of us, from June 3rd to June 10th, I'd like to book the villa"
    )
    for part in ("Villa Malvarrosa", "from June 3 to June 10", "7 nights", "8 guests", "George", "2030 €"):
        assert part in read


@pytest.mark.parametrize(
    ("correction", "wanted"),
    [
        ("No, en junio", "del 3 al 10 de junio"),
        ("no, somos tres", "3 personas"),
        ("no, me llamo Eva", "a nombre de Eva"),
        ("no, del cinco al diez", "del 5 al 10 de agosto"),
        ("no, la villa", "Villa Malvarrosa"),
        ("no, cinco noches", "del 3 al 8 de agosto"),
    ],
)
async def test_corrections_change_only_what_they_name(guest: Talk, correction: str, wanted: str) -> None:
    ana = guest("es")
    await ana.say("Quiero reservar el ático del 3 al 10 de agosto para cuatro personas a nombre de Ana")
    before = ana.state.booking
    read = await ana.say(correction)
    assert wanted in read
    assert "¿Es correcto?" in read
    after = ana.state.booking
    assert before is not None
    assert after is not None
    fields = ("lodging", "arrival", "departure", "guests", "name")
    changed = [field for field in fields if getattr(before, field) != getattr(after, field)]
    assert 1 <= len(changed) <= 2


async def test_a_question_in_the_middle_of_a_booking_is_answered_and_the_booking_goes_on(guest: Talk) -> None:
    ana = guest("es")
    await ana.say("Quiero reservar el loft del 5 al 8 de mayo")
    answer = await ana.say("¿Y hay parking?")
    assert "18 €" in answer
    assert "cuántas personas" in answer
    assert "a qué nombre" in (await ana.say("dos")).lower()


async def test_leaving_a_booking(guest: Talk) -> None:
    ana = guest("es")
    await ana.say("Quiero reservar")
    await ana.say("Déjelo, no quiero reservar")
    assert ana.state.booking is None
    assert "120 €" in await ana.say("¿Cuánto cuesta el ático?")


async def test_more_guests_than_fit_are_told_so(guest: Talk) -> None:
    ana = guest("es")
    answer = await ana.say("Quiero reservar el loft para tres personas")
    assert "2 personas como mucho" in answer
    assert "8 personas" in await guest("es").say("Quiero reservar para doce personas")


async def test_follow_ups_keep_the_subject(guest: Talk) -> None:
    ana = guest("es")
    assert "120 €" in await ana.say("¿Cuánto cuesta el ático?")
    assert "144 €" in await ana.say("¿Y en agosto?")
    assert "432 €" in await ana.say("¿y tres noches?")
    assert "Villa Malvarrosa" in await ana.say("¿Y para ocho personas?")
    assert "15 €" in await ana.say("¿y con perro?")


async def test_something_broken(guest: Talk) -> None:
    ana = guest("es")
    answer = await ana.say("No funciona la ducha")
    assert answer.startswith("Lo siento")
    assert "960 000 112" in answer
    assert "apartamento" in answer
    assert ana.type == "support"
    assert "Loft Ciutat Vella" in await ana.say("en el loft")


async def test_unknown_is_said_and_the_office_is_offered(guest: Talk) -> None:
    bob = guest("en")
    assert "don't know" in await bob.say("Is there a sauna?")
    assert bob.type == "general"
    assert "960 000 100" in await bob.say("yes please")


async def test_not_understood_asks_again_in_other_words(guest: Talk) -> None:
    bob = guest("en")
    first = await bob.say("")
    second = await bob.say("...")
    assert bob.type == "error"
    assert first != second


async def test_repeat_says_the_same(guest: Talk) -> None:
    bob = guest("en")
    answer = await bob.say("How much is the loft?")
    assert await bob.say("Sorry, could you repeat that?") == answer


async def test_an_explicit_request_is_acknowledged_in_the_new_language(guest: Talk) -> None:
    assert "we can speak English" in await guest("en").say("¿Podemos hablar en inglés?")
    assert "español" in await guest("es").say("in Spanish please")


@pytest.mark.parametrize("language", ["es", "en"])
async def test_the_answer_is_in_the_language_that_is_asked_for(guest: Talk, language: str) -> None:
    for text in ("¿Hay parking?", "Is there parking?"):
        answer = await guest(language).say(text)
        assert ("covered garage" in answer) == (language == "en")


async def test_luxury_and_welcome_are_types_of_the_facts(guest: Talk) -> None:
    bob = guest("en")
    await bob.say("Hello")
    assert bob.type == "welcome"
    await bob.say("Which is your most luxurious house?")
    assert bob.type == "luxury"


async def test_pieces_are_clauses_and_memory_is_not_shared(brain: RetrievalBrain) -> None:
    one, two = Guest(brain, "es"), Guest(brain, "es")
    await one.say("Quiero reservar la villa")
    assert len(one.pieces) >= 2
    assert "reserva" not in await two.say("dos")


def test_opening_clauses_are_short() -> None:
    import re

    for key, texts in BUILT_IN.items():
        for language, text in texts.items():
            first = re.split(r"(?<=[,;:.?!])\s", text)[0]
            assert len(first) <= 60, (key, language, first)


async def test_a_place_that_was_offered_is_what_the_talk_is_about(guest: Talk) -> None:
    ana = guest("es")
    assert "Villa Malvarrosa" in await ana.say("estoy buscando algo para seis personas en julio")
    assert "2030 €" in await ana.say("¿cuánto sería una semana?")


async def test_what_is_known_already_is_taken_politely(guest: Talk) -> None:
    ana = guest("es")
    await ana.say("quiero reservar la villa del 3 al 7 de agosto para ocho personas")
    answer = await ana.say("somos ocho")
    assert "no le he entendido" not in answer
    assert "¿A qué nombre" in answer
