"""Every fault of every engine in every phase, and what a guest gets: writes or checks docs/reference/faults.md.

`python -m enterprise_stream.testing.faults.matrix --write|--check`
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from structlog.testing import capture_logs

from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.ladder.breaker import BreakerPolicy, Closed, Open
from enterprise_stream.purchases import Kind
from enterprise_stream.testing.faults.kinds import FAULTS, PHASES, Fault, FaultKind, Phase
from enterprise_stream.testing.faults.visit import ANSWER, FACTS, NOTHING_AHEAD, PERSONA, Cast, Visit, house
from enterprise_stream.testing.loop import run_virtual
from enterprise_stream.testing.pages import keep_page

PAGE = Path("docs/reference/faults.md")

BOUND_MS = 2_500.0
"""What a guest may have to wait for, with one fault."""

NOTICED_MS = 100.0
"""A wait in mid-answer that is worth telling."""

KINDS: tuple[Kind, ...] = ("stt", "llm", "tts")
MAY_GO_ON: tuple[Kind, ...] = ("llm", "tts")
"""Engines that may be asked once more in mid-answer."""

MAX_TURNS = 6

_INTRO = """\
# Faults

What a guest gets when a vendor fails, fault by fault: how long after his last word he hears something, and what. This
page is made by `python -m enterprise_stream.testing.faults.matrix --write` from conversations on virtual time, in which
one vendor has one fault in every request, or `once`, and all others are as fast as vendors are (words 0.26 s, first
text 0.45 s, first sound 0.18 s; nothing is begun ahead). Without any fault it is {well}. No figure is above {bound}, in
each conversation there is one voice, and no word is said twice; `tests/ladder/test_matrix.py` holds that, and that
nothing is left running.

Under the vendor's recogniser is Whisper on this machine, under the brain are the facts, which answer but cannot go on
where another has begun. So a brain that breaks off in mid-answer is asked once more, to go on from what was said; where
it breaks off again, or where asking again does not help, the answer `ends honestly`. The voice has no other engine of
the same name under it: what it cannot say is left to the client's own voice (`play_voice`), for that answer only.
[ADR 16](../adr/0016-ladder.md) says why, [Engines](../how-to/engines.md) how to choose them.

[Engine by engine](faults-by-engine.md) has the same for every vendor's own engine, through its SDK, at emulators that
fail in every way and phase.

The faults: `auth`, `quota`, `limited` (429), `down` (5xx), `model_gone` and `bad_request` are what vendors say; `reset`
and `half_close` end the connection, `garbled` is no protocol, `hang` is silence, `drip` a stream that is slower than
speech.
"""

_TITLES = {"stt": "The recogniser fails", "llm": "The brain fails", "tts": "The voice fails"}
_PHASE_NAMES = {"before": "as it is asked", "first": "at its first piece", "mid": "in mid-answer"}
_ONCE = "once in mid-answer"
_STT_PHASES = {"before": "as it is asked", "first": "at the final words (after `stop`)", "mid": "in mid-utterance"}

_BREAKERS = """\
## Breakers

How many requests a vendor gets before it is left alone, and how long that is until one is let through as a probe. A
probe that is served closes the breaker, one that fails opens it for twice as long as before, up to {longest}.

| fault | requests | left alone for |
| --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One fault of one vendor.

    Attributes:
        once: whether it strikes the first request only.
    """

    kind: Kind
    fault: FaultKind
    phase: Phase
    once: bool = False

    @property
    def armed(self) -> Fault:
        """The fault, to be given to the vendor's engine."""
        return Fault(self.fault, self.phase, 1 if self.once else None)


LASTING = tuple(Case(kind, fault, phase) for kind in KINDS for fault in FAULTS for phase in PHASES)
PASSING = tuple(Case(kind, fault, "mid", once=True) for kind in MAY_GO_ON for fault in FAULTS)
CASES = LASTING + PASSING


async def visited(case: Case | None, ahead: SpeculationPolicy = NOTHING_AHEAD) -> Visit:
    """What a guest gets; one whose final words are to be late says himself that he has finished, so that they count.

    Args:
        case: what is wrong, if anything.
        ahead: when answers are begun ahead.
    """
    cast = Cast.of() if case is None else Cast.of(case.kind, case.armed)
    stops = case is not None and (case.kind, case.phase) == ("stt", "first")
    async with house(cast.rungs, ahead) as place:
        return await place.guest.ask(stops=stops)


async def opened(kind: Kind, fault: FaultKind) -> tuple[int, float]:
    """Requests until the breaker opens, and how long it stays open, in s; it closes once all is well again.

    Raises:
        AssertionError: it does not open or close.
    """
    cast = Cast.of(kind, Fault(fault, "before"))
    faulty = {"stt": cast.recogniser, "llm": cast.brain, "tts": cast.voice}[kind]
    async with house(cast.rungs) as place:
        breaker = place.ensemble.breaker(kind, 0)
        for _ in range(MAX_TURNS):
            await place.guest.ask()
            state = breaker.state
            if isinstance(state, Open):
                break
        else:
            raise AssertionError(f"the breaker of {kind} does not open with {fault}")
        asked = faulty.asked
        await asyncio.sleep((state.until - asyncio.get_running_loop().time() * 1000) / 1000)
        faulty.fault = None
        await place.guest.ask()
        if breaker.state != Closed():
            raise AssertionError(f"the breaker of {kind} does not close after {fault}")
    return asked, state.length_ms / 1000


def outcome(visit: Visit) -> str:
    """What the guest got, in a few words."""
    if visit.error is not None:
        return f"error `{visit.error}`"
    if PERSONA.broken_off("es") in visit.text:
        end = "ends honestly"
    elif visit.text == PERSONA.apology("es"):
        end = "apology"
    else:
        end = {"".join(ANSWER): "answer", "".join(FACTS): "the facts"}[visit.text]
    if visit.left:
        return f"{end}, the rest as text" if visit.said else f"{end} as text"
    return end


def render() -> str:
    """The page."""
    with capture_logs():
        well = run_virtual(visited(None))
        tables = [_table(kind) for kind in KINDS]
        breakers = [_breaker(fault) for fault in FAULTS if fault not in ("drip",)]
    longest = f"{BreakerPolicy().longest_ms / 1000:.0f} s"
    intro = _INTRO.format(well=_seconds(well.first_ms), bound=_seconds(BOUND_MS))
    return "\n".join([intro, *tables, _BREAKERS.format(longest=longest) + "\n".join(breakers)]) + "\n"


def _table(kind: Kind) -> str:
    names = _STT_PHASES if kind == "stt" else _PHASE_NAMES
    titles = [names[phase] for phase in PHASES] + ([_ONCE] if kind in MAY_GO_ON else [])
    lines = [f"## {_TITLES[kind]}", "", f"| fault | {' | '.join(titles)} |", "| --- " * (1 + len(titles)) + "|"]
    for fault in FAULTS:
        cases = [case for case in CASES if (case.kind, case.fault) == (kind, fault)]
        cells = [_cell(run_virtual(visited(case))) for case in cases]
        lines.append(f"| `{fault}` | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _cell(visit: Visit) -> str:
    waits = f", {_seconds(visit.starved_ms)} silent" if visit.starved_ms >= NOTICED_MS else ""
    return f"{_seconds(visit.first_ms)} · {outcome(visit)}{waits}"


def _breaker(fault: FaultKind) -> str:
    asked, open_s = run_virtual(opened("llm", fault))
    return f"| `{fault}` | {asked} | {open_s:.0f} s |"


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.1f} s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is up to date."""
    return keep_page("enterprise_stream.testing.faults.matrix", __doc__, PAGE, render, arguments)


if __name__ == "__main__":
    sys.exit(main())
