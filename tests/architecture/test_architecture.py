"""The shape of the code: who imports whom, how large things are, who starts tasks."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "enterprise_stream"
FILES = sorted(SOURCE.rglob("*.py"))
CORE = sorted((SOURCE / "conversation").glob("*.py"))

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
LONG_ON_PURPOSE = {"wire/messages.py": 550}  # every message in one module, from which the rest is generated
PURE = {"dataclasses", "typing", "re", "enum", "math", "difflib", "unicodedata", "enterprise_stream.conversation"}


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in FILES:
        yield _name(path), ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def _impure(imports: set[str]) -> set[str]:
    return {name for name in imports if not any(name == pure or name.startswith(f"{pure}.") for pure in PURE)}


def _loose_tasks(tree: ast.AST) -> list[int]:
    """Lines that start a task which no group owns."""
    loose: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if node.func.attr == "ensure_future" or (
                node.func.attr == "create_task" and (owner == "asyncio" or "loop" in owner)
            ):
                loose.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "asyncio":
            loose += [node.lineno for alias in node.names if alias.name in {"create_task", "ensure_future"}]
    return loose


def test_the_source_was_found() -> None:
    assert len(FILES) > 50
    assert len(CORE) >= 10


def test_the_import_contract_is_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Contracts:" in done.stdout
    assert ", 0 broken" in done.stdout


@pytest.mark.parametrize("path", CORE, ids=_name)
def test_the_core_imports_only_data_types_and_itself(path: Path) -> None:
    assert not _impure(_imports(ast.parse(path.read_text(encoding="utf-8"))))


def test_files_are_short() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    long = {name: n for name, n in lengths.items() if n > LONG_ON_PURPOSE.get(name, MAX_FILE_LINES)}
    assert not long, f"split these by concern: {long}"


def test_functions_are_short() -> None:
    long = {
        f"{name}:{node.name}": length
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert not long, f"split these by step: {long}"


def test_every_task_belongs_to_a_group() -> None:
    loose = {name: lines for name, tree in _trees() if (lines := _loose_tasks(tree))}
    assert not loose, f"start these tasks in a TaskGroup: {loose}"


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio\nasyncio.create_task(x())",
        "import asyncio\nasyncio.ensure_future(x())",
        "loop.create_task(x())",
        "from asyncio import create_task\ncreate_task(x())",
    ],
)
def test_a_loose_task_is_seen(text: str) -> None:
    assert _loose_tasks(ast.parse(text))


def test_a_task_of_a_group_is_not_loose() -> None:
    assert not _loose_tasks(ast.parse("group.create_task(x())\nself._group.create_task(y())"))


@pytest.mark.parametrize(
    "text", ["import os", "from time import sleep", "import enterprise_stream.wire", "from . import x"]
)
def test_an_impure_import_is_seen(text: str) -> None:
    assert _impure(_imports(ast.parse(text)))
