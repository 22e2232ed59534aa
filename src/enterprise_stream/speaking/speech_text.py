"""Text as it is written to text as it is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clause.

    Attributes:
        written: one or more whole words as they stand in the clause.
        spoken: how they are said; empty when they are not.
    """

    written: str
    spoken: str


def segments(text: str, language: str) -> tuple[Segment, ...]:  # noqa: ARG001
    """Cut a clause into stretches."""
    return tuple(Segment(word, word) for word in text.split())
