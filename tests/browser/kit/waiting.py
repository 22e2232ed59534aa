"""Waiting for something in any of our pages, whose policy allows no text as a script."""

from ..hearing import Evaluates


def wait_until(page: Evaluates, expression: str, *, timeout_ms: int = 10_000) -> None:
    """Wait until something holds in the page, looked at every 20 ms.

    `page.wait_for_function` has its text evaluated in the page, which refuses that from the second look on.
    """
    page.evaluate(
        "([within, what]) => new Promise((done, fail) => {"
        "  const end = Date.now() + within;"
        "  const timer = setInterval(() => {"
        f"   const holds = {expression};"
        "    if (!holds && Date.now() < end) return;"
        "    clearInterval(timer);"
        "    holds ? done() : fail(new Error(`waited ${within} ms in vain: ${what}`));"
        "  }, 20); })",
        [timeout_ms, expression],
    )
