"""Finds the tests that say which requirement they hold, without importing any of them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Marked(NamedTuple):
    """A test that holds a requirement.

    Attributes:
        number: the requirement's.
        file: the test's, with `/` between its parts.
        test: its name.
    """

    number: str
    file: str
    test: str

    @property
    def key(self) -> str:
        """By which pytest names it."""
        return f"{self.file}::{self.test}"


def marked_tests(tests: Path) -> list[Marked]:
    """Every marked test under a folder, by file and line."""
    return [marked for file in sorted(tests.rglob("test_*.py")) for marked in _in_file(file, tests.parent)]


def _in_file(file: Path, root: Path) -> Iterator[Marked]:
    name = file.relative_to(root).as_posix()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for number in _numbers(node.decorator_list):
                yield Marked(number, name, node.name)


def _numbers(decorators: list[ast.expr]) -> Iterator[str]:
    for decorator in decorators:
        match decorator:
            case ast.Call(func=ast.Attribute(attr="requirement"), args=numbers):
                yield from (str(ast.literal_eval(number)) for number in numbers)
