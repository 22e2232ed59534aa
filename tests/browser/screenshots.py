"""Takes the pictures of the page for the documentation: `python -m tests.browser.screenshots [FOLDER]`.

The conversation is scripted through the mock server; nothing on the pictures is edited.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .conftest import FLAGS, chromium
from .hearing import MICROPHONE_SCRIPT
from .mock_server import MockServer, tone

FOLDER = Path(__file__).parents[2] / "docs" / "images"
LARGEST_BYTES = 150_000

TALKS = {
    "es": [
        ("¿Cuánto cuesta el Ático Ruzafa?", "El Ático Ruzafa cuesta 120 € la noche: dos habitaciones y terraza."),
        ("¿Y en agosto?", "En agosto sube un 20 %: serían 144 € la noche. ¿Para qué fechas lo querrías?"),
    ],
    "en": [
        ("How much is the Ático Ruzafa?", "The Ático Ruzafa is €120 a night: two bedrooms and a terrace."),
        ("And in August?", "In August it is 20 % more: that would be €144 a night. Which dates do you have in mind?"),
    ],
}


def speaking(page: Page, server: MockServer, language: str) -> None:
    """Hold a conversation up to the middle of the second answer."""
    page.locator("#talk").click()
    for turn, (question, answer) in enumerate(TALKS[language], start=1):
        server.send("transcription", turn=turn, text=question, final=True, language=language)
        last = turn == len(TALKS[language])
        server.answer(turn, answer, voice_like(5000 if last else 100))
        page.wait_for_timeout(2400 if last else 600)


def voice_like(ms: int) -> bytes:
    """Some harmonics, so that the bars have something to show."""
    parts = [np.frombuffer(tone(ms, hz, 0.3 / n), "<i2") for n, hz in enumerate((180, 360, 720, 1440, 2880), start=1)]
    return bytes(np.sum(parts, axis=0).clip(-32768, 32767).astype("<i2").tobytes())


def listening(page: Page, server: MockServer, language: str) -> None:
    """The guest is talking."""
    page.locator("#talk").click()
    expect(page.locator("#stage")).to_have_attribute("data-phase", "listening")
    server.send("speech_started", turn=1)
    server.send("transcription", turn=1, text=TALKS[language][0][0][:-8] + "…", final=False, language=None)
    expect(page.locator(".guest")).to_be_visible()
    page.wait_for_timeout(600)


def refused(page: Page, _: MockServer, __: str) -> None:
    """No microphone."""
    page.evaluate("__mic.fail = 'NotReadableError'")
    page.locator("#talk").click()
    expect(page.locator("#notice")).to_be_visible()


def idle(page: Page, _: MockServer, __: str) -> None:
    """Nothing has happened yet."""
    page.wait_for_timeout(200)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]
    language: str
    scene: Callable[[Page, MockServer, str], None]


SHOTS = (
    Shot("page-idle-light", 1280, 800, "light", "es", idle),
    Shot("page-speaking-light", 1280, 800, "light", "es", speaking),
    Shot("page-speaking-dark", 1280, 800, "dark", "en", speaking),
    Shot("phone-idle-light", 390, 844, "light", "es", idle),
    Shot("phone-listening-dark", 390, 844, "dark", "es", listening),
    Shot("phone-speaking-light", 390, 844, "light", "es", speaking),
    Shot("phone-no-microphone-light", 360, 740, "light", "en", refused),
)


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    server = MockServer()
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for shot in SHOTS:
                server.reset()
                _take(browser, server, folder, shot)
    finally:
        server.stop()


def _take(browser: Browser, server: MockServer, folder: Path, shot: Shot) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
        permissions=["microphone"],
    )
    page = context.new_page()
    if shot.scene is not listening:
        page.add_init_script(MICROPHONE_SCRIPT)
    page.goto(f"{server.url}/?lang={shot.language}")
    page.evaluate("document.fonts.ready")
    shot.scene(page, server, shot.language)
    path = folder / f"{shot.name}.png"
    page.screenshot(path=path)
    size = path.stat().st_size
    assert size <= LARGEST_BYTES, f"{path} has {size} bytes"
    print(f"{path.name}: {size // 1024} KiB")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
