"""What the guests of the benchmark say: synthetic speech in voices that are not Sandra's, with the words' places.

    .venv/bin/python -m bench.peers.clips FOLDER

`talk` holds whole questions with the short pauses of fluent speech; `pauses` holds turns in which the guest stops to
think for 300 to 1500 ms and then goes on. All have a noise floor at -60 dBFS. Kokoro reports no word times, so a
word's place is its share of the speech around it, by letters: good to about 100 ms, and the same for every system.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from enterprise_stream.listening.ports import Samples
from enterprise_stream.testing.guest_voice import guest_says
from enterprise_stream.testing.simulated.ear import SPEECH_DBFS
from enterprise_stream.testing.simulated.recordings import MANIFEST, RATE, Recording, Recordings, SpokenWord, with_floor

LEAD_MS, TAIL_MS = 200, 200
TALK = (
    ("es", "em_alex", "Hola, buenas tardes, ¿tienen una suite libre para el sábado?"),
    ("es", "em_santa", "Quería saber cuánto cuesta una noche con desayuno incluido."),
    ("es", "em_alex", "Somos cuatro personas y buscamos una casa con piscina, ¿qué nos puede ofrecer para el puente?"),
)
_PAUSES = (
    ("es", "Quería reservar una habitación para | el fin de semana."),
    ("es", "Somos dos adultos y | un bebé de seis meses."),
    ("es", "Llegamos el lunes por la noche y | nos vamos el jueves."),
    ("es", "Me gustaría saber si | tienen aparcamiento cerca."),
    ("es", "Mi teléfono es el seis uno dos | tres cuatro cinco | seis siete ocho."),
    ("es", "Pues no sé | quizá en septiembre sea mejor."),
    ("es", "¿Cuánto cuesta una noche con | desayuno incluido?"),
    ("es", "Busco un piso que | tenga ascensor y terraza."),
    ("es", "Hola, buenas tardes | quería saber el precio del loft."),
    ("es", "Necesito una cuna y | toallas para cuatro personas."),
    ("es", "La reserva está a nombre de | Lucía Ferrer."),
    ("es", "Prefiero el ático aunque | es un poco caro."),
    ("en", "I would like to book a room for | next weekend."),
    ("en", "We are two adults and | a small child."),
    ("en", "Could you tell me whether | the pool is open in April?"),
    ("en", "My number is five five five | two three four | nine eight one."),
    ("en", "We arrive on Monday and | leave on Thursday morning."),
    ("en", "Well, I am not sure | maybe the bigger flat is better."),
    ("en", "I need a place that | allows dogs."),
    ("en", "Good afternoon | I have a question about breakfast."),
)
_LENGTHS_MS = (300, 400, 500, 600, 700, 800, 900, 1000, 1200, 1500)
_VOICES = {"es": ("em_santa", "em_alex"), "en": ("af_bella", "bm_george")}
_BLOCK = RATE // 100


def build() -> Recordings:
    """Speak all recordings; what was spoken before comes from the guest voice's cache.

    Raises:
        ModelError: the voice's models are missing.
    """
    talk = [
        record(f"talk-{number}", language, voice, ((text, text),), ())
        for number, (language, voice, text) in enumerate(TALK)
    ]
    return Recordings((*talk, *(_pausing(number, *line) for number, line in enumerate(_PAUSES))))


def talk_of(recordings: Recordings) -> tuple[Recording, ...]:
    """The whole questions."""
    return tuple(recording for recording in recordings.all if recording.name.startswith("talk"))


def pauses_of(recordings: Recordings) -> tuple[Recording, ...]:
    """The turns in which the guest stops to think."""
    return tuple(recording for recording in recordings.all if recording.name.startswith("pause"))


def record(
    name: str, language: str, voice: str, parts: Sequence[tuple[str, str]], pauses_ms: Sequence[int]
) -> Recording:
    """One recording of parts (as written, as spoken) with silence between them."""
    sounds: list[Samples] = [_silence(LEAD_MS)]
    words: list[SpokenWord] = []
    at = float(LEAD_MS)
    for (text, spoken), pause in zip(parts, (*pauses_ms, TAIL_MS), strict=True):
        sound = _bare(guest_says(spoken, language, voice, lead_ms=0, tail_ms=0))
        words += _placed(text.split(), sound, at)
        sounds += [sound, _silence(pause)]
        at += sound.size * 1000 / RATE + pause
    return Recording(name, language, with_floor(np.concatenate(sounds), name), tuple(words), tuple(pauses_ms))


def _pausing(number: int, language: str, line: str) -> Recording:
    parts = [part.strip() for part in line.split("|")]
    melody = "," if number % 2 else ""  # every other guest holds the melody up before a pause
    spoken = [(part, part + melody) for part in parts[:-1]] + [(parts[-1], parts[-1])]
    lengths = [_LENGTHS_MS[(number * 3 + place) % len(_LENGTHS_MS)] for place in range(len(parts) - 1)]
    return record(f"pause-{number:02}", language, _VOICES[language][number // 2 % 2], spoken, lengths)


def _active(sound: Samples) -> list[int]:
    """Numbers of the 10 ms blocks that hold speech."""
    blocks = sound[: sound.size // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    return np.flatnonzero(np.sqrt(np.mean(blocks**2, axis=1)) >= 10 ** (SPEECH_DBFS / 20)).tolist()


def _bare(sound: Samples) -> Samples:
    active = _active(sound)
    return sound[active[0] * _BLOCK : (active[-1] + 1) * _BLOCK]


def _placed(words: Sequence[str], sound: Samples, at_ms: float) -> list[SpokenWord]:
    """Each word gets its share, by letters, of the blocks that hold speech."""
    active = _active(sound)
    total = sum(len(word) for word in words)
    placed, done = [], 0
    for word in words:
        first = active[done * len(active) // total]
        done += len(word)
        last = active[max(0, done * len(active) // total - 1)]
        placed.append(SpokenWord(word, at_ms + first * 10, at_ms + (last + 1) * 10))
    return placed


def _silence(ms: float) -> Samples:
    return np.zeros(round(ms * RATE / 1000), np.float32)


def main() -> None:
    """Write the recordings to a folder, unless they are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if (folder / MANIFEST).is_file():
        return
    recordings = build()
    recordings.save(folder)
    seconds = sum(recording.duration_ms for recording in recordings.all) / 1000
    print(f"{len(recordings.all)} recordings, {seconds:.0f} s, in {folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
