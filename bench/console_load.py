"""How fast the owner's console is with many calls in its store: `python -m bench.console_load [--calls N] [--gate]`.

For each view, in Chromium against the real server: from the address to the first useful content (a figure or a row,
not a place for one), cold and again; how long a screen of scrolled calls takes; and what the page weighs. `--gate`
fails where half of the cold visits to a view wait longer than `MOST_MS`, or half of the screens take longer than
`MOST_SCREEN_MS`.
"""

import argparse
import gzip
import json
import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.conftest import FLAGS, chromium
from tests.browser.console_server import console_server
from tests.browser.mock_server import STATIC

VIEWS = ("overview", "calls", "latency", "costs", "engines", "library", "gaps", "try")
FILES = ("console.html", "console.js", "console.css")
USEFUL = ".tile .figure, tr.call, .ladder strong, .gap, textarea, .empty h2, .turn"
ROUNDS = 5

MOST_MS = 2000.0
"""From a view's address to its first figure or row, with nothing cached; as long as a guest's page may take."""

MOST_SCREEN_MS = 500.0
"""A screen of scrolled calls, two frames included."""

STAMP = """selector => {
  window.__useful = new Promise(done => {
    const look = () => document.querySelector(selector) ? requestAnimationFrame(() => done(performance.now()))
      : requestAnimationFrame(look);
    look();
  });
}"""
SCROLL = """async () => {
  const rows = () => document.querySelectorAll("tr.call").length;
  const times = [];
  for (let n = 0; n < 40; n++) {
    const began = performance.now();
    scrollBy(0, innerHeight);
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push(performance.now() - began);
  }
  return { times, rows: rows(), tall: document.body.scrollHeight };
}"""


@dataclass(frozen=True, slots=True)
class Opened:
    """One view: from the navigation to its first useful paint, ms."""

    view: str
    cold_ms: float
    again_ms: float


def main(calls: int, out: Path | None, *, gate: bool) -> None:
    """Measure and print; with `gate`, judge."""
    with console_server(calls) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        opened = [_open(browser, server.url, view) for view in VIEWS]
        scrolled = _scroll(browser, server.url)
        browser.close()
    packed = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in FILES}
    print(f"{calls} calls in the store; ms to the first useful paint, median of {ROUNDS}")
    for each in opened:
        print(f"  {each.view:<10} {each.cold_ms:6.0f} cold {each.again_ms:6.0f} again")
    frames = scrolled["times"]
    middle, worst = statistics.median(frames), max(frames)
    print(f"scrolling: {middle:.0f} ms a screen, {worst:.0f} at most; {scrolled['rows']} rows drawn")
    each_file = ", ".join(f"{name} {size / 1024:.1f}" for name, size in packed.items())
    print(f"page: {sum(packed.values()) / 1024:.1f} KiB gzipped ({each_file})")
    if out is not None:
        result = {"calls": calls, "views": [asdict(each) for each in opened], "scroll": scrolled, "gzipped": packed}
        out.write_text(json.dumps(result, indent=1), encoding="utf-8")
    late = [each.view for each in opened if each.cold_ms > MOST_MS] + ["scrolling"] * (middle > MOST_SCREEN_MS)
    if gate and late:
        sys.exit(f"too slow: {', '.join(late)}")


def _open(browser: Browser, url: str, view: str) -> Opened:
    rounds = [visit(browser, url, view) for _ in range(ROUNDS)]
    cold, again = zip(*rounds, strict=True)
    return Opened(view, statistics.median(cold), statistics.median(again))


def visit(browser: Browser, url: str, view: str) -> tuple[float, float]:
    """One visit with nothing cached, and the same page again: ms from the navigation to the first useful paint."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(f"({STAMP})({json.dumps(USEFUL)})")
    page.goto(f"{url}/console#/{view}")
    cold = _useful(page)
    page.reload()
    again = _useful(page)
    context.close()
    return cold, again


def _useful(page: Page) -> float:
    found: float = page.evaluate("window.__useful")
    return found


def _scroll(browser: Browser, url: str) -> dict[str, list[float]]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/console#/calls")
    page.wait_for_selector("tr.call")
    found: dict[str, list[float]] = page.evaluate(SCROLL)
    return found


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--calls", type=int, default=10_000)
    options.add_argument("--out", type=Path)
    options.add_argument("--gate", action="store_true")
    given = options.parse_args()
    main(given.calls, given.out, gate=given.gate)
