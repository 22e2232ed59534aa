"""The owner's console in Chromium, against the real server with ten thousand calls in its store."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.console_load import MOST_MS, visit
from playwright.sync_api import Browser, Page, Route, expect

from .console_server import ConsoleServer, console_server, filled_once
from .hearing import CONSENT_SCRIPT
from .kit.axe import assert_accessible
from .kit.figures import Figures
from .kit.waiting import wait_until

pytestmark = pytest.mark.browser

CALLS = 10_000
VISITS = 3
"""To a view, at most: what else runs on the machine can only make one slower, so the fastest is what it takes."""

VIEWS = {
    "overview": "Resumen",
    "calls": "Llamadas",
    "latency": "Latencia",
    "costs": "Costes",
    "engines": "Motores",
    "library": "Voces",
    "gaps": "Sin respuesta",
    "try": "Probar",
}

END_OF_LIST = "(document.querySelector('.list + .count').getBoundingClientRect().y + scrollY)"
"""How far down the page the calls' list ends, in pixels."""

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[ConsoleServer]:
    own = tmp_path_factory.getbasetemp()
    filled = filled_once(own if worker_id == "master" else own.parent, CALLS)
    with console_server(CALLS, filled=filled, resume_window_s=0) as running:  # a guest who leaves has left for good
        yield running


@pytest.fixture
def console(browser: Browser, server: ConsoleServer) -> Iterator[Open]:
    """Opens a view in a fresh profile; no error may reach its console."""
    problems: list[str] = []
    contexts = []

    def console(
        path: str = "overview", *, width: int = 1280, height: int = 900, scheme: str = "light", locale: str = "es-ES"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(f"{server.url}/console#/{path}")
        settled(page)
        return page

    yield console
    for context in contexts:
        context.close()
    unexpected = [problem for problem in problems if not problem.startswith("Failed to load resource")]
    assert unexpected == [], unexpected


def settled(page: Page) -> None:
    """Wait until the view shows what it has to show."""
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)


def newest(page: Page, server: ConsoleServer, **query: str) -> list[dict[str, Any]]:
    """The newest calls as the server tells them."""
    answer = page.request.get(f"{server.url}/api/console/calls", params={"limit": 200, **query})
    calls: list[dict[str, Any]] = answer.json()["calls"]
    return calls


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_by_its_address_and_names_itself(console: Open, view: str) -> None:
    page = console(view)
    expect(page.locator("h1")).to_have_text(VIEWS[view])
    expect(page).to_have_title(re.compile(f"^{VIEWS[view]} · "))
    expect(page.locator("nav [aria-current=page]")).to_have_text(VIEWS[view])


def go_to(page: Page, view: str) -> None:
    """Go on to a view without loading the console again."""
    page.evaluate("hash => { location.hash = hash }", f"#/{view}")


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_any_view(console: Open, server: ConsoleServer, width: int) -> None:
    page = console(width=width)
    call = next(call["session"] for call in newest(page, server) if call["unanswered"])
    for view in (*VIEWS, f"calls/{call}?turn=1"):
        go_to(page, view)
        settled(page)
        page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true })")
        assert_accessible(page)
    if width < 500:
        page.get_by_role("button", name="Menú").click()
        assert_accessible(page)


def test_axe_finds_nothing_while_a_view_waits_for_the_server_or_in_vain(console: Open) -> None:
    page = console()
    asked: list[Route] = []
    refusing = False
    page.route("**/api/console/**", lambda route: route.abort() if refusing else asked.append(route))
    for view in (*list(VIEWS)[1:], "calls/nobody", "overview"):
        refusing = False
        go_to(page, f"{view}?days=7")
        expect(page.locator(".waiting").first).to_be_visible()
        assert_accessible(page)
        refusing = True
        while asked:
            asked.pop().abort()
        expect(page.get_by_role("alert").first).to_be_visible()
        assert_accessible(page)


def test_ten_thousand_calls_are_scrolled_through_with_few_rows_drawn(console: Open) -> None:
    page = console("calls")
    rows = page.locator("tr.call")
    expect(rows.first).to_be_visible()
    for _ in range(3):
        before = page.evaluate(END_OF_LIST)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        wait_until(page, f"{END_OF_LIST} > {before} + 2000")
    assert rows.count() < 80
    expect(rows.last).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    expect(rows.first).to_be_visible()


@pytest.mark.parametrize("view", ["overview", "calls"])
def test_a_view_is_there_soon(browser: Browser, server: ConsoleServer, figures: Figures, view: str) -> None:
    took: list[float] = []
    while min(took, default=MOST_MS) >= MOST_MS and len(took) < VISITS:
        took.append(visit(browser, server.url, view)[0])
    figures.tell(f"the console's {view} with {CALLS} calls", took)
    assert min(took) < MOST_MS


def test_calls_are_found_by_words_and_language_and_the_address_keeps_it(console: Open) -> None:
    page = console("calls")
    page.get_by_role("searchbox").fill("bicicletas")
    expect(page).to_have_url(re.compile("q=bicicletas"))
    page.get_by_label("Idioma").last.select_option("es")
    expect(page).to_have_url(re.compile("language=es"))
    expect(page.locator("tr.call").first).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_role("searchbox")).to_have_value("bicicletas")
    page.get_by_role("searchbox").fill("zanahoria")
    expect(page.get_by_role("heading", name="Ninguna llamada coincide")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Quitar los filtros").click()
    expect(page.locator("tr.call").first).to_be_visible()


def test_a_call_shows_what_was_heard_and_names_the_stage_that_was_late(console: Open, server: ConsoleServer) -> None:
    page = console()
    for call in newest(page, server):
        turns = page.request.get(f"{server.url}/api/console/calls/{call['session']}").json()["turns"]
        cut = next((turn for turn in turns if turn["interrupted"]), None)
        late = next((turn for turn in turns if turn["slow_stage"] == "first_audio"), None)
        if cut and late:
            break
    assert cut is not None
    assert late is not None
    page.goto(f"{server.url}/console#/calls/{call['session']}?turn={cut['turn']}")
    settled(page)
    interrupted = page.locator(f"#turn-{cut['turn']}")
    expect(interrupted.locator("h3")).to_be_focused()
    expect(interrupted.locator(".cut")).to_be_visible()
    heard = cut["heard_text"].split()
    expect(interrupted.locator(".words > span:not(.cut)")).to_have_count(len(heard))
    expect(interrupted.locator("s span")).to_have_count(len(cut["captions"]) - len(heard))
    slow = page.locator(f"#turn-{late['turn']}")
    expect(slow.locator("tr[data-slow=true] th")).to_have_text("la voz")
    expect(slow.locator(".verdict")).to_contain_text("Se retrasó la voz")
    expect(slow.locator(".verdict")).to_contain_text("biblioteca de voces")
    page.locator(".timeline a").first.click()
    expect(page).to_have_url(re.compile(r"turn=1$"))


def test_a_call_is_shown_as_live_while_it_lasts(console: Open, browser: Browser, server: ConsoleServer) -> None:
    with browser.new_context(locale="es-ES") as context:
        guest = context.new_page()
        guest.add_init_script(CONSENT_SCRIPT % "text")
        guest.goto(f"{server.url}/?lang=es")
        guest.locator("#words").fill("¿Admiten iguanas?")
        guest.keyboard.press("Enter")
        expect(guest.locator(".sandra .said")).not_to_be_empty()
        page = console("calls?q=iguanas")
        row = page.locator("tr.call")
        expect(row.locator(".live")).to_have_text("En curso")
        row.get_by_role("link").click()
        expect(page.locator("dl .live")).to_have_text("En curso")
        expect(page.locator(".turn .sandra p").first).to_have_text(guest.locator(".sandra .said").inner_text())
    for hidden in (True, False):
        page.evaluate(HIDE, hidden)  # a tab that is seen again asks at once
    expect(page.locator("dl .live")).to_have_count(0)


def test_a_chart_has_its_figures_in_a_table(console: Open, server: ConsoleServer) -> None:
    page = console("latency")
    days = page.request.get(f"{server.url}/api/console/latency?days=30").json()["days"]
    chart = page.locator("console-chart")
    expect(chart.locator("[role=img]")).to_have_attribute("aria-label", re.compile("una de cada veinte"))
    expect(chart.locator("canvas")).to_be_visible()
    chart.locator("summary").click()
    expect(chart.locator("tbody tr")).to_have_count(len(days))


def test_the_library_says_what_it_saves_and_what_to_add(console: Open, server: ConsoleServer) -> None:
    page = console("library")
    told = page.request.get(f"{server.url}/api/console/library").json()
    tile = page.locator(".tile", has_text="De lo dicho salió de la biblioteca")
    expect(tile).to_contain_text(f"{round(told['share'] * 100)}")
    expect(page.locator(".phrases q")).to_have_text([phrase["text"] for phrase in told["suggestions"]])
    expect(page.locator(".command code")).to_contain_text(f"voices build --suggested {len(told['suggestions'])}")
    expect(page.locator(".shares dt")).to_have_text(["inglés", "español"])
    shelves = page.get_by_role("group", name="Qué hay guardado").locator("tbody tr")
    expect(shelves).to_have_count(len(told["shelves"]))
    expect(shelves.filter(has_text="welcome").first).to_contain_text("Grabada por ti")


def test_a_gap_leads_to_its_entry_and_to_a_trial_with_it(console: Open) -> None:
    page = console("gaps")
    entry = page.locator("pre").first
    question = page.locator(".gap h2").first.inner_text().strip("«»“”")
    expect(entry).to_contain_text(json.dumps(question, ensure_ascii=False))
    page.get_by_role("link", name="Probarlo antes").first.click()
    settled(page)
    expect(page.locator("textarea[name=knowledge]")).to_have_value(re.compile(re.escape(question)))


@pytest.mark.parametrize(
    ("view", "file", "head"),
    [("calls", "llamadas.csv", "session"), ("costs", "costes.csv", "day"), ("gaps", "sin-respuesta.csv", "question")],
)
def test_a_table_is_downloaded(console: Open, view: str, file: str, head: str) -> None:
    page = console(view)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Descargar CSV").click()
    assert waiting.value.suggested_filename == file
    lines = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith(head)
    assert len(lines) > 3


def test_everything_is_reached_by_the_keyboard(console: Open) -> None:
    page = console("overview")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("nav a").nth(1).focus()
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator("h1")).to_be_focused()
    page.locator("tr.call a").first.focus()
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator(".turn").first).to_be_visible()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Llamadas")


def test_the_language_is_switched_and_kept(console: Open) -> None:
    page = console("costs")
    page.locator("label[lang=en]").click()
    expect(page.locator("h1")).to_have_text("Costs")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator("h1")).to_have_text("Costs")


def test_a_hidden_tab_asks_nothing(console: Open) -> None:
    page = console("engines")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    page.clock.install()
    page.evaluate(HIDE, True)
    asked.clear()
    page.clock.run_for(60_000)
    assert asked == []
    with page.expect_request("**/api/console/engines"):
        page.evaluate(HIDE, False)


def test_a_server_that_is_away_is_told_and_asked_again(console: Open) -> None:
    page = console("engines")
    page.route("**/api/console/**", lambda route: route.abort())
    expect(page.get_by_role("alert")).to_contain_text("El servidor no contesta")
    expect(page.locator(".ladder").first).to_be_visible()
    page.evaluate(HIDE, True)  # from here on it is asked by the button alone
    page.unroute("**/api/console/**")
    page.get_by_role("button", name="Reintentar").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_call_that_is_not_there_says_so(console: Open, server: ConsoleServer) -> None:
    page = console()
    page.goto(f"{server.url}/console#/calls/nobody")
    expect(page.get_by_role("alert")).to_contain_text("Aquí no hay nada")
    page.get_by_role("link", name="Todas las llamadas").click()
    expect(page.locator("tr.call").first).to_be_visible()


def test_a_phone_has_the_views_in_a_menu(console: Open) -> None:
    page = console("overview", width=390, height=844)
    expect(page.locator("nav")).to_be_hidden()
    page.get_by_role("button", name="Menú").click()
    page.get_by_role("link", name="Costes").click()
    expect(page.locator("h1")).to_have_text("Costes")
    expect(page.locator("nav")).to_be_hidden()
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
