"""How far from the sound the word positions are: the embedded voice's, and those of a service that tells none.

    python bench/captions.py
    python bench/captions.py --keep tests/speaking/fixtures/spoken-clauses.json

Truth is taken from the sound itself: where the level rises again after a pause, a word that follows a stop or a comma
begins. That is not always so (she runs on over a stop, or pauses elsewhere), so the far ones are to be looked at one by
one. Judged are the positions of `KokoroVoice.speak` (the model's own durations) and the estimate from phoneme counts,
which voices that were not measured still use.

A service that streams plain sound has its words placed by `word_clock`. Its truth here is the embedded voice: each of
`CLAUSES` as that says it, with the model's durations as the words' starts. `--keep` writes them down, with which 5 ms
of the sound can be heard, for the test that holds the figures without the model.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro import KokoroVoice
from enterprise_stream.engines.kokoro.pieces import Piece
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.edges import audible
from enterprise_stream.speaking.ports import Pcm, Word
from enterprise_stream.speaking.speech_text import segments
from enterprise_stream.speaking.streamed import streamed
from enterprise_stream.speaking.word_clock import Pace
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
LISTS = (
    ("es", "Pan. Queso. Tomate. Café. Leche. Miel. Fruta. Zumo. Huevos. Jamón."),
    ("es", "Toalla. Cuna. Cocina. Balcón. Terraza. Piscina. Jardín. Portal. Llave. Garaje."),
    ("es", "Lunes. Martes. Jueves. Viernes. Sábado. Domingo. Mayo. Junio. Julio. Agosto."),
    ("es", "Playa. Catedral. Museo. Mercado. Puerto. Parque. Castillo. Río. Barrio. Plaza."),
    ("es", "Dos. Tres. Cuatro. Cinco. Siete. Nueve. Doce. Quince. Veinte. Treinta."),
    ("es", "Perro. Gato. Tren. Taxi. Bici. Metro. Coche. Barco. Tranvía. Camino."),
    ("en", "Bread. Cheese. Coffee. Milk. Butter. Fruit. Juice. Toast. Bacon. Pancakes."),
    ("en", "Towel. Kitchen. Garden. Balcony. Terrace. Parking. Bathroom. Pool. Key. Garage."),
    ("en", "Monday. Tuesday. Thursday. Friday. Saturday. Sunday. May. June. July. March."),
    ("en", "Beach. Museum. Market. Harbour. Castle. River. Station. Park. Tower. Bridge."),
    ("en", "Two. Three. Four. Five. Seven. Nine. Twelve. Fifteen. Twenty. Thirty."),
    ("en", "Dog. Cat. Train. Taxi. Bike. Metro. Car. Boat. Tram. Ferry."),
)
"""Sentences of one word each: wherever she pauses, a word begins."""

CLAUSES = (
    ("es", "Tenemos dos apartamentos libres para ese fin de semana."),
    ("es", "El desayuno se sirve de 8:00 a 11:00 en la terraza."),
    ("es", "Claro que sí, la entrada es a partir de las cuatro de la tarde, y la salida, antes de las once."),
    ("es", "El Ático Ruzafa cuesta 120 € la noche, con dos dormitorios y una terraza."),
    ("es", "Se admiten mascotas en todos los apartamentos por 15 € al día."),
    ("es", "Desde el aeropuerto tarda unos veinte minutos en taxi o media hora en metro."),
    ("en", "Breakfast is served from 8:00 to 11:00 on the terrace."),
    ("en", "Yes, check-in is from four in the afternoon, and check-out is before eleven."),
    ("en", "The attic costs 120 € a night, with two bedrooms and a terrace."),
    ("en", "Pets are welcome in all of our apartments for 15 € a day."),
)
"""Answers as she gives them, a clause each."""

_FRAME = 120
_QUIET, _LOUD = 10 ** (-32 / 20), 10 ** (-26 / 20)
"""Of the loudest 5 ms: below the first it is a pause, above the second a word has begun."""

STREAMED = 4_800
"""Samples that come at once: 200 ms."""

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


async def in_lists(voice: KokoroVoice) -> list[float]:
    """Distance in ms from each onset in `LISTS` to the nearest word.

    By chance six in ten would be within 100 ms: words there begin 350 ms apart.
    """
    late: list[float] = []
    for language, text in LISTS:
        pieces = [piece async for piece in voice.speak("bench", text, language)]
        starts = [word.start_ms for piece in pieces for word in piece.words]
        found = onsets(np.concatenate([piece.samples for piece in pieces]))
        late += [min((start - onset for start in starts), key=abs) for onset in found]
    return late


async def measure(voice: KokoroVoice) -> dict[str, list[float]]:
    exact: list[float] = []
    estimated: list[float] = []
    for language, text in SENTENCES:
        pieces = [piece async for piece in voice.speak("bench", text, language)]
        exact += errors([w for p in pieces for w in p.words], np.concatenate([p.samples for p in pieces]))
        speech = voice.say(Piece(segments(text, language)), language, 0.0)
        estimated += errors(list(speech.words), speech.samples)
    return {"the model's durations": exact, "phoneme counts": estimated}


@dataclass(frozen=True, slots=True)
class SpokenClause:
    """A clause as the embedded voice says it.

    Attributes:
        starts_ms: of each written word, from the first sample.
        heard: lengths of the stretches of it that cannot be heard and can be, in turns, in frames of 5 ms.
    """

    language: str
    text: str
    starts_ms: tuple[int, ...]
    heard: tuple[int, ...]


async def said(voice: KokoroVoice) -> list[tuple[SpokenClause, Pcm]]:
    """Every one of `CLAUSES`, and its sound."""
    spoken = []
    for language, text in CLAUSES:
        pieces = [piece async for piece in voice.speak("bench", text, language)]
        samples = np.concatenate([piece.samples for piece in pieces])
        starts = tuple(round(word.start_ms) for piece in pieces for word in piece.words)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], audible(samples), [False]]).astype(np.int8)))
        heard = tuple(int(each) for each in np.diff(edges, prepend=0))
        spoken.append((SpokenClause(language, text, starts, heard), samples))
    return spoken


async def placed(clause: SpokenClause, samples: Pcm, pace: Pace) -> list[float]:
    """How much too late each word is placed by the clock, ms."""

    async def pcm() -> AsyncIterator[bytes]:
        for at in range(0, samples.size, STREAMED):
            yield samples[at : at + STREAMED].astype("<i2").tobytes()

    words = [
        word async for piece in streamed(pcm(), segments(clause.text, clause.language), pace) for word in piece.words
    ]
    return [word.start_ms - start for word, start in zip(words, clause.starts_ms, strict=True)]


async def by_the_clock(spoken: Sequence[tuple[SpokenClause, Pcm]]) -> list[float]:
    """The same for all words, by a voice that was heard before: each language has been said once."""
    paces = {language: Pace() for language, _ in CLAUSES}
    for clause, samples in spoken:
        await placed(clause, samples, paces[clause.language])
    return [late for clause, samples in spoken for late in await placed(clause, samples, paces[clause.language])]


def summary(values: NDArray[np.float64]) -> dict[str, float]:
    away = np.abs(values)
    return {
        "words": float(values.size),
        "median error (ms)": float(np.median(away)),
        "p95 (ms)": float(np.percentile(away, 95)),
        "p90 (ms)": float(np.percentile(away, 90)),
        "bias (ms)": float(np.median(values)),
        "within 100 ms (%)": float(100 * np.mean(away <= 100)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--keep", type=Path, help="write the clauses and their words' starts down")
    options = parser.parse_args()
    store, pool = ModelStore(), WorkerPool(2)
    voice = KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), pool)
    spoken = asyncio.run(said(voice))
    late = {"the model's durations, in lists": asyncio.run(in_lists(voice))}
    late |= asyncio.run(measure(voice)) | {"by the clock, told nothing": asyncio.run(by_the_clock(spoken))}
    found = {name: summary(np.array(values)) for name, values in late.items()}
    pool.close()
    if options.keep is not None:
        lines = (json.dumps(asdict(clause), ensure_ascii=False) for clause, _ in spoken)
        options.keep.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for name, figures in found.items():
        print(name + ": " + ", ".join(f"{key} {value:.0f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
