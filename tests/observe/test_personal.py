"""Numbers that are a guest's own."""

import pytest

from enterprise_stream.observe.personal import HIDDEN_NUMBER, without_numbers
from enterprise_stream.observe.redaction import redact


@pytest.mark.parametrize(
    "number",
    [
        "612345678", "612 345 678", "612 34 56 78", "612.345.678", "+34 612 345 678", "0034612345678", "(555) 123-4567",
        "+1-202-555-0143", "+44 20 7946 0958", "4111 1111 1111 1111", "4111111111111111", "5500-0000-0000-0004",
        "3782 822463 10005", "seis uno dos tres cuatro cinco seis siete ocho",
        "six one two, three four five, six seven",
        "Sesenta y uno, veintitrés, cuarenta y cinco, sesenta y siete, ochenta y nueve",
    ],
)  # fmt: skip
def test_cards_and_telephones_are_hidden_and_nothing_around_them(number: str) -> None:
    assert without_numbers(f"Es el {number}, gracias.") == f"Es el {HIDDEN_NUMBER}, gracias."


@pytest.mark.parametrize(
    "text",
    [
        "La villa cuesta 1.290,50 € del 12 al 19 de agosto de 2026.", "Somos cuatro, dos y dos.",
        "2026-11-21T23:50:42.123Z",
        "2026-11-21 23:50:42", "127.0.0.1:43210", "192.168.100.200", "A las 16:00 o a las 18:30", "Habitación 12345678",
        "uno, dos, tres", "http://127.0.0.1:8080/x?y=1", "session 4f2a91c0", "turn 3 of 1234567",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    assert without_numbers(text) == text


@pytest.mark.requirement("S19")
def test_logs_hide_them_always() -> None:
    line = {
        "event": "heard",
        "text": "Mi móvil es el 612 345 678",
        "more": ["4111 1111 1111 1111"],
        "ms": 123456789,
    }
    assert redact(line) == {
        "event": "heard",
        "text": f"Mi móvil es el {HIDDEN_NUMBER}",
        "more": [HIDDEN_NUMBER],
        "ms": 123456789,
    }
