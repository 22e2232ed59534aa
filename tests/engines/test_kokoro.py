"""The embedded voice with its model."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from bench.caption_hisses import hisses

from enterprise_stream.engines.kokoro import Kokoro, KokoroVoice
from enterprise_stream.engines.kokoro.synthesis import FRAME, load_style
from enterprise_stream.errors import EngineError, ModelError
from enterprise_stream.models import ModelStore
from enterprise_stream.speaking.loudness import TARGET_LUFS, loudness
from enterprise_stream.speaking.ports import SAMPLE_RATE, Speech, TextToSpeech
from enterprise_stream.workers import WorkerPool

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(2)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def voice(pool: WorkerPool) -> KokoroVoice:
    store = ModelStore()
    return KokoroVoice(store.path("kokoro"), store.path("kokoro-voices"), pool, voice="sandra")


async def speak(voice: TextToSpeech, text: str, language: str, owner: str = "guest") -> list[Speech]:
    return [speech async for speech in voice.speak(owner, text, language)]


def silence_at(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> tuple[float, float]:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 150)
    return 1000 * loud[0] / SAMPLE_RATE, 1000 * (samples.size - 1 - loud[-1]) / SAMPLE_RATE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hola, soy Sandra.", "es"),
        ("Sí.", "es"),
        ("El desayuno se sirve de 8:00 a 11:00 en la terraza, y cuesta 12,50 € por persona.", "es"),
        ("Hello, I am Sandra, how can I help you?", "en"),
    ],
)
async def test_a_clause_is_spoken(voice: KokoroVoice, text: str, language: str) -> None:
    pieces = await speak(voice, text, language)

    whole = np.concatenate([piece.samples for piece in pieces])
    assert whole.dtype == np.int16
    lead, tail = silence_at(whole)
    assert lead < 60
    assert 150 < tail < 450
    words = [word for piece in pieces for word in piece.words]
    assert " ".join(word.text for word in words) == text
    assert all(word.start_ms <= word.end_ms for word in words)
    assert [word.start_ms for word in words] == sorted(word.start_ms for word in words)
    assert words[-1].end_ms <= 1000 * whole.size / SAMPLE_RATE
    assert loudness(whole.astype(np.float32) / 32768.0) == pytest.approx(TARGET_LUFS, abs=1.5)
    assert np.abs(whole.astype(np.int32)).max() < 32767


def test_a_stretch_sounds_as_it_does_inside_its_piece(voice: KokoroVoice) -> None:
    store = ModelStore()
    kokoro = Kokoro(store.path("kokoro"))
    steady = kokoro.steady(store.path("kokoro-voices"))
    assert steady is not None
    score = steady.plan(kokoro.phonemes("Tenemos tres casas junto al río.", "es"))
    whole = steady.stretch(score, 0, score.frames)
    assert whole.size == score.frames * FRAME
    cuts = [0, 14, 31, score.frames]
    parts = [steady.stretch(score, start, stop) for start, stop in itertools.pairwise(cuts)]
    difference = np.concatenate(parts) - whole
    assert np.sqrt(np.mean(difference**2)) < 0.03 * np.sqrt(np.mean(whole**2))
    usual = kokoro.render(
        kokoro.phonemes("Tenemos tres casas junto al río.", "es"), load_style(store.path("kokoro-voices"))
    )
    assert abs(usual.size - whole.size) <= FRAME
    assert np.corrcoef(np.abs(usual[: whole.size]), np.abs(whole[: usual.size]))[0, 1] > 0.6


def test_a_voice_that_was_not_measured_speaks_whole_pieces(pool: WorkerPool) -> None:
    store = ModelStore()
    assert Kokoro(store.path("kokoro")).steady(store.path("kokoro-guest-voices") / "em_alex.bin") is None


async def test_a_word_after_a_pause_begins_where_the_sound_does(voice: KokoroVoice) -> None:
    pieces = await speak(voice, "Hola, soy Sandra.", "es")
    words = [word for piece in pieces for word in piece.words]
    whole = np.concatenate([piece.samples for piece in pieces]).astype(np.float64)
    level = np.sqrt(np.mean(whole[: whole.size // 120 * 120].reshape(-1, 120) ** 2, axis=1))
    after = int(words[0].end_ms // 5)
    quiet = after + int(np.argmin(level[after : after + 20]))
    onset = 5 * (quiet + int(np.argmax(level[quiet:] > level.max() / 30)))
    assert words[1].start_ms == pytest.approx(onset, abs=100)


async def test_words_in_the_middle_of_speech_begin_where_their_sound_does(voice: KokoroVoice) -> None:
    pieces = await speak(voice, "Esta sala se seca si sale el sol.", "es")
    words = [word for piece in pieces for word in piece.words]
    late = hisses(words, np.concatenate([piece.samples for piece in pieces]))
    assert len(late) == 5
    assert max(abs(each) for each in late) < 40


async def test_a_long_clause_comes_in_pieces_whose_words_begin_there(voice: KokoroVoice) -> None:
    text = "Claro, el desayuno se sirve de ocho a once de la mañana en la terraza, y está incluido en las reservas."
    pieces = await speak(voice, text, "es")
    assert len(pieces) > 3
    assert 100 < 1000 * pieces[0].samples.size / SAMPLE_RATE < 600
    start = 0.0
    for piece in pieces:
        end = start + 1000 * piece.samples.size / SAMPLE_RATE
        assert all(start - 1e-6 <= word.start_ms < end for word in piece.words)
        start = end


@pytest.mark.parametrize("text", ["😀", "…", "---", ""])
async def test_nothing_to_say_makes_no_sound(voice: KokoroVoice, text: str) -> None:
    pieces = await speak(voice, text, "es")
    assert sum(piece.samples.size for piece in pieces) == 0
    assert " ".join(word.text for piece in pieces for word in piece.words) == text


async def test_two_threads_at_once_say_what_one_says(voice: KokoroVoice) -> None:
    texts = ("Buenos días.", "¿En qué puedo ayudarle?", "Good evening.")
    alone = [await speak(voice, text, "es") for text in texts]
    together = await asyncio.gather(*(speak(voice, text, "es", owner=str(n)) for n, text in enumerate(texts)))
    for one, other in zip(alone, together, strict=True):
        a, b = (np.concatenate([piece.samples for piece in pieces]) for pieces in (one, other))
        assert abs(a.size - b.size) <= 0.02 * a.size
        assert [word.text for piece in one for word in piece.words] == [
            word.text for piece in other for word in piece.words
        ]


async def test_another_language_is_refused_clearly(voice: KokoroVoice) -> None:
    with pytest.raises(EngineError, match=r"'xx'.*es, en") as caught:
        await speak(voice, "hola", "xx")
    assert (caught.value.code, caught.value.retryable) == ("language_unsupported", False)


async def test_closing_early_leaves_no_work(voice: KokoroVoice, pool: WorkerPool) -> None:
    stream = voice.speak("guest", "Uno, dos y tres, y después de eso cuatro, cinco, seis, siete, ocho y nueve.", "es")
    first = await anext(stream)
    assert first.samples.size
    await stream.aclose()
    assert (pool.waiting, pool.running) == (0, 0)


def test_it_is_a_text_to_speech_that_says_its_name(voice: KokoroVoice) -> None:
    port: TextToSpeech = voice
    assert port.voice == "sandra"
    voice.warm_up()


def test_files_that_are_no_voice(tmp_path: Path, pool: WorkerPool) -> None:
    (tmp_path / "x.bin").write_bytes(b"12345678")
    with pytest.raises(ModelError, match="kokoro-voices"):
        load_style(tmp_path / "x.bin")
    with pytest.raises(ModelError, match="models verify"):
        KokoroVoice(tmp_path / "x.bin", tmp_path / "x.bin", pool)


def test_phonemes_are_pronounced_in_the_language(voice: KokoroVoice) -> None:
    kokoro = Kokoro(ModelStore().path("kokoro"))
    assert "θ" in kokoro.phonemes("terraza", "es")
    assert kokoro.phonemes("Sandra", "es") != kokoro.phonemes("Sandra", "en")
