"""How far from the sound the embedded voice's word positions are.

    python bench/captions.py

Truth is taken from the sound itself: where the level rises again after a pause, a word that follows a stop or a comma
begins. That is not always so (she runs on over a stop, or pauses elsewhere), so the far ones are to be looked at one by
one. Judged are the positions of `KokoroVoice.speak` (the model's own durations) and the estimate from phoneme counts,
which voices that were not measured still use.
"""

import argparse
import asyncio
import json
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro import KokoroVoice
from enterprise_stream.engines.kokoro.pieces import Piece
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.ports import Pcm, Word
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.workers import WorkerPool

SENTENCES = (
    ("es", "Hola. Soy Sandra. Dígame."),
    ("es", "Claro. Con mucho gusto. Gracias."),
    ("es", "Sí. Tenemos tres casas. Todas."),
    ("es", "¿Cuántos? ¿Dos? Perfecto."),
    ("es", "No. Lo siento. Está completo."),
    ("es", "Sí. Puede traer a su perro."),
    ("es", "Son 120 €. Con desayuno. Claro."),
    ("es", "A las 8:00. Por la mañana."),
    ("es", "Gracias. Buenas noches. Adiós."),
    ("es", "Perdone. ¿Puede repetirlo?"),
    ("en", "Hello. I am Sandra. Welcome."),
    ("en", "Of course. Right away. Thanks."),
    ("en", "Yes. Breakfast is included."),
    ("en", "It is 120 €. For two people."),
    ("en", "Sorry. Can you say that again?"),
    ("en", "Great. See you on Monday."),
    ("es", "Claro, con mucho gusto, ahora mismo."),
    ("es", "Tenemos tres casas, todas con cocina, terraza y jardín."),
    ("es", "El desayuno, que está incluido, se sirve en la terraza."),
    ("es", "Son 120 € la noche, con desayuno, para dos personas."),
    ("es", "A las 8:00, a las 10:30, o cuando quiera."),
    ("en", "Breakfast, which is included, is served on the terrace."),
    ("en", "It is 120 €, with breakfast, for two people."),
)
_FRAME = 120
_QUIET, _LOUD = 10 ** (-32 / 20), 10 ** (-26 / 20)
"""Of the loudest 5 ms: below the first it is a pause, above the second a word has begun."""

_SHORTEST_MS = 90.0
"""A pause is at least as long as this; the closure of a p or a t inside a word is shorter."""


def onsets(samples: Pcm) -> list[float]:
    """Where sound begins after a pause, in ms."""
    frames = samples[: samples.size // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME)
    level = np.sqrt(np.mean(frames**2, axis=1))
    quiet, found = 0, []
    for index, value in enumerate(level / level.max()):
        if value < _QUIET:
            quiet += 1
        elif value > _LOUD:
            if quiet * 5 >= _SHORTEST_MS and index > quiet:
                found.append(index * 5.0)
            quiet = 0
    return found


def errors(words: list[Word], samples: Pcm) -> list[float]:
    """Distance in ms from each onset to the nearest word that follows a stop or a comma."""
    first = [word.start_ms for before, word in pairwise(words) if before.text.endswith((".", "?", ","))]
    return [min((start - onset for start in first), key=abs) for onset in onsets(samples) if first]


async def measure(voice: KokoroVoice) -> dict[str, list[float]]:
    exact: list[float] = []
    estimated: list[float] = []
    for language, text in SENTENCES:
        pieces = [piece async for piece in voice.speak("bench", text, language)]
        exact += errors([w for p in pieces for w in p.words], np.concatenate([p.samples for p in pieces]))
        speech = voice.say(Piece(segments(text, language)), language, 0.0)
        estimated += errors(list(speech.words), speech.samples)
    return {"the model's durations": exact, "phoneme counts": estimated}


def summary(values: NDArray[np.float64]) -> dict[str, float]:
    away = np.abs(values)
    return {
        "onsets": float(values.size),
        "median error (ms)": float(np.median(away)),
        "p95 (ms)": float(np.percentile(away, 95)),
        "bias (ms)": float(np.median(values)),
        "within 100 ms (%)": float(100 * np.mean(away <= 100)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    store, pool = ModelStore(), WorkerPool(2)
    voice = KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), pool)
    found = {name: summary(np.array(values)) for name, values in asyncio.run(measure(voice)).items()}
    pool.close()
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for name, figures in found.items():
        print(name + ": " + ", ".join(f"{key} {value:.0f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
