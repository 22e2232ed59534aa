"""An owner's file of tools: the examples of the how-to, and what is told of mistakes."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from enterprise_stream.cli.main import app
from enterprise_stream.errors import ConfigError
from enterprise_stream.tools.tools_file import check_tools_file, load_tools_file

HOW_TO = Path(__file__).parents[2] / "docs/how-to/tools.md"
SECRETS = {"RESTAURANT_KEY": "s3cret", "CRM_TOKEN": "t0ken", "MAPS_KEY": "m4ps"}
GOOD = """
tools:
  - name: tables
    description: Says whether a table is free.
    url: https://owner.example/tables
    effect: none
"""


def _examples() -> str:
    return "\n".join(re.findall(r"```yaml\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL))


def _file(folder: Path, text: str) -> Path:
    path = folder / "tools.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_examples_of_the_how_to_are_good(tmp_path: Path) -> None:
    path = _file(tmp_path, _examples())
    assert check_tools_file(path, SECRETS) == ()
    own = load_tools_file(path, SECRETS)
    tables, book = own.tools
    assert tables.headers == {"Authorization": "Bearer s3cret"}
    assert (tables.effect, tables.cancellable, tables.timeout_s, tables.usual_ms) == ("none", True, 5.0, 1500.0)
    assert tables.parameters["required"] == ["day", "people"]
    assert tables.parameters["properties"]["people"] == {
        "description": "How many people", "type": "integer", "minimum": 1, "maximum": 12,
    }  # fmt: skip
    assert (book.method, book.effect, book.cancellable) == ("POST", "changes", False)
    crm, maps = own.servers
    assert (crm.command, crm.environment) == (("python", "crm_server.py"), {"CRM_TOKEN": "t0ken"})
    assert (maps.url, maps.headers) == ("https://maps.example.com/mcp", {"Authorization": "Bearer m4ps"})


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = repr(load_tools_file(_file(tmp_path, _examples()), SECRETS))
    assert not any(secret in shown for secret in SECRETS.values())


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("effect: none", "efect: none"), 6, "did you mean 'effect'"),
        (("effect: none", "effect: change"), 6, "did you mean 'changes'"),
        (("effect: none", "effect: changes"), 3, "needs 'confirm'"),
        (
            ("effect: none", "effect: none\n    confirm: {es: '¿Sí?', en: 'Yes?'}"),
            7,
            "only for tools with 'effect: changes'",
        ),
        (("effect: none", "effect: changes\n    confirm: {es: Sí, en: 'Yes?'}"), 7, "must be a question"),
        (("effect: none", "effect: changes\n    confirm: {es: '¿Sí?'}"), 7, "missing in 'en'"),
        (("effect: none", "effect: changes\n    confirm: {es: '¿{no}?', en: 'Yes?'}"), 7, "stands for nothing"),
        (("name: tables", "name: Tables"), 3, "small letters"),
        (("name: tables", "name: request_booking"), 3, "taken by a tool"),
        (("https://owner.example/tables", "ftp://owner.example"), 5, "whole address"),
        (("https://owner.example/tables", "https://user:password@owner.example"), 5, "without a password"),
        (("https://owner.example/tables", "https://owner.example/{day}"), 5, "query or the body"),
        (("effect: none", "effect: none\n    headers: {X-Key: {env: NOT_THERE}}"), 7, "NOT_THERE is not set"),
        (("effect: none", "effect: none\n    headers: {X-Key: {env: sk-abc}}"), 7, "secrets stay out"),
        (("effect: none", "effect: none\n    timeout_s: 600"), 7, "from 1 to 60"),
        (("effect: none", "effect: none\n    method: get"), 7, "did you mean 'GET'|allowed: GET"),
        (("effect: none", "effect: none\n    arguments: {day: {type: day, description: x}}"), 7, "allowed: text"),
        (
            ("effect: none", "effect: none\n    arguments: {day: {type: date, description: x, min: 1}}"),
            7,
            "says nothing",
        ),
        (("effect: none", "effect: none\n    arguments: {day: {type: date}}"), 7, "needs 'description'"),
        (("tools:", "tool:"), 3, "did you mean 'tools'"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, change: tuple[str, str], line: int, says: str) -> None:
    path = _file(tmp_path, GOOD.replace(*change))
    problems = check_tools_file(path, {})
    assert any(problem.line == line and re.search(says, problem.message) for problem in problems), problems
    with pytest.raises(ConfigError, match="TOOLS_FILE"):
        load_tools_file(path, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("servers:\n  - name: crm\n", "either a 'command'"),
        ("servers:\n  - name: crm\n    command: [x]\n    url: https://x.example\n", "either a 'command'"),
        ("servers:\n  - name: crm\n    command: x\n", "must be a list"),
        ("servers:\n  - name: crm\n    command: [x]\n    environment: [GONE]\n", "GONE is not set"),
        ("tools: []\n", "nothing in it"),
        ("", "empty"),
        ("tools: {", "not readable YAML"),
        (GOOD + GOOD.replace("tools:\n", ""), "used twice"),
    ],
)
def test_other_mistakes(tmp_path: Path, text: str, says: str) -> None:
    problems = check_tools_file(_file(tmp_path, text), {})
    assert any(says in problem.message for problem in problems), problems


def test_the_command_tells_them(tmp_path: Path) -> None:
    good, bad = _file(tmp_path, GOOD), tmp_path / "bad.yaml"
    bad.write_text(GOOD.replace("effect", "efect"), encoding="utf-8")
    done = CliRunner().invoke(app, ["tools", "check", str(good)])
    assert (done.exit_code, "1 tools, 0 servers: good." in done.output) == (0, True)
    done = CliRunner().invoke(app, ["tools", "check", str(bad)])
    assert done.exit_code == 5
    assert f"{bad}:6: error:" in done.output


def test_the_command_lists_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GOOD + "\nservers:\n  - name: away\n    command: [/nonexistent]\n"
    monkeypatch.setenv("TOOLS_FILE", str(_file(tmp_path, text)))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["tools", "list", "--json"])
    assert done.exit_code == 1
    assert '"name": "tables"' in done.output
    assert "away: It does not answer" in done.output
