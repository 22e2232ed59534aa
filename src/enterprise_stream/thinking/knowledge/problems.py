"""What can be wrong with a file that an owner writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ProblemCode = Literal[
    "unreadable",
    "too_big",
    "not_utf8",
    "not_yaml",
    "empty_file",
    "too_deep",
    "bad_name",
    "written_twice",
    "not_a_group",
    "unknown_setting",
    "missing_setting",
    "not_a_list",
    "not_a_text",
    "not_a_number",
    "not_a_choice",
    "not_a_percentage",
    "not_a_time",
    "not_an_email",
    "not_a_telephone",
    "not_https",
    "unknown_placeholder",
    "not_per_language",
    "unknown_language",
    "missing_language",
    "no_wording",
    "few_wordings",
    "same_id",
    "same_question",
]
"""Kinds of problems of a knowledge file; the console has a sentence for each in every language that it speaks."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file that its owner should change.

    Attributes:
        line: line of the file, from 1; 0 when it concerns the whole file.
        message: what is wrong, what is allowed and, where it can be guessed, what was meant.
        code: its kind; None in other files, of which the console tells nothing.
        fatal: the file cannot be used; otherwise it is advice.
        values: what a sentence about it in another language needs; which ones, its code says.
    """

    line: int
    message: str
    code: ProblemCode | None = None
    fatal: bool = True
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{'' if self.fatal else 'advice: '}{self.message}"
