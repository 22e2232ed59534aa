"""What an answer took."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost: its text in tokens, its voice in characters.

    Attributes:
        spoken_chars: characters of all its clauses, as the voice is given them, and of the opening before it.
        library_chars: those of them that need no synthesis.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    spoken_chars: int = 0
    library_chars: int = 0

    def after_opening(self, chars: int) -> "Usage":
        """The same after an opening of so many characters from the library."""
        return replace(self, spoken_chars=self.spoken_chars + chars, library_chars=self.library_chars + chars)
