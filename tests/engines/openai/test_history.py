"""How much of the conversation is told."""

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.openai.history import LINE_TOKENS, Memory, fingerprint, summed_up, window
from enterprise_stream.thinking.ports import Message


def words(text: str) -> int:
    return len(text.split())


LINES = st.lists(
    st.builds(Message, st.sampled_from(["user", "assistant"]), st.text("ab ", min_size=1, max_size=60), st.just("es")),
    max_size=40,
)


@given(LINES, st.integers(5, 200))
def test_the_lines_told_are_the_newest_and_fit(lines: list[Message], budget: int) -> None:
    told = window(Memory(), lines, budget, words)
    assert sum(words(line.text) + LINE_TOKENS for line in told.lines) <= budget
    assert list(told.lines) == lines[len(lines) - len(told.lines) :]


@given(LINES, st.integers(5, 200))
def test_what_is_summed_up_is_the_oldest_and_told_no_more(lines: list[Message], budget: int) -> None:
    numbered = [Message(line.role, f"{number} {line.text}", "es") for number, line in enumerate(lines)]
    order = window(Memory(), numbered, budget, words).order
    if order is None:
        return
    assert list(order.lines) == numbered[: len(order.lines)]
    assert len(order.lines) < len(numbered)
    after = window(summed_up(Memory(ordered=order.mark), "Todo."), numbered, 10_000, words)
    assert list(after.lines) == numbered[len(order.lines) :]
    assert after.summary == "Todo."


def test_nothing_is_ordered_twice_while_a_summary_is_being_made() -> None:
    lines = [Message("user", f"frase {number}", "es") for number in range(20)]
    order = window(Memory(), lines, 100, words).order
    assert order is not None
    assert Memory("", "", order.mark).order == order.key
    assert window(Memory(ordered=order.mark), lines, 100, words).order is None


def test_lines_that_have_slid_out_leave_the_summary() -> None:
    lines = [Message("user", f"frase {number}", "es") for number in range(6)]
    memory = Memory("Antes.", fingerprint(lines, 1))
    told = window(memory, lines[4:], 100, words)
    assert (told.summary, list(told.lines)) == ("Antes.", lines[4:])


def test_a_conversation_that_was_forgotten_has_no_summary() -> None:
    assert window(Memory("Antes.", "x"), (), 100, words).summary == ""
