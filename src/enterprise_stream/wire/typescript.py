"""TypeScript types of the messages, made from their JSON Schemas; laid out as Prettier lays it out."""

import json
import textwrap

from enterprise_stream.wire.codec import CLIENT_TYPES, SERVER_TYPES
from enterprise_stream.wire.codes import PROTOCOL_VERSION, SUBPROTOCOL, CloseCode
from enterprise_stream.wire.schema import Schema, definitions

_WIDTH = 80
_COMMENT_WIDTH = 100
_NAMES = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}


def typescript() -> str:
    """The module `messages.ts`."""
    client, server = definitions()
    merged = client | server
    parts = [
        "// Generated from enterprise_stream.wire.messages; do not edit.\n",
        f"export const PROTOCOL_VERSION = {PROTOCOL_VERSION};",
        f"export const SUBPROTOCOL = {json.dumps(SUBPROTOCOL)};\n",
        _close_codes(),
        *(_declaration(name, merged[name]) for name in sorted(merged)),
        _alias("ClientMessage", [model.__name__ for model in CLIENT_TYPES.values()]),
        _alias("ServerMessage", [model.__name__ for model in SERVER_TYPES.values()]),
    ]
    return "\n".join(parts)


def _close_codes() -> str:
    lines = [f"  /** {code.meaning} */\n  {code.name}: {code.value},\n" for code in CloseCode]
    return (
        "/** Why the server closed the connection. */\nexport const CLOSE_CODES = {\n"
        + "".join(lines)
        + "} as const;\n"
    )


def _declaration(name: str, schema: Schema) -> str:
    comment = _comment(schema, "")
    if schema.get("type") != "object":
        return comment + _alias(name, _union(schema))
    required = schema.get("required", [])
    fields = [_field(field, part, field in required) for field, part in schema["properties"].items()]
    return f"{comment}export interface {name} {{\n{''.join(fields)}}}\n"


def _field(name: str, schema: Schema, required: bool) -> str:
    start = f"  {name}{'' if required else '?'}:"
    arms = _union(schema)
    below = f"    {' | '.join(arms)};"
    if len(start) + len(below) - 3 > _WIDTH >= len(below):
        return f"{_comment(schema, '  ')}{start}\n{below}\n"
    return _comment(schema, "  ") + _laid_out(start, arms, "    ")


def _alias(name: str, arms: list[str]) -> str:
    return _laid_out(f"export type {name} =", arms, "  ")


def _laid_out(start: str, arms: list[str], indent: str) -> str:
    line = f"{start} {' | '.join(arms)};"
    if len(line) <= _WIDTH or len(arms) == 1:
        return line + "\n"
    return start + "".join(f"\n{indent}| {arm}" for arm in arms) + ";\n"


def _union(schema: Schema) -> list[str]:
    """The arms of the type that a schema describes, each once."""
    if "$ref" in schema:
        return [schema["$ref"].rsplit("/", 1)[1]]
    if "const" in schema:
        return [json.dumps(schema["const"])]
    if "enum" in schema:
        return [json.dumps(value) for value in schema["enum"]]
    if "anyOf" in schema:
        return list(dict.fromkeys(arm for part in schema["anyOf"] for arm in _union(part)))
    if schema.get("type") == "array":
        items = _union(schema["items"])
        return [f"{items[0]}[]" if len(items) == 1 else f"({' | '.join(items)})[]"]
    return [_NAMES[schema["type"]]] if "type" in schema else ["unknown"]


def _comment(schema: Schema, indent: str) -> str:
    text = " ".join(schema.get("description", "").split())
    if not text:
        return ""
    if len(text) <= _COMMENT_WIDTH:
        return f"{indent}/** {text} */\n"
    lines = textwrap.wrap(text, _COMMENT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"
