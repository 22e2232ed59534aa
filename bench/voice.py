"""How fast the embedded voice, activity detector and end-of-turn model are on this machine.

    python bench/voice.py                 # about half a minute on two quiet cores
    python bench/voice.py --threads 1 2   # the voice with one and with two threads a synthesis

Each figure is the median of `--repeat` runs; the first run of a clause is left out, since its memory is laid out then.
"""

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from enterprise_stream.engines.kokoro import KokoroVoice
from enterprise_stream.engines.silero import Silero
from enterprise_stream.engines.smart_turn import SmartTurn
from enterprise_stream.listening.ports import VAD_FRAME
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.ports import SAMPLE_RATE
from enterprise_stream.testing.guest_voice import guest_says
from enterprise_stream.workers import WorkerPool

CLAUSES = (
    ("short", "es", "Hola, soy Sandra."),
    ("opening", "es", "Claro, con mucho gusto le informo."),
    ("clause", "es", "El desayuno se sirve de 8:00 a 11:00 en la terraza."),
    ("long", "es", "Tenemos tres casas junto al río, todas con cocina, terraza y jardín, desde 120 € por noche."),
    ("short", "en", "Hello, I am Sandra."),
    ("clause", "en", "Breakfast is served from 8:00 to 11:00 on the terrace."),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One clause's figures; times in ms, `factor` is synthesis time over audio time."""

    threads: int
    kind: str
    language: str
    audio: float
    pieces: int
    first_audio: float
    total: float
    factor: float


async def say(voice: KokoroVoice, text: str, language: str, owner: str = "bench") -> tuple[float, float, float, int]:
    """Seconds to the first piece, to the last, of audio; and the number of pieces."""
    started = time.perf_counter()
    first = audio = 0.0
    pieces = 0
    async for speech in voice.speak(owner, text, language):
        first = first or time.perf_counter() - started
        audio += speech.samples.size / SAMPLE_RATE
        pieces += 1
    return first, time.perf_counter() - started, audio, pieces


async def measure_voice(voice: KokoroVoice, threads: int, repeat: int) -> list[Said]:
    rows = []
    for kind, language, text in CLAUSES:
        await say(voice, text, language)
        runs = [await say(voice, text, language) for _ in range(repeat)]
        first, total, audio = (statistics.median(run[n] for run in runs) for n in range(3))
        rows.append(Said(threads, kind, language, 1e3 * audio, runs[0][3], 1e3 * first, 1e3 * total, total / audio))
    return rows


async def measure_two_at_once(voice: KokoroVoice) -> float:
    """Seconds of audio that two sessions get in a second."""
    started = time.perf_counter()
    runs = await asyncio.gather(*(say(voice, CLAUSES[2][2], "es", owner) for owner in "ab"))
    return sum(run[2] for run in runs) / (time.perf_counter() - started)


def cpu_per_call(work: Callable[[], object], count: int) -> float:
    """CPU seconds of this process for one call."""
    work()
    started = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - started) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[2], help="threads that one synthesis uses")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each clause")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    store, pool = ModelStore(), WorkerPool(2)
    rows: list[Said] = []
    figures: dict[str, float] = {"cores": float(os.cpu_count() or 1)}
    for threads in options.threads:
        started = time.perf_counter()
        voice = KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), pool, threads=threads)
        figures[f"voice, {threads} threads: load (ms)"] = 1e3 * (time.perf_counter() - started)
        started = time.perf_counter()
        voice.warm_up()
        figures[f"voice, {threads} threads: warm up (ms)"] = 1e3 * (time.perf_counter() - started)
        rows += asyncio.run(measure_voice(voice, threads, options.repeat))
        figures[f"voice, {threads} threads: audio a second, two at once (s)"] = asyncio.run(measure_two_at_once(voice))
    speech = guest_says("¿A qué hora se sirve el desayuno?", tail_ms=200)
    activity = Silero(store.path("silero-vad"))()
    turn = SmartTurn(store.path("smart-turn"), pool)
    figures["activity: CPU a frame of 32 ms (ms)"] = 1e3 * cpu_per_call(
        lambda: activity.probability(speech[:VAD_FRAME]), 500
    )
    figures["end of turn: CPU a call (ms)"] = 1e3 * cpu_per_call(lambda: turn.probability(speech), 10)
    whole = np.resize(speech, 8 * 16_000)
    figures["end of turn: CPU a call, 8 s of sound (ms)"] = 1e3 * cpu_per_call(lambda: turn.probability(whole), 10)
    pool.close()
    if options.json:
        print(json.dumps({"clauses": [asdict(row) for row in rows], "figures": figures}, indent=1))
        return
    print("threads  clause   language  audio ms  pieces  first audio ms  total ms  real-time factor")
    for row in rows:
        print(
            f"{row.threads:7}  {row.kind:8} {row.language:8} {row.audio:9.0f} {row.pieces:7} {row.first_audio:15.0f} "
            f"{row.total:9.0f} {row.factor:17.2f}"
        )
    for name, figure in figures.items():
        print(f"{name:58} {figure:8.2f}")


if __name__ == "__main__":
    main()
