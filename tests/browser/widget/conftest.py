"""Another origin, and guests who come to it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from ..hearing import MICROPHONE_SCRIPT, TAP_SCRIPT
from ..mock_server import MockServer
from .host_site import HostSite
from .visit import Go, Visit


@pytest.fixture
def site() -> Iterator[HostSite]:
    site = HostSite()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def go(browser: Browser, server: MockServer, site: HostSite) -> Iterator[Go]:
    """Opens a page of the host's: one with the widget on it, or what the test has put at `path` or `address`.

    Our server lists the host's origin. With `consent` the guest has accepted the notice on the host's page.
    """
    server.embedders = (site.origin,)
    contexts: list[BrowserContext] = []

    def go(
        attributes: str = "",
        *,
        path: str = "",
        address: str = "",
        headers: dict[str, str] | None = None,
        width: int = 1280,
        height: int = 800,
        scheme: str = "light",
        motion: str = "no-preference",
        microphone: bool = True,
        init: str = "",
        consent: bool = True,
    ) -> Visit:
        given = 'consent="1"' if consent else ""
        tags = f'<script src="{server.url}/widget.js" async></script><sandra-voice {given} {attributes}></sandra-voice>'
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="es-ES",
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion=motion,  # type: ignore[arg-type]
            permissions=["microphone"],
        )
        contexts.append(context)
        for script in (TAP_SCRIPT, init, MICROPHONE_SCRIPT if microphone else ""):
            context.add_init_script(script)
        visit = Visit(context.new_page())
        visit.page.set_default_timeout(10_000)
        visit.page.on("console", lambda message: visit.console.append(message.text))
        visit.page.on("pageerror", lambda error: visit.console.append(f"pageerror {error}"))
        filled = {name: value.format(server=server.url) for name, value in (headers or {}).items()}
        own = site.origin + path if path else site.page(f"<main><h1>Casa Azul</h1>{tags}</main>", filled)
        visit.page.goto(address or own)
        return visit

    yield go
    for context in contexts:
        context.close()
