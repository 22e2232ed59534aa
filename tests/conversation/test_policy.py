"""How much silence ends a turn, and which words take the floor."""

import pytest

from enterprise_stream.conversation.policy import TurnPolicy, interrupts, turn_is_over

POLICY = TurnPolicy()
WHOLE, OPEN = "¿Cuánto cuesta?", "Quería saber el"


@pytest.mark.parametrize(
    ("completion", "text", "ends_at"),
    [
        (0.9, WHOLE, POLICY.sure_ms),
        (POLICY.complete_at, WHOLE, POLICY.sure_ms),
        (0.1, WHOLE, POLICY.unsure_ms),
        (None, WHOLE, POLICY.unsure_ms),
        (0.9, OPEN, POLICY.unfinished_ms),
        (0.1, OPEN, POLICY.unfinished_ms),
        (0.9, None, POLICY.unfinished_ms),
        (None, None, POLICY.unfinished_ms),
    ],
)
def test_the_silence_that_ends_a_turn(completion: float | None, text: str | None, ends_at: float) -> None:
    assert turn_is_over(POLICY, ends_at, completion, text, "es")
    assert not turn_is_over(POLICY, ends_at - 1, completion, text, "es")


@pytest.mark.parametrize("text", [None, WHOLE, OPEN])
@pytest.mark.parametrize("completion", [None, 0.0, 0.49, 0.5, 1.0])
def test_longer_silence_never_reopens_a_turn(completion: float | None, text: str | None) -> None:
    over = [turn_is_over(POLICY, ms, completion, text, "es") for ms in range(0, 4000, 50)]
    assert over == sorted(over)
    assert over[-1]


def test_surer_waits_less() -> None:
    assert POLICY.sure_ms < POLICY.unsure_ms < POLICY.unfinished_ms


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
