"""What a minute of conversation costs, by stage: the reference call on emulators of the vendors, at list prices.

    .venv/bin/python -m bench.cost [--speculation interim] [--json]

Each row is the whole call (bench/reference_call.py says what it is) with more of her answers in the voice library: 0 to
4 of the 4. `hesitant` is a guest who thinks in the middle of two of his four questions, so that answers are begun ahead
and dropped. `meter` is what the project counts, `bill` what the emulators would charge; they are made independently.
The goal is 0.015 $ a minute.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.reference_call import IN_PAUSES, TURNS, Turn, reference_call

from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.testing import run_virtual
from enterprise_stream.testing.clock import TODAY

GOAL = 15_000
"""Micro-dollars a minute."""

HESITANT = (replace(TURNS[0], thinks_after=6), TURNS[1], replace(TURNS[2], thinks_after=5), TURNS[3])


@dataclass(frozen=True, slots=True)
class Row:
    """One call; money in micro-dollars a minute.

    Attributes:
        held: her answers that the voice library holds.
        library_share: of her characters.
        chars: that were bought.
        heard_s: sound that was sent to the recogniser.
        meter: what the project counts.
        bill: what the emulators would charge at the same prices.
    """

    guest: str
    held: int
    library_share: float
    chars: int
    heard_s: float
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    drafts_dropped: int
    stt: int
    llm: int
    tts: int
    meter: int
    bill: int


def measure(guest: str, turns: Sequence[Turn], held: int, ahead: SpeculationPolicy = IN_PAUSES) -> Row:
    """One call."""
    with tempfile.TemporaryDirectory() as folder:
        outcome, vendors = run_virtual(reference_call(Path(folder), held, turns, ahead))
    prices, minutes = load_prices(), outcome.seconds / 60
    bought = [charge.purchase for charge in outcome.charges]
    bill = sum(prices.price(purchase, TODAY) for purchase in vendors.bill)
    return Row(
        guest,
        held,
        round(outcome.library_chars / outcome.spoken_chars, 3),
        sum(purchase.chars for purchase in bought),
        sum(purchase.audio_ms for purchase in bought if purchase.kind == "stt") / 1000,
        sum(purchase.input_tokens for purchase in bought),
        sum(purchase.cached_tokens for purchase in bought),
        sum(purchase.output_tokens for purchase in bought),
        sum(not draft.used for draft in outcome.drafts),
        *(round(amount / minutes) for amount in (*map(outcome.of, ("stt", "llm", "tts")), outcome.total, bill)),
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--json", action="store_true", help="print JSON")
    options.add_argument("--speculation", choices=("off", "pause", "interim"), default="pause")
    given = options.parse_args()
    ahead = SpeculationPolicy(given.speculation)
    steady = [measure("steady", TURNS, held, ahead) for held in range(len(TURNS) + 1)]
    rows = [*steady, *(measure("hesitant", HESITANT, held, ahead) for held in (0, 1, 2))]
    if given.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    print(f"{'':38}tokens in                drafts   $ a minute")
    print(
        "guest     held  library  heard  (cached) / out    chars  dropped  stt     llm     tts     meter   bill    goal"
    )
    for row in rows:
        tokens = f"{row.tokens_in} ({row.tokens_cached}) / {row.tokens_out}"
        money = "  ".join(f"{each / 1e6:.4f}" for each in (row.stt, row.llm, row.tts, row.meter, row.bill))
        print(
            f"{row.guest:<9} {row.held} of 4 {row.library_share:>6.0%} {row.heard_s:>5.1f} s  {tokens:<18} "
            f"{row.chars:>4}  {row.drafts_dropped:>7}  {money}  {'met' if row.meter <= GOAL else 'missed'}"
        )


if __name__ == "__main__":
    main()
