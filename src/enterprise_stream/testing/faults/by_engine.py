"""What a guest gets with each fault of each vendor's engine: writes or checks docs/reference/faults-by-engine.md.

`python -m enterprise_stream.testing.faults.by_engine --write|--check`
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from enterprise_stream.testing.emulators import EVERY_FAULT
from enterprise_stream.testing.emulators.faults import PHASES, Phase
from enterprise_stream.testing.faults.matrix import BOUND_MS, NOTICED_MS
from enterprise_stream.testing.faults.trials import CLIENT, COMMAND, Trial, name_of, read
from enterprise_stream.testing.faults.vendors import ENGINES, Engine
from enterprise_stream.testing.pages import keep_page

PAGE: Final = Path("docs/reference/faults-by-engine.md")

_INTRO = """\
# Faults, engine by engine

Every fault that the [emulators](../how-to/emulators.md) have, at every vendor's engine, in every phase in which it can
happen: when a guest hears something after his last word, who served him, and what he was told. [Faults](faults.md) has
the same by kind of engine, and says what stands under each.

Each cell is a conversation with the vendor's own engine, through its SDK, over a socket to an emulator at the latencies
of vendors; time is virtual. The fault lasts: the guest asks on until the vendor is left alone (`×2`: after two
questions, which is the breaker's opening), and once more when all is well and the breaker lets a probe through. In all
{count} cells he is answered or told honestly within {bound}, by one voice, with no word said twice; the breaker opens;
afterwards the vendor serves again; no task is left. `python -m enterprise_stream.testing.faults.trials` tries them and
writes down what came of it; `tests/ladder/test_sockets.py` tries each again and holds it to what is written here.

`401`, `402`, `429` and `5xx` are told in the vendor's own words; `refused`: nobody listens; `reset`: the connection
ends with RST; `half_close`: with FIN, and nothing more is said; `hang`: the other side neither reads nor writes;
`silent`: it reads, and answers not even a ping; `stall`: the answer stops and the connection lives; `slow_drip`: bytes
trickle; `malformed`: what comes is no protocol.
"""

_TITLES: Final[Mapping[Phase, str]] = {
    "before": "before the answer",
    "first_byte": "at its first byte",
    "mid_answer": "in mid-answer",
}
_SHORT: Final = {CLIENT: "`play_voice`"}


def render() -> str:
    """The page."""
    results = read()
    tables = [_table(engine, results.get(name, {})) for name, engine in ENGINES.items()]
    count = len(ENGINES) * len(EVERY_FAULT)
    return "\n".join([_INTRO.format(count=count, bound=_seconds(BOUND_MS)), *tables])


def wrong() -> list[str]:
    """The cells that are missing, or that hold what must not be."""
    results = read()
    found = []
    for name in ENGINES:
        for fault in map(name_of, EVERY_FAULT):
            trial = results.get(name, {}).get(fault)
            if trial is None:
                found.append(f"{name} {fault} was not tried; run: {COMMAND} {name}")
            elif not keeps(trial):
                found.append(f"{name} {fault} does not keep what is promised: {trial}")
    return found


def keeps(trial: Trial) -> bool:
    """Whether a guest got an answer or an honest close in time, and the breaker opened and closed."""
    in_time = 0 < trial.first_ms <= BOUND_MS and trial.silent_ms <= BOUND_MS
    return in_time and trial.turns is not None and trial.closed and "error" not in trial.told


def _table(engine: Engine, trials: Mapping[str, Trial]) -> str:
    titles = " | ".join(_TITLES.values())
    lines = [f"## {engine.about}", "", f"| fault | {titles} |", "| --- " * (1 + len(PHASES)) + "|"]
    for kind in dict.fromkeys(fault.kind for fault in EVERY_FAULT):
        cells = (trials.get(f"{kind}-{phase}") for phase in PHASES)
        lines.append(f"| `{kind}` | {' | '.join(_cell(cell) if cell else '' for cell in cells)} |")
    return "\n".join([*lines, ""])


def _cell(trial: Trial) -> str:
    waits = f", {_seconds(trial.silent_ms)} silent" if trial.silent_ms >= NOTICED_MS else ""
    by = ", then ".join(_SHORT.get(name, name) for name in trial.by.split(", then "))
    opened = "stays closed" if trial.turns is None else f"×{trial.turns}"
    return f"{_seconds(trial.first_ms)} · {by} · {trial.told}{waits} · {opened}"


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.1f} s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is up to date and keeps what it promises."""
    return keep_page("enterprise_stream.testing.faults.by_engine", __doc__, PAGE, render, arguments, wrong)


if __name__ == "__main__":
    sys.exit(main())
