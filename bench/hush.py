"""Whether a voice is missed because the model is not asked about what does not stand out from the room.

Speech of people and of synthetic guests, after four seconds and more of a room, at several levels and in six kinds of
noise, is heard twice: with the model asked about every frame, and as the server hears it. Told are utterances that are
lost, those whose beginning comes more than a frame of 32 ms later, and how many frames of the room alone are asked
about.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from bench.recogniser_speech import RATE, Samples, pink, recorded, synthetic

from enterprise_stream.conversation.events import SpeechStarted
from enterprise_stream.engines.silero import Silero
from enterprise_stream.listening.gate import FRAME_MS
from enterprise_stream.listening.hush import Hush, HushSettings
from enterprise_stream.listening.intake import Intake
from enterprise_stream.listening.ports import VAD_FRAME
from enterprise_stream.models import ModelStore

CONDITIONS = ((40.0, -25.0), (20.0, -25.0), (20.0, -45.0), (10.0, -25.0), (10.0, -45.0), (5.0, -35.0))
"""Signal to noise and level of the speech, in dB and dBFS."""


class Counted:
    """A `VoiceActivity` that counts what it is asked."""

    def __init__(self, silero: Silero) -> None:
        self._activity = silero()
        self.asked = 0

    def probability(self, frame: Samples) -> float:
        """See `VoiceActivity`."""
        self.asked += 1
        return self._activity.probability(frame)

    def reset(self) -> None:
        """See `VoiceActivity`."""
        self._activity.reset()


@dataclass(slots=True)
class Tally:
    """What came of one condition."""

    heard: int = 0
    lost: int = 0
    late: int = 0
    latest: int = 0
    early: int = 0
    asked: int = 0
    frames: int = 0


def brown(length: int, seed: int) -> Samples:
    """Noise that falls by 6 dB an octave: traffic, wind."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    hz = np.fft.rfftfreq(length, 1 / RATE)
    spectrum[hz < 30] = 0.0
    return np.fft.irfft(spectrum / np.maximum(hz, 1.0), length).astype(np.float32)


def white(length: int, seed: int) -> Samples:
    """Hiss."""
    return np.random.default_rng(seed).standard_normal(length).astype(np.float32)


def hum(length: int, seed: int) -> Samples:
    """A mains hum with its overtones, and some room."""
    at = np.arange(length) / RATE
    tones = sum(np.sin(2 * np.pi * 50 * k * at + k) / k for k in range(1, 8))
    noise = pink(length, seed)
    return np.asarray(0.7 * tones + 0.3 * noise / noise.std(), np.float32)


def swell(length: int, seed: int) -> Samples:
    """A street that swells by 6 dB every 2.5 s."""
    at = np.arange(length) / RATE
    return np.asarray(pink(length, seed) * 10 ** (3 * np.sin(2 * np.pi * 0.4 * at + seed) / 20), np.float32)


def babble(clips: list[Samples]) -> Callable[[int, int], Samples]:
    """Eight voices at once."""

    def noise(length: int, seed: int) -> Samples:
        random = np.random.default_rng(seed)
        voices = [
            np.resize(np.concatenate([clips[random.integers(len(clips))] for _ in range(4)]), length) for _ in range(8)
        ]
        return np.asarray(sum(np.roll(v, random.integers(length)) / max(1e-9, v.std()) for v in voices), np.float32)

    return noise


def scene(
    clip: Samples, noise: Callable[[int, int], Samples], snr_db: float, level_db: float, seed: int
) -> tuple[Samples, int]:
    """Speech in a room as 16-bit samples have it, and where it begins."""
    loud = np.flatnonzero(np.abs(clip) > 0.02 * np.abs(clip).max())
    clip = clip[loud[0] : loud[-1] + 1]
    power = float(np.mean(np.square(clip[np.abs(clip) > 0.02 * np.abs(clip).max()])))
    lead = round(RATE * (4.0 + 0.37 * (seed % 5)))
    voice = np.concatenate([np.zeros(lead), clip * 10 ** (level_db / 20) / math.sqrt(power), np.zeros(RATE)])
    room = noise(voice.size, seed)
    room = room * math.sqrt(10 ** ((level_db - snr_db) / 10) / float(np.mean(room * room)))
    return (np.clip(np.round((voice + room) * 32768), -32768, 32767) / 32768).astype(np.float32), lead


def begins(samples: Samples, activity: Counted, hush: Hush) -> int | None:
    """Frame at which speech is sure; None where it never is."""
    intake = Intake(activity, hush=hush)
    for start in range(0, samples.size, VAD_FRAME):
        if any(isinstance(fact, SpeechStarted) for fact in intake.hear(samples[start : start + VAD_FRAME], 0.0)):
            return start // VAD_FRAME
    return None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=3, help="of each language and kind (3)")
    given = parser.parse_args()
    silero = Silero(ModelStore().path("silero-vad"))
    clips = [s.sound for lang in ("es", "en") for s in (*recorded(lang, given.clips), *synthetic(lang, given.clips))]
    noises = {
        "hiss": white,
        "room": pink,
        "traffic": brown,
        "hum": hum,
        "swelling street": swell,
        "babble": babble(clips),
    }
    voices = {condition: Tally() for condition in CONDITIONS}
    rooms = {name: Tally() for name in noises}
    for number, clip in enumerate(clips):
        for name, noise in noises.items():
            for condition, tally in voices.items():
                samples, lead = scene(clip, noise, *condition, number)
                always = begins(samples, Counted(silero), Hush(HushSettings(learn_frames=1 << 30)))
                if always is None or always < lead // VAD_FRAME - 1:  # the model takes the babble for speech
                    continue
                quiet = Counted(silero)
                begins(samples[:lead], quiet, Hush())
                rooms[name].asked += quiet.asked
                rooms[name].frames += lead // VAD_FRAME
                ours = begins(samples, Counted(silero), Hush())
                tally.heard += 1
                tally.lost += ours is None
                tally.late += ours is not None and ours > always + 1
                tally.latest = max(tally.latest, 0 if ours is None else ours - always)
                tally.early += ours is not None and ours < always
    for (snr_db, level_db), tally in voices.items():
        print(
            f"{snr_db:4.0f} dB over the noise, {level_db:.0f} dBFS: {tally.heard} utterances, {tally.lost} lost, "
            f"{tally.late} more than {FRAME_MS:.0f} ms later (at most {tally.latest * FRAME_MS:.0f}), "
            f"{tally.early} earlier"
        )
    for name, tally in rooms.items():
        print(f"{name:<16} asked about {tally.asked / max(1, tally.frames):5.1%} of the frames of the first 4 to 5.5 s")


if __name__ == "__main__":
    main()
