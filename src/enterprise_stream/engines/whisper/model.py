"""Whisper on CTranslate2: one window of sound in, words out. Blocking; runs on a thread of the pool.

The model was trained on windows of 30 s, and most of what a window costs is encoding the silence that fills it. Here
only the sound is encoded, and the decoder is handed the encoding of silence, made once for the positions that follow:
it finds the end of the speech where it expects it, and does not start to repeat itself as it does over a short
window. docs/adr/0003-short-window-whisper.md has the measurements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.features import FRAMES_PER_SECOND, log_mel
from enterprise_stream.engines.whisper.language import languages_to_try, shares
from enterprise_stream.errors import ModelError
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples

WINDOW_S = 30.0
"""Seconds that the encoder has positions for."""

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
"""What the model's folder holds."""

_TAIL_S = 1.0
"""Silence that is encoded together with the sound, so that its last word is surrounded as it was in training."""

_FILL = 500
"""Positions of silence (20 ms each) that the decoder sees after the sound: 10 s. With 4 s a clause still came twice."""

_BEAM = 5
"""Hypotheses kept at once. On one thread five cost a fifth more time than one: each step reads the weights once."""

_SHORTEST_S = 0.1


@dataclass(frozen=True, slots=True)
class Heard:
    """What one window holds.

    Attributes:
        text: words; empty when nothing was said.
        language: ISO 639-1 code that the words are in.
        language_probability: 0 to 1, among the candidate languages.
        settled: whether a careful look would give the same.
    """

    text: str
    language: str
    language_probability: float
    settled: bool


@dataclass(frozen=True, slots=True)
class _Decoding:
    text: str
    mean_log_probability: float
    no_speech_probability: float
    ended: bool  # by the decoder itself, before it ran out of tokens


class StoppedError(Exception):
    """The caller went away; the rest of the work was left undone."""


class WhisperModel:
    """The model in memory, shared by all sessions; its methods may be called from several threads.

    Args:
        folder: holds `FILES`.
        threads: threads that one call uses.
        parallel: calls that run at once; one more waits.
        languages: ISO 639-1 codes that a guest may speak.
        vocabulary_hint: names that the business uses, as the decoder might have written them just before.

    Raises:
        ModelError: the files are missing or damaged, or the model does not know a language.
    """

    def __init__(
        self,
        folder: Path,
        *,
        threads: int,
        parallel: int = 1,
        languages: tuple[str, ...] = ("es", "en"),
        vocabulary_hint: str = "",
    ) -> None:
        self._whisper, self._tokenizer = _load(folder, threads, parallel)
        unknown = [code for code in languages if self._tokenizer.token_to_id(f"<|{code}|>") is None]
        if unknown or not languages:
            raise ModelError(
                f"The recogniser does not know the languages {unknown}: give ISO 639-1 codes, such as es and en.",
                code="model_language_unknown",
            )
        self.languages = languages
        self._before = self._context(vocabulary_hint)
        self._silence = self._encode(np.zeros(int(WINDOW_S * SAMPLE_RATE), np.float32))

    def hear(
        self, samples: Samples, hint: str, *, careful: bool = True, stopped: Callable[[], bool] = lambda: False
    ) -> Heard:
        """Recognise one window.

        Args:
            samples: shape (n,), 16 kHz; what is beyond `WINDOW_S` is left out.
            hint: the session's language.
            careful: look again, more slowly, where the first result looks wrong; an interim result need not.
            stopped: whether the caller went away; asked between the steps.

        Raises:
            StoppedError: the caller went away.
        """
        samples = samples[: int(WINDOW_S * SAMPLE_RATE)]
        seconds = len(samples) / SAMPLE_RATE
        if seconds < _SHORTEST_S or not np.any(samples):
            return Heard("", hint if hint in self.languages else self.languages[0], 0.0, True)
        _check(stopped)
        sound = self._encode(np.pad(samples, (0, int(_TAIL_S * SAMPLE_RATE))))
        _check(stopped)
        probabilities = shares(self._language_weights(sound))
        window = self._fill(sound)
        decodings = {}
        for language in languages_to_try(probabilities, hint, seconds):
            _check(stopped)
            decodings[language] = self._decode(window, language, seconds)
        language = max(decodings, key=lambda code: decodings[code].mean_log_probability)
        decoding = decodings[language]
        doubtful = _doubtful(decoding)
        if careful and doubtful:
            _check(stopped)
            decoding = self._decode(window, language, seconds, no_repeat_ngram_size=3)
        return Heard(_clean(decoding), language, probabilities[language], careful or not doubtful)

    def _encode(self, samples: Samples) -> NDArray[np.float32]:
        """Encoder states of `samples`, shape (1, frames // 2, d_model); what is beyond the window is left out."""
        import ctranslate2

        features = log_mel(samples)[:, : int(WINDOW_S * FRAMES_PER_SECOND)]
        features = np.ascontiguousarray(features[:, : features.shape[1] // 2 * 2])
        return np.array(self._whisper.encode(ctranslate2.StorageView.from_array(features[None])))

    def _fill(self, sound: NDArray[np.float32]) -> Any:
        """`sound` followed by `_FILL` positions of silence, or as many as the window has left."""
        import ctranslate2

        end = sound.shape[1]
        window = np.concatenate([sound, self._silence[:, end : end + _FILL]], axis=1)
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(window))

    def _language_weights(self, sound: NDArray[np.float32]) -> dict[str, float]:
        import ctranslate2

        weights = dict(self._whisper.detect_language(ctranslate2.StorageView.from_array(sound))[0])
        return {code: float(weights[f"<|{code}|>"]) for code in self.languages}

    def _decode(self, window: Any, language: str, seconds: float, **search: int) -> _Decoding:
        start = ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>")
        prompt = [*self._before, *(self._tokenizer.token_to_id(token) for token in start)]
        limit = guards.token_limit(seconds)
        result = self._whisper.generate(
            window,
            [prompt],
            **{"beam_size": _BEAM, **search},
            max_length=len(prompt) + limit,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        text = self._tokenizer.decode(guards.words_within(tokens, seconds)).strip()
        return _Decoding(text, float(result.scores[0]), float(result.no_speech_prob), len(tokens) < limit - 1)

    def _context(self, vocabulary_hint: str) -> list[int]:
        if not vocabulary_hint:
            return []
        words = self._tokenizer.encode(f" {vocabulary_hint.strip()}", add_special_tokens=False).ids
        return [self._tokenizer.token_to_id("<|startofprev|>"), *words]


def _doubtful(decoding: _Decoding) -> bool:
    """Whether a slower search may find better words; not where there was no speech to find any in."""
    weak = bool(decoding.text) and decoding.mean_log_probability < guards.WEAK
    return _has_speech(decoding) and (weak or _looped(decoding))


def _looped(decoding: _Decoding) -> bool:
    """Whether the decoder got stuck: it repeats itself and did not come to an end. A guest may repeat himself."""
    return not decoding.ended and guards.loops(decoding.text)


def _has_speech(decoding: _Decoding) -> bool:
    return guards.is_speech(decoding.no_speech_probability, decoding.mean_log_probability, decoding.text)


def _clean(decoding: _Decoding) -> str:
    if not _has_speech(decoding):
        return ""
    text = guards.without_loop(decoding.text) if _looped(decoding) else decoding.text
    return guards.without_stock_phrases(text)


def _check(stopped: Callable[[], bool]) -> None:
    if stopped():
        raise StoppedError


def _load(folder: Path, threads: int, parallel: int) -> tuple[Any, Any]:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"The recogniser's files are not in {folder} ({', '.join(missing)}). "
            "Run `enterprise-stream models pull whisper-base`."
        )
    import ctranslate2
    import tokenizers

    try:
        whisper = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads, inter_threads=parallel
        )
        return whisper, tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        raise ModelError(
            f"The recogniser in {folder} cannot be opened. Run `enterprise-stream models verify` and then "
            "`enterprise-stream models pull`.",
            code="model_damaged",
        ) from error
