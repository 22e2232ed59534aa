"""The reference page of the protocol: prose from `protocol.in.md`, tables from the typed messages."""

from enum import IntEnum, StrEnum
from importlib.resources import files

from pydantic import BaseModel

from enterprise_stream.wire.codec import CLIENT_TYPES, SERVER_TYPES
from enterprise_stream.wire.codes import CloseCode, ErrorCode
from enterprise_stream.wire.examples import CLIENT_EXAMPLES, SERVER_EXAMPLES
from enterprise_stream.wire.schema import Schema, definitions


def reference() -> str:
    """The page `protocol.md`."""
    client, server = definitions()
    parts = {
        "client_messages": _messages(CLIENT_TYPES, client, CLIENT_EXAMPLES),
        "server_messages": _messages(SERVER_TYPES, server, SERVER_EXAMPLES),
        "parts": _parts(client | server),
        "error_codes": _codes(ErrorCode),
        "close_codes": _codes(CloseCode),
    }
    page = files("enterprise_stream.wire").joinpath("protocol.in.md").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace(f"<!-- {name} -->", text)
    return page


def _messages(types: dict[str, type[BaseModel]], schemas: dict[str, Schema], examples: tuple[BaseModel, ...]) -> str:
    shown = {type(example): example.model_dump_json() for example in examples}
    sections = []
    for kind, model in types.items():
        schema = schemas[model.__name__]
        fields = {name: part for name, part in schema["properties"].items() if name not in {"type", "seq"}}
        table = _fields(fields, schema.get("required", [])) + "\n" if fields else ""
        sections.append(f"### `{kind}`\n\n{_line(schema)}\n\n{table}```json\n{shown[model]}\n```\n")
    return "\n".join(sections).rstrip()


def _parts(schemas: dict[str, Schema]) -> str:
    sections = [
        f"### {name}\n\n{_line(schema)}\n\n{_fields(schema['properties'], schema.get('required', []))}"
        for name, schema in sorted(schemas.items())
        if not name.endswith("Message") and schema.get("type") == "object"
    ]
    return "\n".join(sections).rstrip()


def _fields(fields: dict[str, Schema], required: list[str]) -> str:
    rows = [
        f"| `{name}`{'' if name in required else '?'} | {_type(part)} | {_line(part)} |\n"
        for name, part in fields.items()
    ]
    return "| field | type | meaning |\n| --- | --- | --- |\n" + "".join(rows)


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return "[error code](#error-codes)" if name == ErrorCode.__name__ else f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{str(schema['const']).lower()}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(part) for part in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return f"{schema.get('type', 'any JSON')}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None:
        return f", {low} to {high:.15g}" if high is not None and high < 2**32 else f" ≥ {low}"
    longest = schema.get("maxLength")
    return f", at most {longest} characters" if longest else ""


def _codes(codes: type[StrEnum] | type[IntEnum]) -> str:
    rows = [f"| `{code.value}` | {getattr(code, 'meaning')} |\n" for code in codes]  # noqa: B009 - both enums have it
    return "| code | meaning |\n| --- | --- |\n" + "".join(rows).rstrip()


def _line(schema: Schema) -> str:
    return " ".join(schema.get("description", "").split()).replace("|", "\\|")
