"""What an emulator was asked, so that tests can hold that no request carries more than it must."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

KEY_HEADERS = frozenset({"authorization", "xi-api-key", "x-api-key", "sec-websocket-protocol"})
"""Headers that a vendor takes a key from."""


@dataclass(slots=True)
class Recorded:
    """One request or WebSocket session.

    Attributes:
        endpoint: the emulator's name for what was asked.
        method: HTTP method; `GET` for a WebSocket.
        path: without the query.
        query: names and values in order, repeated names included.
        headers: lower-case names; those that carry the key are left out.
        body: the request's body: what its JSON says, or the bytes; None for a WebSocket.
        messages: JSON messages of a WebSocket's client, in order; text that is no JSON as it is.
        audio_bytes: binary data that its client sent.
    """

    endpoint: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: Any = None
    messages: list[Any] = field(default_factory=list)
    audio_bytes: int = 0

    def asked(self, name: str) -> list[str]:
        """Values of a query parameter, in order."""
        return [value for key, value in self.query if key == name]

    def sent(self, kind: str) -> list[dict[str, Any]]:
        """JSON messages whose `type` is `kind`."""
        return [message for message in self.messages if isinstance(message, dict) and message.get("type") == kind]


class Requests:
    """All that came, oldest first; iterate over it, or take one by its number.

    Attributes:
        leaks: where a key was found that belongs in its header only, such as `listen: query`.
    """

    def __init__(self) -> None:
        self._all: list[Recorded] = []
        self._keys: set[str] = set()
        self.leaks: list[str] = []

    def __iter__(self) -> Iterator[Recorded]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, number: int) -> Recorded:
        return self._all[number]

    def to(self, endpoint: str) -> list[Recorded]:
        """Those to one endpoint."""
        return [request for request in self._all if request.endpoint == endpoint]

    def record(
        self, endpoint: str, method: str, path: str, query: Sequence[tuple[str, str]], headers: dict[str, str]
    ) -> Recorded:
        """Note a request's head and look for keys where none should be."""
        for name in KEY_HEADERS & headers.keys():
            self._keys.update(word for word in headers[name].replace(",", " ").split() if len(word) > 6)
        told = {name: value for name, value in headers.items() if name not in KEY_HEADERS}
        recorded = Recorded(endpoint, method, path, tuple(query), told)
        self._all.append(recorded)
        self._look(endpoint, "path", path)
        self._look(endpoint, "query", repr(recorded.query))
        self._look(endpoint, "headers", repr(told))
        return recorded

    def record_body(self, recorded: Recorded, body: bytes) -> None:
        """Note a request's body."""
        self._look(recorded.endpoint, "body", body.decode("latin-1"))
        recorded.body = _json_or(body.decode("utf-8", "replace"), body)

    def record_message(self, recorded: Recorded, text: str) -> Any:
        """Note a WebSocket's text message; returns what its JSON says, or the text."""
        self._look(recorded.endpoint, "message", text)
        message = _json_or(text, text)
        recorded.messages.append(message)
        return message

    def _look(self, endpoint: str, place: str, text: str) -> None:
        if any(key in text for key in self._keys):
            self.leaks.append(f"{endpoint}: {place}")


def _json_or(text: str, otherwise: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return otherwise
