"""How long text takes to become speech text, and whether what is said is understood.

    python bench/speech_text.py                 # microseconds per clause, a few seconds
    python bench/speech_text.py --heard         # also says 30 sentences a language and has them recognised

`--heard` needs the embedded models. What the recogniser writes is read aloud by the same rules before it is compared:
"3 p. m." counts as "las tres de la tarde". Errors of voice, recogniser and rules are counted together.
"""

import argparse
import asyncio
import re
import statistics
import time
from collections.abc import Callable
from functools import partial

import jiwer
import numpy as np
import soxr

from enterprise_stream.composition.local import build_recogniser, build_voice
from enterprise_stream.config import load_settings
from enterprise_stream.listening.ports import SAMPLE_RATE as HEARD_RATE
from enterprise_stream.listening.ports import SpeechToText
from enterprise_stream.speaking.ports import SAMPLE_RATE as SPOKEN_RATE
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.speaking.speech_text import spoken_text
from enterprise_stream.thinking.phrases import PhraseSplitter
from enterprise_stream.workers import WorkerPool

CLAUSES = (
    ("plain", "es", "Claro, con mucho gusto le cuento todo lo que tenemos junto a la playa."),
    ("numbers", "es", "Cuesta 120 € la noche, del 15/08 al 21/08, entrada a las 15:00 y salida a las 11:30."),
    ("markup", "es", "**Villa Malvarrosa**: 290 €/noche 😀 [más fotos](https://casas.es/villa?x=1), tel. 960 000 112."),
    ("plain", "en", "Of course, I am happy to tell you all about our places by the beach."),
    ("numbers", "en", "It costs €120 a night, from 15/08 to 21/08, check-in at 15:00 and check-out at 11:30."),
)
SENTENCES = {
    "es": (
        "La habitación cuesta 120 € por noche.", "El total son 1.250,50 €.", "El desayuno se sirve de 8:00 a 11:00.",
        "La entrada es a las 15:00 y la salida a las 11:30.", "El tren sale a las 10:45.",
        "Abrimos el 21 de agosto de 2026.",
        "El concierto es el 15/08/2026.", "Llame al 960 000 112 si lo necesita.", "Está en la habitación 204.",
        "El código de la puerta es 4821.", "Suba a la 3ª planta.", "Vive en el 2º izquierda.",
        "La terraza tiene 85 m².",
        "La playa está a 2,5 km de aquí.", "Hoy tenemos 25 °C en Valencia.", "El Sr. López llega el 3 de mayo.",
        "Está en la C/ Mayor nº 5.", "Hay WiFi gratis de 300 Mbps.", "El check-in es a partir de las 16:00.",
        "Escriba a info@casasdelturia.es.", "Nuestra web es www.casasdelturia.com.", "Hacemos un 10 % de descuento.",
        "Caben de 2 a 4 personas.", "Quedan 21 noches libres en 2027.", "La fianza es de 200 €.",
        "Tenemos 1 baño y 31 camas.", "Felipe VI reinaba en 2020.", "Tarda aprox. 20 min en taxi.",
        "El parking cuesta 18 €/día.", "Le escribo por WhatsApp a las 20:15.",
    ),
    "en": (
        "The room is €120 per night.", "The total is €1,250.50.", "Breakfast is served from 8:00 to 11:00.",
        "Check-in is at 15:00 and check-out at 11:30.", "The train leaves at 10:45.", "We open on August 21, 2026.",
        "The concert is on 15/08/2026.", "Call 960 000 112 if you need help.", "You are in room 204.",
        "The door code is 4821.", "Go up to the 3rd floor.", "It is the 22nd house.", "The terrace is 85 m².",
        "The beach is 2.5 km away.", "It is 25 °C in Valencia today.", "Mr. Smith arrives on May 3.",
        "We are at 12 Main St.", "The wifi runs at 300 Mbps.", "It is a 3-bedroom house.", "Write to info@hotel.com.",
        "Our site is www.hotel.com.", "You get 10% off.", "It sleeps 2-4 people.", "There are 21 nights left in 2027.",
        "The deposit is €200.", "It takes approx. 20 min by taxi.", "Parking is €18/day.", "We are open 24/7.",
        "It opens at 9 a.m. on Sundays.", "The pool is 1/2 a mile away.",
    ),
}  # fmt: skip


def microseconds(work: Callable[[], object], repeat: int = 400) -> float:
    """Median over runs."""
    took = []
    for _ in range(repeat):
        began = time.perf_counter_ns()
        work()
        took.append(time.perf_counter_ns() - began)
    return statistics.median(took) / 1000


def split_by_tokens(text: str) -> None:
    """A clause as a model streams it: four characters at a time."""
    splitter = PhraseSplitter()
    for start in range(0, len(text), 4):
        splitter.feed(text[start : start + 4])
    splitter.flush()


def words(text: str, language: str) -> str:
    """Words to compare: as they are said, lower case, no punctuation."""
    return " ".join(re.findall(r"[^\W\d_]+", spoken_text(text, language).lower()))


async def heard(sentence: str, language: str, voice: TextToSpeech, recogniser: SpeechToText) -> str:
    """What the recogniser makes of the voice."""
    pieces = [piece.samples async for piece in voice.speak("bench", sentence, language)]
    sound = np.pad(np.concatenate(pieces).astype(np.float32) / np.float32(32768.0), SPOKEN_RATE // 5)
    utterance = recogniser.utterance("bench", language)
    try:
        utterance.push(soxr.resample(sound, SPOKEN_RATE, HEARD_RATE).astype(np.float32))
        return (await utterance.final()).text
    finally:
        utterance.close()


async def compare(pool: WorkerPool) -> None:
    """Say and recognise every sentence; print those that were not understood word for word, and the word error."""
    settings = load_settings()
    voice, recogniser = build_voice(settings, pool), build_recogniser(settings, pool)
    for language, sentences in SENTENCES.items():
        said, understood = [], []
        for sentence in sentences:
            transcript = await heard(sentence, language, voice, recogniser)
            said.append(words(sentence, language))
            understood.append(words(transcript, language))
            if said[-1] != understood[-1]:
                print(f"  {spoken_text(sentence, language)}\n    heard: {transcript}")
        exact = sum(a == b for a, b in zip(said, understood, strict=True))
        print(f"{language}: word error {jiwer.wer(said, understood):.3f}, {exact} of {len(said)} word for word")


def main() -> None:
    """Print the table, and what was understood."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heard", action="store_true", help="say and recognise 30 sentences a language")
    if parser.parse_args().heard:
        pool = WorkerPool(load_settings().threads)
        try:
            asyncio.run(compare(pool))
        finally:
            pool.close()
        return
    for kind, language, text in CLAUSES:
        spoken = microseconds(partial(spoken_text, text, language))
        split = microseconds(partial(split_by_tokens, text))
        print(f"{kind:8} {language}  {len(text):3} characters: said in {spoken:5.0f} µs, cut in {split:5.0f} µs")


if __name__ == "__main__":
    main()
