"""Ways to talk: over her, by holding a button, and from a second tab."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from enterprise_stream.testing import Heard as Understood
from enterprise_stream.testing import ScriptedBrain, ScriptedRecogniser, scripted_engines

from .conftest import built_page
from .hearing import MICROPHONE_SCRIPT, TAP_SCRIPT, Heard
from .kit.figures import Figures
from .kit.guest import Guest, Visit
from .kit.marked import WORDS, read
from .kit.place import Place
from .kit.voice import MarkedVoice, plain
from .mock_server import MockServer, tone

pytestmark = [pytest.mark.browser, pytest.mark.alone]

DUCKED_WITHIN_MS = 60
"""After the guest's first sound, at the microphone."""

DUCKED = 0.6
"""Share of her level from which she counts as played more quietly: half of the way to -12 dB."""

TIMES = 5

FIRST, ANSWER = " ".join(WORDS[:12]).capitalize() + ".", "Trece catorce quince."
"""What she says; each word can be read back from the sound."""

PAUSE_MS = 1100
"""In the midst of what a guest says: in automatic turns it would end one."""


def first_sounds(said: Heard) -> list[int]:
    """The frame at which each of the guest's sounds begins; a quarter of a second of silence parts them."""
    loud = np.flatnonzero(np.abs(said.samples) > 0.01) + said.first_frame
    begins = np.concatenate((loud[:1], loud[1:][np.diff(loud) > said.rate // 4]))
    return [int(begin) for begin in begins]


def quieter_from(heard: Heard, frame: int) -> int:
    """The first frame after another at which her tone is played more quietly, over 5 ms of it."""
    window = heard.rate // 200
    first = frame - heard.first_frame
    before = np.abs(heard.samples[first - heard.rate // 10 : first]).max()
    for at in range(first, len(heard.samples) - window, window // 5):
        if np.abs(heard.samples[at : at + window]).max() < before * DUCKED:
            return at + window // 2 + heard.first_frame
    pytest.fail("she was never played more quietly")


def test_she_is_quieter_within_60_ms_of_the_guests_first_sound(
    visit: Visit, server: MockServer, figures: Figures
) -> None:
    guest = visit()
    guest.talk()
    for turn in range(1, TIMES + 1):
        server.speak(turn, tone(6000))
        guest.until("speaking")
        guest.plays(500)
        guest.hum(200)
        guest.holds("websocketStreamClient.state.ducked")
        server.send("duck", turn=turn, on=True)  # a page that is never told that it was right heeds its ears no more
        server.send("interrupted", turn=turn, heard_text="", played_ms=900, reason="barge_in")
        guest.until("listening")
    said, heard = guest.said(), guest.heard()
    took = [(quieter_from(heard, begin) - begin) * 1000 / heard.rate for begin in first_sounds(said)]
    figures.tell("she is quieter after the guest's first sound", took)
    assert len(took) == TIMES
    assert max(took) <= DUCKED_WITHIN_MS, took


@dataclass(frozen=True, slots=True)
class Staged:
    """A server, who listens there, and who answers."""

    place: Place
    ears: ScriptedRecogniser
    brain: ScriptedBrain


@pytest.fixture(scope="module")
def staged() -> Iterator[Staged]:
    built_page()
    ears, brain = ScriptedRecogniser(Understood(("¿Y con", "perro?"))), ScriptedBrain(FIRST, ANSWER)
    with Place(scripted_engines(recogniser=ears, brain=brain, voice=MarkedVoice(6.0))) as place:
        yield Staged(place, ears, brain)


def test_what_is_said_while_the_button_is_held_is_answered_and_nothing_else_is_heard(
    visit: Visit, staged: Staged
) -> None:
    guest = visit(at=staged.place.url)
    guest.call("setTurnMode", "manual")
    guest.talk()
    guest.type("¿Qué cuesta?")
    guest.plays(300)
    guest.page.evaluate("__mic.hum(200, 0.2)")
    guest.hum(600)  # the guest begins before she presses
    guest.page.wait_for_timeout(200)
    assert staged.ears.utterances == []
    pressed = time.monotonic()
    guest.call("holdToTalk")
    guest.wait_for("interrupted")
    guest.page.wait_for_timeout(PAUSE_MS)
    guest.hum(900)
    guest.page.wait_for_timeout(300)
    guest.call("release")  # the guest talks on
    held_ms = (time.monotonic() - pressed) * 1000
    let_go = time.time()
    guest.holds("__notes.messages.some(({ type, turn }) => type === 'audio_end' && turn === 2)")
    guest.until("listening")

    (utterance,) = staged.ears.utterances
    assert utterance.bursts == 2, "a pause is not an end"
    assert utterance.audio_ms <= held_ms
    assert [question.text for question in staged.brain.questions] == ["¿Qué cuesta?", "¿Y con perro?"]
    expect(guest.page.locator(".guest .said").last).to_have_text("¿Y con perro?")
    expect(guest.page.locator(".sandra .said").last).to_have_text(ANSWER)
    assert [said.word for said in read(guest.heard().since(let_go))] == plain(ANSWER)


@pytest.fixture
def tabs(visit: Visit, server: MockServer) -> tuple[Guest[Page], Guest[Page]]:
    """Two tabs of one browser."""
    first = visit()
    page = first.page.context.new_page()
    page.add_init_script(TAP_SCRIPT)
    page.add_init_script(MICROPHONE_SCRIPT)
    page.goto(f"{server.url}/?lang=es")
    return first, Guest(page)


def test_there_is_one_voice_in_two_tabs(tabs: tuple[Guest[Page], Guest[Page]], server: MockServer) -> None:
    first, second = tabs
    first.talk()
    refused = second.page.evaluate("websocketStreamClient.startListening().then(() => null, ({ code }) => code)")
    assert refused == "elsewhere"
    assert second.page.evaluate("websocketStreamClient.state.elsewhere")
    assert server.connections == 1
    second.page.evaluate("websocketStreamClient.takeOver()")
    second.talk()
    first.holds("websocketStreamClient.state.elsewhere")
    server.speak(1, tone(600))
    second.has_been("speaking")
    second.has_been("listening")
    assert second.heard().sounding().any()
    assert not first.heard().sounding().any(), "one voice: the other tab is silent"
