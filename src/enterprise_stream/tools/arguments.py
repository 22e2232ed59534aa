"""Arguments as a brain writes them, checked on our side: whatever it was trained on, it may write anything."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, best_match
from referencing import Registry

from enterprise_stream.errors import ToolError

MAX_CHARS = 8_000
"""Longest arguments, in characters of JSON; a booking with notes takes 600."""

MAX_DEPTH = 8
"""Deepest nesting of arguments."""

_SHOWN = 200
_NOTHING_FETCHED: Registry[Any] = Registry()


def check_schema(schema: Mapping[str, Any]) -> str | None:
    """What is wrong with a schema itself; None when it is one of an object."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return error.message[:_SHOWN]
    if schema.get("type") != "object":
        return "it must be of type object"
    return "it refers to another document" if _refers_elsewhere(schema) else None


def checked(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as values.

    Raises:
        ToolError: they do not follow the schema; the message says what to change.
    """
    if len(text) > MAX_CHARS:
        raise _bad(f"The arguments are longer than {MAX_CHARS} characters.")
    try:
        values = json.loads(text or "{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _bad("The arguments are no JSON.") from None
    if not isinstance(values, dict):
        raise _bad("The arguments must be a JSON object.")
    if _depth(values) > MAX_DEPTH:
        raise _bad("The arguments are nested too deeply.")
    validator = Draft202012Validator(schema, registry=_NOTHING_FETCHED, format_checker=FormatChecker())
    error = best_match(validator.iter_errors(values))
    if error is not None:
        where = ".".join(str(part) for part in error.absolute_path)
        raise _bad(f"{f'{where}: ' if where else ''}{error.message[:_SHOWN]}")
    return values


def meaning(name: str, arguments: Mapping[str, Any]) -> str:
    """The same for calls of the same tool with the same meaning: order, capitals and blanks do not count."""
    told = json.dumps(_plain(arguments), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{name}\n{told}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case str():
            return " ".join(value.split()).casefold()
        case Mapping():
            return {key: _plain(item) for key, item in value.items() if item not in (None, "")}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def _depth(value: Any) -> int:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, items), default=0)


def _refers_elsewhere(value: Any) -> bool:
    if isinstance(value, Mapping):
        names = ("$ref", "$dynamicRef")
        return any(name in names and not str(item).startswith("#") for name, item in value.items()) or any(
            map(_refers_elsewhere, value.values())
        )
    return isinstance(value, list) and any(map(_refers_elsewhere, value))


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _bad(message: str) -> ToolError:
    return ToolError(message, code="bad_arguments")
