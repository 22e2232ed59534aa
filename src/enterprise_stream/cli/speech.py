"""`say` and `transcribe`: one engine each, without a conversation."""

import asyncio
import json
import sys
import time
from contextlib import aclosing
from pathlib import Path

import numpy as np
from rich.console import Console

from enterprise_stream.cli.exits import stderr
from enterprise_stream.cli.recordings import read_recording, write_wav
from enterprise_stream.composition.local import build_recogniser, build_voice
from enterprise_stream.config import load_settings
from enterprise_stream.listening.ports import SAMPLE_RATE as HEARD_RATE
from enterprise_stream.speaking.ports import SAMPLE_RATE as SPOKEN_RATE
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.thinking.phrases import PhraseSplitter
from enterprise_stream.workers import WorkerPool

stdout = Console(highlight=False)
OWNER = "cli"


def say(text: str, out: Path, language: str | None) -> None:
    """Synthesise a text into a WAV file."""
    settings = load_settings()
    pool = WorkerPool(settings.threads)
    voice = build_voice(settings, pool)
    splitter = PhraseSplitter()
    clauses = [*splitter.feed(text), *splitter.flush()]

    async def speak() -> list[np.ndarray[tuple[int], np.dtype[np.int16]]]:
        pieces = []
        for clause in clauses:
            stream = voice.speak(OWNER, clause.strip(), language or settings.language)
            async with aclosing(stream) as speech:
                pieces += [piece.samples async for piece in speech]
        return pieces

    began = time.monotonic()
    try:
        pieces = asyncio.run(speak())
    finally:
        pool.close()
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    write_wav(out, samples, SPOKEN_RATE)
    spoken_s, took_s = samples.size / SPOKEN_RATE, time.monotonic() - began
    stderr.print(f"{out}: {spoken_s:.1f} s of speech in {took_s:.1f} s")


def say_as(text: str, language: str | None, region: str | None, *, as_json: bool) -> None:
    """Print how a text is said, clause by clause, as the voice is given it."""
    settings = load_settings(given={"region": region} if region else None)
    splitter = PhraseSplitter()
    text = sys.stdin.read() if text == "-" else text
    for clause in [*splitter.feed(text), *splitter.flush()]:
        found = segments(clause.strip(), language or settings.language, settings.region)
        said = " ".join(segment.spoken for segment in found if segment.spoken)
        if as_json:
            stretches = [{"written": segment.written, "spoken": segment.spoken} for segment in found]
            print(json.dumps({"written": clause.strip(), "spoken": said, "stretches": stretches}, ensure_ascii=False))
            continue
        print(said or "(nothing)")
        for segment in found:
            if segment.spoken != segment.written:
                print(f"    {segment.written}  →  {segment.spoken or '(nothing)'}")


def transcribe(files: list[Path], language: str | None, *, as_json: bool) -> None:
    """Print what is said in recordings."""
    settings = load_settings()
    recordings = [(file, read_recording(file)) for file in files]
    pool = WorkerPool(settings.threads)
    recogniser = build_recogniser(settings, pool)

    async def listen() -> None:
        for file, samples in recordings:
            began = time.monotonic()
            utterance = recogniser.utterance(OWNER, language or settings.language)
            try:
                utterance.push(samples)
                heard = await utterance.final()
            finally:
                utterance.close()
            if as_json:
                row = {
                    "file": str(file),
                    "text": heard.text,
                    "language": heard.language,
                    "audio_ms": round(samples.size * 1000 / HEARD_RATE),
                    "took_ms": round((time.monotonic() - began) * 1000),
                }
                print(json.dumps(row, ensure_ascii=False))
            else:
                stdout.print(heard.text if len(recordings) == 1 else f"{file}: {heard.text}", markup=False)

    try:
        asyncio.run(listen())
    finally:
        pool.close()
