"""The little program that answers emulated chats: what it finds, what it calls, and that it does not pretend."""

import json
from typing import Any

import pytest

from enterprise_stream.testing.emulators.openai import Answer, ReadingMind
from enterprise_stream.testing.emulators.openai.chat_request import ChatRequest
from enterprise_stream.testing.emulators.openai.models import Model

PROMPT = """Eres Sandra, recepcionista.

REGLAS
- Escribe los precios con su signo.

DATOS
- ¿Admiten mascotas? Sí, una por apartamento. Son 15 € por estancia. Avise antes.
- ¿Hay aparcamiento? Sí, a 200 metros.
- Is breakfast included? No, but there is a bakery downstairs."""
BOOK: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "request_booking",
        "parameters": {
            "type": "object",
            "properties": {"guests": {"type": "integer"}, "wish": {"type": "string"}},
            "required": ["guests", "wish"],
        },
    },
}


def answer(asked: str, *more: dict[str, Any], tools: tuple[dict[str, Any], ...] = ()) -> Answer:
    messages = ({"role": "system", "content": PROMPT}, {"role": "user", "content": asked}, *more)
    return ReadingMind().answer(ChatRequest(Model("gpt-4o-mini"), messages, tools))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("¿Admiten mascotas?", "Sí, una por apartamento. Son 15 € por estancia."),
        ("¿Tienen aparcamiento cerca?", "Sí, a 200 metros."),
        ("Is breakfast included in the price?", "No, but there is a bakery downstairs."),
        ("Hola, buenas tardes", "Hola, ¿en qué puedo ayudarle?"),
        ("What is the meaning of life?", "I don't have that information. Can I help you with something else?"),
        ("¿Qué precios escribes?", "No tengo ese dato. ¿Quiere que le ayude con otra cosa?"),
    ],
)
def test_it_says_what_the_prompt_says_or_that_it_does_not_know(asked: str, said: str) -> None:
    assert answer(asked) == Answer(said)


def test_it_calls_a_function_that_the_words_ask_for() -> None:
    (call,) = answer("Quiero reservar para 3 personas", tools=(BOOK,)).calls
    assert call.name == "request_booking"
    assert call.arguments == '{"guests": 3, "wish": "Quiero reservar para 3 personas"}'
    assert not answer("¿Admiten mascotas?", tools=(BOOK,)).calls
    assert not answer("Quiero reservar para 3 personas").calls


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ('{"say": "La petición ha quedado apuntada."}', "La petición ha quedado apuntada."),
        ('{"error": "no room"}', "No he podido hacerlo. Lo siento."),
        ('{"ok": true}', "Hecho. ¿Algo más?"),
    ],
)
def test_it_tells_what_came_of_a_call(result: str, said: str) -> None:
    asked = {"id": "call_1", "type": "function", "function": {"name": "request_booking", "arguments": "{}"}}
    called = {"role": "assistant", "content": None, "tool_calls": [asked]}
    told = {"role": "tool", "tool_call_id": "call_1", "content": result}
    assert answer("Quiero reservar la villa", called, told, tools=(BOOK,)) == Answer(said)


STAY: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "request_booking",
        "parameters": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "arrival": {"type": "string", "format": "date"},
                "departure": {"type": "string", "format": "date"},
                "guests": {"type": "integer"},
            },
            "required": ["name", "arrival", "departure", "guests"],
        },
    },
}


def test_it_asks_for_what_a_function_needs_and_the_guest_has_not_said() -> None:
    said = answer("Quiero reservar para 3 personas", tools=(STAY,))
    assert not said.calls
    assert said.text.startswith("Para eso me falta: su nombre, la llegada, la salida.")
    whole = "Quiero reservar del 2027-05-01 al 2027-05-04 a nombre de Ana Ruiz para 3 personas"
    (call,) = answer(whole, tools=(STAY,)).calls
    assert json.loads(call.arguments) == {
        "name": "Ana Ruiz",
        "arrival": "2027-05-01",
        "departure": "2027-05-04",
        "guests": 3,
    }


def test_what_stands_before_the_guests_words_in_his_message_is_told_and_not_asked() -> None:
    late = "DATOS PARA ESTA PREGUNTA\n- ¿Se puede reservar? Sí, con una persona de la oficina.\n- El loft cuesta 85 €."
    asked = f"{late}\n\n¿Cuánto cuesta el loft?"
    assert answer(asked, tools=(BOOK,)) == Answer("El loft cuesta 85 €.")
