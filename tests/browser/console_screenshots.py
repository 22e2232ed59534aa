"""Takes the pictures of the owner's console: `python -m tests.browser.console_screenshots [FOLDER]`.

Every view, light and dark, on a desktop and on a phone, goes onto a contact sheet for each theme; some are also kept by
themselves. The real server with invented calls; nothing on the pictures is edited.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from .conftest import FLAGS, chromium
from .console_server import console_server
from .kit.pictures import FOLDER, SCHEMES, SIZES, Picture, Scheme, keep, sheet

CALLS = 900


def as_it_is(page: Page, _: str) -> None:
    """Nothing else."""
    page.wait_for_timeout(400)


def a_call(page: Page, url: str) -> None:
    """The call that has most to show, at a turn that was cut."""
    calls = page.request.get(f"{url}/api/console/calls", params={"limit": 60}).json()["calls"]
    for call in sorted(calls, key=lambda call: -call["unanswered"]):
        turns = page.request.get(f"{url}/api/console/calls/{call['session']}").json()["turns"]
        if any(turn["interrupted"] for turn in turns):
            page.goto(f"{url}/console#/calls/{call['session']}")
            break
    expect(page.locator(".turn").first).to_be_visible()
    page.wait_for_timeout(300)


def a_turn(page: Page, url: str) -> None:
    """A turn of it that was cut."""
    a_call(page, url)
    page.locator(".turn:has(.cut)").first.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.turn:has(.cut)').scrollIntoView({block: 'center'})")
    page.wait_for_timeout(200)


def a_trial(page: Page, _: str) -> None:
    """A changed name, and a conversation with it."""
    page.locator("input[name=name]").fill("Lucía")
    page.locator("textarea[name=greeting-es]").fill(
        "¡Buenas! Le habla {persona}, de {business}. ¿Qué le apetece saber?"
    )
    page.locator("button[type=submit]").first.click()
    for question in ("Hola", "¿Admiten mascotas?"):
        page.locator("console-talk input").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator("console-talk .guest p").last).to_have_text(question)
        page.wait_for_timeout(2500)
    page.evaluate("scrollTo(0, 0)")


def a_mistake(page: Page, _: str) -> None:
    """Facts that cannot be used."""
    facts = page.locator("textarea[name=knowledge]")
    facts.fill(facts.input_value().replace("bedrooms: 2", "bedroms: 2", 1))
    page.locator("button[type=submit]").first.click()
    expect(page.locator(".faults")).to_be_visible()


def an_empty_one(page: Page, _: str) -> None:
    """A view without anything to show: what to do then."""
    page.get_by_role("searchbox").fill("zanahoria")
    expect(page.locator(".empty")).to_be_visible()


def the_server_away(page: Page, _: str) -> None:
    """The server does not answer any more."""
    page.route("**/api/console/**", lambda route: route.abort())
    expect(page.get_by_role("alert")).to_be_visible()


@dataclass(frozen=True, slots=True)
class Shot:
    """One view.

    Attributes:
        name: in file names.
        title: on the contact sheet.
        view: its address.
        scene: what is done there.
        single: variants that are kept by themselves: size and scheme.
    """

    name: str
    title: str
    view: str
    scene: Callable[[Page, str], None] = as_it_is
    single: tuple[str, ...] = ()


SHOTS: Final = (
    Shot("overview", "Overview", "overview", single=("desktop-light", "desktop-dark", "phone-light")),
    Shot("calls", "Calls", "calls", single=("desktop-light", "phone-dark")),
    Shot("call", "A call", "calls", a_call, ("desktop-light",)),
    Shot("turn", "A turn of it", "calls", a_turn, ("desktop-dark", "phone-light")),
    Shot("latency", "Latency", "latency", single=("desktop-light",)),
    Shot("costs", "Costs", "costs", single=("desktop-dark",)),
    Shot("engines", "Engines", "engines", single=("desktop-light",)),
    Shot("library", "Voices", "library", single=("desktop-light",)),
    Shot("gaps", "Unanswered", "gaps", single=("desktop-light",)),
    Shot("try", "A trial", "try", a_trial, ("desktop-light",)),
    Shot("try-mistake", "A mistake in it", "try", a_mistake, ("desktop-dark",)),
    Shot("nothing", "Nothing found", "calls", an_empty_one),
    Shot("away", "Server away", "engines", the_server_away),
)


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with console_server(CALLS) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for scheme in SCHEMES:
            pictures = list(_pictures(browser, server.url, scheme, folder))
            keep(folder / f"console-views-{scheme}.jpg", sheet(browser, pictures, scheme))
        browser.close()


def _pictures(browser: Browser, url: str, scheme: Scheme, folder: Path) -> Iterator[Picture]:
    for shot in SHOTS:
        for size in SIZES:
            picture = _take(browser, url, shot, size, scheme)
            if f"{size}-{scheme}" in shot.single:
                place = "phone-" if size == "phone" else ""
                keep(folder / f"console-{place}{shot.name}-{scheme}.png", picture)
            yield shot.title, size, picture


def _take(browser: Browser, url: str, shot: Shot, size: str, scheme: Scheme) -> bytes:
    width, height = SIZES[size]
    language = "en" if shot.name == "latency" or (shot.name, scheme) == ("overview", "dark") else "es"
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale=language, timezone_id="Europe/Madrid"
    )
    page = context.new_page()
    page.goto(f"{url}/console?lang={language}#/{shot.view}")
    page.evaluate("document.fonts.ready")
    expect(page.locator(".waiting")).to_have_count(0)
    shot.scene(page, url)
    picture = page.screenshot()
    page.evaluate("location.hash = '#/overview'")  # leaving a trial gives its place back
    expect(page.locator("console-overview")).to_be_visible()
    context.close()
    return picture


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
