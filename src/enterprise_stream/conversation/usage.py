"""What an answer took."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost: its text in tokens, its voice in characters.

    Attributes:
        spoken_chars: characters of all its clauses, as the voice is given them.
        library_chars: those of them that need no synthesis.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    spoken_chars: int = 0
    library_chars: int = 0
