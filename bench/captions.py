"""How far from the sound the word positions are: the embedded voice's, and those of a service that tells none.

    python -m bench.captions
    python -m bench.captions --clock --keep tests/speaking/fixtures/spoken-clauses.json

Truth is taken from the sound itself. Where the level rises again after a pause, a word that follows a stop or a comma
begins. That is not always so (she runs on over a stop, or pauses elsewhere), so the far ones are to be looked at one by
one; and a p or a t is heard only when its closure ends. In the middle of speech, words that begin with an s after a
vowel begin where the hiss rises (`caption_hisses`). Judged are the positions of `KokoroVoice.speak` (the model's own
durations) and the estimate from phoneme counts, which voices that were not measured still use.

A service that streams plain sound has its words placed by `word_clock`. Its truth here are the model's own durations,
each word from its own first phoneme (`captions.sounding`), for each clause of `caption_clauses` (`TUNING` with
`--tuning`, else `HELD_OUT`) in voices and at speeds that differ; `--clock` measures nothing else. `--keep` writes down
what the clock heard of them, for the test that holds the figures without the model. `--espeak` takes all clauses as
espeak-ng says them instead (`espeak_words`), a voice of another make that tells its words' places exactly.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from bench import caption_hisses
from bench.caption_clauses import HELD_OUT, TUNING
from bench.espeak_words import VOICES as ESPEAK_VOICES
from bench.espeak_words import Espeak
from bench.spoken_clauses import SpokenClause, by_the_clock, keep, levels
from numpy.typing import NDArray

from enterprise_stream.engines.kokoro import KokoroVoice
from enterprise_stream.engines.kokoro.captions import place, sounding, spans
from enterprise_stream.engines.kokoro.pieces import Piece
from enterprise_stream.engines.kokoro.synthesis import MAX_PHONEMES, load_style
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.edges import Edges
from enterprise_stream.speaking.ports import SAMPLE_RATE, Pcm, Word
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

VOICES = {
    "tuning": {"es": ("ef_dora", "em_alex"), "en": ("ef_dora", "af_heart", "am_michael")},
    "held out": {"es": ("em_santa", "ef_dora"), "en": ("bm_george", "af_bella", "am_fenrir", "bf_emma")},
}
SPEEDS = (1.0, 0.85, 1.2, 1.0, 1.1)
"""Who says the clauses and how fast, in turns."""

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


async def in_speech(voice: KokoroVoice) -> list[float]:
    """How much too late words are in the middle of speech, ms."""
    late: list[float] = []
    for language, text in caption_hisses.SENTENCES:
        pieces = [piece async for piece in voice.speak("bench", text, language)]
        words = [word for piece in pieces for word in piece.words]
        late += caption_hisses.hisses(words, np.concatenate([piece.samples for piece in pieces]))
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


Say = Callable[[str, float, str, str], tuple[Pcm, NDArray[np.float64]]]
"""Of a voice's name, its speed, the language and a text, the sound and where the words begin in it, ms."""


def said(
    say: Say, clauses: Sequence[tuple[str, str]], voices: Mapping[str, Sequence[str]], room: bool
) -> list[SpokenClause]:
    """Every clause as the clock hears it, by each of the voices in turn; `room`: with an echo and noise."""
    spoken, turns = [], Counter[str]()
    for language, text in clauses:
        names, turn = voices[language], turns[language]
        turns[language] += 1
        name, speed = names[turn % len(names)], SPEEDS[turn % len(SPEEDS)]
        samples, starts = say(name, speed, language, text)
        samples = _in_a_room(samples, turn) if room else samples
        edges = Edges()
        heard = edges.cut(samples)
        truth = np.maximum(0, starts - edges.skipped * 1000 / SAMPLE_RATE)
        starts_ms = tuple(None if np.isnan(each) else round(each) for each in truth.tolist())
        length_ms = round(heard.size * 1000 / SAMPLE_RATE)
        spoken.append(SpokenClause(name, speed, language, text, starts_ms, length_ms, levels(heard)))
    return spoken


def _say(voice: KokoroVoice, name: str, speed: float, language: str, text: str) -> tuple[Pcm, NDArray[np.float64]]:
    """A clause said at once, as services do, and where the model has its words in the sound.

    Voices that were not measured are said with Dora's measures: their durations are their own, their sound nearly so.
    """
    kokoro, steady = vars(voice)["_kokoro"], copy(vars(voice)["_steady"])
    if name != "ef_dora":
        steady._style = load_style(ModelStore().path("kokoro-guest-voices") / f"{name}.bin")  # noqa: SLF001
    parts = segments(text, language)
    phonemes = kokoro.phonemes(Piece(parts).spoken, language)[:MAX_PHONEMES]
    score = steady.plan(phonemes, speed)
    alone = [kokoro.phonemes(part.spoken, language) if part.spoken else "" for part in parts]
    words = place(parts, spans(phonemes, alone), sounding(score.starts))
    sound = steady.stretch(score, 0, score.frames)
    return np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16), np.array([word.start_ms for word in words])


def _in_a_room(samples: Pcm, seed: int) -> Pcm:
    """With an echo that fades by 60 dB in a quarter of a second, 9 dB under the voice, and noise 30 dB under it."""
    rng = np.random.default_rng(seed)
    after = np.arange(SAMPLE_RATE // 4)
    echo = rng.normal(size=after.size) * np.exp(-after / (0.04 * SAMPLE_RATE))
    echo *= 0.35 / np.linalg.norm(echo)
    echo[0] = 1.0
    sound = np.convolve(samples, echo)[: samples.size]
    noise = rng.normal(size=sound.size) * np.sqrt(np.mean(sound**2)) * 10 ** (-30 / 20)
    return np.asarray(np.clip(sound + noise, -32767, 32767), np.int16)


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
    parser.add_argument("--keep", type=Path, help="write down what the clock heard, and the words' starts")
    parser.add_argument("--clock", action="store_true", help="measure only the word clock")
    parser.add_argument("--espeak", action="store_true", help="measure only the word clock, with espeak-ng")
    parser.add_argument("--tuning", action="store_true", help="with the clauses and voices that it was tuned on")
    parser.add_argument("--room", action="store_true", help="with an echo and noise")
    options = parser.parse_args()
    store, pool = ModelStore(), WorkerPool(2)
    voice = KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), pool)
    if options.espeak:
        spoken = said(Espeak().say, HELD_OUT + TUNING, ESPEAK_VOICES, options.room)
    elif options.tuning:
        spoken = said(partial(_say, voice), TUNING, VOICES["tuning"], options.room)
    else:
        spoken = said(partial(_say, voice), HELD_OUT, VOICES["held out"], options.room)
    late: dict[str, list[float]] = {}
    if not options.clock and not options.espeak:
        late = {
            "the model's durations, in the middle of speech": asyncio.run(in_speech(voice)),
            "the model's durations, in lists": asyncio.run(in_lists(voice)),
            **asyncio.run(measure(voice)),
        }
    late |= {f"by the clock, told nothing, {name}": values for name, values in by_the_clock(spoken).items()}
    found = {name: summary(np.array(values)) for name, values in late.items()}
    pool.close()
    if options.keep is not None:
        keep(spoken, options.keep)
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for name, figures in found.items():
        print(name + ": " + ", ".join(f"{key} {value:.0f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
