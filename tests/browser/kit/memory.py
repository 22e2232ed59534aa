"""What a page holds on to, after its garbage is collected: the page, its worker and its worklets."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page


@dataclass(frozen=True, slots=True)
class Held:
    """What is held.

    Attributes:
        page: bytes of the page's script heap and of what its objects stand for.
        worker: the same of the connection worker.
        worklet: the same of the audio worklets.
        nodes: of the document, attached or not.
        listeners: for events.
    """

    page: int
    worker: int
    worklet: int
    nodes: int
    listeners: int


class Memory:
    """Looks into a page and its threads.

    Args:
        page: with its worker and worklets running.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._threads: dict[str, str] = {}
        self._replies: dict[int, dict[str, Any]] = {}
        self._number = 0
        self._session.on("Target.attachedToTarget", self._attached)
        self._session.on("Target.receivedMessageFromTarget", self._received)
        self._session.send(
            "Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        )

    def held(self) -> Held:
        """What is held now."""
        page = self._usage(None)
        counted = self._session.send("Memory.getDOMCounters")
        worker, worklet = (self._usage(self._threads[kind]) for kind in ("worker", "worklet"))
        return Held(page, worker, worklet, int(counted["nodes"]), int(counted["jsEventListeners"]))

    def _usage(self, thread: str | None) -> int:
        for _ in range(2):  # what the first collection finalises, the second one frees
            self._ask(thread, "HeapProfiler.collectGarbage")
        usage = self._ask(thread, "Runtime.getHeapUsage")
        return int(usage["usedSize"] + usage["embedderHeapUsedSize"] + usage["backingStorageSize"])

    def _ask(self, thread: str | None, method: str) -> dict[str, Any]:
        if thread is None:
            answer: dict[str, Any] = self._session.send(method)
            return answer
        self._number += 1
        message = json.dumps({"id": self._number, "method": method})
        self._session.send("Target.sendMessageToTarget", {"sessionId": thread, "message": message})
        while self._number not in self._replies:
            self._page.evaluate("0")  # what has come is handed over in between
        return self._replies.pop(self._number)

    def _attached(self, event: dict[str, Any]) -> None:
        self._threads[event["targetInfo"]["type"]] = event["sessionId"]

    def _received(self, event: dict[str, Any]) -> None:
        reply = json.loads(event["message"])
        if "id" in reply:
            self._replies[reply["id"]] = reply["result"]
