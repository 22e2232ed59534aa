"""Takes the pictures of the panel for the documentation: `make screenshots`.

    python -m tests.browser.screenshots [FOLDER] [--all]

Every state, light and dark, on a desktop and on a phone, goes onto three contact sheets for each theme; a few are also
kept by themselves, and with `--all` every one. The conversation is scripted through the mock server; nothing on the
pictures is edited.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from .conftest import FLAGS, chromium
from .hearing import CONSENT_SCRIPT, MICROPHONE_SCRIPT
from .kit.pictures import FOLDER, SCHEMES, SIZES, Picture, Scheme, keep, sheet
from .mock_server import MockServer
from .scenes import FAILED, GRIP_SCRIPT, SCENES, TOLD, Scene

SINGLE: Final = {
    ("idle", "desktop", "light"): "page-idle-light",
    ("speaking", "desktop", "light"): "page-speaking-light",
    ("listening", "desktop", "dark"): "page-listening-dark",
    ("speaking", "desktop", "dark"): "page-speaking-dark",
    ("consent", "phone", "light"): "phone-consent-light",
    ("listening", "phone", "dark"): "phone-listening-dark",
    ("speaking", "phone", "light"): "phone-speaking-light",
    ("offline", "phone", "light"): "phone-offline-light",
}
"""Pictures that are kept by themselves: what they show, and their names."""

SHEETS: Final = {"panel-states": SCENES, "panel-told": TOLD, "panel-failed": FAILED}


def main(folder: Path, *, every: bool) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    server = MockServer()
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for scheme in SCHEMES:
                for name, scenes in SHEETS.items():
                    pictures = list(_pictures(browser, server, scenes, scheme, folder, every=every))
                    keep(folder / f"{name}-{scheme}.jpg", sheet(browser, pictures, scheme))
    finally:
        server.stop()


def _pictures(
    browser: Browser, server: MockServer, scenes: Sequence[Scene], scheme: Scheme, folder: Path, *, every: bool
) -> Iterator[Picture]:
    for scene in scenes:
        for size in SIZES:
            picture = _take(browser, server, scene, size, scheme)
            name = SINGLE.get((scene.name, size, scheme)) or (f"{scene.name}-{size}-{scheme}" if every else None)
            if name is not None:
                keep(folder / f"{name}.png", picture)
            yield scene.title, size, picture


def _take(browser: Browser, server: MockServer, scene: Scene, size: str, scheme: Scheme) -> bytes:
    server.reset()
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, permissions=["microphone"]
    )
    page = context.new_page()
    page.add_init_script(GRIP_SCRIPT)
    if scene.accepted:
        page.add_init_script(CONSENT_SCRIPT % "voice")
    if scene.silent:
        page.add_init_script(MICROPHONE_SCRIPT)
    language = "en" if scheme == "dark" else "es"
    page.goto(f"{server.url}/?lang={language}")
    page.evaluate("document.fonts.ready")
    scene.play(page, server, language)
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)  # the tile has changed its shape by then
    picture = page.screenshot()
    context.close()
    return picture


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Takes the pictures of the panel.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--all", action="store_true", help="keep every picture, beside the contact sheets")
    arguments = parser.parse_args()
    main(arguments.folder, every=arguments.all)
