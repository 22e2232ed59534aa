"""An owner's own tools: one readable file, checked as strictly as the knowledge file, with lines and advice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from enterprise_stream.errors import ConfigError
from enterprise_stream.thinking.knowledge import Problem
from enterprise_stream.thinking.knowledge.reader import LANGUAGES, Reader
from enterprise_stream.thinking.knowledge.tree import Node, TreeError, read_tree
from enterprise_stream.thinking.tool_ports import Effect

BUILT_IN = ("look_up_facts", "request_booking", "hand_over_to_person")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TYPES = ("text", "whole_number", "number", "yes_no", "date")

MAX_TIMEOUT_S = 60

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_URL = re.compile(r"https?://[^\s/?#{}@]+(?:[/?][^\s#{}]*)?")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NO_NODE = Node(0, {})


@dataclass(frozen=True, slots=True)
class HttpTool:
    """A function that an HTTP endpoint serves.

    Attributes:
        headers: sent with every request, secrets included; never shown.
        parameters: JSON Schema (an object) of its arguments.
        confirm: what the guest is asked, by language; `{argument}` is filled in.
    """

    name: str
    description: str
    url: str
    method: str
    parameters: Mapping[str, Any]
    effect: Effect
    cancellable: bool
    timeout_s: float
    usual_ms: float
    headers: Mapping[str, str] = field(repr=False)
    confirm: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class McpServer:
    """A server of the Model Context Protocol.

    Attributes:
        name: begins its tools' names.
        command: starts it and talks over its standard input and output; empty where it has a URL.
        environment: the variables that the command gets beside the harmless ones of every program; never shown.
        harmless: its tools that change nothing; all others are confirmed by the guest.
        only: the tools that are offered; empty for all.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    url: str
    headers: Mapping[str, str] = field(repr=False)
    harmless: frozenset[str]
    only: frozenset[str]
    timeout_s: float
    usual_ms: float


@dataclass(frozen=True, slots=True)
class ToolsFile:
    """A whole, checked file."""

    tools: tuple[HttpTool, ...] = ()
    servers: tuple[McpServer, ...] = ()


def check_tools_file(path: Path, environment: Mapping[str, str]) -> tuple[Problem, ...]:
    """Everything that is wrong with a file, in the order of its lines; empty when nothing is."""
    return _read(path, environment)[1]


def load_tools_file(path: Path, environment: Mapping[str, str]) -> ToolsFile:
    """Read a file.

    Args:
        path: the file.
        environment: where the secrets are that it names.

    Raises:
        ConfigError: it cannot be used; the message lists what to change, with line numbers.
    """
    found, problems = _read(path, environment)
    fatal = [str(problem) for problem in problems if problem.fatal]
    if fatal:
        shown = "\n".join(f"  {line}" for line in fatal[:10])
        raise ConfigError(f"TOOLS_FILE: the file {path.name} cannot be used:\n{shown}")
    return found


def _read(path: Path, environment: Mapping[str, str]) -> tuple[ToolsFile, tuple[Problem, ...]]:
    try:
        root = read_tree(path)
    except TreeError as error:
        return ToolsFile(), error.problems
    reader = _ToolReader(environment)
    top = reader.group(root, "The file", ("tools", "servers"))
    tools = tuple(reader.tool(node) for node in reader.items(top.get("tools"), "'tools'"))
    servers = tuple(reader.server(node) for node in reader.items(top.get("servers"), "'servers'"))
    if not tools and not servers and not reader.problems:
        reader.problem(root.line, "There is nothing in it: add 'tools' or 'servers'.")
    return ToolsFile(tools, servers), tuple(sorted(reader.problems, key=lambda problem: problem.line))


class _ToolReader(Reader):
    """Takes tools and servers out of a file's tree."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__()
        self.languages = LANGUAGES
        self._environment = environment
        self._lines: dict[str, int] = {}

    def tool(self, node: Node) -> HttpTool:
        """One entry of `tools`."""
        required = ("name", "description", "url", "effect")
        optional = ("method", "headers", "arguments", "confirm", "cancellable", "timeout_s", "usual_ms")
        found = self.group(node, "A tool", (*required, *optional), required)
        name = self._name(found.get("name"), "A tool's 'name'")
        what = f"The tool '{name}':"
        effect = cast("Effect", self.choice(found.get("effect"), f"{what} 'effect'", ("none", "changes")))
        parameters = self._arguments(found.get("arguments", _NO_NODE), what)
        self.placeholders = tuple(parameters["properties"])
        confirm = self.texts(found.get("confirm"), f"{what} 'confirm'")
        self._check_confirm(node, found.get("confirm"), what, effect, confirm)
        stops = self.choice(found.get("cancellable"), f"{what} 'cancellable'", ("false", "true"))
        return HttpTool(
            name=name,
            description=self.text(found.get("description"), f"{what} 'description'"),
            url=self._url(found.get("url"), what),
            method=self.choice(found["method"], f"{what} 'method'", METHODS) if "method" in found else "GET",
            parameters=parameters,
            effect=effect,
            cancellable=stops == "true" if "cancellable" in found else effect == "none",
            timeout_s=self._seconds(found.get("timeout_s"), what),
            usual_ms=self._usual(found.get("usual_ms"), what),
            headers=self._headers(found.get("headers", _NO_NODE), what),
            confirm=confirm,
        )

    def server(self, node: Node) -> McpServer:
        """One entry of `servers`."""
        optional = ("command", "environment", "url", "headers", "harmless", "only", "timeout_s", "usual_ms")
        found = self.group(node, "A server", ("name", *optional), ("name",))
        name = self._name(found.get("name"), "A server's 'name'")
        what = f"The server '{name}':"
        if ("command" in found) == ("url" in found):
            self.problem(node.line, f"{what} give it either a 'command' (a list) or a 'url'.")
        named = [self.text(item, f"{what} 'environment'") for item in self.items(found.get("environment"), what)]
        line = found["environment"].line if "environment" in found else node.line
        return McpServer(
            name=name,
            command=tuple(self.text(item, f"{what} 'command'") for item in self.items(found.get("command"), what)),
            environment={each: self._secret(each, line, what) for each in named if each},
            url=self._url(found["url"], what) if "url" in found else "",
            headers=self._headers(found.get("headers", _NO_NODE), what),
            harmless=self._names(found.get("harmless"), f"{what} 'harmless'"),
            only=self._names(found.get("only"), f"{what} 'only'"),
            timeout_s=self._seconds(found.get("timeout_s"), what),
            usual_ms=self._usual(found.get("usual_ms"), what),
        )

    def _name(self, node: Node | None, what: str) -> str:
        name = self.text(node, what)
        if node is None or not name:
            return name
        if not _NAME.fullmatch(name):
            self.problem(
                node.line, f"{what} is '{name}'; use small letters, digits and '_', at most 40, a letter first."
            )
        elif name in BUILT_IN:
            self.problem(node.line, f"{what} '{name}' is taken by a tool that is always there; choose another.")
        elif name in self._lines:
            self.problem(node.line, f"{what} '{name}' is used twice (the other is on line {self._lines[name]}).")
        self._lines.setdefault(name, node.line)
        return name

    def _names(self, node: Node | None, what: str) -> frozenset[str]:
        return frozenset(self.text(item, what) for item in self.items(node, what))

    def _url(self, node: Node | None, what: str) -> str:
        url = self.text(node, f"{what} 'url'")
        if node is not None and url and not _URL.fullmatch(url):
            self.problem(
                node.line,
                f"{what} 'url' must be a whole address such as https://example.com/tables, without a password, a '#' "
                "or '{...}': arguments go into the query or the body.",
            )
        return url

    def _headers(self, node: Node, what: str) -> dict[str, str]:
        if not isinstance(node.value, dict):
            self.problem(node.line, f"{what} 'headers' must be a group of settings, not {node.kind}.")
            return {}
        headers = {}
        for name, child in node.value.items():
            if not re.fullmatch(r"[A-Za-z0-9-]+", name):
                self.problem(child.line, f"{what} '{name}' is no name of a header.")
            if isinstance(child.value, str):
                headers[name] = self.text(child, f"{what} the header '{name}'")
                continue
            parts = self.group(child, f"{what} the header '{name}'", ("env", "prefix"), ("env",))
            variable = self.text(parts.get("env"), f"{what} the header '{name}': 'env'")
            prefix = parts["prefix"].value if "prefix" in parts else ""
            blank = " " if prefix else ""
            headers[name] = f"{prefix}{blank}{self._secret(variable, child.line, what) if variable else ''}"
        return headers

    def _secret(self, variable: str, line: int, what: str) -> str:
        value = self._environment.get(variable, "")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
            self.problem(
                line, f"{what} '{variable}' is no name of an environment variable; secrets stay out of the file."
            )
        elif not value:
            self.problem(line, f"{what} the environment variable {variable} is not set.")
        return value

    def _seconds(self, node: Node | None, what: str) -> float:
        return float(self.number(node, f"{what} 'timeout_s'", 1, MAX_TIMEOUT_S)) if node is not None else 10.0

    def _usual(self, node: Node | None, what: str) -> float:
        return float(self.number(node, f"{what} 'usual_ms'", 0, MAX_TIMEOUT_S * 1000)) if node is not None else 0.0

    def _arguments(self, node: Node, what: str) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        required = []
        entries = node.value if isinstance(node.value, dict) else {}
        if not isinstance(node.value, dict):
            self.problem(node.line, f"{what} 'arguments' must be a group of settings, not {node.kind}.")
        for name, child in entries.items():
            if not _NAME.fullmatch(name):
                self.problem(child.line, f"{what} '{name}' is no name of an argument: small letters, digits and '_'.")
            properties[name], needed = self._argument(child, f"{what} the argument '{name}':")
            if needed:
                required.append(name)
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    def _argument(self, node: Node, what: str) -> tuple[dict[str, Any], bool]:
        allowed = ("type", "description", "required", "choices", "min", "max")
        found = self.group(node, what, allowed, ("type", "description"))
        kind = self.choice(found.get("type"), f"{what} 'type'", TYPES)
        schema: dict[str, Any] = {"description": self.text(found.get("description"), f"{what} 'description'")}
        schema |= _SCHEMAS[kind]
        for name, of_text, of_number in (("min", "minLength", "minimum"), ("max", "maxLength", "maximum")):
            if name not in found:
                continue
            if kind in ("yes_no", "date"):
                self.problem(found[name].line, f"{what} '{name}' says nothing of the type '{kind}'.")
                continue
            schema[of_text if kind == "text" else of_number] = self.number(
                found[name], f"{what} '{name}'", 0, 1_000_000
            )
        if "choices" in found:
            if kind != "text":
                self.problem(found["choices"].line, f"{what} 'choices' are for the type 'text'.")
            schema["enum"] = [self.text(item, f"{what} 'choices'") for item in self.items(found["choices"], what)]
        return schema, self.choice(found.get("required"), f"{what} 'required'", ("false", "true")) == "true"

    def _check_confirm(
        self, node: Node, given: Node | None, what: str, effect: Effect, confirm: Mapping[str, str]
    ) -> None:
        if effect == "changes" and given is None:
            self.problem(
                node.line, f"{what} it changes something, so it needs 'confirm': what the guest is asked first."
            )
        if effect == "none" and given is not None:
            self.problem(given.line, f"{what} 'confirm' is only for tools with 'effect: changes'.")
        if given is not None and any("?" not in text for text in confirm.values()):
            self.problem(given.line, f"{what} 'confirm' must be a question, with its '?'.")


_SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "maxLength": 500},
    "whole_number": {"type": "integer"},
    "number": {"type": "number"},
    "yes_no": {"type": "boolean"},
    "date": {"type": "string", "format": "date", "maxLength": 10},
}
"""JSON Schema of each type that an owner may write."""
