"""Word error and speed of the recogniser against the same model run in the usual way, in one run.

Ours is `WhisperModel.hear` as a session uses it: features, encoding of the utterance, choice of language, decoding,
and the second look where the first is in doubt. The usual ways pad the audio with silence to 30 s, encode the whole
window, and are told the language:

- `greedy`: one pass without timestamps, the fastest that the usual way can be; the speed is compared with it.
- `beam`: beam of 5 with timestamps, the defaults of the well-known CTranslate2 front end, without its retries at
  higher temperatures. Both use the same weights, int8, and as many threads.

Every utterance goes through all three, one after the other, so a busy machine slows all of them alike. Word error is
pooled over a group: errors over words, after lower case, without punctuation and accents, and with numbers as words.
Noise is pink, 20 and 10 dB under the speech.
"""

import argparse
import json
import platform
import re
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import jiwer
import numpy as np
from bench.recogniser_speech import Sample, pink, recorded, synthetic, with_noise
from numpy.typing import NDArray

from enterprise_stream.engines.whisper.features import log_mel
from enterprise_stream.engines.whisper.model import WhisperModel
from enterprise_stream.models import ModelStore

RATE = 16_000
WINDOW = 30 * RATE
WAYS = ("ours", "greedy", "beam")
NOISE: tuple[float | None, ...] = (None, 20.0, 10.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One utterance at one noise level."""

    sample: Sample
    snr_db: float | None
    text: dict[str, str]
    ms: dict[str, float]


class TimedModel(WhisperModel):
    """The recogniser's model, with a stopwatch on its stages."""

    def __init__(self, folder: Path, threads: int, hint: str) -> None:
        self.stages: dict[str, list[float]] = defaultdict(list)
        super().__init__(folder, threads=threads, vocabulary_hint=hint)
        self._runtime = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads
        )

    def _encode(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        start = time.perf_counter()
        encoded = super()._encode(samples)
        self.stages["encode"].append((time.perf_counter() - start) * 1000)
        return encoded

    def _search(self, *given: Any) -> Any:
        start = time.perf_counter()
        written = super()._search(*given)
        self.stages["decode"].append((time.perf_counter() - start) * 1000)
        return written

    def usual(self, samples: NDArray[np.float32], language: str) -> Iterator[tuple[str, str, float]]:
        """The usual ways: name, text and milliseconds. The encoding is done once and counted for both."""
        start = time.perf_counter()
        features = log_mel(np.pad(samples[:WINDOW], (0, max(0, WINDOW - len(samples)))))
        encoded = self._runtime.encode(ctranslate2.StorageView.from_array(features[None]))
        encode_ms = (time.perf_counter() - start) * 1000
        prompt = ["<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>"]
        for way, beam, more in (("greedy", 1, ["<|notimestamps|>"]), ("beam", 5, [])):
            start = time.perf_counter()
            tokens = self._runtime.generate(encoded, [prompt + more], beam_size=beam)[0].sequences_ids[0]
            text = self._tokenizer.decode([token for token in tokens if token < 50_257])
            yield way, text, encode_ms + (time.perf_counter() - start) * 1000


def measure(model: TimedModel, samples: list[Sample]) -> list[Row]:
    """Every sample at every noise level in every way."""
    rows = []
    for snr_db in NOISE:
        for index, sample in enumerate(samples):
            sound = with_noise(sample.sound, snr_db, index)
            start = time.perf_counter()
            text = {"ours": model.hear(sound, sample.language).text}
            ms = {"ours": (time.perf_counter() - start) * 1000}
            for way, words, took in model.usual(sound, sample.language):
                text[way], ms[way] = words, took
            rows.append(Row(sample, snr_db, text, ms))
    return rows


def report(rows: list[Row]) -> list[dict[str, Any]]:
    """One entry for each language, kind and noise level, and two for all of them together at the end."""
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        noise = "clean" if row.snr_db is None else f"{row.snr_db:.0f} dB"
        groups[row.sample.language, row.sample.kind, noise].append(row)
    for row in rows:
        groups["all", "all", "clean" if row.snr_db is None else f"{row.snr_db:.0f} dB"].append(row)
    groups["all", "all", "all"] = rows
    return [_entry(key, members) for key, members in groups.items()]


def _entry(key: tuple[str, str, str], rows: list[Row]) -> dict[str, Any]:
    said = [normal(row.sample.said, row.sample.language) for row in rows]
    entry: dict[str, Any] = {"language": key[0], "speech": key[1], "noise": key[2], "utterances": len(rows)}
    entry["words"] = sum(len(text.split()) for text in said)
    for way in WAYS:
        heard = [normal(row.text[way], row.sample.language) for row in rows]
        entry[f"{way}_wer"] = round(100 * float(jiwer.wer(said, heard)), 1)
        entry[f"{way}_ms"] = round(float(np.median([row.ms[way] for row in rows])))
    entry["times_greedy"] = round(sum(row.ms["greedy"] for row in rows) / sum(row.ms["ours"] for row in rows), 1)
    entry["times_beam"] = round(sum(row.ms["beam"] for row in rows) / sum(row.ms["ours"] for row in rows), 1)
    return entry


_NUMBERS = {
    "es": [
        *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete"),
        *("ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince"),
    ],
    "en": [
        *("zero", "one", "two", "three", "four", "five", "six", "seven"),
        *("eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    ],
}
_ORDINALS = {"15th": "fifteenth", "1st": "first", "ok": "okay"}


def normal(text: str, language: str) -> str:
    """`text` as it is compared."""
    folded = unicodedata.normalize("NFKD", text.lower().replace("'", "").replace("’", ""))
    letters = "".join(character for character in folded if not unicodedata.combining(character))
    words = re.sub(r"[^\w\s]", " ", letters).split()
    numbers = _NUMBERS[language]
    named = (numbers[int(word)] if word.isdigit() and int(word) < len(numbers) else word for word in words)
    return " ".join(_ORDINALS.get(word, word) for word in named)


def words_in_noise(model: TimedModel, count: int = 12) -> int:
    """In how many of `count` stretches of noise, loud and faint, 1 to 4 s, the recogniser finds words."""
    found = 0
    for seed in range(count):
        noise = pink(RATE * (1 + seed % 4), seed)
        noise *= (0.003, 0.03, 0.2)[seed % 3] / float(noise.std())
        found += bool(model.hear(noise, "es").text)
    return found


def table(entries: list[dict[str, Any]]) -> str:
    """The entries as a Markdown table."""
    head = (
        "| language | speech | noise | words | word error % ours | usual greedy | usual beam 5 "
        "| ms (median) ours | usual greedy | usual beam 5 | times as fast as greedy | as beam 5 |"
    )
    lines = [head, "| --- | --- | --- |" + " ---: |" * 9]
    for entry in entries:
        cells = [entry[key] for key in ("language", "speech", "noise", "words")]
        cells += [entry[f"{way}_wer"] for way in WAYS] + [entry[f"{way}_ms"] for way in WAYS]
        cells += [entry["times_greedy"], entry["times_beam"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.recogniser", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--utterances", type=int, default=8, help="of each language and kind (default 8, 20 at most)")
    parser.add_argument("--threads", type=int, default=1, help="for every way alike (1, as the server does)")
    parser.add_argument("--hint", default="", help="names given to our way before it listens, to measure their effect")
    parser.add_argument("--no-recordings", action="store_true", help="leave the person's recordings out")
    parser.add_argument("--json", action="store_true", help="every entry and every text, for machines")
    arguments = parser.parse_args()
    samples = [sample for language in ("es", "en") for sample in synthetic(language, arguments.utterances)]
    if not arguments.no_recordings:
        people = [sample for language in ("es", "en") for sample in recorded(language, arguments.utterances)]
        if not people:
            print("No recordings: install asterisk-core-sounds-{es,en}-g722 (Debian) to include them.", file=sys.stderr)
        samples += people
    model = TimedModel(ModelStore().path("whisper-base"), arguments.threads, arguments.hint)
    model.hear(samples[0].sound, "es")
    model.stages.clear()
    start = time.perf_counter()
    rows = measure(model, samples)
    stages = {
        name: [round(float(np.percentile(ms, share))) for share in (50, 95)] + [len(ms)]
        for name, ms in model.stages.items()
    }
    entries, false_words = report(rows), words_in_noise(model)
    if arguments.json:
        texts = [
            {"noise": row.snr_db, "language": row.sample.language, "said": row.sample.said, "heard": row.text}
            for row in rows
        ]
        print(json.dumps({"entries": entries, "stages": stages, "words_in_noise": false_words, "texts": texts}))
        return
    print(table(entries))
    print(f"\nOurs, ms p50 / p95 (calls): {', '.join(f'{k} {v[0]} / {v[1]} ({v[2]})' for k, v in stages.items())}")
    print(f"Words heard in 12 stretches of noise alone: {false_words}")
    print(f"{platform.machine()}, {arguments.threads} threads, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
