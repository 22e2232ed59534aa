"""Pictures for the documentation: in which variants they are taken, how they are put together, where they are kept."""

import base64
import html
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser

Scheme = Literal["light", "dark"]

FOLDER: Final = Path(__file__).parents[3] / "docs" / "images"
LARGEST_BYTES: Final = 150_000
SIZES: Final = {"desktop": (1280, 800), "phone": (390, 844)}
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")

_SHEET_STYLE: Final = """
body { margin: 0; padding: 24px; width: 1552px; font: 600 15px system-ui, 'DejaVu Sans', sans-serif; }
.light { background: #e9e1d1; color: #1d2a2b; } .dark { background: #060c0d; color: #f2ebdd; }
main { display: grid; grid-template-columns: repeat(4, 1fr); gap: 20px 16px; }
figure { margin: 0; display: flex; flex-wrap: wrap; gap: 6px; } figcaption { flex: 1 0 100%; }
img { display: block; height: 176px; border-radius: 6px; }
"""

Picture = tuple[str, str, bytes]
"""What it shows, the size's name, and the picture."""


def sheet(browser: Browser, pictures: Iterable[Picture], scheme: Scheme) -> bytes:
    """All of them on one, those with the same title side by side."""
    figures: dict[str, list[str]] = {}
    for title, size, picture in pictures:
        data = base64.b64encode(picture).decode()
        figures.setdefault(title, []).append(f'<img alt="{size}" src="data:image/png;base64,{data}" />')
    body = "".join(
        f"<figure><figcaption>{html.escape(title)}</figcaption>{''.join(images)}</figure>"
        for title, images in figures.items()
    )
    page = browser.new_page(viewport={"width": 1600, "height": 300})
    page.set_content(f'<style>{_SHEET_STYLE}</style><body class="{scheme}"><main>{body}</main></body>')
    picture = page.screenshot(full_page=True, type="jpeg", quality=62)
    page.close()
    return picture


def keep(path: Path, picture: bytes) -> None:
    """Write one, which must not be too large to be committed."""
    assert len(picture) <= LARGEST_BYTES, f"{path} has {len(picture)} bytes"
    path.write_bytes(picture)
    print(f"{path.name}: {len(picture) // 1024} KiB")
