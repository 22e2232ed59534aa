"""What the guest was saying when the process ended that heard him: read from the log, and told by the next one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from enterprise_stream.conversation.actions import Ducked, GuestHeard, GuestPaused

_OF_AN_ANSWER: Final = frozenset({"response_chunk", "response_complete", "audio_start", "audio_end", "caption", "duck"})
"""No answer goes on while the words of a turn that is over are awaited."""


@dataclass(slots=True)
class Unheard:
    """The guest's turns without final words so far, as the log tells them one message after another.

    A pause without final words is either an utterance that was dropped, as noise is and "ajá" over an answer, or one
    whose words were awaited. Where the log leaves it open, the client sends its sound once more: nobody answers noise.
    """

    _turns: dict[int, Literal["speaks", "paused"]] = field(default_factory=dict)
    _ducked: int | None = None

    def follow(self, message: Mapping[str, Any]) -> None:
        """The next message that the guest was told."""
        kind, turn = message["type"], message.get("turn")
        match message:
            case {"type": "speech_started", "turn": int(began)}:
                self._turns[began] = "speaks"
            case {"type": "speech_stopped", "turn": int(over), "unheard": False}:
                self._turns[over] = "paused"
            case {"type": "speech_stopped" | "error", "turn": int(told)}:
                self._turns.pop(told, None)
            case {"type": "transcription", "turn": int(known), "final": True}:
                self._turns = {number: how for number, how in self._turns.items() if number > known}
        if kind in _OF_AN_ANSWER:
            self._turns = {number: how for number, how in self._turns.items() if how == "speaks"}
        if kind == "interrupted" or kind == "duck":
            self._ducked = turn if message.get("on") else None

    def notices(self) -> tuple[GuestHeard | GuestPaused | Ducked, ...]:
        """What the guest is to be told: which turns he is to say again, and that nobody interrupts any more."""
        told: list[GuestHeard | GuestPaused | Ducked] = []
        for turn, how in self._turns.items():
            if how == "paused":
                told.append(GuestHeard(turn))  # a pause follows what was heard
            told.append(GuestPaused(turn, unheard=True))
        if self._ducked is not None:
            told.append(Ducked(self._ducked, on=False))
        return tuple(told)
