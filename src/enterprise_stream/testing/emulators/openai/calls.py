"""Which function a guest's words ask for, and what they say for its arguments."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from enterprise_stream.testing.emulators.openai.chat_answer import Call

_ASKS_FOR: Mapping[str, re.Pattern[str]] = {
    "book": re.compile(r"(?i)\b(reserv\w+|book(ing)?|reservation)\b"),
    "hand": re.compile(r"(?i)\b(persona|humano|alguien|encargad\w+|person|human|somebody|someone|manager)\b"),
}
"""What in a function's name goes with which words of a guest."""

_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_NUMBER = re.compile(r"(?<![\d-])\d{1,3}(?![\d-])")
_SURNAME = r"[A-ZÁÉÍÓÚÑ][^\W\d_]*"
_NAME = re.compile(rf"\b(?i:me llamo|a nombre de|my name is|in the name of)\s+([^\W\d_]+(?:\s+{_SURNAME})*)")


def wanted(asked: str, tools: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The function among `tools` that the guest's words ask for."""
    for tool in tools:
        for part, pattern in _ASKS_FOR.items():
            if part in tool["function"]["name"].lower() and pattern.search(asked):
                found: Mapping[str, Any] = tool["function"]
                return found
    return None


def call(function: Mapping[str, Any], said: str) -> Call | list[str]:
    """The call, or the names of the arguments that the guest has not given.

    Args:
        function: as the request offers it.
        said: all that the guest has said.
    """
    schema = function.get("parameters") or {}
    days, numbers = _DAY.findall(said), _NUMBER.findall(_DAY.sub("", said))
    given: dict[str, Any] = {}
    for name in schema.get("required", ()):
        kind = schema.get("properties", {}).get(name, {})
        if "enum" in kind:
            given[name] = next((value for value in kind["enum"] if str(value) in said), kind["enum"][0])
        elif kind.get("type") in ("integer", "number"):
            given[name] = int(numbers.pop(0)) if numbers else None
        elif kind.get("format") == "date":
            given[name] = days.pop(0) if days else None
        elif name == "name":
            told = _NAME.search(said)
            given[name] = told[1] if told else None
        else:
            given[name] = said
    missing = [name for name, value in given.items() if value is None]
    return missing or Call(function["name"], json.dumps(given, ensure_ascii=False))
