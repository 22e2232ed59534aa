"""How long she is silent after what she says, by its closing punctuation: the same for every voice and recording."""

_PAUSES_MS = (("…", 340.0), (".!?", 280.0), (";:", 190.0), (",", 120.0), ("—–", 150.0))
NO_PAUSE_MS = 40.0
"""After a word that no punctuation follows."""

CLOSERS = "\"'»”’)]}*_`"
"""What may stand after the punctuation that counts."""


def pause_after_ms(spoken: str) -> float:
    """Silence that belongs after `spoken`, in ms."""
    end = spoken.rstrip(CLOSERS + " ")
    for marks, pause in _PAUSES_MS:
        if end.endswith(tuple(marks)):
            return pause
    return NO_PAUSE_MS
