"""What is counted adds up, whatever is bought in which order."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.cost.account import Bill, Call, Charge
from enterprise_stream.cost.governor import Amounts, Level
from enterprise_stream.cost.meter import GONE_KEPT, Meter
from enterprise_stream.cost.prices import Price, Prices
from enterprise_stream.purchases import Kind, Purchase
from enterprise_stream.testing import FakeClock

PRICES = Prices(
    [
        Price("ear", ("*",), "2026-01-01", audio_minute=Decimal("0.0078")),
        Price("brain", ("*",), "2026-01-01", million_input=Decimal("0.15"), million_output=Decimal("0.6")),
        Price("mouth", ("*",), "2026-01-01", thousand_chars=Decimal("0.03")),
    ]
)
TODAY = "2026-05-28"


def heard(owner: str, ms: float) -> Purchase:
    return Purchase(owner, "stt", "ear", "m", audio_ms=ms)


def thought(owner: str, read: int, written: int) -> Purchase:
    return Purchase(owner, "llm", "brain", "m", input_tokens=read, output_tokens=written)


def said(owner: str, chars: int) -> Purchase:
    return Purchase(owner, "tts", "mouth", "m", chars=chars)


OWNERS = st.sampled_from(["a", "b", "c", "voice-library"])
PURCHASES = st.one_of(
    st.builds(heard, OWNERS, st.floats(0, 100_000, allow_nan=False)),
    st.builds(thought, OWNERS, st.integers(0, 5_000), st.integers(0, 500)),
    st.builds(said, OWNERS, st.integers(0, 2_000)),
)
STEPS = st.lists(st.one_of(PURCHASES, st.tuples(st.sampled_from(["end", "cut"]), st.sampled_from("abc"))), max_size=60)


@given(STEPS)
def test_turns_add_up_to_calls_and_calls_to_the_day(steps: list[Purchase | tuple[str, str]]) -> None:
    charges: list[Charge] = []
    meter = Meter(PRICES, FakeClock(), on_charge=[charges.append])
    accounts = {owner: meter.open(owner, tenant=owner.upper()) for owner in "abc"}
    bills = dict.fromkeys("abc", Bill())
    for step in steps:
        if isinstance(step, Purchase):
            meter(step)
        elif step[0] == "end":
            bills[step[1]] += accounts[step[1]].turn_ended()
        else:
            accounts[step[1]].turn_cut()
    for owner, account in accounts.items():
        mine = sum(charge.microdollars for charge in charges if charge.purchase.owner == owner)
        assert (bills[owner] + account.untold).total == account.call.total == mine
        assert meter.spent(owner).tenant_day == mine
        assert meter.close(account) == account.call
    assert meter.spent("a").day == sum(charge.microdollars for charge in charges)
    bought = [charge.purchase for charge in charges if charge.purchase.owner in accounts]
    total = sum((account.call for account in accounts.values()), Bill())
    assert total.input_tokens == sum(each.input_tokens for each in bought)
    assert total.output_tokens == sum(each.output_tokens for each in bought)
    assert total.tts_chars == sum(each.chars for each in bought)


CAPS = st.builds(Amounts, *[st.sampled_from([0, 500, 5_000, 50_000])] * 4)


@given(CAPS, st.lists(PURCHASES, max_size=60))
def test_whoever_asks_before_he_buys_passes_a_cap_by_one_purchase_at_most(
    caps: Amounts, wanted: list[Purchase]
) -> None:
    charges: list[Charge] = []
    closed: list[str] = []
    meter = Meter(PRICES, FakeClock(), caps, on_charge=[charges.append])
    for owner in "abc":
        meter.open(owner, on_spent=lambda owner=owner: closed.append(owner))  # type: ignore[misc]
    for purchase in wanted:
        if meter.level(purchase.owner) is not Level.SPENT:
            meter(purchase)
    dearest = max((charge.microdollars for charge in charges), default=0)
    for owner in "abc":
        spent = meter.spent(owner)
        for name in ("turn", "call", "day", "tenant_day"):
            cap = getattr(caps, name)
            assert not cap or getattr(spent, name) < cap + max(dearest, 1)
        assert (meter.level(owner) is Level.SPENT) == (owner in closed)
    assert len(closed) == len(set(closed))


@given(CAPS, st.lists(st.tuples(PURCHASES, st.integers(0, 20_000)), max_size=60))
def test_what_is_only_bought_if_it_is_afforded_passes_no_cap(caps: Amounts, wanted: list[tuple[Purchase, int]]) -> None:
    meter = Meter(PRICES, FakeClock(), caps)
    for owner in "abc":
        meter.open(owner)
    for purchase, more in wanted:
        if meter.affords(purchase.owner, PRICES.price(purchase, TODAY) + more):
            meter(purchase)
    for owner in "abc":
        spent = meter.spent(owner)
        assert all(getattr(spent, name) <= cap for name in ("turn", "call", "day") if (cap := getattr(caps, name)))


def counting(caps: Amounts, clock: FakeClock | None = None) -> tuple[Meter, list[str], Callable[[str], None]]:
    closed: list[str] = []
    meter = Meter(PRICES, clock or FakeClock(), caps)

    def enter(owner: str) -> None:
        meter.open(owner, tenant=owner[0], on_spent=lambda: closed.append(owner))

    return meter, closed, enter


def test_a_day_that_is_spent_closes_every_call() -> None:
    meter, closed, enter = counting(Amounts(day=30_000))
    enter("a1")
    enter("b1")
    meter(said("voice-library", 999))
    assert closed == []
    assert meter.level("b1") is Level.BRIEF
    meter(said("a1", 1))
    assert closed == ["a1", "b1"]
    enter("c1")
    assert meter.level("c1") is Level.SPENT


def test_a_tenants_day_closes_only_his_calls() -> None:
    meter, closed, enter = counting(Amounts(tenant_day=30_000))
    for owner in ("a1", "a2", "b1"):
        enter(owner)
    meter(said("a1", 1_000))
    assert closed == ["a1", "a2"]
    assert meter.level("b1") is Level.NORMAL


def test_a_turns_cap_counts_from_the_last_answers_end() -> None:
    meter, closed, _ = counting(Amounts(turn=30_000))
    account = meter.open("a", on_spent=lambda: closed.append("a"))
    for end in (account.turn_ended, account.turn_cut, account.turn_ended):
        meter(said("a", 900))
        end()
    assert closed == []
    meter(said("a", 900))
    meter(said("a", 100))
    assert closed == ["a"]
    account.turn_ended()
    assert meter.level("a") is Level.SPENT  # a call that is being closed stays so


def test_what_was_spent_before_the_start_counts() -> None:
    meter, closed, enter = counting(Amounts(day=30_000, tenant_day=20_000))
    enter("a1")
    meter.learn(TODAY, {"a": 19_999, "b": 5_000})
    assert meter.spent("a1") == Amounts(0, 0, 24_999, 19_999)
    assert closed == []
    meter.learn(TODAY, {"a": 20_000, "b": 5_000})
    assert closed == ["a1"]


def test_another_day_begins_at_nothing() -> None:
    class Midnight(FakeClock):
        day = "2026-05-28"

        def today(self) -> str:
            return self.day

    clock = Midnight()
    meter, closed, enter = counting(Amounts(day=30_000), clock)
    enter("a1")
    meter(said("a1", 999))
    clock.day = "2026-05-29"
    meter(said("a1", 999))
    assert closed == []
    assert meter.spent("a1") == Amounts(2 * 29_970, 2 * 29_970, 29_970, 29_970)


def test_what_is_billed_after_a_call_is_its_payers() -> None:
    calls: list[Call] = []
    clock = FakeClock()
    meter = Meter(PRICES, clock, on_call=[calls.append])
    account = meter.open("a", tenant="hotel")
    clock.advance(90_000)
    account.turn_ended(100, 40)
    meter.close(account)
    meter(heard("a", 60_000))
    assert meter.spent("a").tenant_day == 7_800
    assert calls == [Call("a", "hotel", TODAY, 90.0, 1, 100, 40)]
    for n in range(GONE_KEPT):
        meter.close(meter.open(f"other-{n}"))
    assert meter.spent("a").tenant_day == 0


def test_each_stage_is_told_apart() -> None:
    meter = Meter(PRICES, FakeClock())
    account = meter.open("a")
    kinds: dict[Kind, Purchase] = {"stt": heard("a", 1_500), "llm": thought("a", 600, 60), "tts": said("a", 64)}
    for purchase in kinds.values():
        meter(purchase)
    assert account.turn_ended() == Bill(1_500, 600, 0, 60, 64, 195, 126, 1_920)
