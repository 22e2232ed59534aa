"""What it costs to place words by their sounds: `python -m bench.caption_cost`. No model is needed.

Clauses of 60 to 400 characters (a voice takes no more) as noise that lasts as long, given to `WordClock` in pieces.
`core`: CPU for each second of sound; `piece`: CPU of one piece, which the event loop waits for, median and most;
`begin`: what is made before the first. Read them on a quiet machine.
"""

import time
from itertools import cycle, islice
from statistics import median

import numpy as np
from bench.caption_clauses import HELD_OUT

from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm
from enterprise_stream.speaking.speech_text import Segment, segments
from enterprise_stream.speaking.word_clock import Pace, WordClock

CHARS = (60, 120, 200, 400)
PIECES_MS = (20, 100, 200)
"""The largest is `streamed.PORTION`."""

CHARS_A_SECOND = 14
TIMES = 5


def clause(chars: int, language: str) -> str:
    """So many characters of her answers."""
    texts = cycle(text for each, text in HELD_OUT if each == language)
    return " ".join(islice(texts, chars // 20))[:chars]


def cost(said: tuple[Segment, ...], language: str, sound: Pcm, piece_ms: int) -> tuple[float, list[float]]:
    """CPU ms before the first piece, and of each."""
    began = time.thread_time()
    clock = WordClock(said, Pace(), language)
    made_ms = (time.thread_time() - began) * 1e3
    size, took = piece_ms * SAMPLE_RATE // 1000, []
    for at in range(0, sound.size, size):
        began = time.thread_time()
        clock.hear(sound[at : at + size])
        took.append((time.thread_time() - began) * 1e3)
    clock.end(sound.size * 1000 / SAMPLE_RATE)
    return made_ms, took


def main() -> None:
    noise = np.random.default_rng(1).normal(0, 3_000, CHARS[-1] * SAMPLE_RATE // CHARS_A_SECOND).astype(np.int16)
    for language in ("es", "en"):
        for chars in CHARS:
            said, sound = segments(clause(chars, language), language), noise[: chars * SAMPLE_RATE // CHARS_A_SECOND]
            for piece_ms in PIECES_MS:
                runs = [cost(said, language, sound, piece_ms) for _ in range(TIMES)]
                pieces = [each for _, took in runs for each in took]
                core = sum(pieces) / TIMES / (sound.size / SAMPLE_RATE) / 10
                named = f"{language}, {chars} characters in pieces of {piece_ms} ms"
                begin = median(made_ms for made_ms, _ in runs)
                print(
                    f"{named}: core {core:.2f} %, piece {median(pieces):.2f} ms, at most {max(pieces):.2f}, "
                    f"begin {begin:.2f} ms"
                )


if __name__ == "__main__":
    main()
