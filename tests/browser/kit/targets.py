"""Whether a finger finds what can be pressed."""

from ..hearing import Evaluates

LEAST_PX = 44

_TOO_SMALL = """([least, root]) => [...(root === '' ? document : document.querySelector(root).shadowRoot)
  .querySelectorAll('button, a, select, #words, label > span')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.skip'))
  .filter((e) => e.offsetHeight < least || e.offsetWidth < least)
  .map((e) => `${e.outerHTML.slice(0, 120)} ${e.offsetWidth}x${e.offsetHeight}`)"""


def too_small(place: Evaluates, root: str = "") -> list[str]:
    """Targets in sight of less than 44 px, in a page or frame, or in the shadow of an element in it."""
    found: list[str] = place.evaluate(_TOO_SMALL, [LEAST_PX, root])
    return found
