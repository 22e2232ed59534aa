"""How much silence ends a turn."""

import pytest

from enterprise_stream.conversation.policy import TurnPolicy, turn_is_over

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
