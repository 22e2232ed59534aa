"""What is kept of an answer's sound."""

import numpy as np

from enterprise_stream.server.kept_sound import KEPT_MS, MAX_KEPT_MS, KeptSound

MS = 24


def _sound(ms: float, first: int = 0) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    return (first + np.arange(round(ms * MS))).astype(np.int16)


def test_the_rest_begins_where_it_is_asked_for_at_a_whole_ms() -> None:
    kept = KeptSound(1)
    kept.add(_sound(100))
    kept.add(_sound(50, first=100 * MS))
    start_ms, pieces = kept.after(120.9)
    assert start_ms == 120
    assert np.concatenate(pieces).tolist() == _sound(30, first=120 * MS).tolist()
    assert kept.after(1_000) == (150, [])


def test_what_was_heard_is_let_go_and_the_nearest_that_is_there_is_said() -> None:
    kept = KeptSound(1)
    for number in range(4):
        kept.add(_sound(50.5, first=round(number * 50.5 * MS)))
    kept.let_go(60)
    start_ms, pieces = kept.after(0)
    assert start_ms == 51  # the piece begins at 50.5 ms
    assert sum(piece.size for piece in pieces) == round((202 - 51) * MS)


def test_it_is_bounded() -> None:
    kept = KeptSound(1)
    for _ in range(100):
        kept.add(_sound(1_000))
    start_ms, pieces = kept.after(0)
    assert start_ms == 100_000 - MAX_KEPT_MS
    assert sum(piece.size for piece in pieces) == MAX_KEPT_MS * MS


def test_it_is_needless_some_time_after_its_end() -> None:
    kept = KeptSound(1)
    assert not kept.needless(1e9)
    kept.whole_at = 5.0
    assert not kept.needless(KEPT_MS)
    assert kept.needless(KEPT_MS + 6)
