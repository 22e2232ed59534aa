"""When an engine is asked and when not."""

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.errors import EngineError, VendorError
from enterprise_stream.ladder.breaker import LASTING_CODES, Breaker, BreakerPolicy, Closed, Open, on_failure

POLICY = BreakerPolicy()
DOWN = VendorError("x", code="vendor_down")

errors = st.sampled_from(
    [
        DOWN,
        EngineError("x"),
        VendorError("x", code="vendor_auth"),
        VendorError("x", code="vendor_limited", retry_after_s=7.0),
        VendorError("x", code="vendor_limited", retry_after_s=9_000.0),
    ]
)
steps = st.lists(
    st.tuples(st.floats(0, 40_000), st.one_of(st.sampled_from(["ok", "dropped"]), errors)), min_size=1, max_size=60
)


def opened(error: EngineError = DOWN) -> Breaker:
    breaker = Breaker()
    for _ in range(POLICY.failures):
        if breaker.admit(0):
            breaker.failed(0, error)
    return breaker


def test_it_opens_after_some_failures_in_a_window() -> None:
    breaker = Breaker()
    for at in (0, 20_000, 29_000):
        assert breaker.admit(at)
        breaker.failed(at, DOWN)
    assert breaker.position(29_000) == "open"
    assert not breaker.admit(29_001)


def test_failures_out_of_the_window_do_not_count() -> None:
    breaker = Breaker()
    for at in (0, 10_000, 40_001):
        assert breaker.admit(at)
        breaker.failed(at, DOWN)
    assert breaker.position(40_001) == "closed"


def test_a_success_makes_up_for_a_failure() -> None:
    breaker = Breaker()
    for n in range(40):
        assert breaker.admit(n)
        breaker.failed(n, DOWN) if n % 2 else breaker.succeeded()
    assert breaker.position(40) == "closed"


def test_a_lasting_failure_opens_at_once_and_for_longer() -> None:
    for code in LASTING_CODES:
        breaker = Breaker()
        assert breaker.admit(0)
        breaker.failed(0, VendorError("x", code=code))
        assert breaker.position(POLICY.lasting_ms - 1) == "open"
        assert breaker.position(POLICY.lasting_ms) == "half_open"


def test_it_is_open_for_as_long_as_the_vendor_asks_but_not_for_ever() -> None:
    for asked_s, open_ms in ((7.0, 7_000.0), (9_000.0, POLICY.longest_ms)):
        state = on_failure(POLICY, Closed(), 0, VendorError("x", code="vendor_limited", retry_after_s=asked_s))
        assert isinstance(state, Open)
        assert state.until == open_ms


def test_one_probe_at_a_time_closes_it() -> None:
    breaker = opened()
    at = POLICY.open_ms
    assert breaker.admit(at)
    assert not breaker.admit(at)
    breaker.succeeded()
    assert breaker.position(at) == "closed"
    assert breaker.admit(at)


def test_a_probe_that_nobody_waited_for_makes_room_for_another() -> None:
    breaker = opened()
    assert breaker.admit(POLICY.open_ms)
    breaker.abandoned(POLICY.open_ms + 10)
    assert breaker.position(POLICY.open_ms + 10) == "half_open"
    assert breaker.admit(POLICY.open_ms + 10)


def test_each_failed_probe_opens_it_for_longer_up_to_a_cap() -> None:
    breaker, at, lengths = opened(), 0.0, []
    for _ in range(8):
        assert isinstance(breaker.state, Open)
        lengths.append(breaker.state.until - at)
        at = breaker.state.until
        assert breaker.admit(at)
        breaker.failed(at, DOWN)
    assert lengths[:4] == [5_000, 10_000, 20_000, 40_000]
    assert lengths[-1] == POLICY.longest_ms


@given(steps)
def test_it_always_lets_a_request_through_again(history: list[tuple[float, object]]) -> None:
    breaker, at = Breaker(), 0.0
    for wait_ms, outcome in history:
        at += wait_ms
        was = breaker.position(at)
        admitted = breaker.admit(at)
        assert admitted == (was != "open")
        if not admitted:
            continue
        if isinstance(outcome, EngineError):
            breaker.failed(at, outcome)
            assert was == "closed" or breaker.position(at) == "open"
        elif outcome == "ok":
            breaker.succeeded()
            assert breaker.position(at) == "closed"
        else:
            breaker.abandoned(at)
            assert breaker.position(at) == was
    assert breaker.position(at + POLICY.longest_ms) != "open"
    assert breaker.admit(at + POLICY.longest_ms)


@given(st.integers(0, 30), st.integers(0, 30))
def test_verdicts_of_requests_that_were_under_way_change_nothing_once_it_is_open(failures: int, successes: int) -> None:
    breaker = opened()
    state = breaker.state
    for _ in range(failures):
        breaker.failed(1, DOWN)
    for _ in range(successes):
        breaker.succeeded()
    assert breaker.state == state
