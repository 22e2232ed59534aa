"""What the meter counts is what the vendors would charge, whatever becomes of a call.

The real engines talk with emulators, which keep a bill of their own: characters and sound must be the same, tokens too,
and money to less than a cent. Only where a stream is cut before the vendor's own count came do we not know how many
tokens of the prompt it took from its cache, which then count at the full price, nor the token or two on their way.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from bench.cost import GOAL
from bench.reference_call import TURNS, Outcome, Stage, Turn, Vendors, reference_call

from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.testing.emulators import Fault, Latency
from enterprise_stream.testing.emulators.openai import OpenAiEmulator
from enterprise_stream.thinking.persona import Persona

CENT = 10_000
"""In micro-dollars."""

DAY = "2026-05-28"
TWO = tuple(replace(turn, lasts_ms=9_000.0) for turn in (TURNS[0], TURNS[2]))
HESITANT = (replace(TWO[0], thinks_after=6), replace(TWO[1], thinks_after=5))
LONG = (
    replace(
        HESITANT[0],
        answer=" ".join(f"Y esta es la frase número {n} de una respuesta muy larga." for n in range(20)),
        thinks_ms=1_400.0,
    ),
)
CUT_SHORT = (replace(TWO[0], cuts_in_after_ms=2_500.0), replace(TWO[1], cuts_in_after_ms=1_200.0))


def amounts(kind: str, outcome: Outcome, vendors: Vendors, names: Sequence[str]) -> list[tuple[float, float]]:
    """What we counted and what the vendors did."""
    ours = [charge.purchase for charge in outcome.charges if charge.purchase.kind == kind]
    theirs = [purchase for purchase in vendors.bill if purchase.kind == kind]
    return [(sum(getattr(p, name) for p in ours), sum(getattr(p, name) for p in theirs)) for name in names]


def check(outcome: Outcome, vendors: Vendors, under_way: int = 0) -> None:
    """Ours is theirs.

    Args:
        under_way: tokens that the vendor may have written and we not read when we cut a stream.
    """
    for counted, charged in (
        *amounts("stt", outcome, vendors, ["audio_ms"]),
        *amounts("tts", outcome, vendors, ["chars"]),
        *amounts("llm", outcome, vendors, ["input_tokens"]),
    ):
        assert counted == charged
    ((written_to_us, written),) = amounts("llm", outcome, vendors, ["output_tokens"])
    assert written - under_way <= written_to_us <= written
    prices = load_prices()
    bill = sum(prices.price(purchase, DAY) for purchase in vendors.bill)
    ((_, cached_by_them),) = amounts("llm", outcome, vendors, ["cached_tokens"])
    ((cached_by_us, _),) = amounts("llm", outcome, vendors, ["cached_tokens"])
    unknown = (cached_by_them - cached_by_us) * 0.075 - (written - written_to_us) * 0.6
    rounding = 0.5 * (len(outcome.charges) + len(vendors.bill))
    assert 0 <= cached_by_us <= cached_by_them
    assert outcome.total - bill == pytest.approx(unknown, abs=rounding)
    assert abs(outcome.total - bill) < CENT


async def test_the_reference_call_costs_a_cent_and_a_half_a_minute_at_most(tmp_path: Path) -> None:
    outcome, vendors = await reference_call(tmp_path, 0)
    assert len(outcome.answers) == len(TURNS)
    check(outcome, vendors)
    minutes, prices = outcome.seconds / 60, load_prices()
    assert outcome.total / minutes <= GOAL
    assert sum(prices.price(purchase, DAY) for purchase in vendors.bill) / minutes <= GOAL


@pytest.mark.parametrize(("turns", "dropped"), [(HESITANT, 1), (CUT_SHORT, 0)], ids=["hesitant", "cut short"])
async def test_speculation_and_cut_streams_are_counted(turns: Sequence[Turn], dropped: int, tmp_path: Path) -> None:
    outcome, vendors = await reference_call(tmp_path, 0, turns)
    assert sum(not draft.used for draft in outcome.drafts) >= dropped
    assert outcome.of("stt") > 0 < outcome.of("llm")
    check(outcome, vendors)
    assert sum(outcome.told) <= outcome.total


async def test_all_that_a_vendor_writes_for_a_dropped_draft_is_counted(tmp_path: Path) -> None:
    vendors = Vendors.of(LONG)
    vendors = replace(vendors, openai=OpenAiEmulator(vendors.openai.mind, next_token=Latency(4.0, 0.0)))
    async with vendors:
        stage = Stage(vendors, tmp_path)
        async with stage.engines([]) as engines:
            outcome = await stage.call(engines, LONG)
    (dropped,) = (draft for draft in outcome.drafts if not draft.used)
    written = vendors.openai.bill.purchases[0].output_tokens
    assert written > 100
    check(outcome, vendors)
    assert dropped.text_tokens == pytest.approx(written, rel=0.25)


@pytest.mark.parametrize(
    ("fault", "endpoint"),
    [
        (Fault("reset", "mid_answer"), "chat"),
        (Fault("reset", "first_byte"), "speak"),
        (Fault("reset", "mid_answer"), "listen"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.kind} {value.phase}",
)
async def test_failures_and_retries_are_counted(fault: Fault, endpoint: str, tmp_path: Path) -> None:
    vendors = Vendors.of(TWO)
    async with vendors:
        (vendors.openai if endpoint == "chat" else vendors.deepgram).faults.arm(fault, endpoint)
        stage = Stage(vendors, tmp_path)
        async with stage.engines([]) as engines:
            outcome = await stage.call(engines, TWO)
    check(outcome, vendors)


@pytest.mark.parametrize("cap", [1_500])
async def test_after_a_cap_no_vendor_is_asked(cap: int, tmp_path: Path) -> None:
    vendors = Vendors.of(TWO)
    async with vendors:
        stage = Stage(vendors, tmp_path, Amounts(call=cap))
        async with stage.engines([Persona("Sandra", "").farewell("es")]) as engines:
            outcome = await stage.call(engines, TWO)
    check(outcome, vendors, under_way=2)
    assert outcome.answers[-1] == Persona("Sandra", "").farewell("es")
    spent = list(accumulate(charge.microdollars for charge in outcome.charges))
    at_the_cap = next(number for number, amount in enumerate(spent) if amount >= cap)
    late = outcome.charges[at_the_cap + 1 :]
    assert {charge.purchase.kind for charge in late} <= {"llm"}  # what was under way, billed when it was cut
    assert len(late) <= 1
    assert len(vendors.deepgram.requests) <= 2
