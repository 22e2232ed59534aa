"""What the simulated engines say, and how fast: the figures of the benchmark against other systems (bench/peers)."""

import numpy as np
from numpy.typing import NDArray

ANSWER = (
    *("Claro", " que", " sí", ",", " con", " mucho", " gusto."),
    *(" Tenemos", " una", " suite", " con", " vistas", " al", " río", ",", " desayuno", " incluido", " y", " terraza"),
    *(",", " por", " ciento", " veinte", " euros", " la", " noche", " este", " sábado", "."),
)
"""29 tokens, 25 words; the first sentence is complete 100 ms after the first token."""

FIRST_TOKEN_MS = 250.0
TOKENS_PER_S = 60.0
FIRST_AUDIO_MS = 120.0

SPEED = 5.0
"""How much faster than real time the voice is after its first audio."""

MS_PER_CHAR = 5_000.0 / len("".join(ANSWER))
"""Sound of one character: the whole answer takes 5 s."""

VOICE_RATE = 24_000
"""Rate of the voice, in Hz."""

PIECE_MS = 100
"""Sound in one piece of the voice."""


def tone() -> NDArray[np.int16]:
    """A piece of the voice, shape (n,), int16 at `VOICE_RATE`: a tone of 200 Hz at -17 dBFS, loud from its start."""
    times = np.arange(PIECE_MS * VOICE_RATE // 1000) / VOICE_RATE
    return (0.2 * 32767 * np.cos(2 * np.pi * 200 * times)).astype(np.int16)
