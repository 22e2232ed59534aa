"""The nine methods of `window.websocketStreamClient`, and a call in which the language changes, on the real server."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from enterprise_stream.testing import Reply, ScriptedBrain, ScriptedRecogniser, scripted_engines

from .conftest import OpenPage, built_page
from .kit.guest import Guest, Visit
from .kit.place import Place
from .kit.voice import MarkedVoice

pytestmark = pytest.mark.browser

ANSWER = "Uno dos tres cuatro. Cinco seis siete ocho."

# Interrupts her as soon as so much of her has been heard, in the page: nothing that happens elsewhere makes it later.
_INTERRUPT_SCRIPT = """(ms) => {
  window.interrupting = new Promise((done) => {
    const off = websocketStreamClient.on('state', ({ turns }) => {
      if (!(turns.at(-1)?.answer?.heardMs >= ms)) return;
      off();
      done(websocketStreamClient.interrupt());
    });
  });
}"""
NAMES = {
    *("getStatus", "startListening", "stopListening", "getHistory", "setLanguage"),
    *("clearHistory", "sendText", "interrupt", "on"),
}


@dataclass(frozen=True, slots=True)
class Staged:
    """A server, and who answers there."""

    place: Place
    brain: ScriptedBrain


@pytest.fixture(scope="module")
def staged() -> Iterator[Staged]:
    built_page()
    brain = ScriptedBrain(Reply((ANSWER,)))
    recogniser = ScriptedRecogniser(*["¿Cuánto cuesta?"] * 4)
    with Place(scripted_engines(recogniser=recogniser, brain=brain, voice=MarkedVoice(6.0))) as place:
        yield Staged(place, brain)


def test_a_call_from_the_browsers_console(visit: Visit, staged: Staged) -> None:
    guest = visit(at=staged.place.url)
    status = guest.call("getStatus")
    assert (status["phase"], status["connected"], status["listening"]) == ("idle", False, False)
    assert guest.call("getHistory") == []

    guest.page.evaluate(
        "() => { window.seen = []; window.leave = websocketStreamClient.on('status', (s) => seen.push(s.phase)); }"
    )
    guest.call("startListening")
    guest.until("listening")
    status = guest.call("getStatus")
    assert (status["connected"], status["listening"], bool(status["sessionId"])) == (True, True, True)

    guest.page.evaluate(_INTERRUPT_SCRIPT, 600)
    guest.call("sendText", "¿Qué cuesta?")
    guest.has_been("speaking")
    guest.page.evaluate("interrupting")
    guest.has_been("listening")
    cut = guest.wait_for("interrupted")
    said, answered = guest.call("getHistory")
    assert (said["role"], said["text"]) == ("user", "¿Qué cuesta?")
    assert (answered["role"], answered["interrupted"]) == ("assistant", True)
    assert answered["text"] == cut["heard_text"]
    assert ANSWER.startswith(answered["text"])
    assert answered["text"] != ANSWER

    guest.page.evaluate("leave()")
    heard_of = guest.page.evaluate("seen.length")
    assert guest.page.evaluate("seen").count("speaking") == 1
    guest.call("setLanguage", "en")
    assert guest.call("getStatus")["language"] == "en"
    guest.call("clearHistory")
    assert guest.call("getHistory") == []
    assert guest.answers() == []
    guest.call("stopListening")
    guest.until("idle")
    assert guest.call("getStatus")["listening"] is False
    assert guest.page.evaluate("seen.length") == heard_of, "who has left is told no more"


def test_all_nine_are_there(visit: Visit) -> None:
    guest = visit()
    there = guest.page.evaluate(
        "(names) => names.filter((name) => typeof window.websocketStreamClient[name] === 'function')", sorted(NAMES)
    )
    assert set(there) == NAMES


def test_the_language_changes_in_the_midst_of_a_call(visit: Visit, staged: Staged) -> None:
    guest = visit(at=staged.place.url)
    guest.talk()
    session = guest.call("getStatus")["sessionId"]
    guest.type("¿Qué cuesta?")
    guest.has_been("speaking")
    asked = len(staged.brain.questions)
    guest.call("setLanguage", "en")
    guest.holds("document.documentElement.lang === 'en'")
    guest.until("listening")
    guest.type("And with a dog?")
    guest.wait_for("audio_end", 2)
    assert [question.language for question in staged.brain.questions[asked - 1 :]] == ["es", "en"]
    assert staged.brain.questions[-1].history[0].text == "¿Qué cuesta?", "it is the same conversation"
    assert guest.call("getStatus")["sessionId"] == session


def test_in_writing_alone_no_microphone_is_asked_for(visit: Visit, staged: Staged) -> None:
    guest = visit(at=staged.place.url)
    guest.type("¿Qué cuesta?")
    guest.has_been("speaking")
    guest.has_been("idle")
    assert guest.answers() == [ANSWER]
    assert guest.page.evaluate("__mic.constraints === undefined")
    assert guest.said().sources == 0


def test_a_guest_who_is_refused_the_microphone_goes_on_in_writing(open_page: OpenPage, staged: Staged) -> None:
    guest = Guest(open_page("/?lang=es", at=staged.place.url, microphone=False, permissions=()))
    refused = guest.page.evaluate("websocketStreamClient.startListening().catch(({ failure }) => failure)")
    assert refused == "denied", "the browser's own word"
    guest.page.context.grant_permissions(["microphone"])
    guest.holds("websocketStreamClient.state.microphone.state === 'off' && !document.querySelector('#notice-title')")
    guest.type("¿Qué cuesta?")
    guest.has_been("speaking")
    guest.has_been("idle")
    assert guest.answers() == [ANSWER]
    assert guest.heard().sounding().any()
