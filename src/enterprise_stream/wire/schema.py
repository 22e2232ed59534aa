"""JSON Schema of both directions, made from the typed messages."""

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from enterprise_stream.wire import messages
from enterprise_stream.wire.codec import CLIENT_TYPES, SERVER_TYPES
from enterprise_stream.wire.codes import ErrorCode

Schema = dict[str, Any]

IN_FORCE = "InForce"
"""Ends the name of a part that both directions carry, as the server sends it: with every field there."""

_ANYTHING = "JsonValue"
"""Pydantic's name for a value without rules; a schema that says nothing says the same."""


@lru_cache(maxsize=1)
def definitions() -> tuple[dict[str, Schema], dict[str, Schema]]:
    """Schemas by name, of the client's messages and of the server's, with their parts.

    References read `#/$defs/NAME`. A name means the same in both: a part that the server sends in another shape than
    the client may has a name of its own there (`AudioSettingsInForce`).
    """
    client = _tidy_all(TypeAdapter[Any](messages.ClientMessage).json_schema(mode="validation"))
    server = _tidy_all(TypeAdapter[Any](messages.ServerMessage).json_schema(mode="serialization"))
    changed = _reaching({name for name in server if name in client and server[name] != client[name]}, server)
    names = {name: name + IN_FORCE for name in changed if name in client}
    return client, {names.get(name, name): _renamed(schema, names) for name, schema in server.items()}


def direction_schema(direction: str) -> Schema:
    """The JSON Schema (2020-12) of one text frame, `client` to server or `server` to client."""
    client, server = definitions()
    defs, types, title = (
        (client, CLIENT_TYPES, "A text frame from the client")
        if direction == "client"
        else (server, SERVER_TYPES, "A text frame from the server")
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated from enterprise_stream.wire.messages; do not edit.",
        "title": title,
        "oneOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in types.values()],
        "$defs": defs,
    }


def _tidy_all(schema: Schema) -> dict[str, Schema]:
    parts = {name: _tidy(name, part) for name, part in sorted(schema["$defs"].items()) if name != _ANYTHING}
    for part in parts.values():
        for field in part.get("properties", {}).values():
            if "$ref" in field and "description" not in field:  # pydantic drops one that repeats the part's own
                field["description"] = parts[field["$ref"].rsplit("/", 1)[1]]["description"]
    return parts


def _tidy(name: str, schema: Schema) -> Schema:
    """Without made-up titles and defaults; a message's `type` is always required."""
    if name == ErrorCode.__name__:
        return {
            "type": "string",
            "enum": list(ErrorCode),
            "description": "Stable code of an error; more may be added. "
            + " ".join(f"`{code}`: {code.meaning}" for code in ErrorCode),
        }
    if "properties" not in schema:
        return _bare(schema)  # type: ignore[no-any-return]  # a dict in, a dict out
    fields = {field: _bare(part) for field, part in schema["properties"].items()}
    required = [field for field in fields if field in schema.get("required", []) or field == "type"]
    tidy: Schema = {"type": "object", "description": schema.get("description", ""), "properties": fields}
    return {**tidy, "required": required} if required else tidy


def _bare(value: Any) -> Any:
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    bare = {key: _bare(item) for key, item in value.items() if key not in {"title", "default"}}
    if bare.get("$ref") == f"#/$defs/{_ANYTHING}":
        del bare["$ref"]
    if "const" in bare:
        return {key: item for key, item in bare.items() if key != "type"}
    return bare


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*(_references(item) for item in value))
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"].rsplit("/", 1)[1]} if "$ref" in value else set()
    return own.union(*(_references(item) for item in value.values()))


def _reaching(names: set[str], schemas: dict[str, Schema]) -> set[str]:
    """The names, and every schema that refers to one of them, however far."""
    reached = set(names)
    while True:
        more = {name for name, schema in schemas.items() if _references(schema) & reached} - reached
        if not more:
            return reached
        reached |= more


def _renamed(value: Any, names: dict[str, str], prefix: str = "#/$defs/") -> Any:
    if isinstance(value, list):
        return [_renamed(item, names, prefix) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _renamed(item, names, prefix) for key, item in value.items()}
    if "$ref" in renamed:
        name = value["$ref"].rsplit("/", 1)[1]
        renamed["$ref"] = prefix + names.get(name, name)
    return renamed


def rebased(schema: Schema, prefix: str) -> Schema:
    """The schema with its references under another prefix, such as `#/components/schemas/`."""
    return _renamed(schema, {}, prefix)  # type: ignore[no-any-return]  # a dict in, a dict out
