"""Which of a call's words are kept, and how."""

from dataclasses import dataclass, replace

from enterprise_stream.observe.personal import HIDDEN_NUMBER, without_numbers
from enterprise_stream.store.calls import Caption, Turn


@dataclass(frozen=True, slots=True)
class Wording:
    """What is done with words before they are written.

    Attributes:
        kept: whether they are; else only their waits, costs and kinds.
        numbers: whether card and telephone numbers stay in them.
    """

    kept: bool = True
    numbers: bool = False

    def turn(self, turn: Turn) -> Turn:
        """The turn as it may be written."""
        if not self.kept:
            heard = None if turn.heard_text is None else ""
            return replace(turn, question="", answer="", heard_text=heard, captions=())
        return turn if self.numbers else _without_numbers(turn)


def _without_numbers(turn: Turn) -> Turn:
    answer = without_numbers(turn.answer)
    hidden = replace(turn, question=without_numbers(turn.question), answer=answer)
    if answer == turn.answer:
        return hidden
    heard = turn.heard_text
    return replace(  # a part of a number, in captions or where she was cut short, has no look of its own
        hidden,
        heard_text=None if heard is None else _hide_digits(heard),
        captions=tuple(Caption(_hide_digits(each.text), each.start_ms, each.end_ms) for each in turn.captions),
    )


def _hide_digits(text: str) -> str:
    return " ".join(HIDDEN_NUMBER if any(map(str.isdecimal, word)) else word for word in text.split())
