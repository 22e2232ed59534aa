"""A real Chromium, the built page, and a server that tests script."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.machine import missing

from .hearing import CONSENT_SCRIPT, MICROPHONE_SCRIPT, TAP_SCRIPT
from .kit.figures import Figures
from .kit.guest import Guest, Visit
from .mock_server import STATIC, MockServer

FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")

OpenPage = Callable[..., Page]

expect.set_options(timeout=10_000)  # ms; how long a page takes says how busy the machine is

FIGURES = pytest.StashKey[Figures]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What the tests measured, whether they passed or not."""
    figures = config.stash[FIGURES].lines
    if figures:
        terminalreporter.section("measured in the browser")
        for line in figures:
            terminalreporter.line(line)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a test says what it measured."""
    return request.config.stash[FIGURES]


def chromium() -> str:
    """The browser to test in: `CHROMIUM`, or the one that is installed."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing("no Chromium: apt-get install chromium")
    return found


def built_page() -> None:
    """The page must have been built."""
    if not (STATIC / "index.html").exists():
        missing("the page is not built: npm ci && npm run build, in web/")


@pytest.fixture(scope="module")  # Playwright keeps an event loop running: it must end before other folders' async tests
def browser() -> Iterator[Browser]:
    built_page()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running_server() -> Iterator[MockServer]:
    server = MockServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(running_server: MockServer) -> MockServer:
    running_server.reset()
    return running_server


@pytest.fixture
def open_page(browser: Browser, server: MockServer) -> Iterator[OpenPage]:
    """Opens the page, at the mock server or where it is told, in a profile of a guest who has accepted the notice.

    No error may reach its console.
    """
    problems: list[str] = []
    contexts = []

    def open_page(
        path: str = "/?lang=es",
        *,
        width: int = 1280,
        height: int = 800,
        locale: str = "es-ES",
        color_scheme: str = "light",
        reduced_motion: str = "no-preference",
        microphone: bool = True,
        permissions: tuple[str, ...] = ("microphone",),
        touch: bool = False,
        consent: str | None = "voice",
        tap: bool = True,
        at: str | None = None,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            color_scheme=color_scheme,  # type: ignore[arg-type]
            reduced_motion=reduced_motion,  # type: ignore[arg-type]
            permissions=list(permissions),
            has_touch=touch,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        if tap:
            page.add_init_script(TAP_SCRIPT)
        if consent is not None:
            page.add_init_script(CONSENT_SCRIPT % consent)
        if microphone:
            page.add_init_script(MICROPHONE_SCRIPT)
        page.goto((at or server.url) + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    network = ("Failed to load resource", "WebSocket connection to")
    unexpected = [problem for problem in problems if not problem.startswith(network)]
    assert unexpected == [], unexpected


@pytest.fixture
def visit(open_page: OpenPage) -> Visit:
    """A guest at the page."""

    def visit(path: str = "/?lang=es", **how: Any) -> Guest[Page]:
        return Guest(open_page(path, **how))

    return visit
