"""YAML as text with line numbers: every scalar stays what its owner wrote ("no", "9:00", "960 000 100")."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from enterprise_stream.thinking.knowledge.problems import Problem

MAX_BYTES = 1 << 20
"""Largest knowledge file, in bytes; a thousand facts fit."""

_MAX_NODES = 100_000
_MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar (str), a list or a mapping, and the line it starts on (from 1)."""

    line: int
    value: "str | tuple[Node, ...] | dict[str, Node]"

    @property
    def kind(self) -> str:
        """How the owner would call it."""
        if isinstance(self.value, str):
            return "a text"
        return "a list" if isinstance(self.value, tuple) else "a group of settings"


class TreeError(Exception):
    """The file is no readable YAML; carries the problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def read_tree(path: Path) -> Node:
    """Read a file.

    Raises:
        TreeError: it is missing, too big, not UTF-8 or not YAML, or a setting is written twice.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TreeError(Problem(0, f"The file has {size} bytes; at most {MAX_BYTES} can be read.", "too_big"))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TreeError(
            Problem(0, "The file is not UTF-8 text; save it as UTF-8 in your editor.", "not_utf8")
        ) from error
    except OSError as error:
        raise TreeError(Problem(0, f"The file {path} cannot be read: {error.strerror}.", "unreadable")) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        hint = (
            "check the indentation, the colons, and put texts that hold ': ' or '#', or '?' inside [ ], between quotes"
        )
        raise TreeError(
            Problem(line, f"This is not readable YAML ({error.problem or 'unexpected text'}); {hint}.", "not_yaml")
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise TreeError(Problem(0, "This is not readable YAML text.", "not_yaml")) from error
    if root is None:
        raise TreeError(Problem(0, "The file is empty; start from an example in docs/how-to.", "empty_file"))
    return _convert(root, iter(range(_MAX_NODES)), 0)


def _convert(node: yaml.Node, budget: Iterator[int], depth: int) -> Node:
    line = _line(node)
    if next(budget, None) is None or depth > _MAX_DEPTH:
        raise TreeError(Problem(line, "The file is too deep or repeats itself too much to be read.", "too_deep"))
    if isinstance(node, yaml.ScalarNode):
        return Node(line, " ".join(str(node.value).split()))
    if isinstance(node, yaml.SequenceNode):
        return Node(line, tuple(_convert(child, budget, depth + 1) for child in node.value))
    entries: dict[str, Node] = {}
    for key, child in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise TreeError(Problem(_line(key), "The name of a setting must be a plain word.", "bad_name"))
        if key.value in entries:
            twice = f"'{key.value}' is written twice; keep one of them."
            raise TreeError(Problem(_line(key), twice, "written_twice", values={"setting": str(key.value)}))
        entries[str(key.value)] = _convert(child, budget, depth + 1)
    return Node(line, entries)


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1
