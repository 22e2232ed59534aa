"""axe, in whatever page or frame a test has open."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Frame, Page

from ..hearing import Evaluates
from .pictures import Scheme

SOURCE: Final = (Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

_LOOKS: Final[dict[Scheme, dict[str, Any]]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}
"""By night only colours can differ: a theme sets nothing else, which `web/test/look.test.ts` sees to."""


def violations(place: Evaluates, within: str = "html", **options: Any) -> list[str]:
    """What axe finds in a page or in a frame, one line each; frames inside it are places of their own."""
    if not place.evaluate("'axe' in window"):
        place.evaluate(SOURCE)
    found: list[str] = place.evaluate(
        "([within, options]) => axe.run(within, options).then(({ violations }) =>"
        " violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.failureSummary}`)))",
        [within, {"iframes": False, "resultTypes": ["violations"]} | options],
    )
    return found


def assert_accessible(page: Page, *frames: Frame, within: str = "html") -> None:
    """axe finds nothing by day or by night.

    Args:
        page: left without motion, so that no colour is on its way to another.
        frames: what of it is looked at as well.
        within: what of the page itself is looked at.
    """
    for scheme, options in _LOOKS.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = violations(page, within, **options) + [one for each in frames for one in violations(each, **options)]
        assert not found, "\n".join((scheme, *found))
