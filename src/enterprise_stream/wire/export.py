"""What is made from the typed messages: AsyncAPI, JSON Schemas, TypeScript types and the reference page.

`python -m enterprise_stream.wire.export --write` makes them anew; `--check` says which are stale and ends with 1.
"""

import argparse
import json
import sys
from pathlib import Path

from enterprise_stream.wire.asyncapi import asyncapi_yaml
from enterprise_stream.wire.reference import reference
from enterprise_stream.wire.schema import direction_schema
from enterprise_stream.wire.typescript import typescript

__all__ = ["artefacts", "asyncapi_yaml", "main", "stale", "write"]

_ROOT = Path(__file__).resolve().parents[3]


def artefacts() -> dict[str, str]:
    """Every generated file's text, by its path from the project's root."""
    return {
        "docs/reference/asyncapi.yaml": asyncapi_yaml(),
        "docs/reference/schemas/client.json": _json("client"),
        "docs/reference/schemas/server.json": _json("server"),
        "docs/reference/protocol.md": reference(),
        "web/src/client/wire/messages.ts": typescript(),
    }


def write(root: Path) -> list[str]:
    """Write what is stale under `root`; return the paths written."""
    paths = stale(root)
    made = artefacts()
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made[path], encoding="utf-8", newline="\n")
    return paths


def stale(root: Path) -> list[str]:
    """Paths of the generated files under `root` that are missing or differ from what would be written."""
    return [path for path, text in artefacts().items() if _read(root / path) != text.encode()]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when all is well, 1 when `--check` finds a stale file."""
    parser = argparse.ArgumentParser(prog="python -m enterprise_stream.wire.export", description=__doc__)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write the generated files")
    mode.add_argument("--check", action="store_true", help="end with 1 when a generated file is stale")
    parser.add_argument("--root", type=Path, default=_ROOT, help="the project's root")
    options = parser.parse_args(arguments)
    if options.write:
        sys.stdout.writelines(f"wrote {path}\n" for path in write(options.root))
        return 0
    paths = stale(options.root)
    sys.stderr.writelines(f"stale: {path}\n" for path in paths)
    if paths:
        sys.stderr.write("Run `python -m enterprise_stream.wire.export --write` and commit what it writes.\n")
    return 1 if paths else 0


def _json(direction: str) -> str:
    return json.dumps(direction_schema(direction), indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
