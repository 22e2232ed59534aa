"""How soon a host's page has the launcher, and a guest the panel: `python -m bench.widget_load [--gate]`.

In Chromium, a page of another origin against the built files on this machine, each round in a fresh profile with
nothing cached: from the navigation to the launcher, from the press on it to a panel that can be talked to, and from a
second press to the same panel in sight; and what all of it weighs. `--gate` fails where half of the visits wait longer
than `MOST_MS`.
"""

import argparse
import gzip
import statistics
import sys
from collections.abc import Sequence

from playwright.sync_api import Browser, sync_playwright
from tests.browser.conftest import FLAGS, chromium
from tests.browser.mock_server import STATIC, MockServer
from tests.browser.widget.host_site import HostSite

WEIGHTS = {
    "every visitor": ("widget.js",),
    "who opens it": ("embed.html", "page.css", "page.js", "embed.js"),
    "who talks": ("worker.js", "capture.js", "playback.js"),
}

MOST_MS = {"launcher": 1000.0, "panel, first press": 1500.0, "panel, second press": 300.0}
"""On a quiet machine, nothing cached at the first press."""

LAUNCHER = "customElements.whenDefined('sandra-voice').then(() => performance.now())"
"""Since the host's navigation, ms."""

PANEL = """async () => {
  const root = document.querySelector('sandra-voice').shadowRoot;
  const panel = root.querySelector('dialog');
  const began = performance.now();
  root.querySelector('button').click();
  while (panel.dataset.panel !== 'ready' || !panel.open) await new Promise((next) => requestAnimationFrame(next));
  return performance.now() - began;
}"""
"""From the press to the panel, ms; it is there when it has answered the element."""


def visit(browser: Browser, address: str) -> tuple[float, float, float]:
    """One guest: launcher, panel, and panel again, ms."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(address)
    launcher, first = page.evaluate(LAUNCHER), page.evaluate(PANEL)
    page.evaluate("document.querySelector('sandra-voice').open = false")
    again = page.evaluate(PANEL)
    context.close()
    return launcher, first, again


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--gate", action="store_true")
    given = parser.parse_args(arguments)
    server, site = MockServer(), HostSite()
    server.start()
    site.start()
    try:
        server.embedders = (site.origin,)
        address = site.page(f'<script src="{server.url}/widget.js" async></script><sandra-voice></sandra-voice>')
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
            times = list(zip(*(visit(browser, address) for _ in range(given.rounds)), strict=True))
            browser.close()
    finally:
        site.stop()
        server.stop()
    late = []
    for (what, most), each in zip(MOST_MS.items(), times, strict=True):
        p50 = statistics.median(each)
        print(f"{what:20} p50 {p50:5.0f} ms   max {max(each):5.0f} ms   (at most {most:.0f})")
        late += [what] * (p50 > most)
    for who, files in WEIGHTS.items():
        packed = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in files)
        print(f"{who:20} {packed / 1000:5.1f} KB gzipped ({', '.join(files)})")
    if given.gate and late:
        sys.exit(f"too late: {', '.join(late)}")


if __name__ == "__main__":
    main()
