"""A call in Firefox: as a guest makes it with mouse and keyboard, and from the page's console."""

import numpy as np
import pytest

from ..kit.axe import SOURCE, violations
from ..kit.bidi import ENTER, BidiPage
from ..kit.captions import watch
from ..kit.figures import Figures
from ..kit.guest import Guest
from ..kit.likeness import alike
from ..kit.marked import read
from ..kit.place import Place
from ..kit.voice import answer_sound, plain
from ..mock_server import VOICE_RATE, MockServer
from ..test_public_object import ANSWER, Staged, staged, test_a_call_from_the_browsers_console
from ..test_resume import ANSWER as LONG_ANSWER
from ..test_resume import ahead, asked, came_back, heard_out
from .conftest import VisitFirefox

__all__ = [  # the tests of Chromium, and what they stand on, with a guest who comes in Firefox
    "ahead",
    "staged",
    "test_a_call_from_the_browsers_console",
]

pytestmark = [pytest.mark.browser, pytest.mark.alone]

FRAMES = 50
FRAME_BYTES = 640
"""20 ms at 16 kHz."""


def test_a_first_visit(visit: VisitFirefox, staged: Staged) -> None:
    guest = visit(at=staged.place.url, consent=None, also=(SOURCE,))
    guest.page.click("#words")
    guest.page.write(f"¿Qué cuesta?{ENTER}")
    guest.holds("document.querySelector('#consent').open")
    assert not guest.call("getStatus")["connected"], "nothing leaves before the guest has answered"
    assert violations(guest.page) == []

    watch(guest)
    guest.page.click("#consent-text-only")
    guest.has_been("speaking")
    guest.holds("'dos' in __shown")
    assert violations(guest.page) == []
    guest.has_been("idle")
    assert [said.word for said in read(guest.heard())] == plain(ANSWER), "her answer, to its end"
    assert shown(guest, ".sandra .said") == ANSWER
    assert shown(guest, ".guest .said") == "¿Qué cuesta?"
    assert [item["text"] for item in guest.call("getHistory")] == ["¿Qué cuesta?", ANSWER]

    guest.page.click("label[lang=en]")
    guest.holds("document.documentElement.lang === 'en'")
    guest.holds("websocketStreamClient.getStatus().language === 'en'")
    assert shown(guest, "#talk-label") == "Talk"


def test_her_answer_goes_on_after_a_cut(visit: VisitFirefox, ahead: Place, figures: Figures) -> None:
    guest = asked(visit, ahead, 900)
    session = guest.call("getStatus")["sessionId"]
    went = came_back(guest, ahead)
    assert guest.call("getStatus")["sessionId"] == session
    heard = heard_out(guest)
    likeness = alike(heard.since(went), answer_sound(plain(LONG_ANSWER)), VOICE_RATE)
    figures.note(f"Firefox, cut after 900 ms of an answer: correlation with its own sound {likeness:.4f}")
    assert likeness > 0.99
    assert guest.call("getHistory")[-1]["text"] == LONG_ANSWER


def test_the_browsers_own_microphone_reaches_the_server(visit: VisitFirefox, server: MockServer) -> None:
    guest = visit(microphone=False)
    guest.page.click("#talk")
    guest.until("listening")
    server.wait(lambda: len(server.frames) >= FRAMES, f"{FRAMES} frames")
    assert set(server.frames) == {FRAME_BYTES}
    samples = np.frombuffer(bytes(server.audio), "<i2")
    assert np.abs(samples[len(samples) // 2 :]).max() > 1000, "it hums"


def shown(guest: Guest[BidiPage], selector: str) -> str:
    """The text of the first element."""
    text: str = guest.page.evaluate("(selector) => document.querySelector(selector).textContent", selector)
    return text
