"""What a guest, a host's visitor and an owner have to load, compressed as a web server sends it. 1 KB is 1000 bytes."""

import gzip
from pathlib import Path

import pytest

from .conftest import built_page
from .kit.figures import Figures
from .mock_server import STATIC

pytestmark = pytest.mark.browser

KB = 1000

PAGE = ("index.html", "page.css", "page.js", "icon.svg", "icon.png", "wall.svg", "frieze.svg")
"""What the guest's page is drawn with."""

TALKING = ("worker.js", "capture.js", "playback.js")
"""What is loaded when she is to be talked to."""

FRAME = ("embed.html", "embed.js")
"""What the panel has beside that in a host's page."""

BUNDLES = {
    "the widget's loader": (("widget.js",), 6),
    "the bridge in the frame": (("embed.js",), 3),
    "the panel without its typeface": ((*PAGE, *TALKING, *FRAME), 60),
    "the console without its typeface": (("console.html", "console.css", "console.js", "icon.png"), 80),
}
"""Files, and what they may take together, KB."""

TYPEFACE_KB = 37
"""Both weights of Fraunces, Latin only. The page is shown in the system's own serif until they are there, and a second
visit has them: so they are no part of the panel's sixty, and counted here."""


@pytest.fixture(autouse=True)
def built() -> None:
    built_page()


def size(*files: Path) -> float:
    """Of files together, each compressed, in KB."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / KB


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_bundle_is_small(figures: Figures, bundle: str) -> None:
    names, most = BUNDLES[bundle]
    took = size(*(STATIC / name for name in names))
    figures.tell(f"{bundle}, compressed", [took], "KB")
    assert took <= most


def test_the_typeface_is_counted_too(figures: Figures) -> None:
    fonts = list((STATIC / "fonts").glob("*.woff2"))
    took = sum(font.stat().st_size for font in fonts) / KB  # woff2 is compressed already
    figures.tell("the typeface", [took], "KB")
    assert fonts
    assert took <= TYPEFACE_KB


def test_nothing_is_built_that_is_not_counted() -> None:
    counted = {name for names, _ in BUNDLES.values() for name in names}
    built = {file.name for file in STATIC.iterdir() if file.is_file() and file.suffix != ".map"}
    assert built - counted <= {".gitignore"}
