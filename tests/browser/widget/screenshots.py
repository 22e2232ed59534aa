"""Takes the pictures of the widget: `make screenshots`, or `python -m tests.browser.widget.screenshots [FOLDER]`.

Every state of it on a page of somebody else's, light and dark, on a desktop and on a phone, on a contact sheet for each
theme; nothing on the pictures is edited.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from ..conftest import FLAGS, chromium
from ..hearing import MICROPHONE_SCRIPT
from ..kit.pictures import FOLDER, SCHEMES, SIZES, Picture, Scheme, keep, sheet
from ..mock_server import MockServer
from .host_site import HostSite

HOST: Final = """<style>
:root { color-scheme: light dark; } body { margin: 0; font: 17px/1.6 Georgia, 'DejaVu Serif', serif; }
main { max-width: 40rem; margin: 3rem auto; padding: 0 1.5rem; }
</style><main><h1>Casa Azul</h1><p>Tres casas junto al río, a veinte minutos del mar. Jardín, piscina y silencio.</p>
<p>Abierto todo el año; el desayuno se sirve en el patio, bajo la parra.</p></main>"""


@dataclass(frozen=True, slots=True)
class State:
    """One state.

    Attributes:
        title: on the contact sheet.
        panel: what the element says of its panel; None where it stays closed.
        attributes: of the element.
        headers: of the host's page.
        act: what the guest does then.
    """

    title: str
    panel: str | None = None
    attributes: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[Page, MockServer], None] = lambda _, __: None


def listening(page: Page, _: MockServer) -> None:
    """The guest is listened to."""
    frame = page.frame_locator("sandra-voice iframe")
    frame.locator("#talk").click()
    expect(frame.locator("#stage")).to_have_attribute("data-phase", "listening")


def speaking(page: Page, server: MockServer) -> None:
    """She answers in writing and by voice."""
    listening(page, server)
    server.send("transcription", turn=1, text="¿Hay piscina?", final=True, language="es")
    server.answer(1, "Sí, de agua salada, abierta de mayo a octubre.", bytes(24_000 * 2 * 5))
    frame = page.frame_locator("sandra-voice iframe")
    expect(frame.locator("#stage")).to_have_attribute("data-phase", "speaking")


STATES: Final = (
    State("Closed"),
    State("Open", "ready"),
    State("Listening", "ready", 'consent="1"', act=listening),
    State("Speaking", "ready", 'consent="1"', act=speaking),
    State("The host's colours", "ready", 'style="--sandra-accent: #6a1b4d; --sandra-radius: 3px"'),
    State("Kept out by a policy", "failed", 'phone="960000100"', {"Content-Security-Policy": "frame-src 'none'"}),
)


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    server, site = MockServer(), HostSite()
    server.start()
    site.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for scheme in SCHEMES:
                pictures = list(_pictures(browser, server, site, scheme))
                keep(folder / f"widget-states-{scheme}.jpg", sheet(browser, pictures, scheme))
            browser.close()
    finally:
        site.stop()
        server.stop()


def _pictures(browser: Browser, server: MockServer, site: HostSite, scheme: Scheme) -> Iterator[Picture]:
    for state in STATES:
        for size, (width, height) in SIZES.items():
            server.reset()
            server.embedders = (site.origin,)
            tags = (
                f'<script src="{server.url}/widget.js" async></script><sandra-voice {state.attributes}></sandra-voice>'
            )
            address = site.page(HOST + tags, state.headers)
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, permissions=["microphone"]
            )
            page = context.new_page()
            page.add_init_script(MICROPHONE_SCRIPT)
            page.goto(address)
            if state.panel is not None:
                page.locator("sandra-voice [part=launcher]").click()
                expect(page.locator("sandra-voice [part=panel]")).to_have_attribute("data-panel", state.panel)
            state.act(page, server)
            page.wait_for_timeout(400)  # the tile has changed its shape by then
            yield state.title, size, page.screenshot()
            context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
