"""The speech that the recogniser is measured on: Kokoro's other voices and a person's recordings; noise for both."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from bench.recogniser_references import RECORDINGS, SENTENCES
from numpy.typing import NDArray

from enterprise_stream.testing.guest_voice import guest_says

RATE = 16_000
VOICES = {"es": ("em_alex", "em_santa"), "en": ("af_heart", "am_michael", "bf_emma", "bm_george")}
PACKAGES = {"es": "asterisk-core-sounds-es-g722", "en": "asterisk-core-sounds-en-g722"}

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sample:
    """One utterance and what is said in it; `kind` is `synthetic` or `person`."""

    language: str
    kind: str
    said: str
    sound: Samples


def synthetic(language: str, count: int) -> list[Sample]:
    """The first `count` sentences, each in the next of the language's voices."""
    voices = VOICES[language]
    return [
        Sample(language, "synthetic", said, guest_says(said, language, voices[index % len(voices)]))
        for index, said in enumerate(SENTENCES[language][:count])
    ]


def recorded(language: str, count: int) -> list[Sample]:
    """The first `count` recordings; none when the package can neither be found nor downloaded."""
    chosen = list(RECORDINGS[language].items())[:count]
    sounds = recordings_of(language, {name for name, _ in chosen})
    return [Sample(language, "person", said, sounds[name]) for name, said in chosen if name in sounds]


def recordings_of(language: str, names: Collection[str]) -> dict[str, Samples]:
    """Recordings by name, shape (n,) each at 16 kHz; those that the package does not hold are left out."""
    folder = _recordings(language)
    if folder is None:
        return {}
    paths = {name: folder / f"{name}.g722" for name in names}
    return {name: _g722(path) for name, path in paths.items() if path.is_file()}


def with_noise(sound: Samples, snr_db: float | None, seed: int) -> Samples:
    """`sound` with pink noise at `snr_db` under the level of its speech; None leaves it clean.

    The speech's level is the mean power of the samples within 34 dB of the peak.
    """
    if snr_db is None:
        return sound
    magnitude = np.abs(sound)
    speech = float(np.mean(np.square(sound[magnitude > 0.02 * magnitude.max()])))
    noise = pink(len(sound), seed)
    noise *= np.sqrt(speech / 10 ** (snr_db / 10) / float(np.mean(np.square(noise))))
    return (sound + noise).astype(np.float32)


def pink(length: int, seed: int) -> Samples:
    """Noise whose power falls by 3 dB an octave from 30 Hz on, as rooms and streets sound; shape (length,)."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(length))
    hz = np.fft.rfftfreq(length, 1 / RATE)
    spectrum[hz < 30] = 0.0
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(hz, 1.0)), length).astype(np.float32)


def _g722(path: Path) -> Samples:
    resampler = av.AudioResampler("flt", "mono", RATE)
    with av.open(str(path), format="g722") as container:
        parts = [out.to_ndarray()[0] for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate(parts).astype(np.float32)


def cache_folder() -> Path:
    """Where the benches keep what takes long to get."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "enterprise-stream" / "bench"


def _recordings(language: str) -> Path | None:
    """The package's sounds: installed, unpacked before, or fetched with `apt-get download` (needs no root)."""
    unpacked = cache_folder() / PACKAGES[language]
    installed = Path("/usr/share/asterisk/sounds")
    folder = {"es": "es_MX_f_Allison", "en": "en_US_f_Allison"}[language]
    for root in (installed / folder, unpacked / "usr/share/asterisk/sounds" / folder):
        if (root / "vm-intro.g722").is_file():
            return root
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            ["apt-get", "-qq", "download", PACKAGES[language]], cwd=scratch, capture_output=True, check=False
        )
        archives = list(Path(scratch).glob("*.deb"))
        if not archives:
            return None
        unpacked.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg-deb", "-x", str(archives[0]), str(unpacked)], check=True)
    return unpacked / "usr/share/asterisk/sounds" / folder
