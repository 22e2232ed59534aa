"""Writes or checks docs/security.md: `python -m enterprise_stream.testing.requirements.page --write|--check`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enterprise_stream.testing.pages import keep_page
from enterprise_stream.testing.requirements.listed import REQUIREMENTS, Requirement
from enterprise_stream.testing.requirements.marked import Marked, marked_tests
from enterprise_stream.testing.requirements.outcomes import COMMAND, NOT_RUN, OUTCOMES, Outcome, Run, read_run

PAGE = Path("docs/security.md")
TESTS = Path("tests")

_WRITTEN = Path(__file__).with_name("security.in.md")
_HERE = "<!-- requirements -->"


@dataclass(frozen=True, slots=True)
class _Row:
    """A requirement with the tests that hold it and how they ended."""

    requirement: Requirement
    holders: Sequence[Marked]
    ended: Sequence[Outcome]

    @property
    def held_by(self) -> str:
        """Their names, by file."""
        files = dict.fromkeys(marked.file for marked in self.holders)
        tests = {file: [marked.test for marked in self.holders if marked.file == file] for file in files}
        told = (f"`{file}`: {', '.join(f'`{test}`' for test in names)}" for file, names in tests.items())
        return "<br>".join(told) or "–"

    @property
    def result(self) -> str:
        """What their last run says, and what of the requirement no test holds."""
        if not self.holders:
            return "no test yet"
        for word, is_so in _WORDS:
            if any(is_so(outcome) for outcome in self.ended):
                return word
        passed = f"passed: {sum(outcome.passed for outcome in self.ended)}"
        return f"in part ({passed}): {self.requirement.gap}" if self.requirement.gap else passed


_WORDS: Final = (
    ("FAILED", lambda outcome: outcome.failed),
    ("not run", lambda outcome: not outcome.passed),
    ("run in part", lambda outcome: outcome.skipped),
)


def render(tests: Path = TESTS, outcomes: Path = OUTCOMES) -> str:
    """The page: what is written by hand, with the table of requirements in its place.

    Raises:
        ValueError: a test names a requirement that there is not.
    """
    run = read_run(outcomes)
    return _WRITTEN.read_text(encoding="utf-8").replace(_HERE, _table(_rows(tests, run), run.day))


def unproven(tests: Path = TESTS, outcomes: Path = OUTCOMES) -> list[str]:
    """The tests that have no result, or not the one they should have."""
    run = read_run(outcomes)
    keys = dict.fromkeys(marked.key for marked in marked_tests(tests))
    return [f"{key} has not passed; run: {COMMAND}" for key in keys if not run.tests.get(key, NOT_RUN).proves]


def _rows(tests: Path, run: Run) -> list[_Row]:
    found = marked_tests(tests)
    unknown = {marked.number for marked in found} - {each.number for each in REQUIREMENTS}
    if unknown:
        raise ValueError(f"there are no requirements {', '.join(sorted(unknown))}")
    rows = []
    for requirement in REQUIREMENTS:
        holders = [marked for marked in found if marked.number == requirement.number]
        rows.append(_Row(requirement, holders, [run.tests.get(marked.key, NOT_RUN) for marked in holders]))
    return rows


def _table(rows: Sequence[_Row], day: str) -> str:
    states = [row.result for row in rows]
    whole = sum(state.startswith("passed") for state in states)
    in_part = sum(state.startswith("in part") for state in states)
    told = f"Of {len(rows)}, {whole} are held in full, {in_part} in part, {len(rows) - whole - in_part} not."
    lines = ["| # | requirement | tests | result, in cases |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.requirement.number} | {row.requirement.text} | {row.held_by} | {row.result} |" for row in rows]
    return f"Run on {day} by `{COMMAND}`. {told}\n\n" + "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is up to date and all of its tests passed when they were last run."""
    module = "enterprise_stream.testing.requirements.page"
    return keep_page(module, __doc__, PAGE, render, arguments, unproven)


if __name__ == "__main__":
    sys.exit(main())
