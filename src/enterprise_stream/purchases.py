"""What engines buy from vendors, told as it happens to whoever keeps the accounts.

Everything that a vendor bills is told once, when it is bought: what serves an answer, what is thrown away (an answer
begun ahead and dropped, a retry, a summary), and what was cut off in the middle. Engines on this machine buy nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["stt", "llm", "tts"]
"""The stage that something is bought for, as `cost` names it on the wire."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One entry of a vendor's bill.

    Attributes:
        owner: session that it was bought for.
        kind: the stage.
        engine: name of the engine as `STT`, `LLM` and `TTS` list it, such as `deepgram-flux`.
        model: the vendor's name of what was used; with `engine`, the row of the price table.
        audio_ms: audio heard (stt) or made (tts), in ms.
        input_tokens: tokens read, those of `cached_tokens` included.
        cached_tokens: those of them that the vendor had read before.
        output_tokens: tokens written.
        chars: characters spoken.
    """

    owner: str
    kind: Kind
    engine: str
    model: str
    audio_ms: float = 0.0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    chars: int = 0


Buy = Callable[[Purchase], None]
"""Told of each purchase, on the event loop; never blocks, never raises."""


def nobody_counts(_purchase: Purchase) -> None:
    """For engines whose purchases nobody keeps accounts of."""
