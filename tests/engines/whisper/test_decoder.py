"""Our encoder and decoder in 8 bits against CTranslate2's in 32: the same states of a sound, and the same words."""

from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.features import log_mel
from enterprise_stream.engines.whisper.model import WhisperModel
from enterprise_stream.engines.whisper.parts import encoded_silence
from enterprise_stream.engines.whisper.rules import log_probabilities
from enterprise_stream.models import ModelStore
from enterprise_stream.testing.guest_voice import guest_says

pytestmark = pytest.mark.models

RATE = 16_000
SAID = (
    ("¿Se puede cancelar la reserva sin pagar nada?", "es", "em_alex"),
    ("Llegamos el quince de agosto y somos seis personas, dos de ellas niños.", "es", "em_santa"),
    ("Do you have a cot for an eight month old baby?", "en", "af_heart"),
    ("How do I get from the airport to the city centre?", "en", "bm_george"),
)


class OpenModel(WhisperModel):
    """The model with its parts in the open, and the runtime beside it that it is checked against."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, threads=1)
        self._runtime = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="float32", intra_threads=1)

    def their_states(self, samples: np.ndarray) -> np.ndarray:
        """What the runtime's own encoder makes of `samples`, shape (n, width)."""
        features = log_mel(samples)
        features = np.ascontiguousarray(features[None, :, : features.shape[1] // 2 * 2])
        states: np.ndarray = np.array(self._runtime.encode(ctranslate2.StorageView.from_array(features)))[0]
        return states

    def our_states(self, samples: np.ndarray) -> np.ndarray:
        """What ours makes of them."""
        return self._encode(samples)

    def theirs(self, samples: np.ndarray, language: str) -> tuple[list[int], float, float]:
        """What the runtime's own decoder writes: tokens, their mean log-probability and that of no speech."""
        states = self._encode(np.pad(samples, (0, RATE)))
        silence = encoded_silence(self._encoder)[len(states) : len(states) + 500]
        window = ctranslate2.StorageView.from_array(np.ascontiguousarray(np.concatenate([states, silence])[None]))
        result = self._runtime.generate(
            window,
            [[*self._before, *self._prompt(language)]],
            beam_size=1,
            max_length=2 * guards.token_limit(len(samples) / RATE),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        return result.sequences_ids[0], result.scores[0], result.no_speech_prob

    def ours(self, samples: np.ndarray, language: str, written: list[int]) -> tuple[np.ndarray, float]:
        """What follows each token that the runtime wrote, shape (tokens, vocabulary), and that of no speech."""
        opened = self._open(self._encode(np.pad(samples, (0, RATE))), len(samples) / RATE, lambda: None)
        prompt = [*self._prompt(language), *written]
        logits = self._decoder.follow(opened.search._sound, opened.begun, [prompt])[0][0, 1:-1]
        for place, row in enumerate(logits):
            self._rules.apply(row, written[:place])
        return np.array([log_probabilities(row) for row in logits]), opened.no_speech


@pytest.fixture(scope="module")
def model() -> OpenModel:
    return OpenModel(ModelStore().path("whisper-base"))


@pytest.mark.parametrize(("said", "language", "voice"), SAID)
def test_finds_in_the_sound_what_the_runtime_finds(model: OpenModel, said: str, language: str, voice: str) -> None:
    sound = np.pad(guest_says(said, language, voice), (0, RATE))
    ours, theirs = model.our_states(sound), model.their_states(sound)
    assert ours.shape == theirs.shape
    apart = np.linalg.norm(ours - theirs, axis=1) / np.linalg.norm(theirs, axis=1)
    assert np.median(apart) < 0.08, "8 bits against 32"


@pytest.mark.parametrize(("said", "language", "voice"), SAID)
def test_follows_the_text_as_the_runtime_does(model: OpenModel, said: str, language: str, voice: str) -> None:
    sound = guest_says(said, language, voice)
    written, mean, no_speech = model.theirs(sound, language)
    likely, our_no_speech = model.ours(sound, language, written)
    assert likely.argmax(axis=-1).tolist() == written
    told = float(likely[np.arange(len(written)), written].sum())
    assert told / len(written) == pytest.approx(mean, abs=0.1), "the runtime counts the end as well"
    assert our_no_speech == pytest.approx(no_speech, abs=0.1)


@pytest.mark.parametrize(("said", "language", "voice"), SAID)
def test_words_of_the_beginning_as_a_draft_leave_the_whole_as_it_is(
    model: OpenModel, said: str, language: str, voice: str
) -> None:
    sound = guest_says(said, language, voice)
    earlier = model.hear(sound[: len(sound) * 2 // 3], language, careful=False)
    assert earlier.tokens
    assert model.hear(sound, language, earlier=earlier).text == model.hear(sound, language).text
