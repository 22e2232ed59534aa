"""A page whose thread is blocked half of the time, as by a heavy site around it."""

from typing import Any

from .guest import Guest

BLOCKED_MS, EVERY_MS = 200, 400

_SCRIPT = f"""
(() => {{
  setInterval(() => {{
    const end = performance.now() + {BLOCKED_MS};
    while (performance.now() < end);
  }}, {EVERY_MS});
}})()
"""


def block(guest: Guest[Any]) -> None:
    """Block the page's thread, again and again, from now on."""
    guest.page.evaluate(_SCRIPT)
