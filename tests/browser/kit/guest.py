"""A guest at the page: what she does, and what her page knows, through the object that the page offers."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from playwright.sync_api import Page

from ..hearing import Evaluates, Heard, heard_by
from .waiting import wait_until

# Every message, with the time on this machine's clock, and every phase; `next` is the first that no wait has seen.
_NOTES_SCRIPT = """
(() => {
  const client = window.websocketStreamClient;
  const notes = (window.__notes = { messages: [], phases: [], next: 0 });
  notes.seen = () => { notes.next = notes.phases.length; };
  notes.passed = (phase) => {
    const at = notes.phases.indexOf(phase, notes.next);
    if (at >= 0) notes.next = at + 1;
    return at >= 0;
  };
  client.on('message', (message) => notes.messages.push({ at: Date.now(), ...message }));
  client.on('status', ({ phase }) => notes.phases.push(phase));
})()
"""


PageT = TypeVar("PageT", bound=Evaluates)


class Guest(Generic[PageT]):
    """One page with its microphone.

    Args:
        page: opened, with the tap and the scripted microphone in it.
        notes: whether the server's messages and the phases are kept for the test.
    """

    def __init__(self, page: PageT, *, notes: bool = True) -> None:
        self.page = page
        self.holds("window.websocketStreamClient !== undefined")
        if notes:
            page.evaluate(_NOTES_SCRIPT)

    def talk(self) -> None:
        """Open the microphone, and wait until she is listened to."""
        self.page.evaluate("websocketStreamClient.startListening()")
        self.until("listening")

    def type(self, text: str) -> None:
        """Write to Sandra."""
        self.page.evaluate("(text) => void websocketStreamClient.sendText(text)", text)

    def call(self, method: str, *arguments: Any) -> Any:
        """What a method of the page's object resolves with."""
        return self.page.evaluate(
            "([method, given]) => window.websocketStreamClient[method](...given)", [method, list(arguments)]
        )

    def hum(self, ms: int, level: float = 0.2) -> None:
        """Make a sound at the microphone, and go on at once."""
        self.page.evaluate("([ms, level]) => void __mic.hum(ms, level)", [ms, level])

    def until(self, phase: str) -> None:
        """Wait until it is a phase now: one that lasts until the test goes on."""
        self.holds(f"websocketStreamClient.getStatus().phase === '{phase}' && (window.__notes?.seen(), true)")

    def has_been(self, phase: str) -> None:
        """Wait until a phase has come after the last that was waited for, however soon it was over."""
        self.holds(f"__notes.passed('{phase}')")

    def holds(self, expression: str, *, timeout_ms: int = 10_000) -> None:
        """Wait until something holds in the page; see `wait_until`."""
        wait_until(self.page, expression, timeout_ms=timeout_ms)

    def plays(self, ms: float) -> None:
        """Wait until so much of the newest answer has been heard."""
        self.holds(f"websocketStreamClient.state.turns.findLast(({{ answer }}) => answer)?.answer.heardMs >= {ms}")

    def messages(self, kind: str) -> list[dict[str, Any]]:
        """The server's messages of a type, each with `at`, ms since 1970."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "(kind) => __notes.messages.filter(({ type }) => type === kind)", kind
        )
        return found

    def wait_for(self, kind: str, count: int = 1) -> dict[str, Any]:
        """The count-th message of a type."""
        self.holds(f"__notes.messages.filter(({{ type }}) => type === '{kind}').length >= {count}")
        return self.messages(kind)[count - 1]

    def answers(self) -> list[str]:
        """Sandra's answers as the page has them."""
        said: list[str] = self.page.evaluate(
            "websocketStreamClient.state.turns.filter(({ answer }) => answer).map(({ answer }) => answer.text)"
        )
        return said

    def heard(self) -> Heard:
        """What has come out of the loudspeaker."""
        return heard_by(self.page)

    def said(self) -> Heard:
        """What has gone into the microphone, as the page's own graph gets it."""
        return heard_by(self.page, "microphone")


Visit = Callable[..., Guest[Page]]
"""Opens the page; what it takes is what `open_page` takes."""
