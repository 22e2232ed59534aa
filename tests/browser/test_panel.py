"""What a guest can do in the panel: accept, hold, mute, choose a microphone, keep and delete the talk, and more."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import OpenPage
from .mock_server import BUSINESS, MockServer, tone

pytestmark = pytest.mark.browser

VERSION = BUSINESS["privacy"]["version"]

# Two microphones that can be told apart, and one that comes later.
MICROPHONES_SCRIPT = """
(() => {
  const device = (id) => ({ deviceId: id, groupId: id, kind: 'audioinput', label: `Micro ${id}` });
  const there = [device('uno'), device('dos')];
  navigator.mediaDevices.enumerateDevices = async () => [...there];
  window.__plug = (id) => {
    there.push(device(id));
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  };
})();
"""


def phase(page: Page, name: str) -> None:
    expect(page.locator("#stage")).to_have_attribute("data-phase", name)


def mood(page: Page, name: str) -> None:
    expect(page.locator("#stage")).to_have_attribute("data-mood", name)


def final(server: MockServer, turn: int, text: str) -> None:
    server.send("transcription", turn=turn, text=text, final=True, language="es")


def kept_consent(page: Page) -> object:
    return json.loads(page.evaluate("localStorage.getItem('sandra.consent')") or "null")


def holds(page: Page, expression: str) -> None:
    """Wait until something holds in the page, whose policy lets no text be run."""
    page.evaluate(
        "new Promise((done, fail) => {"
        "  const end = Date.now() + 8000;"
        f" const timer = setInterval(() => {{ const so = {expression}; if (!so && Date.now() < end) return;"
        "    clearInterval(timer); so ? done() : fail(new Error('waited in vain')); }, 20); })"
    )


def choose_mode(page: Page, mode: str) -> None:
    page.locator(f"label:has(input[value={mode}])").click()


# --- consent ----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("S25")
def test_nothing_leaves_before_the_guest_accepts(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(consent=None)
    page.evaluate("void (navigator.mediaDevices.getUserMedia = async () => { window.__asked = true; })")
    page.locator("#talk").click()
    notice = page.locator("#consent")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("inteligencia artificial")
    expect(notice).to_contain_text("30 días")
    expect(notice.locator("a")).to_have_attribute("href", BUSINESS["privacy"]["url"])
    page.wait_for_timeout(200)
    assert server.connections == 0
    assert page.evaluate("window.__asked") is None
    assert kept_consent(page) is None


@pytest.mark.requirement("S25")
def test_who_accepts_talks_at_once_and_is_not_asked_again(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(consent=None)
    page.locator("#talk").click()
    page.locator("#consent-accept").click()
    phase(page, "listening")
    assert server.wait_for("start")["consent"] == {"version": VERSION, "given": True}
    assert kept_consent(page) == {"version": VERSION, "choice": "voice"}
    page.reload()
    page.locator("#talk").click()
    phase(page, "listening")
    assert server.wait_for("start", 2)["consent"] == {"version": VERSION, "given": True}


@pytest.mark.requirement("S25")
def test_who_only_writes_opens_no_microphone(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(consent=None)
    page.locator("#words").fill("¿Hay wifi?")
    page.keyboard.press("Enter")
    expect(page.locator("#words")).to_have_value("¿Hay wifi?")
    assert server.connections == 0
    page.locator("#consent-text-only").click()
    assert server.wait_for("text")["text"] == "¿Hay wifi?"
    expect(page.locator("#words")).to_have_value("")
    phase(page, "idle")
    page.locator("#words").fill("¿Y piscina?")
    page.keyboard.press("Enter")
    assert server.wait_for("text", 2)["text"] == "¿Y piscina?"
    page.locator("#talk").click()
    expect(page.locator("#consent")).to_be_visible()


def test_who_says_no_is_told_that_nothing_was_sent_and_whom_to_ask(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(consent=None)
    page.locator("#talk").click()
    page.locator("#consent-no").click()
    expect(page.locator("#notice")).to_contain_text("no se ha enviado nada")
    expect(page.locator("#notice a[href^='tel:']")).to_have_attribute("href", "tel:+34960000100")
    assert server.connections == 0
    page.locator("#talk").click()
    expect(page.locator("#consent")).to_be_visible()


def test_escape_leaves_the_notice_unanswered(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(consent=None)
    page.locator("#talk").click()
    page.keyboard.press("Escape")
    expect(page.locator("#consent")).to_be_hidden()
    expect(page.locator("#talk")).to_be_focused()
    assert kept_consent(page) is None
    assert server.connections == 0


@pytest.mark.requirement("S25")
def test_a_changed_notice_is_shown_again(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.evaluate("localStorage.setItem('sandra.consent', JSON.stringify({ version: 'older', choice: 'voice' }))")
    page.reload()
    page.locator("#talk").click()
    expect(page.locator("#consent")).to_be_visible()
    assert server.connections == 0


def test_the_notice_is_in_the_pages_language(open_page: OpenPage) -> None:
    page = open_page("/?lang=en", consent=None)
    page.locator("#talk").click()
    expect(page.locator("#consent")).to_contain_text("artificial intelligence")
    expect(page.locator("#consent-accept")).to_have_text("Accept and talk")


def test_consent_can_be_taken_back(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#talk").click()
    phase(page, "listening")
    page.locator("#options").click()
    page.locator("#review").click()
    page.locator("#consent-text-only").click()
    phase(page, "idle")
    assert kept_consent(page) == {"version": VERSION, "choice": "text"}


# --- talking ----------------------------------------------------------------------------------------------------------


def test_the_button_is_held_to_talk(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    choose_mode(page, "manual")
    talk = page.locator("#talk")
    expect(talk).to_have_text(re.compile("Mantén pulsado"))
    talk.hover()
    page.mouse.down()
    phase(page, "listening")
    mood(page, "listening")
    expect(talk).to_have_attribute("aria-pressed", "true")
    assert server.wait_for("start")["turn"]["mode"] == "manual"
    server.wait(lambda: len(server.frames) > 5, "the microphone")
    page.mouse.up()
    server.wait_for("stop")
    expect(talk).to_have_attribute("aria-pressed", "false")
    mood(page, "idle")
    page.locator("#stop").click()
    phase(page, "idle")
    expect(page.locator("#stop")).to_have_count(0)


def test_space_is_held_to_talk_from_anywhere_but_a_field(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    choose_mode(page, "manual")
    page.locator("#scroll").focus()
    page.keyboard.down("Space")
    mood(page, "listening")
    page.keyboard.down("Space")  # as a held key repeats
    page.keyboard.up("Space")
    server.wait_for("stop")
    mood(page, "idle")
    page.locator("#words").focus()
    page.keyboard.type("a b")
    expect(page.locator("#words")).to_have_value("a b")
    assert len(server.of("stop")) == 1


def test_a_screen_reader_presses_once_to_begin_and_once_to_end(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    choose_mode(page, "manual")
    page.evaluate("document.querySelector('#talk').click()")
    mood(page, "listening")
    page.evaluate("document.querySelector('#talk').click()")
    server.wait_for("stop")
    mood(page, "idle")


def test_m_mutes_and_says_so(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(microphone=False)  # the browser's own fake device beeps once a second
    page.locator("#talk").click()
    phase(page, "listening")
    mute = page.locator("#mute")
    expect(mute).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("m")
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#state")).to_have_text("Silenciado")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#state")).to_have_text("Te escucho")
    page.keyboard.press("m")
    choose_mode(page, "manual")
    page.keyboard.press("m")
    assert page.evaluate("websocketStreamClient.state.muted") is False, "there is no button for it now"
    choose_mode(page, "auto")
    page.keyboard.press("m")
    expect(mute).to_have_attribute("aria-pressed", "true")
    page.locator("#talk").click()
    phase(page, "idle")
    page.locator("#talk").click()
    phase(page, "listening")
    expect(mute).to_have_attribute("aria-pressed", "false")


def test_m_is_a_letter_in_the_text_field(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#talk").click()
    phase(page, "listening")
    page.locator("#words").focus()
    page.keyboard.type("mmm")
    expect(page.locator("#words")).to_have_value("mmm")
    expect(page.locator("#mute")).to_have_attribute("aria-pressed", "false")


def test_a_microphone_is_chosen_and_one_that_is_plugged_in_appears(open_page: OpenPage) -> None:
    page = open_page("/livez")
    page.add_init_script(MICROPHONES_SCRIPT)
    page.goto(page.url.replace("/livez", "/?lang=es"))
    page.locator("#talk").click()
    phase(page, "listening")
    page.locator("#options").click()
    choice = page.locator("#microphone")
    expect(choice.locator("option")).to_have_text(["Micro uno", "Micro dos"])
    page.evaluate("__plug('tres')")
    expect(choice.locator("option")).to_have_text(["Micro uno", "Micro dos", "Micro tres"])
    choice.select_option("dos")
    holds(page, "__mic.constraints.audio.deviceId?.ideal === 'dos'")
    phase(page, "listening")


# --- the transcript ---------------------------------------------------------------------------------------------------


def talked(page: Page, server: MockServer) -> None:
    """One turn that was heard whole, and one that was cut."""
    page.locator("#talk").click()
    phase(page, "listening")
    final(server, 1, "¿Hay wifi?")
    server.answer(1, "Sí, en todos.", tone(300))
    expect(page.locator(".sandra")).to_have_count(1)
    phase(page, "listening")
    final(server, 2, "¿Y piscina?")
    server.send("response_chunk", turn=2, text="Sí, y da al mar.")
    server.speak(2, tone(5000), end=False)
    phase(page, "speaking")
    server.send("interrupted", turn=2, heard_text="Sí, y", played_ms=500, reason="barge_in")
    expect(page.locator(".sandra .cut")).to_be_visible()


def test_the_transcript_holds_what_was_heard(open_page: OpenPage, server: MockServer, tmp_path: Path) -> None:
    page = open_page()
    talked(page, server)
    page.locator("#options").click()
    with page.expect_download() as text:
        page.locator("#save-txt").click()
    assert text.value.suggested_filename.endswith(".txt")
    text.value.save_as(tmp_path / "talk.txt")
    written = (tmp_path / "talk.txt").read_text(encoding="utf-8")
    assert "Tú: ¿Hay wifi?" in written
    assert "Sandra: Sí, y — (interrumpida)" in written
    assert "da al mar" not in written
    with page.expect_download() as data:
        page.locator("#save-json").click()
    data.value.save_as(tmp_path / "talk.json")
    told = json.loads((tmp_path / "talk.json").read_text(encoding="utf-8"))
    assert told["persona"] == "Sandra"
    assert [line["role"] for line in told["lines"]] == ["guest", "assistant"] * 2
    assert [line["interrupted"] for line in told["lines"]] == [False, False, False, True]
    assert all(line["at"] for line in told["lines"])


def test_the_transcript_of_a_long_conversation_has_its_beginning(
    open_page: OpenPage, server: MockServer, tmp_path: Path
) -> None:
    page = open_page()
    page.locator("#talk").click()
    phase(page, "listening")
    turns = range(1, 102)
    said = {"role": "user", "language": "es", "at": 0, "interrupted": False}
    server.history = [said | {"text": f"¿Pregunta {turn}?", "turn": turn} for turn in turns]
    server.send_all(
        [
            {"type": "transcription", "turn": turn, "text": f"¿Pregunta {turn}?", "final": True, "language": "es"}
            for turn in turns
        ]
    )
    holds(page, "websocketStreamClient.state.turns.at(-1)?.turn === 101")
    page.locator("#options").click()
    with page.expect_download() as text:
        page.locator("#save-txt").click()
    text.value.save_as(tmp_path / "talk.txt")
    written = (tmp_path / "talk.txt").read_text(encoding="utf-8")
    assert [f"Tú: ¿Pregunta {turn}?" in written for turn in turns] == [True] * len(turns)
    assert written.count("¿Pregunta 2?") == 1


def test_the_transcript_is_copied(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(permissions=("microphone", "clipboard-read", "clipboard-write"))
    talked(page, server)
    page.locator("#options").click()
    page.locator("#copy").click()
    expect(page.locator("#copied")).to_have_text("Copiada.")
    assert "Tú: ¿Hay wifi?" in page.evaluate("navigator.clipboard.readText()")


def test_a_copy_that_the_browser_forbids_is_told(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talked(page, server)
    page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))")
    page.locator("#options").click()
    page.locator("#copy").click()
    expect(page.locator("#copied")).to_contain_text("descárgala")


# --- deletion ---------------------------------------------------------------------------------------------------------


def test_deleting_is_asked_for_twice_and_told(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talked(page, server)
    page.locator("#options").click()
    page.locator("#erase").click()
    page.locator("#erase-no").click()
    assert server.of("erase_data") == []
    page.locator("#erase").click()
    expect(page.locator(".erase")).to_contain_text("No se puede deshacer")
    page.locator("#erase-yes").click()
    server.wait_for("erase_data")
    expect(page.locator("#erase-told")).to_have_text("Tus datos se han borrado.")
    expect(page.locator(".turns li")).to_have_count(0)
    assert kept_consent(page) is None


def test_a_deletion_that_fails_says_what_to_do(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talked(page, server)
    server.erasing = {"type": "error", "code": "erase_failed", "message": "x", "retryable": True, "turn": None}
    page.locator("#options").click()
    page.locator("#erase").click()
    page.locator("#erase-yes").click()
    expect(page.locator("#erase-told")).to_contain_text("por teléfono")
    expect(page.locator("#erase-yes")).to_be_visible()


def test_a_call_that_is_over_is_deleted_here_and_the_guest_told_how_to_ask_for_the_rest(
    open_page: OpenPage, server: MockServer
) -> None:
    page = open_page()
    talked(page, server)
    server.close(4000)
    phase(page, "idle")
    page.locator("#options").click()
    page.locator("#erase").click()
    page.locator("#erase-yes").click()
    expect(page.locator("#erase-told")).to_contain_text("por teléfono (+34 960 000 100) con esta referencia: session-")
    expect(page.locator(".turns li")).to_have_count(0)
    assert server.of("erase_data") == []


# --- a person ---------------------------------------------------------------------------------------------------------


def test_a_person_can_be_reached_when_the_server_cannot(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    server.refuse_with = 403
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#talk").click()
    phase(page, "offline")
    ways = page.locator("#notice .contact a")
    expect(ways).to_have_count(3)
    expect(ways.nth(0)).to_have_attribute("href", "tel:+34960000100")
    expect(ways.nth(1)).to_have_attribute("href", "https://wa.me/34960000101")
    expect(ways.nth(2)).to_have_attribute("href", "mailto:hola@casasdelturia.example")


def test_the_ways_to_a_person_are_remembered_for_when_the_server_is_gone(
    open_page: OpenPage, server: MockServer
) -> None:
    page = open_page()
    expect(page.locator("h1")).to_contain_text("Casas del Turia")
    server.business = None
    page.reload()
    expect(page.locator("h1")).to_contain_text("Casas del Turia")
    page.locator("#options").click()
    expect(page.locator("#options-dialog .contact a")).to_have_count(3)


def test_a_server_that_tells_nothing_of_the_business_is_no_hindrance(open_page: OpenPage, server: MockServer) -> None:
    server.business = None
    page = open_page()
    expect(page.locator("h1")).to_have_text("Sandra")
    page.locator("#options").click()
    expect(page.locator("#options-dialog .contact")).to_have_count(0)


# --- the voice is in one place ----------------------------------------------------------------------------------------


def test_the_voice_is_brought_from_another_tab(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#talk").click()
    phase(page, "listening")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#talk").click()
    expect(other.locator("#notice")).to_contain_text("otra pestaña")
    mood(other, "elsewhere")
    other.locator("#notice-action").click()
    phase(other, "listening")
    phase(page, "idle")


# --- eyes, ears and hands ---------------------------------------------------------------------------------------------


def test_nothing_is_told_to_a_screen_reader_while_she_is_heard(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    page.locator("#talk").click()
    phase(page, "listening")
    final(server, 1, "hola")
    page.evaluate(
        "(() => { window.told = []; const look = new MutationObserver(() => {"
        "  const text = document.querySelector('#told').textContent.trim();"
        "  if (text !== '' && websocketStreamClient.getStatus().phase === 'speaking') told.push(text); });"
        "look.observe(document.querySelector('#told'), { subtree: true, childList: true, characterData: true }); })()"
    )
    server.answer(1, "Hola, soy Sandra.", tone(4000))
    phase(page, "speaking")
    server.send("error", code="rate_limited", message="x", retryable=True, turn=None)
    server.send("speech_started", turn=2)
    expect(page.locator("#notice")).to_be_visible()
    phase(page, "listening")
    assert page.evaluate("told") == []
    expect(page.locator("#state-live")).to_have_text("Te escucho")
    expect(page.locator("#alarm-live")).to_contain_text("Demasiados mensajes")


def test_the_keyboard_goes_through_the_panel_in_reading_order(open_page: OpenPage, server: MockServer) -> None:
    page = open_page()
    talked(page, server)
    page.locator(".skip").focus()
    seen = ["skip"]
    for _ in range(14):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.name || 'skip'"))
    order = ["skip", "language", "talk", "mute", "mode", "clear", "options", "scroll", "words", "send"]
    assert [name for name in dict.fromkeys(seen) if name in order] == order


def test_a_window_keeps_the_focus_and_gives_it_back(open_page: OpenPage) -> None:
    page = open_page()
    page.locator("#options").focus()
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#options-dialog')"
        )
        assert inside
    page.keyboard.press("Escape")
    expect(page.locator("#options-dialog")).to_be_hidden()
    expect(page.locator("#options")).to_be_focused()


def test_her_voice_and_the_guests_have_different_shapes(open_page: OpenPage, server: MockServer) -> None:
    page = open_page(microphone=False)
    page.locator("#talk").click()
    phase(page, "listening")
    holds(page, "Number(document.querySelector('#stage').style.getPropertyValue('--guest')) > 0.3")
    shown(page.locator(".ear"), "1")
    shown(page.locator(".heart"), "0")
    final(server, 1, "hola")
    server.answer(1, "Hola.", tone(20_000))
    phase(page, "speaking")
    holds(page, "[...document.querySelectorAll('.kite')].some((kite) => kite.style.getPropertyValue('--v') > 0.1)")
    shown(page.locator(".ear"), "0")
    shown(page.locator(".heart"), "1")


def shown(part: Locator, opacity: str) -> None:
    """One shape fades while the other comes: both get there."""
    expect(part).to_have_css("opacity", opacity)
