"""Where a guest's speech ended, to a few ms, once the gate has noticed that it did.

The gate decides in frames of 32 ms and the model behind it lets a voice ring on; both would make every latency look 55
to 90 ms better than the guest felt it (`bench/speech_end.py`). Nothing is decided by this: it dates the end for the
ledger.
"""

import numpy as np

from enterprise_stream.listening.ports import SAMPLE_RATE, Samples

AUDIBLE = 0.01
"""Peak (full scale 1.0, -40 dBFS) below which nothing is taken for speech, as clients and benches measure it."""

LOOKED_AT_MS = 640
"""How far back the last audible sample is looked for: a pause as it is noticed, and what rings on before it."""

ROOM_MS = 96
"""The end of it, which is the room alone."""

OVER_ROOM = 1.3
"""Speech is louder than the room's peak by this factor."""


def quiet_ms(recent: Samples) -> float | None:
    """How long it has been quiet at the end of `recent`, shape (n,), in ms; None when no end of speech stands out."""
    looked = np.abs(recent[-SAMPLE_RATE * LOOKED_AT_MS // 1000 :])
    room = looked[-SAMPLE_RATE * ROOM_MS // 1000 :]
    if not room.size:
        return None
    loud = np.flatnonzero(looked > max(AUDIBLE, OVER_ROOM * float(room.max())))
    return (looked.size - int(loud[-1])) * 1000 / SAMPLE_RATE if loud.size else None
