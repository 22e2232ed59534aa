"""Who gets into the console, what an empty one says, and trying a changed Sandra out."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from enterprise_stream.server.trials import MOST
from enterprise_stream.testing.simulated.recordings import RATE, Recordings, babble

from .console_server import ConsoleServer, console_server
from .hearing import CONSENT_SCRIPT, MICROPHONE_SCRIPT
from .kit.axe import assert_accessible
from .kit.recorder import RECORDER_SCRIPT, recorded

pytestmark = pytest.mark.browser

ASKED = "¿Tienen telescopio?"
"""What an owner says to a trial."""

ANSWERED = "Sí, gratis: se lo dejamos montado en la terraza, y quien quiera aprende a usarlo con nosotros una noche."
"""What it answers: long enough to be looked at while it sounds."""

KEY = "the-owner-s-key-of-thirty-two-characters"


@pytest.fixture(scope="module")
def server() -> Iterator[ConsoleServer]:
    with console_server(0, hears=ASKED) as running:
        yield running


@pytest.fixture(scope="module")
def locked() -> Iterator[ConsoleServer]:
    with console_server(3, admin_key=KEY) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="es-ES", viewport={"width": 1280, "height": 900}, permissions=["microphone"])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.add_init_script(MICROPHONE_SCRIPT)
    page.add_init_script(RECORDER_SCRIPT)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    if page.locator("console-talk").count() > 0:
        with page.expect_response(lambda answer: answer.request.method == "DELETE"):  # the trial's place is given back
            page.evaluate("location.hash = '#/overview'")
    context.close()
    assert problems == []


def test_only_the_key_opens_the_console_and_leaving_closes_it(page: Page, locked: ConsoleServer) -> None:
    page.goto(f"{locked.url}/console#/calls")
    page.get_by_label(re.compile("Clave")).fill("not the key at all")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label(re.compile("Clave")).fill(KEY)
    page.get_by_role("button", name="Entrar").click()
    expect(page.locator("owner-console h1")).to_be_visible()
    page.goto(f"{locked.url}/console#/calls")
    expect(page.locator("tr.call").first).to_be_visible()
    page.locator(".languages label", has_text="EN").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Owner's key")).to_be_visible()
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_label(re.compile("Clave"))).to_be_visible()


def test_axe_finds_nothing_where_the_key_is_asked_for(page: Page, locked: ConsoleServer) -> None:
    page.goto(f"{locked.url}/console/login")
    assert_accessible(page)
    page.get_by_label(re.compile("Clave")).fill("not the key at all")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.fonts.load('600 2rem Fraunces').then((fonts) => fonts.length)") == 1


def test_a_login_that_has_run_out_is_asked_for_again(page: Page, locked: ConsoleServer) -> None:
    page.goto(f"{locked.url}/console")
    page.get_by_label(re.compile("Clave")).fill(KEY)
    page.get_by_role("button", name="Entrar").click()
    expect(page.locator("owner-console h1")).to_be_visible()
    page.context.clear_cookies()
    page.locator("nav a").nth(3).click()
    expect(page.get_by_label(re.compile("Clave"))).to_be_visible()


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ("overview", "Todavía no ha llamado nadie"),
        ("calls", "Todavía no ha llamado nadie"),
        ("latency", "Aún no hay turnos que medir"),
        ("costs", "Aún no se ha gastado nada"),
        ("library", "La biblioteca está apagada"),
        ("gaps", "Sandra ha sabido contestar a todo"),
    ],
)
def test_an_empty_view_says_what_to_do(page: Page, server: ConsoleServer, view: str, says: str) -> None:
    page.goto(f"{server.url}/console#/{view}")
    expect(page.get_by_role("heading", name=says)).to_be_visible()
    expect(page.locator(".empty p")).not_to_be_empty()
    assert_accessible(page)


def test_a_changed_sandra_is_talked_with_and_the_guests_have_theirs(page: Page, server: ConsoleServer) -> None:
    page.goto(f"{server.url}/console#/try")
    page.get_by_label("Nombre").fill("Lucía")
    page.get_by_label("Saludo en español").fill("¡Buenas! Le habla {persona}.")
    page.get_by_role("button", name="Preparar la prueba").click()
    expect(page.locator("console-talk .phase")).to_contain_text("Lucía")
    page.get_by_label("Escribe como si fueras un huésped").fill("Hola")
    page.keyboard.press("Enter")
    expect(page.locator("console-talk .sandra p")).to_have_text("¡Buenas! Le habla Lucía.")
    guests = page.request.get(f"{server.url}/api/console/trials").json()
    assert guests["persona"]["name"] == "Sandra"
    expect(page.locator(".talk")).to_contain_text("La prueba dura hasta")
    page.locator("nav a").first.click()
    expect(page.locator("h1")).to_have_text("Resumen")
    calls = page.request.get(f"{server.url}/api/console/calls").json()["calls"]
    assert calls == []


def prepare(page: Page, server: ConsoleServer) -> Locator:
    """A trial of what there is, ready to be talked with."""
    page.goto(f"{server.url}/console#/try")
    page.get_by_role("button", name="Preparar la prueba").click()
    talk = page.locator("console-talk")
    expect(talk.locator(".phase")).to_be_visible()
    return talk


def looked_at(page: Page) -> None:
    """axe finds nothing, on a desk and on a telephone."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)


def test_too_many_trials_are_told_and_one_that_ends_makes_room(page: Page, server: ConsoleServer) -> None:
    trials = f"{server.url}/api/console/trials"
    page.goto(f"{server.url}/console#/try")
    expect(page.locator("form.form")).to_be_visible()
    opened = [answer.json()["trial"] for _ in range(MOST) if (answer := page.request.post(trials, data={})).ok]
    page.get_by_role("button", name="Preparar la prueba").click()
    expect(page.get_by_role("alert")).to_contain_text("demasiadas pruebas")
    looked_at(page)
    for trial in opened:
        page.request.delete(f"{trials}/{trial}")
    page.get_by_role("button", name="Preparar la prueba").click()
    expect(page.locator("console-talk .phase")).to_be_visible()


def test_a_page_that_is_left_gives_its_trials_place_back(page: Page, server: ConsoleServer) -> None:
    for _ in range(MOST + 2):
        prepare(page, server)
        page.reload()


def test_a_trial_that_cannot_be_prepared_is_tried_again(page: Page, server: ConsoleServer) -> None:
    page.goto(f"{server.url}/console#/try")
    page.route("**/api/console/trials", lambda route: route.abort())
    page.get_by_role("button", name="Preparar la prueba").click()
    expect(page.get_by_role("alert")).to_contain_text("El servidor no contesta")
    looked_at(page)
    page.unroute("**/api/console/trials")
    page.get_by_role("button", name="Reintentar").click()
    expect(page.locator("console-talk .phase")).to_be_visible()


def test_a_trial_without_a_microphone_is_talked_with_in_writing(page: Page, server: ConsoleServer) -> None:
    talk = prepare(page, server)
    page.evaluate("void (__mic.fail = 'NotFoundError')")
    page.get_by_role("button", name="Hablar").click()
    expect(talk.locator(".verdict")).to_contain_text("micrófono")
    expect(talk.get_by_role("status")).to_contain_text("micrófono")
    looked_at(page)
    talk.locator("input").fill("Hola")
    page.keyboard.press("Enter")
    expect(talk.locator(".sandra p")).not_to_be_empty()


def test_a_trial_brings_the_voice_from_the_tab_that_has_it(page: Page, server: ConsoleServer) -> None:
    guest = page.context.new_page()
    guest.add_init_script(CONSENT_SCRIPT % "voice")
    guest.add_init_script(MICROPHONE_SCRIPT)
    guest.goto(f"{server.url}/?lang=es")
    guest.locator("#talk").click()
    expect(guest.locator("#stage")).to_have_attribute("data-phase", "listening")
    page.bring_to_front()
    talk = prepare(page, server)
    field = talk.locator("input")
    field.fill("Hola")
    page.keyboard.press("Enter")
    expect(talk.locator(".verdict")).to_contain_text("otra pestaña")
    expect(field).to_have_value("Hola")
    looked_at(page)
    page.get_by_role("button", name="Traer la voz aquí").click()
    expect(talk.locator(".verdict")).to_have_count(0)
    expect(guest.locator("#stage")).to_have_attribute("data-phase", "idle")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(talk.locator(".sandra p")).not_to_be_empty()


def test_nothing_is_told_to_a_screen_reader_over_a_trials_voice(page: Page, server: ConsoleServer) -> None:
    talk = prepare(page, server)
    expect(talk.get_by_role("status")).to_have_text("Sandra: Lista")
    talk.locator("input").fill("Hola")
    page.keyboard.press("Enter")
    expect(talk.locator(".phase")).to_have_attribute("data-phase", "speaking")
    expect(talk.get_by_role("status")).to_be_empty()
    expect(talk.locator("[aria-live], [role=alert]")).to_have_count(0)
    expect(talk.get_by_role("status")).to_have_text("Sandra: Lista")


def paste(area: Locator, text: str) -> None:
    """Put a text in the place of another; by key presses a whole knowledge file takes seconds."""
    area.evaluate("(area, text) => { area.value = text; area.dispatchEvent(new InputEvent('input')); }", text)


def test_changed_facts_are_asked_for_by_voice_and_mistakes_say_where(
    page: Page, server: ConsoleServer, tmp_path: Path
) -> None:
    Recordings((babble("spoken", ASKED),)).save(tmp_path)
    page.route("**/spoken.wav", lambda route: route.fulfill(path=tmp_path / "spoken.wav"))
    page.goto(f"{server.url}/console#/try")
    facts = page.locator("textarea[name=knowledge]")
    text = facts.input_value()
    paste(facts, text.replace("bedrooms: 2", "bedroms: 2", 1))
    page.get_by_role("button", name="Preparar la prueba").click()
    wrong = page.locator(".faults")
    expect(wrong).to_be_focused()
    expect(wrong).to_contain_text("Aquí no hay ningún ajuste «bedroms»")
    expect(wrong).to_contain_text("¿Querías decir «bedrooms»?")
    expect(wrong.locator("[lang=en]")).to_have_count(0)
    wrong.get_by_role("button").first.click()
    expect(facts).to_be_focused()
    assert facts.evaluate("area => area.selectionEnd > area.selectionStart")
    assert_accessible(page)
    entry = f"""  - id: telescope
    type: general
    words: {{es: [telescopio], en: [telescope]}}
    ask: {{es: ["¿Hay telescopio?"], en: ["Is there a telescope?"]}}
    answer: {{es: "{ANSWERED}", en: "Yes, free."}}
"""
    paste(facts, text.replace("\nfacts:\n", f"\nfacts:\n{entry}"))
    page.get_by_role("button", name="Preparar la prueba").click()
    page.get_by_role("button", name="Hablar").click()
    talk = page.locator("console-talk")
    expect(talk.locator(".phase")).to_have_attribute("data-phase", "listening")
    page.evaluate("void __mic.say('/spoken.wav')")
    expect(talk.locator(".guest p")).to_have_text(ASKED)
    expect(talk.locator(".sandra p")).to_have_text(ANSWERED)
    expect(talk.locator(".phase")).to_have_attribute("data-phase", "speaking")
    assert_accessible(page)
    expect(talk.locator(".phase")).to_have_attribute("data-phase", "listening")
    assert (np.abs(recorded(page, RATE)) > 0.01).mean() > 0.05, "and she is heard"
