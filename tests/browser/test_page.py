"""The page in a real browser, against a server that says what the test tells it to."""

import re
import time

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .hearing import heard_by
from .kit.axe import assert_accessible
from .kit.guest import Guest
from .mock_server import MockServer, tone

pytestmark = pytest.mark.browser

FAILURES = {
    "NotAllowedError": ("bloqueado", "blocked"),
    "NotFoundError": ("ningún micrófono", "no microphone"),
    "NotReadableError": ("no responde", "does not answer"),
    "SecurityError": ("no es segura", "not secure"),
}

# A tab that is closed keeps the voice until the browser has taken it from it.
_VOICE_FREE_SCRIPT = """async () => {
  while ((await navigator.locks.query()).held.length > 0) await new Promise((done) => setTimeout(done, 20));
}"""


def phase(page: Page, name: str) -> None:
    expect(page.locator("#stage")).to_have_attribute("data-phase", name)


def talk(page: Page) -> None:
    page.locator("#talk").click()
    expect(page.locator("#talk")).to_have_text(re.compile("Detener|Stop"))


def final(server: MockServer, turn: int, text: str) -> None:
    server.send("transcription", turn=turn, text=text, final=True, language="es")


@pytest.mark.alone
def test_a_spoken_turn_is_shown_as_it_happens(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    phase(page, "idle")
    assert server.connections == 0, "nothing leaves before the guest presses the button"
    talk(page)
    phase(page, "listening")
    start = server.wait_for("start")
    assert start["language"] == "es"
    assert start["audio"]["input"] == {"encoding": "pcm_s16le", "sample_rate": 16000}
    server.wait(lambda: len(server.frames) >= 50, "a second of microphone")
    assert set(server.frames) == {640}

    server.send("speech_started", turn=1)
    expect(page.locator("#stage")).to_have_attribute("data-guest", "speaks")
    server.send("transcription", turn=1, text="cuánto cuesta", final=False, language=None)
    expect(page.locator(".guest .said")).to_have_text("cuánto cuesta")
    expect(page.locator(".guest")).to_have_attribute("data-final", "false")
    server.send("speech_stopped", turn=1)
    final(server, 1, "¿Cuánto cuesta el ático?")
    expect(page.locator(".guest .said")).to_have_text("¿Cuánto cuesta el ático?")
    expect(page.locator(".guest")).to_have_attribute("data-final", "true")
    phase(page, "thinking")

    server.answer(1, "El Ático Ruzafa cuesta 120 € la noche.", tone(4000))
    phase(page, "speaking")
    expect(page.locator("#state")).to_have_text("Hablando")
    expect(page.locator(".sandra .said")).to_have_text("El Ático Ruzafa cuesta 120 € la noche.")
    expect(page.locator(".sandra .heard")).to_have_text(re.compile("El Ático Ruzafa"))
    expect(page.locator(".sandra .now")).not_to_be_empty()
    phase(page, "listening")
    server.wait(lambda: bool(server.of("playback")) and server.of("playback")[-1]["played_ms"] >= 3999, "the end")
    played = [message["played_ms"] for message in server.of("playback")]
    assert played == sorted(played)
    assert played[-1] in range(3999, 4002)
    assert len(played) >= 18, "about every 200 ms"
    heard = heard_by(page)
    assert heard.sources == 1, "one way to the loudspeaker"
    assert heard.sounding().sum() * 512 / heard.rate == pytest.approx(4.0, abs=0.05)


@pytest.mark.alone
def test_the_page_tells_once_when_the_first_sound_was_heard_on_the_servers_clock(
    open_page: OpenPage, server: MockServer
) -> None:
    page = open_page()
    talk(page)
    server.wait_for("ping", 4)
    final(server, 1, "¿Cuánto cuesta el ático?")
    server.wait_for("ping", 5)
    sent = time.time() * 1000
    guest = Guest(page)
    server.answer(1, "Cuesta 120 € la noche.", bytes(24_000 // 5 * 2) + tone(1000))  # 200 ms of silence first
    guest.has_been("speaking")
    guest.has_been("listening")
    server.wait(lambda: server.of("playback")[-1]["played_ms"] >= 1199, "the end")
    told = [message for message in server.of("playback") if message.get("first") is not None]
    assert len(told) == 1
    first, now = told[0]["first"], told[0]["at"] * 1000
    slack = first["round_trip_ms"]
    assert sent - slack <= first["arrived_at"] <= first["heard_at"] <= now + slack
    assert first["heard_at"] >= sent + 200 - slack, "the silence before it is not its first sound"


@pytest.mark.alone
def test_the_voice_is_whole_and_in_tune(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#words").fill("hola")
    page.keyboard.press("Enter")
    server.wait_for("text")
    final(server, 1, "hola")
    guest = Guest(page)
    server.speak(1, tone(2000, hz=1000))
    guest.has_been("speaking")
    guest.has_been("idle")
    heard = heard_by(page)
    audible = np.flatnonzero(heard.samples)
    samples = heard.samples[audible[0] : audible[-1]]
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    peak = float(np.argmax(spectrum)) * heard.rate / len(middle)
    assert peak == pytest.approx(1000, abs=2)
    others = spectrum[np.abs(np.arange(len(spectrum)) * heard.rate / len(middle) - 1000) > 50]
    assert others.max() < spectrum.max() * 10 ** (-50 / 20), "no image, no click"


def test_typed_text_is_answered_and_cleared(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#words").fill("¿Admiten mascotas?")
    page.keyboard.press("Enter")
    assert server.wait_for("text")["text"] == "¿Admiten mascotas?"
    expect(page.locator("#words")).to_have_value("")
    expect(page.locator(".typed .said")).to_have_text("¿Admiten mascotas?")
    final(server, 1, "¿Admiten mascotas?")
    expect(page.locator(".typed")).to_have_count(0)
    server.answer(1, "Sí, por 15 € la estancia.", tone(200))
    expect(page.locator(".sandra .said")).to_have_text("Sí, por 15 € la estancia.")
    page.locator("#clear").click()
    server.wait_for("clear_history")
    expect(page.locator(".turns li")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()


def test_an_example_is_asked_by_a_click(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#examples button").first.click()
    assert server.wait_for("text")["text"] == "¿Cuánto cuesta el Ático Ruzafa?"


@pytest.mark.alone
def test_an_interruption_silences_within_150_ms_and_keeps_what_was_heard(
    open_page: OpenPage, server: MockServer
) -> None:
    page = open_page()
    talk(page)
    final(server, 1, "hola")
    server.send("response_chunk", turn=1, text="Uno dos tres cuatro")
    server.speak(1, tone(8000))
    phase(page, "speaking")
    page.wait_for_timeout(700)
    decided = server.send("interrupted", turn=1, heard_text="Uno dos", played_ms=700, reason="barge_in")
    server.send_audio(tone(2000))
    phase(page, "listening")
    page.wait_for_timeout(500)
    heard = heard_by(page)
    last = heard.times[: len(heard.levels())][heard.sounding()].max()
    assert last - decided < 0.150
    expect(page.locator(".sandra .said")).to_have_text("Uno dos—")
    expect(page.locator(".sandra .cut")).to_have_text("interrumpida")
    steps = np.abs(np.diff(heard.samples))
    assert steps.max() < 0.05, "faded, not cut: a 440 Hz tone at 0.3 moves 0.02 a sample"

    final(server, 2, "otra")
    guest = Guest(page)
    server.speak(2, tone(400))
    guest.has_been("speaking")
    guest.has_been("listening")
    again = heard_by(page)
    seconds = float((again.sounding() & (again.times[: len(again.levels())] > decided + 0.15)).sum()) * 512 / again.rate
    assert seconds == pytest.approx(0.4, abs=0.05), "the next answer is neither clipped nor mixed with the old one"


@pytest.mark.alone
def test_escape_silences_at_once_and_tells_the_server_how_much_was_heard(
    open_page: OpenPage, server: MockServer
) -> None:
    page = open_page()
    talk(page)
    final(server, 1, "hola")
    server.speak(1, tone(8000))
    phase(page, "speaking")
    page.wait_for_timeout(600)
    page.keyboard.press("Escape")
    server.wait_for("interrupt")
    phase(page, "listening")
    order = [message["type"] for message in server.messages]
    assert order[order.index("interrupt") - 1] == "playback"
    said = server.messages[order.index("interrupt") - 1]
    assert 200 < said["played_ms"] < 2000
    server.send_audio(tone(1000))
    page.wait_for_timeout(300)
    heard = heard_by(page)
    assert not heard.sounding()[-10:].any()


@pytest.mark.alone
def test_ducking_is_12_db_and_quick(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    server.speak(1, tone(6000))
    phase(page, "speaking")
    page.wait_for_timeout(500)
    on = server.send("duck", turn=1, on=True)
    page.wait_for_timeout(500)
    off = server.send("duck", turn=1, on=False)
    page.wait_for_timeout(500)
    heard = heard_by(page)
    levels, times = heard.levels(), heard.times[: len(heard.levels())]
    before = np.median(levels[(times > on - 0.3) & (times < on)])
    during = np.median(levels[(times > on + 0.15) & (times < off)])
    after = np.median(levels[(times > off + 0.15) & (times < off + 0.4)])
    assert 20 * np.log10(during / before) == pytest.approx(-12, abs=0.5)
    assert 20 * np.log10(after / before) == pytest.approx(0, abs=0.5)


@pytest.mark.alone
def test_detener_gives_the_microphone_back(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    phase(page, "listening")
    expect(page.locator("#meter")).to_be_visible()
    server.send("speech_started", turn=1)
    expect(page.locator("#stage")).to_have_attribute("data-guest", "speaks")
    page.locator("#talk").click()
    server.wait_for("stop")
    phase(page, "idle")
    expect(page.locator("#meter")).to_be_hidden()
    frames = len(server.frames)
    page.wait_for_timeout(300)
    assert len(server.frames) <= frames + 2, "no more audio leaves"


@pytest.mark.alone
def test_the_level_follows_the_microphone(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(microphone=False)  # the browser's own fake device beeps once a second
    talk(page)
    highest = page.evaluate(
        "new Promise((done) => {"
        "  const meter = document.querySelector('#meter'), end = Date.now() + 8000; let most = 0;"
        "  const timer = setInterval(() => {"
        "    most = Math.max(most, Number(meter.getAttribute('aria-valuenow')));"
        "    if (most >= 30 || Date.now() > end) { clearInterval(timer); done(most); }"
        "  }, 20); })"
    )
    assert highest >= 30
    server.wait(lambda: max(np.frombuffer(bytes(server.audio), "<i2"), default=0) > 1000, "the beep")


@pytest.mark.parametrize("name", sorted(FAILURES))
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_refused_microphone_says_what_to_do_and_text_goes_on(
    open_page: OpenPage, server: MockServer, name: str, language: str
) -> None:
    page = open_page(f"/?lang={language}", permissions=())
    if name == "NotAllowedError":
        page.evaluate("navigator.permissions.query = async () => ({ state: 'denied' })")
    page.evaluate(f"__mic.fail = {name!r}")
    page.locator("#talk").click()
    notice = page.locator("#notice")
    expect(notice).to_contain_text(FAILURES[name][language == "en"])
    expect(notice).to_contain_text(re.compile("escrib|type"))
    expect(page.locator("#talk")).to_have_text(re.compile("Hablar|Talk"))
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("hola")
    page.keyboard.press("Enter")
    assert server.wait_for("text")["text"] == "hola"


def test_a_dismissed_question_is_not_a_refusal(open_page: OpenPage) -> None:
    page = open_page(permissions=())
    page.evaluate("navigator.permissions.query = async () => ({ state: 'prompt' })")
    page.evaluate("__mic.fail = 'NotAllowedError'")
    page.locator("#talk").click()
    expect(page.locator("#notice")).to_contain_text("Falta tu permiso")
    page.evaluate("__mic.fail = null")
    talk(page)
    expect(page.locator("#notice")).to_be_hidden()
    phase(page, "listening")


def test_a_page_in_a_frame_without_the_microphone_says_so(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("document.featurePolicy.allowsFeature = () => false; __mic.fail = 'NotAllowedError'")
    page.locator("#talk").click()
    expect(page.locator("#notice")).to_contain_text("no permite el micrófono")


def test_an_insecure_page_says_so(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    page.locator("#talk").click()
    expect(page.locator("#notice")).to_contain_text("no es segura")


@pytest.mark.alone
def test_a_lost_connection_is_not_heard_in_her_voice(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    final(server, 1, "¿Hay piscina?")
    server.send("response_chunk", turn=1, text="Sí, y da al mar.")
    server.speak(1, tone(1500), end=False)
    server.wait_for("playback")
    server.resumes = True
    server.close(1012)
    asked = server.wait_for("start", 2)["resume"]
    assert asked["resume_token"] == "t"
    assert asked["played"] == {"turn": 1, "played_ms": 1500}
    server.speak(1, tone(700), start_ms=1500)
    server.wait(lambda: server.of("playback")[-1]["played_ms"] >= 2190, "all of the answer to be heard")
    heard = [message["played_ms"] for message in server.of("playback")]
    assert heard == sorted(heard)
    expect(page.locator("#notice")).not_to_contain_text("conversación nueva")


def test_a_lost_connection_comes_back_as_a_new_conversation(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    final(server, 1, "hola")
    server.send("response_chunk", turn=1, text="Uno dos tres")
    server.speak(1, tone(8000))
    phase(page, "speaking")
    server.close(1011)
    server.wait(lambda: server.connections == 2, "the page to come back")
    phase(page, "listening")
    expect(page.locator("#notice")).to_contain_text("conversación nueva")
    expect(page.locator(".guest .said")).to_have_text("hola")
    server.wait_for("start", 2)
    count = len(server.frames)
    server.wait(lambda: len(server.frames) > count + 10, "the microphone to go on")
    final(server, 1, "sigo aquí")
    expect(page.locator(".guest .said")).to_have_text(["hola", "sigo aquí"])


@pytest.mark.parametrize("refusal", ["close", "http"])
def test_a_full_server_says_when_to_try_again(open_page: OpenPage, server: MockServer, refusal: str) -> None:
    page = open_page()
    if refusal == "close":
        server.close_with = 1013
    else:
        server.refuse_with, server.health = 503, (503, {"Retry-After": "7"})
    page.locator("#talk").click()
    expect(page.locator("#notice")).to_contain_text("demasiada gente")
    expect(page.locator("#notice")).to_contain_text("15 segundos" if refusal == "close" else "7 segundos")
    phase(page, "offline")
    expect(page.locator("#talk")).to_have_text("Hablar")
    server.reset()
    page.locator("#notice-action").click()
    phase(page, "listening")
    expect(page.locator("#notice")).to_be_hidden()


def test_what_could_not_be_sent_is_in_the_field_again(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#talk").click()
    phase(page, "listening")
    other = page.context.new_page()
    other.goto(page.url)
    words = other.locator("#words")
    words.fill("¿Hay piscina?")
    words.press("Enter")
    expect(other.locator("#notice")).to_contain_text("otra pestaña")
    expect(words).to_have_value("¿Hay piscina?")
    other.locator("#notice-close").click()
    expect(other.locator("#notice")).to_be_hidden()
    other.locator("#talk").click()
    expect(other.locator("#notice")).to_contain_text("otra pestaña")
    page.close()
    other.evaluate(_VOICE_FREE_SCRIPT)
    server.close_with = 1013
    words.press("Enter")
    expect(other.locator("#notice")).to_contain_text("demasiada gente")
    expect(words).to_have_value("¿Hay piscina?")
    server.reset()
    words.press("Enter")
    assert server.wait_for("text")["text"] == "¿Hay piscina?"
    expect(words).to_have_value("")


def test_an_ended_session_says_why_and_begins_again(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    phase(page, "listening")
    server.close(4000)
    expect(page.locator("#notice")).to_contain_text("inactividad")
    phase(page, "idle")
    expect(page.locator("#talk")).to_have_text("Hablar")
    talk(page)
    server.wait(lambda: server.connections == 2, "a new session")
    phase(page, "listening")


def test_the_servers_errors_are_told_in_the_pages_language(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    phase(page, "listening")
    server.send("error", code="not_understood", message="Say it again.", retryable=True, turn=None)
    expect(page.locator("#notice")).to_contain_text("No he entendido")
    server.send("error", code="from_the_future", message="Haz esto.", retryable=False, turn=None)
    expect(page.locator("#notice")).to_contain_text("Haz esto.")
    page.locator("#notice-close").click()
    expect(page.locator("#notice")).to_be_hidden()


def test_language_comes_from_the_address_then_the_last_choice_then_the_browser(
    open_page: OpenPage, server: MockServer
) -> None:
    assert open_page("/", locale="en-GB").locator("html").get_attribute("lang") == "en"
    assert open_page("/", locale="fr-FR").locator("html").get_attribute("lang") == "es"
    page = open_page("/?lang=es", locale="en-GB")
    expect(page.locator("#talk")).to_have_text("Hablar")
    page.locator("label[lang=en]").click()
    expect(page.locator("#talk")).to_have_text("Talk")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(server.url + "/")
    expect(page.locator("#talk")).to_have_text("Talk")
    talk(page)
    assert server.wait_for("start")["language"] == "en"
    page.locator("label[lang=es]").click()
    assert server.wait_for("set_language")["language"] == "es"
    expect(page.locator("#talk")).to_have_text("Detener")
    server.send("language", language="en")
    expect(page.locator("#talk")).to_have_text("Stop")


def test_the_keyboard_is_enough(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        outline = page.evaluate(
            "(() => { const e = document.activeElement;"
            " return getComputedStyle(e.name === 'language' ? e.nextElementSibling : e).outlineStyle; })()"
        )
        assert outline == "solid", seen
        if seen[-1] == "talk":
            break
    assert seen[-1] == "talk"
    assert len(seen) <= 4
    page.keyboard.press("Space")
    phase(page, "listening")
    page.keyboard.press("Space")
    phase(page, "idle")
    assert server.connections == 1


def test_a_phone_shows_everything_within_its_width(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(width=360, height=740, touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        "[...document.querySelectorAll('button, #words, .languages span')]"
        ".filter((e) => e.offsetParent && (e.offsetHeight < 44 || e.offsetWidth < 44)).map((e) => e.outerHTML)"
    )
    assert small == []
    final_words = "Una frase muy larga " * 12
    talk(page)
    final(server, 1, final_words)
    server.answer(1, final_words.strip(), tone(300))
    expect(page.locator(".sandra .said")).to_have_text(final_words.strip())
    phase(page, "listening")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box = page.locator("#words").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 740, "the text field stays in view"


def test_reduced_motion_moves_nothing_by_itself(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(reduced_motion="reduce")
    talk(page)
    final(server, 1, "hola")
    phase(page, "thinking")
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.alone
def test_screen_readers_hear_the_guests_words_and_not_sandras_voice_twice(
    open_page: OpenPage, server: MockServer
) -> None:
    page = open_page()
    expect(page.locator("#scroll")).to_have_attribute("aria-live", "off")
    talk(page)
    final(server, 1, "hola")
    expect(page.locator("#guest-live")).to_have_text("hola")
    server.answer(1, "Hola, soy Sandra.", tone(4000))
    phase(page, "speaking")
    expect(page.locator("#sandra-live")).to_be_empty()
    phase(page, "listening")
    expect(page.locator("#sandra-live")).to_be_empty()
    final(server, 2, "sin voz")
    server.send("play_voice", turn=2, text="Escrito.", responseType="general", clip=None)
    server.complete(2, "Escrito.")
    expect(page.locator("#sandra-live")).to_have_text("Escrito.")


def test_the_console_object_does_what_it_says(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    assert page.evaluate("websocketStreamClient.getStatus()") == {
        "phase": "idle",
        "connected": False,
        "listening": False,
        "language": "es",
        "sessionId": None,
    }
    assert page.evaluate("websocketStreamClient.getHistory()") == []
    page.evaluate("window.seen = []; void websocketStreamClient.on('status', (status) => seen.push(status.phase))")
    page.evaluate("websocketStreamClient.startListening()")
    phase(page, "listening")
    status = page.evaluate("websocketStreamClient.getStatus()")
    assert (status["connected"], status["listening"], status["sessionId"]) == (True, True, "session-1")
    assert page.evaluate("websocketStreamClient.getHistory()")[0]["text"] == "hola"
    page.evaluate("websocketStreamClient.setLanguage('en')")
    assert page.evaluate("websocketStreamClient.getStatus().language") == "en"
    page.evaluate("websocketStreamClient.sendText('hello')")
    server.wait_for("text")
    page.evaluate("websocketStreamClient.clearHistory()")
    server.wait_for("clear_history")
    page.evaluate("websocketStreamClient.stopListening()")
    phase(page, "idle")
    assert page.evaluate("seen") == ["connecting", "listening", "idle"]


def test_without_a_click_there_is_no_sound_and_no_connection(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    expect(page.locator("#state")).to_have_text("Lista")
    assert heard_by(page).sources == 0
    assert server.connections == 0


def test_the_page_loads_nothing_from_elsewhere(open_page: OpenPage, server: MockServer) -> None:
    page = open_page("/livez")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url + "/?lang=es")
    talk(page)
    phase(page, "listening")
    assert asked
    assert [url for url in asked if not url.startswith(server.url)] == []


@pytest.mark.alone
def test_an_answer_without_audio_is_played_from_its_clip(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    final(server, 1, "hola")
    guest = Guest(page)
    server.send("play_voice", turn=1, text="Hola.", responseType="welcome", clip="/clip.wav")
    server.complete(1, "Hola.")
    guest.has_been("speaking")
    guest.has_been("listening")
    assert server.wait_for("playback")["turn"] == 1
    heard = heard_by(page)
    assert heard.sources == 1
    assert heard.sounding().sum() * 512 / heard.rate == pytest.approx(0.5, abs=0.05)


def test_axe_finds_nothing_while_she_talks_and_something_fails(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talk(page)
    final(server, 1, "¿Cuánto cuesta?")
    server.answer(1, "El Ático Ruzafa cuesta 120 € la noche.", tone(8000))
    expect(page.locator(".sandra .now")).not_to_be_empty()
    server.send("error", code="engine_failed", message="x", retryable=True, turn=None)
    expect(page.locator("#notice")).to_be_visible()
    assert_accessible(page)
