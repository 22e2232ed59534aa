"""`docs/reference/console-api.md`, made from the shapes: `python -m enterprise_stream.server.api.console.reference`."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from enterprise_stream.server.api.console import shapes

PAGE: Final = Path(__file__).parents[5] / "docs" / "reference" / "console-api.md"

_INTRO: Final = """# The console's API

What an owner sees of his calls, as JSON. Made from `src/enterprise_stream/server/api/console/shapes.py` by
`python -m enterprise_stream.server.api.console.reference --write`; do not edit.

All of it is for owners alone: with `ADMIN_KEY` by `Authorization: Bearer` or the console's login, without one from this
machine only. With a key of `OWNER_KEYS` every answer tells of that tenant alone. Nothing may be cached (`no-store`).
Times are ISO 8601 in UTC, money is US dollars, what is not known is null. Days are the business's, that is, the
server's own; `days` counts back from today, today included, 400 at most. Failures: 400 `bad_request`,
403 `operator_only`, 404 `not_found`, 503 `store_failed`, each with a `message` that says what to do.
"""

ENDPOINTS: Final[tuple[tuple[str, str, type[BaseModel]], ...]] = (
    (
        "GET /api/console/calls",
        "Parameters: `limit` (50, at most 200), `before` (the `next` of another page), `language`, `live` (`true` or "
        "`false`), `q` (words that were said, whatever their accents, or a session's id).",
        shapes.Calls,
    ),
    ("GET /api/console/calls/{session}", "One call.", shapes.CallDetail),
    ("GET /api/console/latency", "Parameters: `days` (30). Percentiles are within one percent.", shapes.LatencyReport),
    ("GET /api/console/costs", "Parameters: `days` (30).", shapes.CostReport),
    ("GET /api/console/gaps", "Parameters: `days` (30), `limit` (100, at most 500).", shapes.Gaps),
    ("GET /api/console/engines", "As they stand now.", shapes.Engines),
    ("GET /api/console/library", "At most a minute old. For the operator only.", shapes.Library),
    ("GET /api/console/viewer", "Who asks.", shapes.Viewer),
)


def page() -> str:
    """The whole page."""
    parts = [_INTRO]
    schemas: dict[str, dict[str, Any]] = {}
    for name, about, shape in ENDPOINTS:
        schema = shape.model_json_schema(mode="serialization", by_alias=True)
        schemas |= schema.pop("$defs", {})
        schemas[shape.__name__] = schema
        parts.append(f"## `{name}`\n{about} Answers with [{shape.__name__}](#{shape.__name__.lower()}).\n")
    parts.append("## Shapes\n")
    parts += ["\n".join(_shape(name, schemas[name])) for name in schemas]
    return "\n".join(parts)


def _shape(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}\n{schema.get('description', '').splitlines()[0]}\n"
    yield "| field | type | meaning |\n| --- | --- | --- |"
    for field, part in schema["properties"].items():
        yield f"| `{field}` | {_type(part)} | {part.get('description', '')} |"
    yield ""


def _type(part: dict[str, Any]) -> str:
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in part:
        return " or ".join(map(_type, part["anyOf"]))
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if part.get("type") == "array":
        return f"list of {_type(part['items'])}"
    if part.get("type") == "object":
        return f"object of {_type(part['additionalProperties'])}"
    return str(part.get("type", ""))


def main() -> int:
    """Write the page, or say whether it is as it should be."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true")
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    if given.write:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") != page():
        sys.stderr.write(f"{PAGE} is not as the shapes say: run this with --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
