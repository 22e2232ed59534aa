"""Which voice a session gets: one is chosen when it begins, and stays."""

from collections.abc import Sequence
from typing import TypeVar

from enterprise_stream.ladder.voice import LadderVoice

T = TypeVar("T")


def cast(voices: Sequence[tuple[LadderVoice, T]]) -> T:
    """What belongs to the best voice that an engine has now.

    Args:
        voices: best first, at least one, each with what belongs to it.

    Returns:
        That of the first one where none is to be had: its sessions go on in text, and in sound once it is back.
    """
    return next((part for voice, part in voices if voice.available), voices[0][1])
