"""A client's view of the server's clock is off by no more than it knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.testing.server_clock import DRIFT, ServerClock

ways = st.tuples(st.floats(0, 60), st.floats(0, 60))


def test_nothing_is_known_before_the_first_pong() -> None:
    clock = ServerClock()
    assert clock.to_server(100) is None
    assert clock.round_trip_ms(100) is None


@given(st.floats(-1e8, 1e8), st.lists(ways, min_size=1, max_size=30), st.floats(-DRIFT, DRIFT), st.floats(0, 5000))
def test_it_is_off_by_half_the_shortest_way_and_the_drift_at_most(
    offset: float, pongs: list[tuple[float, float]], drift: float, later: float
) -> None:
    clock, true_ms = ServerClock(), 0.0

    def local(ms: float) -> float:
        return offset + ms * (1 + drift)

    errors = []
    for up, down in pongs:
        clock.pong(local(true_ms), true_ms + up, local(true_ms + up + down))
        errors.append(((up + down) / 2, true_ms + up + down))
        true_ms += up + down + 200
    now = true_ms + later
    known = clock.to_server(local(now))
    assert known is not None
    best = min(half + 2 * DRIFT * (now - at) for half, at in errors[-16:])
    assert abs(known - now) <= best * (1 + 2 * DRIFT) + 1e-3


def test_the_shortest_way_counts_not_the_last() -> None:
    clock = ServerClock()
    clock.pong(0, 1010, 20)
    clock.pong(100, 1170, 180)
    assert clock.to_server(200) == pytest.approx(1200)
    assert clock.round_trip_ms(200) == 20


def test_a_good_pong_grows_old() -> None:
    clock = ServerClock()
    clock.pong(0, 1010, 20)
    clock.pong(600_000, 601_120, 600_080)
    assert clock.round_trip_ms(600_100) == 80
