"""Which words take the floor."""

import pytest

from enterprise_stream.conversation.policy import TurnPolicy, interrupts

POLICY = TurnPolicy()


@pytest.mark.parametrize(
    ("text", "language", "takes"),
    [
        ("", "es", False),
        ("  ", "es", False),
        ("ajá", "es", False),
        ("yeah, right", "en", False),
        ("ajá", "en", True),
        ("espera", "es", True),
        ("Para", "es", True),
        ("no, in June", "en", True),
        ("bai", "eu", True),
    ],
)
def test_interrupts(text: str, language: str, takes: bool) -> None:
    assert interrupts(POLICY, 300, text, language) is takes


@pytest.mark.parametrize(
    ("spoken_ms", "text", "takes"),
    [
        (0, "", False),
        (899, "", False),
        (900, "", True),
        (5000, "ajá", False),
        (5000, "sí, sí", False),
        (10, "espera", True),
    ],
)
def test_long_speech_takes_the_floor_before_its_words_are_known(spoken_ms: float, text: str, takes: bool) -> None:
    assert interrupts(POLICY, spoken_ms, text, "es") is takes
