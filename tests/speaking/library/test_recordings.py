"""An owner's recordings come in as loud, trimmed and paused as everything else, or with a clear problem."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from enterprise_stream.errors import AudioError
from enterprise_stream.speaking.library import ClipStore
from enterprise_stream.speaking.library.recordings import MANIFEST, read_sound, take_recordings
from enterprise_stream.speaking.loudness import PEAK, TARGET_LUFS, loudness
from enterprise_stream.thinking.ahead import clauses_of

from .clips import HOW, key_of


def voice_like(rate: int, seconds: float = 1.2, gain: float = 0.02) -> NDArray[np.float64]:
    """A tone that swells and fades like syllables, with half a second of room around it."""
    at = np.arange(int(rate * seconds)) / rate
    tone = gain * np.sin(2 * np.pi * 220 * at) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))
    room = np.zeros(rate // 2)
    return np.concatenate([room, tone, room])


def manifest(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("suffix", "rate", "channels"), [("wav", 44_100, 2), ("flac", 48_000, 1), ("ogg", 22_050, 1), ("mp3", 44_100, 2)]
)
def test_any_common_format_sounds_like_her_other_clips(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    sound = voice_like(rate)
    soundfile.write(tmp_path / f"hola.{suffix}", np.repeat(sound[:, None], channels, axis=1), rate)
    manifest(tmp_path, f"- {{file: hola.{suffix}, text: ¡Hola!, language: es, category: welcome}}")
    store = ClipStore(tmp_path / "clips", HOW, 1 << 30)
    taken = take_recordings(tmp_path, store, clauses_of)
    assert taken.problems == ()
    held = store.get(key_of("¡Hola!"))
    assert held is not None
    tier, clip = held
    assert (tier, clip.category, len(clip.spans)) == ("own", "welcome", 1)
    heard = (clip.samples / 32768).astype(np.float32)
    spoken = np.flatnonzero(np.abs(heard) > 0.003)
    assert spoken[0] / 24 < 60  # ms
    assert 280 <= (clip.samples.size - spoken[-1]) / 24 < 380  # the pause of "!"
    assert clip.ms == pytest.approx(1_200 + 55 + 280, abs=60)
    assert loudness(heard[: spoken[-1]]) == pytest.approx(TARGET_LUFS, abs=1.0)
    assert np.abs(heard).max() <= PEAK + 0.001


def test_the_folder_is_the_truth(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, voice_like(24_000), 24_000)
    store = ClipStore(tmp_path / "clips", HOW, 1 << 30)
    manifest(tmp_path, "- {file: a.wav, text: Hola., language: es}\n- {file: b.wav, text: Sí., language: es}")
    take_recordings(tmp_path, store, clauses_of)
    manifest(tmp_path, "- {file: b.wav, text: Sí., language: es}")
    take_recordings(tmp_path, store, clauses_of)
    assert store.get(key_of("Hola.")) is None
    assert store.get(key_of("Sí.")) is not None


def test_what_is_wrong_is_told_entry_by_entry_and_the_rest_is_taken(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "good.wav", voice_like(24_000), 24_000)
    soundfile.write(tmp_path / "silent.wav", np.zeros(24_000), 24_000)
    soundfile.write(tmp_path / "long.wav", voice_like(8_000, 31.0), 8_000)
    (tmp_path / "text.wav").write_text("no sound")
    entries = (
        "{file: good.wav, text: Hola., language: es}", "{file: none.wav, text: Sí., language: es}",
        "{file: text.wav, text: Sí., language: es}", "{file: silent.wav, text: Sí., language: es}",
        "{file: long.wav, text: Sí., language: es}", "{file: good.wav, text: Sí.}",
        "{file: good.wav, text: Sí., language: es, category: vip}",
        "{file: good.wav, text: Sí., language: es, tone: x}",
        "{file: good.wav, text: ¡Hola! Soy Sandra., language: es}",
    )  # fmt: skip
    manifest(tmp_path, "\n".join(f"- {entry}" for entry in entries))
    taken = take_recordings(tmp_path, ClipStore(tmp_path / "clips", HOW, 1 << 30), clauses_of)
    assert [recording.text for recording in taken.recordings] == ["Hola."]
    expected = (
        "cannot be read",
        "cannot be read",
        "no sound",
        "longer than 30",
        "are needed",
        "vip",
        "tone",
        "¡Hola! | Soy",
    )
    assert len(taken.problems) == len(expected)
    for number, (problem, words) in enumerate(zip(taken.problems, expected, strict=True), 2):
        assert f"entry {number}" in problem
        assert words in problem


@pytest.mark.parametrize("text", ["{", "file: a.wav", "just words", None])
def test_a_manifest_that_cannot_be_used_says_what_it_holds(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        manifest(tmp_path, text)
    with pytest.raises(AudioError, match="list"):
        take_recordings(tmp_path, ClipStore(tmp_path / "clips", HOW, 1), clauses_of)


def test_a_file_that_is_no_sound(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF....")
    with pytest.raises(AudioError, match=r"a\.wav"):
        read_sound(tmp_path / "a.wav")
