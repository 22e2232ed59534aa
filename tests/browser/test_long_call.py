"""The turns of an hour's call, and more, one upon the other: what the page holds does not grow with what was said.

Every message of every turn goes through the page, and so does every sample of her voice, which the guest interrupts as
soon as it begins, so that an hour of it need not be played. The microphone and the pings go on meanwhile, but only for
as long as this takes: an hour of theirs, every frame, is in `web/test/client/connection/longCall.test.ts`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from .conftest import OpenPage
from .kit.figures import Figures
from .kit.guest import Guest
from .kit.memory import Held, Memory
from .mock_server import CHUNK_MS, VOICE_RATE, Message, MockServer, tone

pytestmark = [pytest.mark.browser, pytest.mark.alone]

TURN_S = 10
"""What a turn takes in a call: three seconds of the guest, five of Sandra, and pauses."""

AN_HOUR = 3600 // TURN_S
"""Of turns."""

SETTLED = 120
"""Turns after which everything has been used: what is compiled or kept for good is there."""

AT_ONCE = 5
"""Turns that are sent without waiting for the page."""

KEPT_FRAMES = 600
"""Of the microphone, 20 ms each: the worker keeps the last ten seconds for a server that lost them."""

ANSWER = "El Ático Ruzafa cuesta 120 € la noche, con dos habitaciones y terraza. ¿Para qué fechas lo querría?"
PLAYED_EVERY = 10
"""Of so many answers one is short, and heard to its end; the others are interrupted."""

LOOKS = 8
"""At what is held, besides the first."""

PARTS = 4

MOST_BYTES_A_TURN = {"page": 1000.0, "worker": 200.0, "worklet": 200.0}
"""In the quarter of the time in which least was added: what leaks grows all the time, while the engine takes half a
megabyte more at once, now for the worker, now for the worklet. A turn that is kept takes 18,000."""

MOST_BYTES_A_TURN_OVER_ALL = 2500.0
"""By least squares over all looks, for what leaks now and then: one turn in seven that is kept is seen. The engine's
half megabyte, taken once in the middle of 360 turns, is up to 2200 a turn."""

MOST_NODES = 50
MOST_LISTENERS = 0

CHUNK = VOICE_RATE * CHUNK_MS // 1000 * 2
LONG, SHORT = tone(1000), tone(20)


def a_turn(turn: int) -> list[Message | bytes]:
    """Everything that a server sends in one turn."""
    question = f"¿Y cuánto cuesta la noche número {turn}?"
    short = turn % PLAYED_EVERY == 0
    pcm = SHORT if short else LONG
    voice = {"stream": turn, "encoding": "pcm_s16le", "sample_rate": VOICE_RATE, "voice": "sandra", "start_ms": 0}
    heard = [
        {"type": "transcription", "turn": turn, "text": question[:length], "final": False, "language": None}
        for length in range(8, len(question), 8)
    ]
    said = [{"type": "response_chunk", "turn": turn, "text": f"{word} "} for word in ANSWER.split()]
    shown = [
        {"type": "caption", "turn": turn, "text": word, "start_ms": n * 250, "end_ms": n * 250 + 200}
        for n, word in enumerate(ANSWER.split())
    ]
    spent = {"latency": {"first_audio": 300}, "usage": {"llm_input_tokens": 900}, "cost": {"total": 0.001}}
    if short:
        end: Message = {"type": "audio_end", "turn": turn, "duration_ms": 20}
    else:
        end = {"type": "interrupted", "turn": turn, "heard_text": ANSWER[:20], "played_ms": 900, "reason": "barge_in"}
    chunks = [pcm[at : at + CHUNK] for at in range(0, len(pcm), CHUNK)]
    return [
        {"type": "speech_started", "turn": turn},
        *heard,
        {"type": "speech_stopped", "turn": turn, "unheard": False},
        {"type": "transcription", "turn": turn, "text": question, "final": True, "language": "es"},
        *said,
        {"type": "audio_start", "turn": turn, **voice},
        *shown,
        *chunks,
        {"type": "response_complete", "turn": turn, "text": ANSWER, "responseType": "general", **spent},
        end,
    ]


def go_on(guest: Guest[Any], server: MockServer, turns: range) -> None:
    """Have so many turns."""
    for first in range(turns.start, turns.stop, AT_ONCE):
        last = min(first + AT_ONCE, turns.stop)
        server.send_all([frame for turn in range(first, last) for frame in a_turn(turn)])
        guest.holds(f"websocketStreamClient.state.turns.at(-1)?.turn === {last - 1}", timeout_ms=30_000)
    # The last answer is one that is heard out: nothing of it is left where it was played.
    server.wait(lambda: any(told["turn"] == turns.stop - 1 for told in server.of("playback")), "the last answer's end")
    guest.until("listening")


def least_share(at: Sequence[Held], name: str, turns: int) -> float:
    """Bytes more that are held with each turn in the quarter in which least is added; looks are `turns` apart."""
    quarters = pairwise(at[:: LOOKS // PARTS])
    added = [float(getattr(after, name) - getattr(before, name)) for before, after in quarters]
    return min(added) / (turns * LOOKS // PARTS)


def share_over_all(at: Sequence[Held], name: str, turns: int) -> float:
    """The same by least squares over all looks."""
    slope: float = np.polyfit(np.arange(len(at)) * turns, [getattr(held, name) for held in at], 1)[0]
    return slope


def test_an_hours_turns_leave_nothing_behind(open_page: OpenPage, server: MockServer, figures: Figures) -> None:
    page = open_page(tap=False)
    guest = Guest(page, notes=False)
    guest.talk()
    memory = Memory(page)
    go_on(guest, server, range(1, SETTLED + 1))
    turns = range(SETTLED + 1, SETTLED + 1 + AN_HOUR)
    server.wait(lambda: len(server.frames) > KEPT_FRAMES, "as much of the microphone as the worker keeps")
    at = [memory.held()]
    size = len(turns) // LOOKS
    for first in range(0, len(turns), size):
        go_on(guest, server, turns[first : first + size])
        at.append(memory.held())
    figures.note(f"{len(turns)} turns: {at[0]} -> {at[-1]}")
    for name, most in MOST_BYTES_A_TURN.items():
        least, over_all = least_share(at, name, size), share_over_all(at, name, size)
        figures.note(f"the {name} holds with each turn: {least:+.0f} B at the least, {over_all:+.0f} B over all")
        assert least <= most, f"{name}: {at}"
        assert over_all <= MOST_BYTES_A_TURN_OVER_ALL, f"{name}: {at}"
    assert at[-1].nodes - at[0].nodes <= MOST_NODES
    assert at[-1].listeners - at[0].listeners <= MOST_LISTENERS
