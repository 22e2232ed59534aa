"""Second tries are a share of first ones."""

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.ladder.budget import RESERVE, SHARE, RetryBudget


@given(st.lists(st.booleans(), max_size=300))
def test_second_tries_are_never_more_than_their_share(takes: list[bool]) -> None:
    budget, retries = RetryBudget(), 0
    for requests, take in enumerate(takes, 1):
        budget.request()
        retries += take and budget.take()
        assert retries <= RESERVE + SHARE * requests


@given(st.integers(0, 500))
def test_what_is_saved_up_is_bounded(requests: int) -> None:
    budget = RetryBudget()
    for _ in range(requests):
        budget.request()
    assert sum(budget.take() for _ in range(50)) == RESERVE
