"""Whether engines that serve several guests at once are cheaper asked for all of them together.

    python bench/batching.py

CPU time of one thread for one guest's share of a call: voice activity (a frame of 32 ms), the end-of-turn model (8 s),
and a recogniser's encoder (an utterance of 4 s with its second of silence) and decoder, both by CTranslate2. The best
of several rounds, every batch size in turn, so that the ratios hold on a busy machine too.
"""

import time
from collections.abc import Callable
from typing import Any

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.onnx_session import open_session
from enterprise_stream.engines.whisper.features import log_mel
from enterprise_stream.listening.ports import SAMPLE_RATE, VAD_FRAME
from enterprise_stream.models import ModelStore

SIZES = (1, 2, 4, 8)
ROUNDS = 5
CONTEXT = 64
UTTERANCE_S = 5
TOKENS = 24


def share_ms(work: Callable[[], object], guests: int, calls: int) -> float:
    """CPU time of one guest's share, in ms."""
    began = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - began) * 1000 / calls / guests


def table(name: str, prepare: Callable[[int], Callable[[], object]], calls: int) -> None:
    """One engine's line."""
    ready = {size: prepare(size) for size in SIZES}
    for work in ready.values():
        work()
    best = dict.fromkeys(SIZES, float("inf"))
    for _ in range(ROUNDS):
        for size, work in ready.items():
            best[size] = min(best[size], share_ms(work, size, max(1, calls // size)))
    cells = " | ".join(f"{best[size]:.2f} ({best[size] / best[1]:.2f})" for size in SIZES)
    print(f"| {name} | {cells} |", flush=True)


def main() -> None:
    """Print the table."""
    store = ModelStore()
    random = np.random.default_rng(1)
    silero = open_session(store.path("silero-vad"), 1)
    smart_turn = open_session(store.path("smart-turn"), 1)
    whisper = ctranslate2.models.Whisper(
        str(store.path("whisper-base")), device="cpu", compute_type="int8", intra_threads=1
    )

    def activity(size: int) -> Callable[[], object]:
        sound = random.standard_normal((size, CONTEXT + VAD_FRAME)).astype(np.float32) / 10
        inputs: dict[str, NDArray[Any]] = {
            "input": sound,
            "state": np.zeros((2, size, 128), np.float32),
            "sr": np.array(SAMPLE_RATE, np.int64),
        }
        return lambda: silero.run(None, inputs)

    def ends(size: int) -> Callable[[], object]:
        features = random.standard_normal((size, 80, 800)).astype(np.float32) / 10
        return lambda: smart_turn.run(None, {"input_features": features})

    def features_of(size: int) -> "ctranslate2.StorageView":
        sound = (random.standard_normal(UTTERANCE_S * SAMPLE_RATE) / 10).astype(np.float32)
        mel = log_mel(sound)[:, : UTTERANCE_S * 100]
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(np.stack([mel] * size)))

    def encoder(size: int) -> Callable[[], object]:
        features = features_of(size)
        return lambda: np.array(whisper.encode(features))

    def decoder(size: int) -> Callable[[], object]:
        encoded = whisper.encode(features_of(size))
        prompt = ["<|startoftranscript|>", "<|es|>", "<|transcribe|>"]
        return lambda: whisper.generate(
            encoded, [prompt] * size, beam_size=5, max_length=len(prompt) + TOKENS, suppress_blank=True
        )

    print(f"| one guest's share, ms of CPU (ratio) | {' | '.join(f'{size} at once' for size in SIZES)} |")
    print("| --- |" + " ---: |" * len(SIZES))
    table("voice activity, 32 ms", activity, 400)
    table("end of turn, 8 s", ends, 8)
    table(f"recogniser's encoder, {UTTERANCE_S} s", encoder, 8)
    table(f"recogniser's decoder, at most {TOKENS} tokens", decoder, 8)


if __name__ == "__main__":
    main()
