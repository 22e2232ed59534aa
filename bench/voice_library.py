"""How soon a clause begins from the voice library, how large clips are, and how fast they are built.

    python bench/voice_library.py              # 40 clauses of the demonstration's answers; about three minutes
    python bench/voice_library.py --clauses 8  # a short look

Every clause is said fresh, from memory and from disk, in turns, in one process with the embedded voice. Times are from
asking to the first sound, in ms. The seam is measured too: a clause of hers followed by another, both fresh against
the first from disk: the gap between them, and how much louder the second is.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.clock import MonotonicClock
from enterprise_stream.composition.house import build_persona
from enterprise_stream.composition.local import build_voice
from enterprise_stream.config import load_settings
from enterprise_stream.speaking.library import ClipStore, LibraryVoice, Tally
from enterprise_stream.speaking.loudness import loudness
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, TextToSpeech
from enterprise_stream.thinking.ahead import Phrase
from enterprise_stream.thinking.knowledge import KnowledgeSource
from enterprise_stream.voices import rendering, said_ahead
from enterprise_stream.workers import WorkerPool

AUDIBLE = 0.01 * 32768


async def said(voice: TextToSpeech, phrase: Phrase) -> tuple[float, float, Pcm]:
    """Ms to the first sound, ms to the last, and the sound."""
    began = time.perf_counter()
    first, pieces = 0.0, []
    async for piece in voice.speak("bench", phrase.text, phrase.language):
        first = first or time.perf_counter()
        pieces.append(piece.samples)
    return (first - began) * 1000, (time.perf_counter() - began) * 1000, np.concatenate(pieces)


def seam(before: Pcm, after: Pcm) -> tuple[float, float]:
    """Gap between two clauses in ms, and how many LU the second is louder."""
    one, two = (np.flatnonzero(np.abs(sound) > AUDIBLE) for sound in (before, after))
    gap = (before.size - one[-1] + two[0]) * 1000 / SAMPLE_RATE
    return float(gap), _lufs(after) - _lufs(before)


def _lufs(sound: Pcm) -> float:
    samples: NDArray[np.float32] = (sound / 32768).astype(np.float32)
    return loudness(samples)


def spread(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and the most."""
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[round(0.95 * (len(ordered) - 1))], 2),
        "most": round(ordered[-1], 2),
    }


async def measure(number: int, folder: Path) -> dict[str, Any]:
    """Everything, over `number` clauses."""
    settings = load_settings(None)
    knowledge = KnowledgeSource(settings.knowledge_file).load()
    every = said_ahead(knowledge, build_persona(settings, knowledge), ("es", "en"))
    phrases = [every[at * len(every) // number] for at in range(number)]
    pool, clock = WorkerPool(settings.threads), MonotonicClock()
    inner = build_voice(settings, pool)
    store = ClipStore(folder, rendering(settings, "kokoro"), 1 << 30)
    tally = Tally(folder / "tally", clock.today)
    await said(inner, phrases[0])
    fresh, memory, disk, sounds = [], [], [], []
    began = time.perf_counter()
    async with LibraryVoice(inner, store, tally, clock) as voice:
        for phrase in phrases:
            sounds.append(await said(voice, phrase))
            fresh.append(sounds[-1][0])
        built_s = time.perf_counter() - began
        memory = [(await said(voice, phrase))[0] for phrase in phrases]
    from_disk = []
    async with LibraryVoice(inner, store, tally, clock) as voice:
        for phrase in phrases:
            from_disk.append(await said(voice, phrase))
            disk.append(from_disk[-1][0])
    pool.close()
    seconds = sum(sound.size for _, _, sound in sounds) / SAMPLE_RATE
    size = sum(entry.size for entry in store.entries())
    live = [seam(a[2], b[2]) for a, b in pairwise(sounds)]
    mixed = [seam(a[2], b[2]) for a, b in zip(from_disk, sounds[1:], strict=False)]
    return {
        "clauses": number,
        "first_sound_ms": {"fresh": spread(fresh), "memory": spread(memory), "disk": spread(disk)},
        "speech_s": round(seconds, 1),
        "kB_per_s": round(size / seconds / 1000, 1),
        "s_per_s_of_speech": round(built_s / seconds, 2),
        "all_clauses": len(every),
        "all_chars": sum(len(phrase.text) for phrase in every),
        "chars": sum(len(phrase.text) for phrase in phrases),
        "gap_ms": {"fresh": spread([gap for gap, _ in live]), "from disk": spread([gap for gap, _ in mixed])},
        "step_lu": {"fresh": spread([abs(lu) for _, lu in live]), "from disk": spread([abs(lu) for _, lu in mixed])},
    }


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clauses", type=int, default=40, help="clauses to say, spread over all that are built (40)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(given.clauses, Path(folder))), indent=2))


if __name__ == "__main__":
    main()
