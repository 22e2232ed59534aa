"""How far the server's idea of when a guest stopped speaking is from when he did.

    python -m bench.speech_end                   # 24 sentences a language and kind; about a minute
    python -m bench.speech_end --frame-ms 100    # a client that sends larger frames
    python -m bench.speech_end --gate            # where the gate's pause began, which the server does not count from

Every recording goes through the real gate and Silero in frames, as a client sends them in real time, with a quiet room
after it. The end is the last sample over -40 dBFS; the server's is what `latency` and `timeline` count from. Printed is
server minus truth in ms: above 0 the server counts from too late, so that its stages are too short by as much.
"""

import argparse
import statistics
from collections.abc import Sequence

import numpy as np
from bench.recogniser_speech import RATE, Sample, Samples, recorded, synthetic, with_noise

from enterprise_stream.conversation.events import SpeechPaused, SpeechResumed
from enterprise_stream.engines.silero import Silero
from enterprise_stream.listening.intake import Intake
from enterprise_stream.listening.ports import Transcript
from enterprise_stream.models import ModelStore

AUDIBLE = 0.01
"""-40 dBFS, the same as in bench/voice_to_voice.py."""

ROOM = 1e-4
"""RMS of the quiet room, -80 dBFS."""


class _Deaf:
    """An utterance that nobody recognises."""

    def push(self, samples: Samples) -> None:
        """Forget it."""

    async def partial(self) -> Transcript:
        """Nothing."""
        return Transcript("", None, 0.0, 0)

    async def final(self) -> Transcript:
        """Nothing."""
        return await self.partial()

    def close(self) -> None:
        """Nothing to give back."""


def error_ms(
    silero: Silero, sample: Sample, frame_ms: int, snr_db: float | None, seed: int, *, gate: bool
) -> float | None:
    """Server minus truth for one recording, in ms; None when no pause was noticed after it."""
    last = int(np.flatnonzero(np.abs(sample.sound) > AUDIBLE)[-1])
    random = np.random.default_rng(seed)
    lead = np.zeros(int(random.integers(RATE // 4, RATE // 2)), np.float32)
    sound = np.concatenate((lead, sample.sound, np.zeros(RATE, np.float32)))
    sound = with_noise(sound, snr_db, seed) + random.normal(0, ROOM, sound.size).astype(np.float32)
    intake, ended = Intake(silero()), None
    size = RATE * frame_ms // 1000
    for start in range(0, sound.size, size):
        at = (start + size) * 1000 / RATE
        for event in intake.hear(sound[start : start + size], at):
            if not intake.listening:
                intake.open(_Deaf())
            if isinstance(event, SpeechPaused):
                ended = event.at - (event.silence_ms if gate or event.quiet_ms is None else event.quiet_ms)
            elif isinstance(event, SpeechResumed):
                ended = None
    return None if ended is None else ended - (lead.size + last) * 1000 / RATE


def row(name: str, errors: Sequence[float | None]) -> str:
    """One line of the table."""
    known = sorted(error for error in errors if error is not None)
    if not known:
        return f"{name:<28} none"
    p5, p95 = (known[round(share * (len(known) - 1))] for share in (0.05, 0.95))
    mean, median = statistics.fmean(known), statistics.median(known)
    return f"{name:<28}{len(known):>4}{mean:>8.0f}{median:>8.0f}{p5:>8.0f}{p95:>8.0f}{len(errors) - len(known):>8}"


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--utterances", type=int, default=24, help="recordings of each kind and language (24)")
    parser.add_argument("--frame-ms", type=int, default=20, help="sound in one of the client's frames (20)")
    parser.add_argument("--gate", action="store_true", help="the gate alone")
    given = parser.parse_args()
    silero = Silero(ModelStore().path("silero-vad"))
    print(f"{'ms, server minus truth':<28}{'n':>4}{'mean':>8}{'p50':>8}{'p5':>8}{'p95':>8}{'missed':>8}")
    for kind, samples in (("synthetic", synthetic), ("person", recorded)):
        for language in ("es", "en"):
            said = samples(language, given.utterances)
            for noise in (None, 20.0):
                errors = [
                    error_ms(silero, each, given.frame_ms, noise, seed, gate=given.gate)
                    for seed, each in enumerate(said)
                ]
                name = f"{kind} {language}, {'quiet' if noise is None else f'{noise:.0f} dB of noise'}"
                print(row(name, errors))


if __name__ == "__main__":
    main()
