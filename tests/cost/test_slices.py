"""Whoever spends only what it was given, and asks for more, passes no cap together with all others."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.slices import LEAST, SHARE, SPREAD, Claim, grant, slice_of

MONEY = st.integers(0, 40_000_000)
"""Up to 40 $."""


@given(MONEY, MONEY)
def test_a_slice_is_small_but_for_the_last_of_the_cap(cap: int, free: int) -> None:
    given_now = slice_of(cap, free)
    assert 0 <= given_now <= free
    assert given_now >= min(free, LEAST)
    assert given_now <= max(LEAST, cap // SHARE)
    assert given_now <= max(LEAST, free // SPREAD)


@given(st.integers(-1_000_000, 0))
def test_of_a_cap_that_was_passed_nothing_is_given(free: int) -> None:
    assert slice_of(20_000_000, free) == 0


@dataclass
class Book:
    """What everybody holds and has spent, as the database knows it: by process and tenant."""

    held: dict[tuple[int, str], int] = field(default_factory=dict)
    spent: dict[tuple[int, str], int] = field(default_factory=dict)

    def settle(self, process: int, wanted: dict[str, bool], caps: Amounts) -> None:
        claims = [
            Claim(each, self.spent.get((process, each), 0), self.held.get((process, each), 0), wanted=more)
            for each, more in wanted.items()
        ]
        others: dict[str, int] = {}
        for (of, tenant), amount in self.held.items():
            if of != process or tenant not in wanted:
                others[tenant] = others.get(tenant, 0) + amount
        for tenant, amount in grant(claims, others, caps).items():
            self.held[process, tenant] = amount

    def within(self, caps: Amounts) -> bool:
        by_tenant = {
            tenant: sum(amount for (_, of), amount in self.held.items() if of == tenant) for _, tenant in self.held
        }
        day = not caps.day or sum(by_tenant.values()) <= caps.day
        return day and (not caps.tenant_day or all(amount <= caps.tenant_day for amount in by_tenant.values()))


TENANTS = st.sampled_from(["", "hotel", "casas"])
CAPS = st.builds(
    Amounts, day=st.sampled_from([0, 70_000, 1_000_000, 20_000_000]), tenant_day=st.sampled_from([0, 60_000, 5_000_000])
)
STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.dictionaries(TENANTS, st.booleans(), max_size=3), st.floats(0, 1)), max_size=60
)


@given(CAPS, STEPS)
def test_all_that_is_held_is_within_the_caps(caps: Amounts, steps: list[tuple[int, dict[str, bool], float]]) -> None:
    book = Book()
    for process, wanted, share in steps:
        before = dict(book.held)
        book.settle(process, wanted, caps)
        assert book.within(caps)
        for tenant, more in wanted.items():
            key = (process, tenant)
            if more:
                assert book.held[key] >= before.get(key, 0)  # nobody loses what he may be spending right now
            else:
                assert book.held[key] == book.spent.get(key, 0)
            book.spent[key] = round(book.spent.get(key, 0) * (1 - share) + book.held[key] * share)


@given(st.integers(1, 6), st.integers(1_000, 20_000_000))
def test_a_cap_can_be_spent_to_the_end_by_any_number_of_processes(processes: int, cap: int) -> None:
    book, caps = Book(), Amounts(day=cap)
    for _ in range(2_000):
        for process in range(processes):
            book.settle(process, {"": True}, caps)
            book.spent[process, ""] = book.held[process, ""]
        if sum(book.spent.values()) == cap:
            break
    assert sum(book.spent.values()) == cap


@given(MONEY, MONEY)
def test_what_somebody_has_spent_too_much_others_get_less(cap: int, beyond: int) -> None:
    caps = Amounts(day=cap)
    mine = grant([Claim("", 0, 0, wanted=True)], {"": cap + beyond}, caps)
    theirs = grant([Claim("", cap + beyond, cap, wanted=True)], {}, caps)
    assert (mine, theirs) == ({"": 0}, {"": cap + beyond})


def test_without_a_cap_nothing_is_held() -> None:
    assert grant([Claim("", 5, 0, wanted=True)], {"": 7}, Amounts(turn=1, call=1)) == {"": 5}
