"""An owner's own recordings: a folder with sound files and `recordings.yaml`, which says what each one says."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np
import yaml

from enterprise_stream.errors import AudioError
from enterprise_stream.speaking.library.clip import CATEGORIES, Category, Clip, clip_of
from enterprise_stream.speaking.library.key import ClipKey
from enterprise_stream.speaking.library.store import ClipStore
from enterprise_stream.speaking.loudness import TARGET_LUFS, Sound, fade, level, loudness, trim
from enterprise_stream.speaking.pauses import pause_after_ms
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, Word
from enterprise_stream.speaking.speech_text import Segment, segments

MANIFEST = "recordings.yaml"
MAX_SECONDS = 30.0
"""Longest recording: a clause is a few seconds long, so that she can be interrupted."""

CLIPS_LISTENED_TO = 24
"""Of the voice's own clips, for how loud it is: reading them takes some 0.1 s."""

Cutter = Callable[[str], Sequence[str]]
"""The clauses that a text may be said in."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A line of the manifest."""

    file: Path
    text: str
    language: str
    category: Category = "general"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a folder: its recordings, and what was wrong with the others, each with what to do."""

    recordings: tuple[Recording, ...]
    problems: tuple[str, ...]


def take_recordings(folder: Path, store: ClipStore, cut: Cutter) -> Taken:
    """Bring the owner's clips in line with a folder: new and changed ones in, those no longer named out. Blocking.

    Raises:
        AudioError: there is no manifest, or it cannot be read.
        OSError: the disk does not take a clip.
    """
    good: list[Recording] = []
    problems: list[str] = []
    lufs = usual_loudness(store)
    for number, line in enumerate(_lines(folder / MANIFEST), 1):
        try:
            recording = _recording(folder, line, cut)
            parts = segments(recording.text, recording.language, store.rendering.region)
            key = ClipKey.of(parts, recording.language)
            store.put(key, _clip(recording, parts, key.spoken, lufs), "own")
            good.append(recording)
        except AudioError as error:
            problems.append(f"{MANIFEST}, entry {number}: {error.message}")
    how = store.rendering
    wanted = {ClipKey.of(segments(r.text, r.language, how.region), r.language).own_digest(how.voice) for r in good}
    for entry in store.entries():
        if entry.tier == "own" and entry.digest not in wanted:
            store.remove(entry)
    return Taken(tuple(good), tuple(problems))


def usual_loudness(store: ClipStore) -> float:
    """How loud the voice is that speaks between the recordings, in LUFS; `TARGET_LUFS` while it has said nothing yet.

    A vendor's voice is as loud as the vendor makes it; what it says live cannot be levelled before it is whole.
    """
    said = sorted(e.digest for e in store.entries() if e.tier != "own" and e.rendering == store.rendering.folder)
    clips = [clip for digest in said[:CLIPS_LISTENED_TO] if (clip := store.named(digest)) is not None]
    return median(loudness((clip.samples / 32768.0).astype(np.float32)) for clip in clips) if clips else TARGET_LUFS


def _lines(manifest: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = yaml.safe_load(manifest.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AudioError(
            f"{manifest} cannot be read ({type(error).__name__}). It holds a list; each entry has file, text and "
            "language, and may have category."
        ) from error
    if not isinstance(lines, list):
        raise AudioError(f"{manifest} must hold a list: `- file: hola.wav`, then text, language and category under it.")
    return iter(lines)


def _recording(folder: Path, line: object, cut: Cutter) -> Recording:
    if not isinstance(line, dict) or not {"file", "text", "language"} <= line.keys():
        raise AudioError("file, text and language are needed.")
    unknown = line.keys() - {"file", "text", "language", "category"}
    if unknown:
        raise AudioError(f"{', '.join(sorted(map(str, unknown)))}: not known; use file, text, language, category.")
    text, category = " ".join(str(line["text"]).split()), line.get("category", "general")
    if category not in CATEGORIES:
        raise AudioError(f'category is "{category}": one of {", ".join(CATEGORIES)}.')
    parts = cut(text)
    if text not in parts:
        told = " | ".join(dict.fromkeys(parts))
        raise AudioError(f"she says this in several parts; record each on its own, with its own entry: {told}")
    return Recording(folder / str(line["file"]), text, str(line["language"]), category)


def _clip(recording: Recording, parts: Sequence[Segment], spoken: str, lufs: float) -> Clip:
    """The recording as the voice would have made it: as loud, trimmed, with the pause of its punctuation."""
    sound = trim(read_sound(recording.file))
    if not sound.size:
        raise AudioError(f"{recording.file.name} holds no sound.")
    pause = np.zeros(int(pause_after_ms(spoken) * SAMPLE_RATE / 1000), np.float32)
    samples = np.round(np.concatenate([fade(level(sound, lufs)), pause]) * 32767.0).astype(np.int16)
    words = _words([word for part in parts for word in part.written.split()], sound.size * 1000 / SAMPLE_RATE)
    return clip_of([Speech(samples, words)], parts, recording.language, spoken, recording.category)


def _words(texts: Sequence[str], ms: float) -> tuple[Word, ...]:
    """Words placed by their letters: nobody has marked them in a recording."""
    ends = np.cumsum([len(text) + 1 for text in texts], dtype=float)
    ends *= ms / ends[-1]
    starts = [0.0, *ends[:-1]]
    return tuple(Word(t, float(s), float(e)) for t, s, e in zip(texts, starts, ends, strict=True))


def read_sound(file: Path) -> Sound:
    """A sound file of any common format, shape (n,), float32 mono at 24 kHz, full scale 1.0.

    Raises:
        AudioError: it cannot be read, or is longer than `MAX_SECONDS`.
    """
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    pieces: list[Sound] = []
    size = 0
    try:
        with av.open(str(file)) as container:
            for frame in chain(container.decode(audio=0), [None]):
                made = [each.to_ndarray().ravel() for each in resampler.resample(frame)]
                pieces += made
                size += sum(piece.size for piece in made)
                if size > MAX_SECONDS * SAMPLE_RATE:
                    raise AudioError(f"{file.name} is longer than {MAX_SECONDS:.0f} s; a recording is one clause.")
    except (av.FFmpegError, OSError, IndexError) as error:
        raise AudioError(f"{file.name} cannot be read as sound: use WAV, FLAC, Ogg or MP3.") from error
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
