import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.cost.governor import Amounts, Level, affords, level, nearest, share

CAPS = Amounts(turn=50_000, call=500_000, day=20_000_000, tenant_day=20_000_000)
AMOUNTS = st.builds(Amounts, *[st.integers(0, 10**9)] * 4)


@pytest.mark.parametrize(
    ("spent", "expected"),
    [
        (Amounts(), Level.NORMAL),
        (Amounts(turn=39_999), Level.NORMAL),
        (Amounts(turn=40_000), Level.BRIEF),
        (Amounts(turn=49_999), Level.BRIEF),
        (Amounts(turn=50_000), Level.SPENT),
        (Amounts(call=400_000), Level.BRIEF),
        (Amounts(call=500_001), Level.SPENT),
        (Amounts(day=16_000_000), Level.BRIEF),
        (Amounts(day=20_000_000), Level.SPENT),
        (Amounts(tenant_day=20_000_000), Level.SPENT),
        (Amounts(turn=1, call=450_000, day=20_000_000), Level.SPENT),
    ],
)
def test_the_nearest_cap_decides(spent: Amounts, expected: Level) -> None:
    assert level(spent, CAPS) is expected


@given(AMOUNTS)
def test_without_caps_everything_may_be_spent(spent: Amounts) -> None:
    assert level(spent, Amounts()) is Level.NORMAL
    assert share(spent, Amounts()) == 0
    assert affords(spent, Amounts(), 10**12)
    assert nearest(spent, Amounts()) == ""


@given(AMOUNTS, AMOUNTS, st.integers(0, 10**9))
def test_what_is_afforded_passes_no_cap(spent: Amounts, caps: Amounts, amount: int) -> None:
    after = Amounts(*(getattr(spent, name) + amount for name in ("turn", "call", "day", "tenant_day")))
    if affords(spent, caps, amount):
        assert share(after, caps) <= 1
    else:
        assert share(after, caps) > 1


@given(AMOUNTS, AMOUNTS)
def test_spending_more_never_frees(spent: Amounts, caps: Amounts) -> None:
    more = Amounts(spent.turn + 1, spent.call + 1, spent.day + 1, spent.tenant_day + 1)
    assert level(more, caps) >= level(spent, caps)


def test_the_cap_that_was_reached_is_named() -> None:
    assert nearest(Amounts(turn=1, call=500_000, day=1), CAPS) == "call"
