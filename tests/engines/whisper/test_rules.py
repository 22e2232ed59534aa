"""Which tokens may follow, over a vocabulary of ten words, an end, two control tokens and times up to 2 s."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.engines.whisper.rules import Rules, likeliest, log_probabilities

END, FIRST, SIZE = 10, 13, 114
RULES = Rules(END, FIRST, np.array([3, 11, 12]), np.array([0, END]), latest_start=50)
WORDS = [0, 1, 2, 4, 5, 6, 7, 8, 9]


def _allowed(written: list[int], *, likely: int = 5, repeats: int = 0) -> set[int]:
    logits = np.zeros(SIZE, np.float32)
    logits[likely] = 50.0
    RULES.apply(logits, written, repeats=repeats)
    return set(np.flatnonzero(logits > -np.inf).tolist())


def test_a_text_begins_with_a_time_of_its_first_second() -> None:
    assert _allowed([]) == set(range(FIRST, FIRST + 51))


def test_words_follow_a_time_and_control_tokens_never() -> None:
    assert _allowed([FIRST]) == {*WORDS, END}


def test_a_segment_is_closed_by_a_time_that_is_not_before_its_beginning() -> None:
    assert _allowed([FIRST + 5, 1]) == {*WORDS, END, *range(FIRST + 6, SIZE)}


def test_after_a_closed_segment_comes_another_or_the_end() -> None:
    assert _allowed([FIRST, 1, FIRST + 9], likely=FIRST + 9) == set(range(FIRST + 9, SIZE))
    assert END in _allowed([FIRST, 1, FIRST + 9], likely=END)


def test_nothing_begins_when_the_sound_is_over() -> None:
    def after(end: int) -> set[int]:
        logits = np.zeros(SIZE, np.float32)
        RULES.apply(logits, [FIRST, 1, FIRST + end], sound_s=1.0)
        return set(np.flatnonzero(logits > -np.inf).tolist())

    assert after(45) == {END}
    assert after(44) > {FIRST + 44}


def test_times_that_are_together_likelier_than_any_word_win() -> None:
    logits = np.zeros(SIZE, np.float32)
    logits[4] = 3.0
    RULES.apply(logits, [FIRST, 1])
    assert np.all(np.isinf(logits[:FIRST])), "a hundred times at e^0 outweigh a word at e^3"


def test_what_was_said_is_not_said_again_where_that_is_asked() -> None:
    written = [FIRST, 1, 2, 4, 1, 2]
    assert 4 in _allowed(written)
    assert 4 not in _allowed(written, repeats=3)


@given(st.lists(st.floats(-30, 30, width=32), min_size=SIZE, max_size=SIZE), st.integers(1, 30))
def test_whatever_the_logits_a_text_is_in_order(values: list[float], steps: int) -> None:
    written: list[int] = []
    for _ in range(steps):
        logits = np.array(values, np.float32)
        RULES.apply(logits, written)
        token = int(logits.argmax())
        assert logits[token] > -np.inf, "something may always follow"
        if token == END:
            break
        written.append(token)
    times = [token for token in written if token >= FIRST]
    assert times == sorted(times)
    assert not set(written) & {3, 11, 12}


def test_log_probabilities_sum_to_one() -> None:
    logits = np.array([1.0, 2.0, -np.inf], np.float32)
    assert np.exp(log_probabilities(logits)).sum() == pytest.approx(1.0)


def test_the_likeliest_come_first_with_their_log_probabilities() -> None:
    logits = np.array([1.0, 3.0, -np.inf, 2.0], np.float32)
    likely = log_probabilities(logits)
    found = likeliest(logits.copy(), 9)
    assert [token for token, _ in found] == [1, 3, 0], "what may not follow is none of them"
    assert [one for _, one in found] == pytest.approx([likely[1], likely[3], likely[0]])
    assert [token for token, _ in likeliest(logits.copy(), 2)] == [1, 3]
