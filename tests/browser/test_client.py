"""The client library in a real browser: what only a browser can show, through the object that a page offers."""

import contextlib
import json
import threading
import time
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from .hearing import Heard
from .kit.guest import Guest, Visit
from .mock_server import DISCLOSURES, MockServer, tone

pytestmark = pytest.mark.browser

SILENT_AFTER_S = 0.15
"""After the guest's word, also where no worklet plays."""

_ANOTHER_CLIENT = """(given) => {
  const { constructor: Client } = websocketStreamClient;
  window.another = new Client({
    url: location.href.replace(/^http/, 'ws').replace(/\\/[?].*$/, '/ws/stream'),
    healthUrl: '/readyz', base: '/', language: 'en', consent: given.consent, token: async () => given.token });
  return another.sendText('hello');
}"""


# What a screen reader is told while she is heard, or before her first word.
_TOLD_SCRIPT = """
(() => {
  window.told = [];
  let heard = false;
  websocketStreamClient.on('status', ({ phase }) => (heard ||= phase === 'speaking'));
  const look = () => {
    const { phase } = websocketStreamClient.getStatus();
    const text = document.querySelector('#told').textContent.trim();
    if (text !== '' && (phase === 'speaking' || (phase === 'listening' && !heard))) told.push(text);
  };
  const seen = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document.querySelector('#told'), seen);
})()
"""

# Presses at the end of half a second in which the page is busy: what its worker has told meanwhile comes after it.
_PRESS_BUSY_SCRIPT = """() => {
  for (const end = performance.now() + 500; performance.now() < end; );
  document.querySelector('#talk').click();
}"""

# A browser whose speech begins at once and ends when it is silenced.
_SPEECH_SCRIPT = """
(() => {
  window.spoken = [];
  window.silenced = 0;
  let current = null;
  const speech = {
    getVoices: () => [...speechSynthesis.listed],
    speak(utterance) {
      const { speaking, turns } = websocketStreamClient.state;
      const quiet = speaking === null && turns.every(({ answer }) => !['coming', 'playing'].includes(answer?.voice));
      spoken.push({ text: utterance.text, lang: utterance.lang, quiet });
      current = utterance;
      setTimeout(() => utterance.onstart?.());
    },
    cancel() {
      silenced += 1;
      current?.onerror?.();
    },
    addEventListener() {},
    removeEventListener() {},
    listed: [{ lang: 'en-GB' }, { lang: 'es-ES' }],
  };
  Object.defineProperty(window, 'speechSynthesis', { value: speech });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
})()
"""

CLIP_HZ, ANSWER_HZ = 440, 880


def page_of(guest: Guest[Any]) -> Page:
    """The browser's own page."""
    assert isinstance(guest.page, Page)
    return guest.page


def final(server: MockServer, turn: int, text: str = "hola") -> None:
    server.send("transcription", turn=turn, text=text, final=True, language="es")


def pitches(heard: Heard) -> list[int]:
    """The tones of what was heard, one after another."""
    loud = np.flatnonzero(np.abs(heard.samples) > 1e-3)
    found: list[int] = []
    for piece in np.split(loud, np.flatnonzero(np.diff(loud) > heard.rate // 50) + 1):
        spectrum = np.abs(np.fft.rfft(heard.samples[piece[0] : piece[-1]]))
        hz = int(np.argmax(spectrum)) * heard.rate / (piece[-1] - piece[0])
        found.append(min((CLIP_HZ, ANSWER_HZ), key=lambda known: abs(known - hz)))
    return found


@pytest.mark.alone
def test_she_is_quieter_before_the_server_knows_and_loud_again_when_it_does_not_agree(
    visit: Visit, server: MockServer
) -> None:
    guest = visit()
    guest.talk()
    server.speak(1, tone(8000))
    guest.until("speaking")
    guest.plays(800)
    guest.page.evaluate(
        "() => { window.ducked = []; websocketStreamClient.on('state', (state) => {"
        "  if (ducked.at(-1) !== state.ducked) ducked.push(state.ducked); }); }"
    )
    guest.hum(400)
    guest.holds("ducked.at(-1) === false && ducked.includes(true)")
    page_of(guest).wait_for_timeout(500)
    heard = guest.heard()
    loud = heard.levels()[heard.sounding()]
    fall = 20 * np.log10(loud / np.median(loud))
    quiet = np.flatnonzero(fall < -11)
    assert np.median(fall[quiet]) == pytest.approx(-12, abs=0.5)
    assert quiet.size * 512 / heard.rate == pytest.approx(0.7, abs=0.06), "nobody has confirmed it"
    assert np.median(fall[-20:]) == pytest.approx(0, abs=0.5)
    assert not server.of("interrupt")


@pytest.mark.alone
def test_hold_to_talk_sends_sound_only_while_held_and_its_end_behind_it(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.call("holdToTalk")
    assert server.wait_for("start")["turn"] == {"mode": "manual"}
    server.wait(lambda: len(server.frames) >= 20, "sound while held")
    guest.call("release")
    server.wait_for("stop")
    count = len(server.frames)
    page_of(guest).wait_for_timeout(300)
    assert len(server.frames) == count, "nothing after the word that it is all"
    server.speak(1, tone(5000))
    guest.until("speaking")
    guest.call("holdToTalk")
    server.wait_for("interrupt")
    server.wait(lambda: len(server.frames) > count, "sound again")
    guest.call("setTurnMode", "auto")
    assert server.wait_for("start", 2)["turn"] == {"mode": "auto"}


@pytest.mark.alone
def test_a_muted_microphone_is_silent_and_the_next_one_is_not_muted(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.talk()
    guest.call("mute", True)
    page_of(guest).wait_for_timeout(100)
    server.audio.clear()
    guest.hum(300)
    page_of(guest).wait_for_timeout(400)
    assert not np.frombuffer(bytes(server.audio), "<i2").any()
    guest.call("stopListening")
    guest.talk()
    assert guest.page.evaluate("websocketStreamClient.state.muted") is False


def test_the_screen_stays_on_while_the_microphone_is_open(visit: Visit) -> None:
    guest = visit()
    guest.page.evaluate(
        "() => { window.kept = []; navigator.wakeLock.request = async (what) => {"
        "  const lock = { what, released: false, release: async () => void (lock.released = true) };"
        "  kept.push(lock); return lock; }; }"
    )
    guest.talk()
    guest.holds("kept.length === 1 && kept[0].what === 'screen' && !kept[0].released")
    guest.call("stopListening")
    guest.holds("kept[0].released")
    guest.talk()
    guest.holds("kept.length === 2 && !kept[1].released")
    guest.call("close")
    assert guest.page.evaluate("kept.map(({ released }) => released)") == [True, True]


@pytest.mark.alone
def test_a_microphone_that_goes_is_replaced_without_a_new_session(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.talk()
    server.wait(lambda: len(server.frames) > 10, "sound")
    guest.page.evaluate(
        "() => {"
        "  const { mediaDevices: devices } = navigator; const open = devices.getUserMedia;"
        "  window.opened = 0; devices.getUserMedia = (wanted) => { opened += 1; return open(wanted); };"
        "  devices.enumerateDevices = async () =>"
        "    [{ kind: 'audioinput', deviceId: 'b', groupId: 'g', label: 'B' }];"
        "  devices.dispatchEvent(new Event('devicechange')); }"
    )
    guest.holds("opened === 1 && websocketStreamClient.state.microphones.length === 1")
    count = len(server.frames)
    server.audio.clear()
    guest.hum(300)
    server.wait(lambda: len(server.frames) > count + 20, "sound of the next microphone")
    assert np.abs(np.frombuffer(bytes(server.audio), "<i2")).max() > 1000
    assert (server.connections, guest.call("getStatus")["phase"]) == (1, "listening")


def test_consent_and_token_go_with_the_session_and_no_token_is_in_the_address(visit: Visit, server: MockServer) -> None:
    guest = visit()
    consent = {"version": "2026-11", "given": True}
    guest.page.evaluate(_ANOTHER_CLIENT, {"consent": consent, "token": "t0"})
    assert server.wait_for("start")["consent"] == consent
    assert server.subprotocols == [["enterprise-stream.v1", "token.t0"]]
    server.close(1012)
    server.wait_for("start", 2)
    assert len(server.subprotocols) == 2
    guest.page.evaluate("another.close()")


def test_a_tab_that_is_loaded_anew_or_killed_goes_on_and_a_copy_of_it_does_not(
    visit: Visit, server: MockServer
) -> None:
    guest = visit()
    guest.talk()
    final(server, 1, "¿Hay piscina?")
    server.answer(1, "Sí, y da al mar.", tone(300))
    guest.has_been("speaking")
    guest.has_been("listening")
    server.resumes = True
    page = page_of(guest)
    page.reload()
    asked = server.wait_for("start", 2)["resume"]
    assert (asked["session_id"], asked["last_seq"], asked["played"]) == ("session-1", 1, None)
    goes_on(guest)
    assert guest.call("getStatus")["phase"] == "idle"

    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href) !== null")
    copy: Guest[Page] = Guest(opened.value, notes=False)
    copy.holds("websocketStreamClient.state.elsewhere")
    assert copy.page.evaluate("[sessionStorage.length, websocketStreamClient.getStatus().sessionId]") == [0, None]
    assert server.connections == 2, "the first tab keeps its session"
    opened.value.close()

    kept = page.evaluate("Object.entries(sessionStorage)")
    with page.expect_event("crash"), contextlib.suppress(PlaywrightError):
        page.goto("chrome://crash")
    # The tool lets nobody reload a crashed tab; what the browser keeps of it is given to another.
    page = page.context.new_page()
    page.add_init_script(f"for (const [name, text] of {json.dumps(kept)}) sessionStorage.setItem(name, text);")
    page.goto(f"{server.url}/?lang=es")
    asked = server.wait_for("start", 3)["resume"]
    assert (asked["session_id"], asked["resume_token"]) == ("session-1", "next")
    guest = Guest(page)
    goes_on(guest)
    page.close()


@pytest.mark.alone  # a page that waits half a second for the server's answer drops sound, as it should
def test_what_the_server_has_not_heard_to_its_end_is_sent_again_from_a_second_before(
    visit: Visit, server: MockServer
) -> None:
    guest = visit()
    guest.talk()
    server.wait(lambda: len(server.positions) >= 75, "a second and a half of the microphone")
    server.send("speech_started", turn=1)
    guest.wait_for("speech_started")
    guest.call("getHistory")  # it goes behind all that was sent when the page knew of it
    heard = len(server.positions)
    server.wait(lambda: len(server.positions) >= heard + 10, "more of it")
    server.send("speech_stopped", turn=1, unheard=True)
    server.wait(lambda: went_back(server) is not None, "the microphone once more")
    again = went_back(server)
    assert again is not None
    assert server.positions[again] <= server.positions[heard] - 16_000 + 320 * 5
    server.wait(lambda: server.positions[-1] > server.positions[again - 1], "it to go on")
    assert {b - a for a, b in pairwise(server.positions[again:])} == {320}, "without a hole"


def went_back(server: MockServer) -> int | None:
    """Which frame of the microphone is the first that is earlier than the one before it."""
    steps = enumerate(pairwise(tuple(server.positions)), start=1)
    return next((i for i, (before, position) in steps if position < before), None)


def test_a_session_whose_data_is_erased_is_not_gone_on_with(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.talk()
    final(server, 1, "¿Hay piscina?")
    page = page_of(guest)
    guest.call("eraseData")
    page.reload()
    Guest(page).type("hola")
    assert server.wait_for("start", 2).get("resume") is None
    assert server.connections == 2, "it came back for nothing but these words"


def test_a_press_while_a_session_that_is_gone_is_looked_for_begins_another(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.talk()
    page = page_of(guest)
    server.looks_for_it = True
    page.reload()
    assert server.wait_for("start", 2)["resume"]["session_id"] == "session-1"
    page.locator("#talk").click()
    guest.holds("websocketStreamClient.state.microphone.state === 'on'")
    server.looks_for_it = False
    Guest(page).until("listening")
    assert guest.call("getStatus")["sessionId"] == "session-2"
    assert server.connections == 2


def test_a_press_before_the_page_knows_that_a_session_is_gone_begins_another(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.talk()
    page = page_of(guest)
    server.looks_for_it = True
    page.reload()
    assert server.wait_for("start", 2)["resume"]["session_id"] == "session-1"
    refusal = threading.Timer(0.1, setattr, (server, "looks_for_it", False))
    refusal.start()
    page.evaluate(_PRESS_BUSY_SCRIPT)
    refusal.join()
    Guest(page).until("listening")
    assert guest.call("getStatus")["sessionId"] == f"session-{server.connections}"


def goes_on(guest: Guest[Any]) -> None:
    """The page shows the session that another page has begun."""
    guest.holds("websocketStreamClient.getStatus().sessionId === 'session-1'")
    guest.holds("websocketStreamClient.state.turns.at(-1)?.answer.text.endsWith('mar.')")  # it is told anew, in pieces
    state: dict[str, Any] = guest.page.evaluate("websocketStreamClient.state")
    assert [(turn["guest"]["text"], turn["answer"]["text"]) for turn in state["turns"]] == [
        ("¿Hay piscina?", "Sí, y da al mar.")
    ]


def test_one_tab_has_the_voice_and_another_can_take_it(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.talk()
    page = page_of(guest).context.new_page()
    page.goto(server.url)
    other = Guest(page)
    code = page.evaluate("websocketStreamClient.sendText('hola').catch((error) => error.code)")
    assert (code, page.evaluate("websocketStreamClient.state.elsewhere")) == ("elsewhere", True)
    assert server.connections == 1
    other.call("takeOver")
    other.type("hola")
    server.wait(lambda: server.connections == 2, "the second tab to connect")
    guest.holds("websocketStreamClient.state.elsewhere && websocketStreamClient.state.microphone.state === 'off'")
    page.close()


@pytest.mark.alone
def test_a_poor_link_changes_to_opus_both_ways_and_back(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.talk()
    server.wait_for("ping", 4)
    server.pong_after_s = 0.4
    poor = server.wait_for("start", 2)["audio"]
    assert (poor["input"]["encoding"], poor["output"]["encoding"]) == ("opus", "opus")
    guest.holds("websocketStreamClient.state.slowLink")
    server.wait(lambda: 0 < server.frames[-1] < 200, "packets")
    final(server, 1)
    server.speak_in_opus(1, tone(1000))
    server.wait(lambda: bool(server.of("playback")) and server.of("playback")[-1]["played_ms"] >= 1000, "all of it")
    assert guest.heard().sounding().sum() * 512 / guest.heard().rate == pytest.approx(1.0, abs=0.06)
    server.pong_after_s = 0.0
    good = server.wait_for("start", 3)["audio"]
    assert (good["input"]["encoding"], good["output"]["encoding"]) == ("pcm_s16le", "pcm_s16le")
    server.wait(lambda: server.frames[-1] == 640, "samples again")
    guest.holds("!websocketStreamClient.state.slowLink")


@pytest.mark.alone
def test_without_worklets_a_recording_is_sent_and_her_voice_is_heard(visit: Visit, server: MockServer) -> None:
    guest = visit()
    guest.page.evaluate("delete window.AudioWorkletNode")
    guest.talk()
    guest.hum(500)
    server.wait(lambda: len(server.audio) > 500, "a recording")
    assert server.wait_for("start")["audio"]["input"]["encoding"] == "webm"
    assert bytes(server.audio[:4]) == bytes.fromhex("1A45DFA3"), "from its header on"
    server.speak(1, tone(1500))
    guest.has_been("speaking")
    server.wait(lambda: bool(server.of("playback")) and server.of("playback")[-1]["played_ms"] >= 1499, "all of it")
    heard = guest.heard()
    assert heard.sounding().sum() * 512 / heard.rate == pytest.approx(1.5, abs=0.06)
    server.speak(2, tone(8000))
    guest.until("speaking")
    went = time.time()
    guest.call("interrupt")
    page_of(guest).wait_for_timeout(500)
    after = guest.heard().since(went + SILENT_AFTER_S)
    assert after.sounding().size
    assert not after.sounding().any()


@pytest.mark.alone
@pytest.mark.requirement("S25")
def test_the_disclosure_is_the_first_thing_heard_and_said_once(visit: Visit, server: MockServer) -> None:
    server.recorded.add(DISCLOSURES["es"])
    server.resumes = True
    guest = visit()
    guest.page.evaluate(_TOLD_SCRIPT)
    guest.page.evaluate(
        "void websocketStreamClient.on('status', (status) => {"
        "  if (status.phase === 'speaking') window.first ??= status; })"
    )
    page_of(guest).locator("#talk").click()
    guest.has_been("speaking")
    assert guest.page.evaluate("first.listening"), "the guest may speak over it"
    guest.has_been("listening")
    server.send("transcription", turn=1, text="hola", final=True, language="es")
    server.answer(1, "Hola.", tone(400, ANSWER_HZ))
    guest.has_been("speaking")
    guest.has_been("listening")
    assert guest.page.evaluate("told") == [], "no screen reader speaks over her"
    heard = guest.heard()
    assert heard.sources == 1, "one player"
    assert pitches(heard) == [CLIP_HZ, ANSWER_HZ]
    guest.call("stopListening")
    guest.talk()
    page_of(guest).reload()
    guest.holds("websocketStreamClient.getStatus().connected")
    guest.talk()
    server.wait_for("start", 2)
    assert server.clips_asked == [DISCLOSURES["es"]]


def test_the_guests_words_end_the_disclosure(visit: Visit, server: MockServer) -> None:
    server.recorded.add(DISCLOSURES["es"])
    server.clip_ms = 30_000  # longer than anything is waited for
    guest = visit()
    guest.call("startListening")
    guest.until("speaking")
    server.send("transcription", turn=1, text="espera", final=False, language="es")
    guest.until("listening")


def test_the_browsers_own_speech_stands_in_for_a_recording_and_never_beside_one(
    visit: Visit, server: MockServer
) -> None:
    guest = visit()
    guest.page.evaluate(_SPEECH_SCRIPT)
    guest.talk()
    server.send("response_chunk", turn=1, text="Sí, claro. Cuesta cien euros.")
    server.speak(1, tone(400, ANSWER_HZ))
    server.send("play_voice", turn=1, text="Cuesta cien euros.", responseType="general", clip=None)
    guest.holds("spoken.length === 1")
    (said,) = guest.page.evaluate("spoken")
    assert (said["text"], said["lang"], said["quiet"]) == ("Cuesta cien euros.", "es-ES", True)
    assert guest.answers() == ["Sí, claro. Cuesta cien euros."], "and nothing that was heard is lost"
    guest.until("speaking")
    guest.call("interrupt")
    guest.until("listening")
    assert guest.page.evaluate("silenced") == 1
    server.send("play_voice", turn=2, text="Hola.", responseType="welcome", clip="/clip.wav")
    guest.has_been("speaking")
    guest.has_been("listening")
    assert len(guest.page.evaluate("spoken")) == 1


@pytest.mark.alone
def test_the_librarys_recording_is_played_alone_and_gives_way_to_her(visit: Visit, server: MockServer) -> None:
    guest = visit()
    play = "voiceLibraryManager.playVoice('welcome', 'Hola, soy Sandra.')"
    assert guest.page.evaluate("voiceLibraryManager.playVoice('welcome', 'Nunca dicho.')") is False
    assert guest.page.evaluate(play) is True
    heard = guest.heard()
    assert heard.sounding().sum() * 512 / heard.rate == pytest.approx(0.5, abs=0.05)
    assert server.connections == 0, "a recording needs no conversation"
    guest.talk()
    guest.page.evaluate(f"window.cut = {play}; undefined")
    page_of(guest).wait_for_timeout(250)
    server.speak(1, tone(2000))
    assert guest.page.evaluate("cut") is False
    asked = guest.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert any("/api/clips?" in url and "voice=sandra" in url for url in asked), "whose voice it is, once it is known"
    guest.until("speaking")
    assert guest.page.evaluate(play) is False, "never over her"
