"""What `<sandra-voice>` looks like, where it is, and whom it can be used by."""

import pytest
from playwright.sync_api import FloatRect, Frame, Locator, expect

from ..kit.axe import assert_accessible
from ..kit.guest import Guest
from ..kit.targets import too_small
from ..mock_server import MockServer, tone
from .visit import Go, Visit

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 1280, 800


def box_of(locator: Locator) -> FloatRect:
    locator.evaluate("(element) => Promise.all(element.getAnimations().map((animation) => animation.finished))")
    box = locator.bounding_box()
    assert box is not None
    return box


def inside(visit: Visit, server: MockServer) -> Frame:
    return next(frame for frame in visit.page.frames if frame.url.startswith(server.url))


def variable(frame: Frame, name: str) -> str:
    value: str = frame.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('{name}').trim()")
    return value


@pytest.mark.parametrize("position", ["bottom-right", "bottom-left", "top-right", "top-left"])
def test_launcher_and_panel_stand_in_their_corner(go: Go, position: str) -> None:
    visit = go(f'position="{position}"', width=WIDTH, height=HEIGHT)
    visit.open()
    launcher, panel = box_of(visit.launcher), box_of(visit.box)
    for box in (launcher, panel):
        left, right = box["x"], WIDTH - box["x"] - box["width"]
        assert (right if position.endswith("right") else left) == 20
    edge = launcher["y"] if position.startswith("top") else HEIGHT - launcher["y"] - launcher["height"]
    assert edge == 20
    assert (panel["width"], panel["height"]) == (400, 660)
    assert panel["y"] >= 0
    assert panel["y"] + panel["height"] <= HEIGHT
    apart = panel["y"] + panel["height"] <= launcher["y"] or panel["y"] >= launcher["y"] + launcher["height"]
    assert apart, "the panel does not cover what closes it"


def test_inline_it_stands_where_it_is_written(go: Go) -> None:
    visit = go('position="inline" open')
    visit.ready()
    assert visit.launcher.is_hidden()
    panel, heading = box_of(visit.box), box_of(visit.page.locator("h1"))
    assert panel["y"] >= heading["y"] + heading["height"]
    assert panel["width"] == pytest.approx(heading["width"], abs=2)


def test_on_a_phone_it_is_a_sheet_that_holds_the_keyboard(go: Go) -> None:
    visit = go(width=390, height=800)
    visit.page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<a href=\"#\">Otra cosa</a>')")
    visit.open()
    sheet = box_of(visit.box)
    assert (sheet["x"], sheet["width"], sheet["y"] + sheet["height"]) == (0, 390, 800)
    assert visit.box.evaluate("(dialog) => dialog.matches(':modal')")
    reached = set()
    for _ in range(20):
        visit.page.keyboard.press("Tab")
        reached.add(visit.page.evaluate("document.activeElement.tagName"))
    assert "A" not in reached, "what the sheet covers cannot be reached"
    visit.page.locator("sandra-voice [part=close]").click()
    assert visit.page.evaluate("document.activeElement.shadowRoot?.activeElement?.part.value") == "launcher"


def test_a_phone_that_is_turned_keeps_the_panel(go: Go) -> None:
    visit = go(width=390, height=800)
    visit.open()
    visit.page.set_viewport_size({"width": 800, "height": 390})
    expect(visit.box).to_be_visible()
    visit.page.wait_for_function(
        "!document.querySelector('sandra-voice').shadowRoot.querySelector('dialog').matches(':modal')"
    )
    assert visit.page.evaluate("document.querySelector('sandra-voice').open")
    assert len(visit.page.frames) == 2


def test_the_hosts_colours_reach_the_panel_and_nothing_else_does(go: Go, server: MockServer) -> None:
    visit = go(
        'style="--sandra-accent: #6a1b4d; --sandra-background: url(https://evil.example/x); --sandra-radius: 3px"'
    )
    visit.open()
    frame = inside(visit, server)
    Guest(frame).holds("document.documentElement.style.length > 0")
    assert "#6a1b4d" in frame.evaluate("document.documentElement.style.cssText")
    assert "evil" not in frame.evaluate("document.documentElement.style.cssText")
    visit.page.evaluate("document.querySelector('sandra-voice').style.setProperty('--sandra-accent', 'rgb(1, 2, 3)')")
    Guest(frame).holds("document.documentElement.style.cssText.includes('rgb(1, 2, 3)')")
    assert visit.launcher.evaluate("(button) => getComputedStyle(button).backgroundColor") == "rgb(1, 2, 3)"


@pytest.mark.parametrize(("theme", "scheme", "dark"), [("dark", "light", True), ("light", "dark", False)])
def test_a_page_may_ask_for_dark_or_light(go: Go, server: MockServer, theme: str, scheme: str, dark: bool) -> None:
    visit = go(f'theme="{theme}"', scheme=scheme)
    visit.open()
    frame = inside(visit, server)
    Guest(frame).holds(f"document.documentElement.dataset.scheme === '{theme}'")
    shell = visit.box.evaluate("(box) => getComputedStyle(box).colorScheme")
    assert shell == theme
    visit.page.evaluate("document.querySelector('sandra-voice').removeAttribute('theme')")
    Guest(frame).holds("document.documentElement.dataset.scheme === 'auto'")


def test_it_speaks_the_pages_language_or_the_one_that_is_asked_for(go: Go, server: MockServer) -> None:
    visit = go()
    assert visit.launcher.inner_text() == "Habla con nosotros"
    visit.page.evaluate("document.querySelector('sandra-voice').lang = 'en'")
    expect(visit.launcher).to_have_text("Talk to us")
    visit.open()
    expect(visit.page.get_by_role("dialog", name="Conversation with Sandra")).to_be_visible()
    frame = inside(visit, server)
    assert frame.evaluate("document.documentElement.lang") == "en"
    visit.page.evaluate("document.querySelector('sandra-voice').lang = 'es'")
    Guest(frame).holds("document.documentElement.lang === 'es'")
    visit.page.evaluate("document.querySelector('sandra-voice').setAttribute('label', 'Pregunte aquí')")
    expect(visit.launcher).to_have_text("Pregunte aquí")


def test_who_wants_less_motion_gets_none(go: Go) -> None:
    visit = go(motion="reduce")
    visit.launcher.click()
    assert visit.box.evaluate("(box) => box.getAnimations().length") == 0


def test_axe_finds_nothing_from_the_launcher_to_an_error_in_mid_answer(go: Go, server: MockServer) -> None:
    visit = go(consent=False)
    assert_accessible(visit.page, within="sandra-voice")
    assert too_small(visit.page, "sandra-voice") == []
    visit.open()
    frame = inside(visit, server)

    def looked_at() -> None:
        for width, height in ((WIDTH, HEIGHT), (390, 800)):
            visit.page.set_viewport_size({"width": width, "height": height})
            assert_accessible(visit.page, frame, within="sandra-voice")
            assert too_small(visit.page, "sandra-voice") + too_small(frame) == []

    looked_at()
    frame.locator("#talk").click()
    expect(frame.locator("#consent")).to_be_visible()
    looked_at()
    frame.locator("#consent-accept").click()
    expect(frame.locator("#stage")).to_have_attribute("data-phase", "listening")
    server.send("transcription", turn=1, text="¿Hay piscina?", final=True, language="es")
    server.answer(1, "Sí, de agua salada, abierta de mayo a octubre.", tone(20_000))
    expect(frame.locator(".sandra .now")).not_to_be_empty()
    looked_at()
    server.send("error", code="engine_failed", message="x", retryable=True, turn=None)
    expect(frame.locator("#notice")).to_be_visible()
    looked_at()


def test_axe_finds_nothing_where_the_frame_is_kept_out(go: Go) -> None:
    visit = go('phone="960000100"', headers={"Content-Security-Policy": "frame-src 'none'"})
    visit.launcher.click()
    expect(visit.box).to_have_attribute("data-panel", "failed")
    assert_accessible(visit.page, within="sandra-voice")
    assert too_small(visit.page, "sandra-voice") == []
