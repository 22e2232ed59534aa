"""The page of requirements says what the tests hold, no more."""

from pathlib import Path

import pytest

from enterprise_stream.testing.requirements import outcomes
from enterprise_stream.testing.requirements.listed import REQUIREMENTS, Requirement
from enterprise_stream.testing.requirements.marked import Marked, marked_tests
from enterprise_stream.testing.requirements.page import render, unproven

MARKED = """
import pytest

@pytest.mark.requirement("S1", "S2")
@pytest.mark.parametrize("x", [1])
async def test_one(x): ...

@pytest.mark.requirement("S1")
def test_two(): ...

@pytest.mark.requirement("S1")
def not_a_test(): ...

def test_three(): ...
"""


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_a.py").write_text(MARKED, encoding="utf-8")
    return folder


def test_marked_tests_are_found(tests: Path) -> None:
    found = [("S1", "test_one"), ("S2", "test_one"), ("S1", "test_two")]
    assert marked_tests(tests) == [Marked(number, "tests/test_a.py", test) for number, test in found]


def report(cases: str) -> str:
    """What pytest writes of a run."""
    return f'<testsuites><testsuite timestamp="2026-11-22T06:38:33.3+00:00">{cases}</testsuite></testsuites>'


def case(test: str, ended: str = "") -> str:
    return f'<testcase classname="tests.test_a" name="{test}">{ended}</testcase>'


PASSED = case("test_one[1-x]") + case("test_one[2]") + case("test_two")


def kept(tests: Path, cases: str) -> Path:
    """A run, written down."""
    (tests / "run.xml").write_text(report(cases), encoding="utf-8")
    at = tests / "outcomes.json"
    passed = outcomes.main([str(tests / "run.xml"), "--tests", str(tests), "--kept", str(at)]) == 0
    assert passed == (unproven(tests, at) == [])
    return at


def rows(tests: Path, cases: str) -> dict[str, str]:
    page = render(tests, kept(tests, cases)).splitlines()
    return {line.split(" | ")[0].strip("| "): line for line in page if line.startswith("| S")}


def test_what_no_test_holds_is_said(tests: Path) -> None:
    lines = rows(tests, PASSED)
    assert list(lines) == [each.number for each in REQUIREMENTS]
    assert lines["S1"].endswith("`tests/test_a.py`: `test_one`, `test_two` | passed: 3 |")
    assert lines["S4"].endswith("| – | no test yet |")


@pytest.mark.parametrize(
    ("cases", "result"),
    [
        (PASSED + case("test_one[3]", "<failure/>"), "FAILED"),
        (PASSED + case("test_one[3]", "<error/>"), "FAILED"),
        (PASSED + case("test_one[3]", "<skipped/>"), "run in part"),
        (case("test_one"), "not run"),
        ("", "not run"),
    ],
)
def test_the_result_is_what_the_run_said_and_no_other_passes_the_gate(tests: Path, cases: str, result: str) -> None:
    assert rows(tests, cases)["S1"].endswith(f"| {result} |")
    assert unproven(tests, tests / "outcomes.json")


def test_the_page_names_the_run(tests: Path) -> None:
    assert "Run on 2026-11-22 by `make requirements`." in render(tests, kept(tests, PASSED))


def test_what_a_requirement_lacks_is_said_though_its_tests_pass(tests: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = (Requirement("S1", "it holds", gap="not by night"), Requirement("S2", "this too"))
    monkeypatch.setattr("enterprise_stream.testing.requirements.page.REQUIREMENTS", lacking)
    assert rows(tests, PASSED)["S1"].endswith("| in part (passed: 3): not by night |")


def test_a_requirement_that_there_is_not_is_a_mistake(tests: Path) -> None:
    at = kept(tests, PASSED)
    (tests / "test_a.py").write_text(MARKED.replace("S2", "S99"), encoding="utf-8")
    with pytest.raises(ValueError, match="S99"):
        render(tests, at)
