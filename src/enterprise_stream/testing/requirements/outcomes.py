"""How the tests of the requirements ended: `python -m enterprise_stream.testing.requirements.outcomes RUN.xml`.

It writes down what pytest's own report (`--junitxml`) says of them, for the page; `make requirements` runs both.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from enterprise_stream.testing.requirements.marked import marked_tests

OUTCOMES: Final = Path(__file__).with_name("outcomes.json")
COMMAND: Final = "make requirements"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test ended, in cases: one with parameters has many."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    @property
    def proves(self) -> bool:
        """Whether it ran in full and was right in all."""
        return self.passed > 0 and not self.failed and not self.skipped


NOT_RUN: Final = Outcome()


@dataclass(frozen=True, slots=True)
class Run:
    """A run of them.

    Attributes:
        day: when, as in 2026-11-22.
        tests: by file and name, as in `tests/access/test_keys.py::test_x`.
    """

    day: str
    tests: Mapping[str, Outcome]


def read_report(report: Path) -> Run:
    """What pytest has reported."""
    suite = ElementTree.parse(report).getroot()[0]  # noqa: S314 - pytest wrote it, on this machine
    tests: defaultdict[str, Outcome] = defaultdict(Outcome)
    for case in suite.iter("testcase"):
        file = case.attrib["classname"].replace(".", "/")
        name = case.attrib["name"].partition("[")[0]
        tests[f"{file}.py::{name}"] += _of(case)
    return Run(suite.attrib["timestamp"][:10], tests)


def _of(case: ElementTree.Element) -> Outcome:
    ended = {child.tag for child in case}
    if ended & {"failure", "error"}:
        return Outcome(failed=1)
    return Outcome(skipped=1) if "skipped" in ended else Outcome(passed=1)


def read_run(kept: Path = OUTCOMES) -> Run:
    """What was written down."""
    read = json.loads(kept.read_text(encoding="utf-8"))
    return Run(read["day"], {test: Outcome(**outcome) for test, outcome in read["tests"].items()})


def _write(run: Run, kept: Path) -> None:
    tests = {
        test: {ended: count for ended, count in asdict(run.tests[test]).items() if count} for test in sorted(run.tests)
    }
    lines = json.dumps({"day": run.day, "tests": tests}, indent=1)
    kept.write_text(lines + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write down how the marked tests ended; 1 where one has not passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--tests", type=Path, default=Path("tests"))
    parser.add_argument("--kept", type=Path, default=OUTCOMES)
    chosen = parser.parse_args(arguments)
    run = read_report(chosen.report)
    ended = {each.key: run.tests.get(each.key, NOT_RUN) for each in marked_tests(chosen.tests)}
    _write(Run(run.day, ended), chosen.kept)
    wrong = [test for test, outcome in ended.items() if not outcome.proves]
    for test in wrong:
        sys.stderr.write(f"has not passed: {test} ({ended[test]})\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
