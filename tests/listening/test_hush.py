"""The room: what stands out from it is asked about, whatever it was before."""

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.listening.hush import Hush, HushSettings

SETTINGS = HushSettings()
LEVELS = st.floats(-80.0, 0.0)
ROOMS = st.lists(LEVELS, min_size=SETTINGS.learn_frames, max_size=200)


def _room(levels: list[float]) -> Hush:
    hush = Hush()
    for level in levels:
        hush.learn(level)
    return hush


@given(st.lists(LEVELS, max_size=SETTINGS.learn_frames - 1), LEVELS)
def test_everything_is_asked_about_until_the_room_is_known(levels: list[float], level: float) -> None:
    hush = _room(levels)
    assert hush.room_db is None
    assert hush.stands_out(level)


@given(ROOMS, st.floats(0.01, 60.0))
def test_what_is_much_louder_than_the_room_always_stands_out(levels: list[float], more_db: float) -> None:
    hush = _room(levels)
    assert hush.room_db is not None
    assert hush.stands_out(hush.room_db + SETTINGS.most_db + more_db)


@given(ROOMS, st.floats(0.0, 60.0))
def test_what_is_no_louder_than_the_room_never_does(levels: list[float], less_db: float) -> None:
    hush = _room(levels)
    assert hush.room_db is not None
    assert not hush.stands_out(hush.room_db + SETTINGS.least_db - 0.01 - less_db)


@given(ROOMS)
def test_what_follows_a_frame_that_stood_out_is_asked_about_too(levels: list[float]) -> None:
    hush = _room(levels)
    assert hush.room_db is not None
    assert hush.stands_out(hush.room_db + SETTINGS.most_db + 1.0)
    followed = [hush.stands_out(hush.room_db) for _ in range(SETTINGS.hold_frames)]
    assert followed == [True] * (SETTINGS.hold_frames - 1) + [False]


@given(ROOMS)
def test_the_room_lies_between_its_quietest_and_its_loudest(levels: list[float]) -> None:
    hush = _room(levels)
    assert hush.room_db is not None
    assert min(levels) - 1e-6 <= hush.room_db <= max(levels) + 1e-6


def test_a_fan_that_is_switched_on_is_learnt_within_three_seconds() -> None:
    hush = _room([-60.0] * 100)
    asked = 0
    for _ in range(300):
        asked += hush.stands_out(-40.0)
        hush.learn(-40.0)
    assert asked * 32 < 3_000
    assert not hush.stands_out(-40.0)
