"""Voice-to-voice, as the guest's own ears have it, against what the server's ledger says of the same turn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from enterprise_stream.testing import Reply, ScriptedBrain, ScriptedRecogniser, scripted_engines

from .conftest import built_page
from .hearing import Heard
from .kit.figures import Figures
from .kit.guest import Guest, Visit
from .kit.place import Place
from .kit.voice import MarkedVoice

pytestmark = [pytest.mark.browser, pytest.mark.alone]

TURNS = 5
APART_MS = 20
AUDIBLE = 0.01
"""-40 dBFS: what counts as heard, for the page as for the server."""


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    built_page()
    recogniser = ScriptedRecogniser(*["¿Cuánto cuesta?"] * TURNS)
    brain = ScriptedBrain(Reply(("Uno dos ", "tres.")))
    with Place(scripted_engines(recogniser=recogniser, brain=brain, voice=MarkedVoice(12.0))) as place:
        yield place


def test_the_guests_wait_is_the_servers_figure(visit: Visit, place: Place, figures: Figures) -> None:
    guest = visit(at=place.url)
    guest.talk()
    for turn in range(1, TURNS + 1):
        guest.hum(600)
        guest.wait_for("audio_end", turn)
        guest.until("listening")
        guest.wait_for("timeline", turn)
    measured = waits_ms(guest)
    ledger = [told["total_ms"] for told in guest.messages("timeline")]
    assert all(told["heard"] for told in guest.messages("timeline"))
    apart = [server - ears for server, ears in zip(ledger, measured, strict=True)]
    figures.tell("voice-to-voice by the guest's ears", measured)
    figures.tell("the server's ledger less the guest's ears", apart)
    assert np.abs(apart).max() <= APART_MS, (guest.messages("timeline"), measured)


def waits_ms(guest: Guest[Any]) -> list[float]:
    """From the end of each of the guest's sounds to the first of hers, at the ear."""
    said, heard = guest.said(), guest.heard()
    latency_ms = guest.page.evaluate("websocketStreamClient.audio.context.outputLatency") * 1000
    ends = [last for _, last in sounds(said)]
    begins = np.array([first for first, _ in sounds(heard)])
    return [(begins[begins > end][0] - end) * 1000 / heard.rate + latency_ms for end in ends]


def sounds(heard: Heard) -> list[tuple[int, int]]:
    """First and last audible frame of each sound; a quarter of a second of silence parts one from the next."""
    loud = np.flatnonzero(np.abs(heard.samples) > AUDIBLE) + heard.first_frame
    breaks = np.flatnonzero(np.diff(loud) > heard.rate // 4)
    firsts, lasts = np.concatenate((loud[:1], loud[breaks + 1])), np.concatenate((loud[breaks], loud[-1:]))
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
