"""`<sandra-voice>` on a page of another origin, with and without a strict policy."""

import re

import pytest
from examples.embed.site import File
from playwright.sync_api import expect

from ..kit.guest import Guest
from ..mock_server import DISCLOSURES, MockServer, tone
from .host_site import HostSite
from .visit import Go, Visit

pytestmark = pytest.mark.browser

STRICT = (
    "default-src 'none'; script-src 'self' {server}; frame-src {server}; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
"""A policy as careful sites have it: no inline script or style, no eval, no strings into markup."""

PLAYWRIGHTS_OWN = ("contextmenu", "__playwright_global_listeners_check__")

LISTENERS = """
(() => {
  // What listens to the window, the document or a media query, by number; the frames have windows of their own.
  if (window !== top) return;
  const kept = (window.listening = new Map());
  const outside = (target) =>
    target === undefined || target === window || target === document || target instanceof MediaQueryList;
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (kind, callback, options) {
    if (outside(this)) {
      kept.set(callback, kind);
      options?.signal?.addEventListener('abort', () => kept.delete(callback));
    }
    return add.call(this, kind, callback, options);
  };
  EventTarget.prototype.removeEventListener = function (kind, callback, options) {
    if (outside(this)) kept.delete(callback);
    return remove.call(this, kind, callback, options);
  };
})();
"""


def talk(visit: Visit) -> None:
    visit.panel.locator("#talk").click()
    expect(visit.panel.locator("#talk")).to_have_text(re.compile("Detener|Stop"))


@pytest.mark.requirement("S24")
@pytest.mark.parametrize("policy", [{}, {"Content-Security-Policy": STRICT}], ids=["no policy", "strict policy"])
def test_a_guest_of_another_site_talks(go: Go, server: MockServer, policy: dict[str, str]) -> None:
    server.recorded.add(DISCLOSURES["es"])  # as the voice library has it: its lack is a 404 in the console
    visit = go(headers=policy)
    expect(visit.launcher).to_have_text("Habla con nosotros")
    assert visit.page.locator("sandra-voice iframe").count() == 0, "nothing is loaded before the guest shows interest"
    visit.open()
    assert server.connections == 0, "opening the panel connects nothing and asks for no microphone"
    talk(visit)
    server.wait_for("start")
    server.wait(lambda: len(server.frames) >= 10, "microphone")
    server.send("transcription", turn=1, text="¿Cuánto cuesta?", final=True, language="es")
    server.answer(1, "Ciento diez euros.", tone(400))
    expect(visit.panel.locator("#turns")).to_contain_text("Ciento diez euros.")
    frame = next(frame for frame in visit.page.frames if frame.url.startswith(server.url))
    Guest(frame).holds("__tap.speaker.chunks.some((c) => c.some((v) => Math.abs(v) > 0.05))")
    handed_on = (
        "['microphone', 'autoplay', 'screen-wake-lock'].filter((name) => document.featurePolicy.allowsFeature(name))"
    )
    assert frame.evaluate(handed_on) == ["microphone", "autoplay", "screen-wake-lock"]
    assert visit.console == [], "no error, no refusal, no advice"


def test_a_policy_that_forbids_the_frame_leaves_the_other_ways(go: Go) -> None:
    policy = STRICT.replace("frame-src {server}", "frame-src 'self'")
    contact = 'phone="+34 960 000 100" whatsapp="+34 600 000 100" email="hola@casa.example"'
    visit = go(contact, headers={"Content-Security-Policy": policy})
    visit.launcher.dispatch_event("click")  # without the pointer, which would have begun to load before
    panel = visit.page.locator("sandra-voice [part=panel]")
    expect(panel).to_have_attribute("data-panel", "failed")
    expect(panel.get_by_role("status")).to_have_text("Ahora no se puede hablar con Sandra.")
    ways = panel.get_by_role("link").evaluate_all("links => links.map((link) => link.href)")
    assert ways == ["tel:+34960000100", "https://wa.me/34600000100", "mailto:hola@casa.example"]
    assert visit.advice() == [f"<sandra-voice>: the page's Content-Security-Policy needs frame-src {_server(visit)}"]


def _server(visit: Visit) -> str:
    address: str = visit.page.locator("script[src$='widget.js']").get_attribute("src") or ""
    return address.removesuffix("/widget.js")


def test_a_site_that_is_not_listed_is_kept_out_and_told_why(go: Go, server: MockServer, site: HostSite) -> None:
    server.embedders = ("https://www.example.com",)
    visit = go('phone="960000100"')
    visit.page.clock.install()
    visit.launcher.click()
    visit.page.clock.fast_forward(15_000)
    panel = visit.page.locator("sandra-voice [part=panel]")
    expect(panel).to_have_attribute("data-panel", "failed")
    expect(panel.get_by_role("link")).to_have_text("Llamar: 960000100")
    assert f"does its ALLOWED_ORIGINS list {site.origin}?" in visit.advice()[0]

    server.embedders = (site.origin,)
    panel.get_by_role("button", name="Reintentar").click()
    visit.ready()


def test_a_page_without_the_microphone_is_told_and_text_goes_on(go: Go, server: MockServer) -> None:
    visit = go(headers={"Permissions-Policy": "microphone=()"}, microphone=False)
    visit.open()
    visit.panel.locator("#words").fill("¿Admiten mascotas?")
    visit.panel.locator("#words").press("Enter")
    assert server.wait_for("text")["text"] == "¿Admiten mascotas?"
    assert "Permissions-Policy needs" in visit.advice()[0]
    visit.panel.locator("#talk").click()
    expect(visit.panel.locator("#notice")).to_be_visible()
    expect(visit.panel.locator("#words")).to_be_enabled()


def test_taken_off_the_page_it_leaves_nothing_and_can_be_put_back(go: Go, server: MockServer) -> None:
    visit = go(init=LISTENERS)
    visit.open()
    talk(visit)
    server.wait_for("start")
    assert visit.page.evaluate("listening.size") > 0
    with visit.page.expect_event("framedetached", lambda frame: frame.parent_frame in (None, visit.page.main_frame)):
        visit.page.evaluate("window.kept = document.querySelector('sandra-voice'); kept.remove()")
    server.wait(lambda: server.socket is None, "the session's connection to end")
    left = [kind for kind in visit.page.evaluate("[...listening.values()]") if kind not in PLAYWRIGHTS_OWN]
    assert left == []
    assert visit.page.frames == [visit.page.main_frame]
    rejected = visit.page.evaluate("kept.client.getStatus().catch((error) => error.message)")
    assert rejected == "The widget was removed."

    visit.page.evaluate("kept.open = false; document.querySelector('main').append(kept)")
    visit.open()
    assert visit.page.locator("sandra-voice iframe").count() == 1
    assert visit.console == []


def test_the_element_never_makes_two_frames(go: Go) -> None:
    visit = go()
    visit.page.evaluate(
        """async () => {
          const voice = document.querySelector('sandra-voice');
          for (let i = 0; i < 5; i += 1) { voice.open = true; voice.open = false; void voice.client.getStatus(); }
          voice.open = true;
        }"""
    )
    visit.ready()
    assert visit.page.locator("sandra-voice iframe").count() == 1
    assert len(visit.page.frames) == 2


def test_the_keyboard_goes_in_and_comes_back(go: Go) -> None:
    visit = go()
    visit.launcher.focus()
    visit.page.keyboard.press("Enter")
    visit.ready()
    expect(visit.panel.locator("#talk")).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("sandra-voice [part=panel]")).to_be_hidden()
    focused = "document.activeElement.shadowRoot?.activeElement?.part.value ?? document.activeElement.id"
    assert visit.page.evaluate(focused) == "launcher"

    visit.page.evaluate(
        """() => {
          const button = Object.assign(document.createElement('button'), { id: 'mine', textContent: 'Ayuda' });
          button.onclick = () => document.querySelector('sandra-voice').toggleAttribute('open', true);
          document.body.append(button);
        }"""
    )
    visit.page.locator("#mine").click()
    expect(visit.panel.locator("#talk")).to_be_focused()
    visit.page.locator("sandra-voice [part=close]").click()
    assert visit.page.evaluate(focused) == "mine", "back to what opened it"


def test_escape_silences_her_before_it_closes(go: Go, server: MockServer) -> None:
    visit = go()
    visit.open()
    talk(visit)
    server.wait_for("start")
    server.send("transcription", turn=1, text="Hola", final=True, language="es")
    server.answer(1, "Hola, dígame.", tone(20_000))
    expect(visit.panel.locator("#stage")).to_have_attribute("data-phase", "speaking")
    visit.page.keyboard.press("Escape")
    server.wait_for("interrupt")
    expect(visit.page.locator("sandra-voice [part=panel]")).to_be_visible()
    server.send("interrupted", turn=1, heard_text="Hola", played_ms=100, reason="client")
    expect(visit.panel.locator("#stage")).to_have_attribute("data-phase", "listening")
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("sandra-voice [part=panel]")).to_be_hidden()


def test_a_closed_panel_neither_listens_nor_speaks(go: Go, server: MockServer) -> None:
    visit = go()
    visit.open()
    talk(visit)
    server.wait(lambda: len(server.frames) >= 5, "microphone")
    visit.page.locator("sandra-voice [part=close]").click()
    expect(visit.page.locator("sandra-voice [part=panel]")).to_be_hidden()
    status = visit.page.evaluate("document.querySelector('sandra-voice').client.getStatus()")
    assert (status["listening"], status["connected"]) == (False, True), (
        "the conversation is kept, the microphone is not"
    )
    visit.open()
    expect(visit.panel.locator("#talk")).to_have_text("Hablar")


def test_a_host_uses_the_client_through_the_element(go: Go, server: MockServer) -> None:
    visit = go()
    visit.page.evaluate(
        """() => {
          window.told = [];
          window.sandra = document.querySelector('sandra-voice');
          sandra.addEventListener('sandra-state', ({ detail }) => told.push(detail.phase));
          window.stop = sandra.client.on('message', ({ type }) => told.push(type));
        }"""
    )
    assert visit.page.evaluate("sandra.client.getStatus()")["phase"] == "idle", "a call loads the panel"
    visit.page.evaluate("sandra.client.sendText('¿Admiten mascotas?')")
    assert server.wait_for("text")["text"] == "¿Admiten mascotas?"
    server.send("transcription", turn=1, text="¿Admiten mascotas?", final=True, language="es")
    visit.page.wait_for_function("told.includes('transcription') && told.includes('thinking')")
    assert visit.page.evaluate("sandra.client.getHistory()")[0]["text"] == "hola"
    visit.page.evaluate("sandra.client.setLanguage('en')")
    assert server.wait_for("set_language")["language"] == "en"
    refused = "sandra.client.setTurnMode('sometimes').catch((error) => error.message)"
    assert visit.page.evaluate(refused) == "There is no client.setTurnMode that takes this."
    visit.page.evaluate("stop(); told.length = 0")
    server.send("speech_started", turn=2)
    expect(visit.panel.locator("#stage")).to_have_attribute("data-guest", "speaks")
    visit.page.evaluate("sandra.client.getStatus()")
    assert "speech_started" not in visit.page.evaluate("told")


def test_a_host_cannot_speak_for_a_guest_who_was_not_asked(go: Go, server: MockServer) -> None:
    visit = go("open", consent=False)
    visit.ready()
    code = "document.querySelector('sandra-voice').client.sendText('Hola').catch((error) => error.code)"
    assert visit.page.evaluate(code) == "consent_needed"
    assert server.connections == 0
    visit.panel.locator("#consent-text-only").click()
    assert server.wait_for("text")["text"] == "Hola", "it is done once the guest has accepted"


def test_a_token_comes_from_the_hosts_own_server(go: Go, server: MockServer, site: HostSite) -> None:
    site.files["/token"] = File(b'{"token": "t1"}', "application/json")
    visit = go('token-url="/token"')
    visit.open()
    talk(visit)
    server.wait_for("start")
    assert server.socket is not None
    assert "token.t1" in server.socket.scope["subprotocols"]


def test_two_elements_and_two_tabs_are_one_voice(go: Go, server: MockServer, site: HostSite) -> None:
    ours = site.origin.replace("localhost", "127.0.0.1")  # a private window keeps locks from frames of another site
    server.embedders = (ours,)
    script = f'<script src="{server.url}/widget.js" async></script>'
    element = '<sandra-voice consent="1"></sandra-voice>'
    visit = go(address=site.page(script + element * 2, path="/two").replace(site.origin, ours))
    talking = "[...document.querySelectorAll('sandra-voice')].map(({ client }) => client.startListening())"
    visit.page.evaluate(f"Promise.allSettled({talking}).then((results) => (window.results = results))")
    visit.page.wait_for_function("window.results")
    outcomes = visit.page.evaluate("results.map(({ status, reason }) => reason?.code ?? status)")
    assert sorted(outcomes) == ["elsewhere", "fulfilled"]

    tab = Visit(visit.page.context.new_page())
    tab.page.goto(site.page(script + element, path="/one").replace(site.origin, ours))
    tab.open()
    stage = tab.panel.locator("#stage")
    tab.panel.locator("#talk").click()
    expect(tab.panel.locator("#state")).to_have_text("En otra pestaña")
    assert server.connections == 1
    tab.panel.locator("#notice-action").click()
    expect(stage).to_have_attribute("data-phase", "listening")
    for left in visit.page.frames[1:]:
        Guest(left).holds("websocketStreamClient.state.elsewhere")
    guest = Guest(tab.page.frames[1])
    server.speak(1, tone(400))
    guest.has_been("speaking")
    guest.has_been("listening")
    sounds = "__tap.speaker.chunks.some((chunk) => chunk.some((v) => Math.abs(v) > 0.05))"
    heard = [frame.evaluate(sounds) for frame in (*tab.page.frames[1:], *visit.page.frames[1:])]
    assert heard == [True, False, False]
