"""Every state of the panel, brought about through the mock server: for the pictures, and for what must hold in all."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Page, expect

from .mock_server import MockServer, tone

Play = Callable[[Page, MockServer, str], None]

TALKS = {
    "es": [
        ("¿Cuánto cuesta el Ático Ruzafa?", "El Ático Ruzafa cuesta 120 € la noche: dos habitaciones y terraza."),
        ("¿Y en agosto?", "En agosto sube un 20 %: serían 144 € la noche. ¿Para qué fechas lo querrías?"),
    ],
    "en": [
        ("How much is the Ático Ruzafa?", "The Ático Ruzafa is €120 a night: two bedrooms and a terrace."),
        ("And in August?", "In August it is 20 % more: that would be €144 a night. Which dates do you have in mind?"),
    ],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One state.

    Attributes:
        name: in file names and test ids.
        title: on the contact sheet.
        play: brings it about.
        accepted: the guest has accepted the notice at an earlier visit.
        silent: the microphone hears nothing; otherwise it is the browser's own, which beeps.
    """

    name: str
    title: str
    play: Play
    accepted: bool = True
    silent: bool = True


def phase(page: Page, name: str) -> None:
    """Wait for a phase."""
    expect(page.locator("#stage")).to_have_attribute("data-phase", name)


def talk(page: Page) -> None:
    """Open the microphone."""
    page.locator("#talk").click()
    phase(page, "listening")


def voice_like(ms: int) -> bytes:
    """Some harmonics, so that the star has something to show."""
    parts = [np.frombuffer(tone(ms, hz, 0.3 / n), "<i2") for n, hz in enumerate((180, 360, 720, 1440, 2880), start=1)]
    return bytes(np.sum(parts, axis=0).clip(-32768, 32767).astype("<i2").tobytes())


def idle(page: Page, _: MockServer, __: str) -> None:
    """Nothing has happened yet."""
    phase(page, "idle")


def consent(page: Page, _: MockServer, __: str) -> None:
    """The notice before the first word."""
    page.locator("#talk").click()
    expect(page.locator("#consent")).to_be_visible()


def declined(page: Page, server: MockServer, language: str) -> None:
    """The guest has said no."""
    consent(page, server, language)
    page.locator("#consent-no").click()
    expect(page.locator("#notice")).to_be_visible()


def connecting(page: Page, _: MockServer, __: str) -> None:
    """The browser asks for the microphone."""
    page.evaluate("void (navigator.mediaDevices.getUserMedia = () => new Promise(() => {}))")
    page.locator("#talk").click()
    phase(page, "connecting")


def listening(page: Page, server: MockServer, language: str) -> None:
    """The guest is talking."""
    talk(page)
    server.send("speech_started", turn=1)
    server.send("transcription", turn=1, text=TALKS[language][0][0][:-8] + "…", final=False, language=None)
    expect(page.locator(".guest")).to_be_visible()
    page.wait_for_timeout(500)


def holding(page: Page, server: MockServer, _: str) -> None:
    """The guest holds the button."""
    page.locator("label:has(input[value=manual])").click()
    page.locator("#talk").hover()
    page.mouse.down()
    phase(page, "listening")
    server.send("speech_started", turn=1)
    page.wait_for_timeout(300)


def muted(page: Page, _: MockServer, __: str) -> None:
    """The microphone hears nothing."""
    talk(page)
    page.keyboard.press("m")
    expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")


def thinking(page: Page, server: MockServer, language: str) -> None:
    """An answer is awaited."""
    talk(page)
    server.send("transcription", turn=1, text=TALKS[language][0][0], final=True, language=language)
    phase(page, "thinking")


def speaking(page: Page, server: MockServer, language: str) -> None:
    """In the middle of the second answer."""
    talk(page)
    for turn, (question, answer) in enumerate(TALKS[language], start=1):
        server.send("transcription", turn=turn, text=question, final=True, language=language)
        last = turn == len(TALKS[language])
        server.answer(turn, answer, voice_like(8000 if last else 100))
        expect(page.locator(".sandra")).to_have_count(turn)
        phase(page, "speaking" if last else "listening")
    expect(page.locator(".sandra").last.locator(".heard")).to_contain_text("20 %")


def interrupted(page: Page, server: MockServer, language: str) -> None:
    """The guest has cut her short."""
    talk(page)
    question, answer = TALKS[language][0]
    server.send("transcription", turn=1, text=question, final=True, language=language)
    server.answer(1, answer, voice_like(5000))
    phase(page, "speaking")
    heard = " ".join(answer.split(" ")[:5])
    server.send("interrupted", turn=1, heard_text=heard, played_ms=900, reason="barge_in")
    phase(page, "listening")


def reconnecting(page: Page, server: MockServer, language: str) -> None:
    """The connection was lost, and the server is not back."""
    thinking(page, server, language)
    server.refuse_with = 503
    server.health = (500, {})
    server.close(1011)
    phase(page, "reconnecting")


def offline(page: Page, server: MockServer, _: str) -> None:
    """The server cannot be had."""
    server.refuse_with = 403
    page.locator("#talk").click()
    phase(page, "offline")
    expect(page.locator("#notice .contact")).to_be_visible()


def full(page: Page, server: MockServer, _: str) -> None:
    """Too many guests."""
    server.close_with = 1013
    page.locator("#talk").click()
    expect(page.locator("#notice")).to_be_visible()


def refused(page: Page, _: MockServer, __: str) -> None:
    """No microphone."""
    page.evaluate("void (__mic.fail = 'NotReadableError')")
    page.locator("#talk").click()
    expect(page.locator("#notice")).to_be_visible()


def elsewhere(page: Page, _: MockServer, __: str) -> None:
    """Another tab has the voice."""
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#words").fill("hola")
    other.keyboard.press("Enter")
    expect(other.locator(".typed")).to_be_visible()
    page.bring_to_front()
    page.locator("#talk").click()
    expect(page.locator("#stage")).to_have_attribute("data-mood", "elsewhere")


def options(page: Page, server: MockServer, language: str) -> None:
    """The window with what is needed now and then."""
    interrupted(page, server, language)
    page.locator("#options").click()
    expect(page.locator("#options-dialog")).to_be_visible()


def erasing(page: Page, server: MockServer, language: str) -> None:
    """The guest is asked whether all is to be deleted."""
    options(page, server, language)
    page.locator("#erase").click()
    expect(page.locator("#erase-yes")).to_be_visible()
    page.locator("#erase-yes").scroll_into_view_if_needed()


SCENES = (
    Scene("idle", "Ready", idle),
    Scene("consent", "Before the first word", consent, accepted=False),
    Scene("declined", "Declined", declined, accepted=False),
    Scene("connecting", "Connecting", connecting),
    Scene("listening", "Listening", listening, silent=False),
    Scene("holding", "Held to talk", holding, silent=False),
    Scene("muted", "Muted", muted),
    Scene("thinking", "Thinking", thinking),
    Scene("speaking", "Speaking", speaking),
    Scene("interrupted", "Interrupted", interrupted),
    Scene("reconnecting", "Reconnecting", reconnecting),
    Scene("offline", "Offline", offline),
    Scene("full", "Full", full),
    Scene("refused", "No microphone", refused),
    Scene("elsewhere", "In another tab", elsewhere),
    Scene("options", "Options", options),
    Scene("erasing", "Deleting", erasing),
)


def _refusal(failure: str) -> Play:
    """The microphone fails in one of the six ways; three of them are told apart by what else the browser says."""
    before = {
        "denied": "navigator.permissions.query = async () => ({ state: 'denied' }); __mic.fail = 'NotAllowedError'",
        "dismissed": "navigator.permissions.query = async () => ({ state: 'prompt' }); __mic.fail = 'NotAllowedError'",
        "none": "__mic.fail = 'NotFoundError'",
        "insecure": "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })",
        "policy": "document.featurePolicy.allowsFeature = () => false; __mic.fail = 'NotAllowedError'",
    }

    def play(page: Page, _: MockServer, __: str) -> None:
        page.evaluate(f"void ({before[failure].replace('; ', ', ')})")
        page.locator("#talk").click()
        expect(page.locator("#notice")).to_be_visible()

    return play


def _ending(code: int) -> Play:
    """The server ends the session."""

    def play(page: Page, server: MockServer, language: str) -> None:
        interrupted(page, server, language)
        server.close(code)
        phase(page, "idle")
        expect(page.locator("#notice")).to_be_visible()

    return play


def new_session(page: Page, server: MockServer, language: str) -> None:
    """The connection was lost, and so was the session."""
    interrupted(page, server, language)
    server.close(1011)
    server.wait(lambda: server.connections == 2, "the page to come back")
    expect(page.locator("#notice")).to_be_visible()


def sound_blocked(page: Page, server: MockServer, language: str) -> None:
    """The browser lets no sound out of the page."""
    interrupted(page, server, language)
    page.evaluate("void __context.suspend()")
    expect(page.locator("#notice-action")).to_be_visible()
    expect(page.locator("#sound")).to_be_visible()


def slow_link(page: Page, server: MockServer, language: str) -> None:
    """The network is poor, as the connection worker would tell after a few slow answers."""
    interrupted(page, server, language)
    page.evaluate(
        "void __worker.dispatchEvent(new MessageEvent('message', "
        "{ data: { type: 'quality', slow: true, droppedMs: 0 } }))"
    )
    expect(page.locator("#slow")).to_be_visible()


def unreachable(page: Page, server: MockServer, language: str) -> None:
    """Nobody answers at the server's address."""
    server.refuse_with, server.health = 500, (500, {})
    page.locator("#talk").click()
    phase(page, "offline")
    expect(page.locator("#notice .contact")).to_be_visible()
    expect(page.locator("#notice-action")).to_be_visible()


def audio_failed(page: Page, server: MockServer, __: str) -> None:
    """The browser cannot start the sound."""
    page.evaluate(
        "() => { const { addModule } = AudioWorklet.prototype; AudioWorklet.prototype.addModule = function (url) {"
        "  return `${url}`.includes('__tap') ? addModule.call(this, url) : Promise.reject(new Error('test')); }; }"
    )
    page.locator("#talk").click()
    server.wait_for("start")
    page.evaluate(
        "new Promise((done) => { const { websocketStreamClient: client } = window;"
        "  const look = () => client.getStatus().sessionId === null ? setTimeout(look, 20) : done(); look(); })"
    )
    expect(page.locator("#notice")).to_be_visible()


def clear_failed(page: Page, server: MockServer, language: str) -> None:
    """The connection is lost before the server has said that the conversation is forgotten."""
    interrupted(page, server, language)
    page.evaluate("void (__worker.postMessage = () => {})")
    page.locator("#clear").click()
    page.evaluate(
        "void __worker.dispatchEvent(new MessageEvent('message', "
        "{ data: { type: 'link', status: { state: 'reconnecting', attempt: 1 } } }))"
    )
    expect(page.locator("#notice")).to_be_visible()


def erased(page: Page, server: MockServer, language: str) -> None:
    """Everything is deleted."""
    erasing(page, server, language)
    page.locator("#erase-yes").click()
    expect(page.locator("#erase-told")).not_to_be_empty()


def not_erased(page: Page, server: MockServer, language: str) -> None:
    """It could not be deleted."""
    server.erasing = {"type": "error", "code": "erase_failed", "message": "x", "retryable": True, "turn": None}
    erased(page, server, language)


def erased_here(page: Page, server: MockServer, language: str) -> None:
    """The call was over: only this browser's part could be deleted."""
    _ending(4000)(page, server, language)
    page.locator("#options").click()
    page.locator("#erase").click()
    page.locator("#erase-yes").click()
    expect(page.locator("#erase-told")).not_to_be_empty()


def engine_failed(page: Page, server: MockServer, language: str) -> None:
    """The server says what went wrong."""
    interrupted(page, server, language)
    server.send("error", code="engine_failed", message="x", retryable=True, turn=None)
    expect(page.locator("#notice")).to_be_visible()


GRIP_SCRIPT = """
(() => {
  const [Thread, Sound] = [Worker, AudioContext];
  window.Worker = class extends Thread {
    constructor(...given) { super(...given); window.__worker = this; }
  };
  window.AudioContext = class extends Sound {
    constructor(...given) { super(...given); window.__context ??= this; }
  };
})();
"""
"""What these scenes need in the page before its own scripts: hold of its worker and of its sound."""

TOLD = (
    *(Scene(f"microphone-{failure}", f"Microphone: {failure}", _refusal(failure))
      for failure in ("denied", "dismissed", "none", "insecure", "policy")),
    *(Scene(f"ended-{name}", f"Ended: {name}", _ending(code))
      for name, code in (("idle", 4000), ("over", 4001), ("budget", 4002), ("replaced", 4003))),
    Scene("new-session", "Session lost", new_session),
    Scene("sound-blocked", "Sound blocked", sound_blocked),
    Scene("slow-link", "Poor network", slow_link),
    Scene("engine-failed", "Engine failed", engine_failed),
    Scene("erased", "Deleted", erased),
    Scene("not-erased", "Not deleted", not_erased),
    Scene("erased-here", "Deleted here", erased_here),
)  # fmt: skip
"""States that differ from one of `SCENES` in what the guest is told."""

FAILED = (
    Scene("unreachable", "Server out of reach", unreachable),
    Scene("audio-failed", "Sound failed", audio_failed),
    Scene("clear-failed", "Not cleared", clear_failed),
)
"""More of these: what should never fail has."""
