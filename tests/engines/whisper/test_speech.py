"""The real model on speech in voices that are not Sandra's, and on sounds that are no speech."""

from collections.abc import Iterator
from itertools import pairwise

import jiwer
import numpy as np
import pytest

from enterprise_stream.engines.whisper import WhisperRecogniser
from enterprise_stream.listening.ports import Transcript
from enterprise_stream.models import ModelStore
from enterprise_stream.testing.guest_voice import guest_says
from enterprise_stream.workers import WorkerPool

pytestmark = pytest.mark.models

RATE = 16_000


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(2)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def recogniser(pool: WorkerPool) -> WhisperRecogniser:
    recogniser = WhisperRecogniser(ModelStore().path("whisper-base"), pool)
    recogniser.warm_up()
    return recogniser


async def _hear(recogniser: WhisperRecogniser, samples: np.ndarray, language: str = "es") -> Transcript:
    utterance = recogniser.utterance("guest", language)
    utterance.push(samples)
    transcript = await utterance.final()
    utterance.close()
    return transcript


_PLAIN = jiwer.Compose(
    [jiwer.ToLowerCase(), jiwer.SubstituteRegexes({r"[-–]": " ", r"[^\w\s]": ""}), jiwer.ReduceToListOfListOfWords()]
)


def _wer(said: str, heard: str) -> float:
    return float(jiwer.wer(said, heard, reference_transform=_PLAIN, hypothesis_transform=_PLAIN))


@pytest.mark.parametrize(
    ("said", "language", "voice"),
    [
        ("¿Se puede cancelar la reserva sin pagar nada?", "es", "em_alex"),
        ("¿A qué hora podemos entrar el día de llegada?", "es", "em_santa"),
        ("Do you have a cot for an eight month old baby?", "en", "af_heart"),
        ("How do I get from the airport to the city centre?", "en", "bm_george"),
    ],
)
async def test_understands_a_guest(recogniser: WhisperRecogniser, said: str, language: str, voice: str) -> None:
    sound = guest_says(said, language, voice)
    heard = await _hear(recogniser, sound, language)
    assert _wer(said, heard.text) <= 0.15, heard.text
    assert heard.language == language
    assert heard.audio_ms == len(sound) * 1000 // RATE
    assert len(heard.confidences) == len(heard.text.split())
    assert sorted(heard.confidences)[len(heard.confidences) // 2] > 0.5, "of a clear sentence it is mostly sure"


@pytest.mark.parametrize(
    ("said", "language", "voice", "session"),
    [
        ("¿A qué hora podemos entrar el día de llegada?", "es", "em_santa", "en"),
        ("Is breakfast included or do we have to order it separately?", "en", "am_michael", "es"),
    ],
)
async def test_follows_a_guest_into_the_other_language(
    recogniser: WhisperRecogniser, said: str, language: str, voice: str, session: str
) -> None:
    heard = await _hear(recogniser, guest_says(said, language, voice), session)
    assert heard.language == language
    assert heard.language_probability > 0.75
    assert _wer(said, heard.text) <= 0.25, heard.text


async def test_one_word_stays_in_the_sessions_language(recogniser: WhisperRecogniser) -> None:
    assert (await _hear(recogniser, guest_says("Sí.", "es", "em_alex"))).language == "es"


async def test_interim_words_grow_into_the_final_ones(recogniser: WhisperRecogniser) -> None:
    said = "Buenos días, somos dos adultos y un niño y buscamos algo tranquilo cerca de la playa."
    sound = guest_says(said, "es", "em_alex")
    utterance = recogniser.utterance("guest", "es")
    interim = []
    for start in range(0, len(sound), RATE):
        utterance.push(sound[start : start + RATE])
        interim.append((await utterance.partial()).text)
    final = await utterance.final()
    assert _wer(said, final.text) <= 0.15, final.text
    assert final.text == interim[-1]
    lengths = [len(text.split()) for text in interim]
    assert lengths[-1] >= 10
    assert all(later >= earlier - 2 for earlier, later in pairwise(lengths)), interim
    assert any(0 < length < 10 for length in lengths), interim


async def test_a_sample_that_is_no_number_spoils_nothing(recogniser: WhisperRecogniser) -> None:
    sound = guest_says("How do I get from the airport to the city centre?", "en", "bm_george")
    spoilt = np.concatenate([sound, np.array([np.nan, np.inf], np.float32)])
    heard = await _hear(recogniser, spoilt, "en")
    assert heard.text == (await _hear(recogniser, sound, "en")).text
    assert heard.language_probability > 0.75


async def test_of_more_names_than_the_decoder_has_places_for_the_last_count(pool: WorkerPool) -> None:
    names = ", ".join(["Casa Azahar", "Sandra"] * 120)
    recogniser = WhisperRecogniser(ModelStore().path("whisper-base"), pool, vocabulary_hint=names)
    said = "¿Se puede cancelar la reserva sin pagar nada?"
    assert _wer(said, (await _hear(recogniser, guest_says(said, "es", "em_alex"))).text) <= 0.15


_STORY = (
    "Queremos ir a la playa andando, dijo la primera, y volver antes de comer.",
    "La segunda prefería el mercado central, porque allí hay fruta y pescado fresco.",
    "Mi hermano, en cambio, solamente quería dormir hasta las once de la mañana.",
    "Por la tarde hablamos con el dueño del apartamento y nos explicó dónde estaban las llaves.",
    "También nos contó que el barrio es muy tranquilo y que hay una farmacia en la esquina.",
    "Después de cenar dimos un paseo por el jardín, y los niños jugaron junto al río.",
    "El último día cogimos el metro hasta el aeropuerto con mucho tiempo.",
    "Llegamos cansados a casa, pero todos quieren volver el próximo verano.",
)


async def test_a_minute_of_speech_is_joined_without_loss(recogniser: WhisperRecogniser) -> None:
    sounds = [guest_says(part, "es", "em_alex", lead_ms=500, tail_ms=700) for part in _STORY]
    while sum(len(sound) for sound in sounds) < 45 * RATE:
        sounds = [np.pad(sound, (0, RATE)) for sound in sounds]
    heard = await _hear(recogniser, np.concatenate(sounds))
    assert heard.audio_ms > 45_000
    assert _wer(" ".join(_STORY), heard.text) <= 0.15, heard.text


def _sounds() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    click = np.zeros(RATE)
    click[8000:8100] = random.standard_normal(100)
    cough = np.zeros(2 * RATE)
    cough[8000:14_000] = 0.3 * random.standard_normal(6000) * np.exp(-np.arange(6000) / 1500)
    seconds = np.arange(3 * RATE) / RATE
    return {
        "nothing": np.zeros(0),
        "a moment": 0.1 * random.standard_normal(500),
        "digital silence": np.zeros(3 * RATE),
        "hiss": 0.01 * random.standard_normal(3 * RATE),
        "loud hiss": 0.2 * random.standard_normal(5 * RATE),
        "hum": 0.1 * np.sin(2 * np.pi * 50 * seconds),
        "beep": 0.1 * np.sin(2 * np.pi * 880 * seconds),
        "click": click,
        "cough": cough,
        "full scale": np.sign(random.standard_normal(RATE)),
    }


@pytest.mark.parametrize("name", list(_sounds()))
async def test_no_words_for_no_speech(recogniser: WhisperRecogniser, name: str) -> None:
    heard = await _hear(recogniser, _sounds()[name].astype(np.float32))
    assert heard.text == ""
