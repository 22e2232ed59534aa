"""A browser that is driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): what the tests need of it."""

import json
from collections.abc import Sequence
from typing import Any

from websockets.sync.client import ClientConnection

WITHIN_S = 30.0

Answer = dict[str, Any]

ENTER = "\ue006"
"""WebDriver's code of the key."""


class Bidi:
    """One connection to a browser.

    Attributes:
        problems: errors of each tab's scripts and console, by its context.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.problems: dict[str, list[str]] = {}
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])

    def ask(self, method: str, **parameters: Any) -> Answer:
        """Have a command carried out; what the browser tells meanwhile is noted."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            told: Answer = json.loads(self._connection.recv(WITHIN_S))
            if told.get("id") == self._number:
                assert told["type"] == "success", told
                result: Answer = told["result"]
                return result
            self._note(told)

    def _note(self, told: Answer) -> None:
        entry = told.get("params", {})
        if told.get("method") == "log.entryAdded" and entry["level"] == "error":
            self.problems.setdefault(entry["source"]["context"], []).append(entry["text"])


class BidiPage:
    """One tab with a profile of its own; what it has of Playwright's page is `evaluate`.

    Args:
        scripts: run in every document before its own.
    """

    def __init__(self, bidi: Bidi, scripts: Sequence[str]) -> None:
        self._bidi = bidi
        self._profile = bidi.ask("browser.createUserContext")["userContext"]
        self._context = bidi.ask("browsingContext.create", type="tab", userContext=self._profile)["context"]
        for script in scripts:
            inside = f"() => {{ if (!isSecureContext) return; {script} }}"  # a tab that is still empty is no page
            bidi.ask("script.addPreloadScript", functionDeclaration=inside, contexts=[self._context])

    def goto(self, url: str) -> None:
        """Open an address."""
        self._bidi.ask("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str, arg: Any = None) -> Any:
        """What an expression is, or what a function returns for `arg`; as if the guest had pressed something."""
        made = f"(async () => {{ const made = ({expression}); return JSON.stringify("
        called = f"(typeof made === 'function' ? await made({json.dumps(arg)}) : await made) ?? null); }})()"
        target = {"context": self._context}
        answer = self._bidi.ask(
            "script.evaluate", expression=made + called, target=target, awaitPromise=True, userActivation=True
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def click(self, selector: str) -> None:
        """Press the mouse's button on the middle of an element."""
        locator = {"type": "css", "value": selector}
        (found,) = self._bidi.ask("browsingContext.locateNodes", context=self._context, locator=locator)["nodes"]
        middle = {"type": "element", "element": {"sharedId": found["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": middle}
        press = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._perform({"type": "pointer", "id": "mouse", "actions": [move, *press]})

    def write(self, text: str) -> None:
        """Press a key for each character."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._perform({"type": "key", "id": "keyboard", "actions": keys})

    def problems(self) -> list[str]:
        """The errors that scripts and console have told since the tab is there."""
        self.evaluate("null")  # what comes back behind all that the page has told
        return self._bidi.problems.get(self._context, [])

    def close(self) -> None:
        """Close the tab, and forget its profile."""
        self._bidi.ask("browser.removeUserContext", userContext=self._profile)

    def _perform(self, source: dict[str, Any]) -> None:
        self._bidi.ask("input.performActions", context=self._context, actions=[source])
