"""Whisper: one window of sound in, words out. Blocking; runs on a thread of the pool.

The weights are those of CTranslate2's format; encoder and decoder are graphs made of them at start
(docs/adr/0028-own-decoder.md and docs/adr/0029-one-runtime.md say why).

The model was trained on windows of 30 s, and most of what a window costs is encoding the silence that fills it. Here
only the sound is encoded, and the decoder is handed the encoding of silence, made once for the positions that follow:
it finds the end of the speech where it expects it, and does not start to repeat itself as it does over a short
window. docs/adr/0003-short-window-whisper.md has the measurements.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.decoder import Decoder, Hypotheses
from enterprise_stream.engines.whisper.encoder import STATE_S, Encoder
from enterprise_stream.engines.whisper.features import log_mel
from enterprise_stream.engines.whisper.language import languages_to_try, shares
from enterprise_stream.engines.whisper.rules import Rules, log_probabilities
from enterprise_stream.engines.whisper.search import Search, Written
from enterprise_stream.engines.whisper.weights import Floats, read_weights
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
"""Hypotheses kept at once where the first search, which keeps one, leaves doubt."""

_DOUBTED = -1.1
"""Log-probability of a word's token under which the wider search looks for another; docs/adr/0028-own-decoder.md."""

_CONTEXT = 220
"""Most tokens of a vocabulary hint, its last ones: of the decoder's 448 places, 224 are for text and 4 for prompts."""

_SHORTEST_S = 0.1

_CONTROL = ("endoftext", "startoftranscript", "transcribe", "startofprev", "nocaptions", "notimestamps")
"""Control tokens that are asked for by name, beside those of languages."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one window holds.

    Attributes:
        text: words; empty when nothing was said.
        language: ISO 639-1 code that the words are in.
        language_probability: 0 to 1, among the candidate languages.
        settled: whether a careful look would give the same.
        tokens: the words and their times as the decoder wrote them.
    """

    text: str
    language: str
    language_probability: float
    settled: bool
    tokens: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Decoding:
    text: str
    tokens: tuple[int, ...]
    mean_log_probability: float
    no_speech_probability: float
    ended: bool  # by the decoder itself, before it ran out of tokens


@dataclass(frozen=True, slots=True)
class _Opened:
    """A window before its language is chosen.

    Attributes:
        begun: the prompt up to there.
        probabilities: of each candidate language; they sum to 1.
        no_speech: probability that nobody speaks.
    """

    search: Search
    begun: Hypotheses
    probabilities: dict[str, float]
    no_speech: float


class StoppedError(Exception):
    """The caller went away; the rest of the work was left undone."""


class WhisperModel:
    """The model in memory, shared by all sessions; its methods may be called from several threads.

    Args:
        folder: holds `FILES`.
        threads: threads that one call uses.
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
        languages: tuple[str, ...] = ("es", "en"),
        vocabulary_hint: str = "",
    ) -> None:
        self._tokenizer, self._encoder, self._decoder = _load(folder, threads)
        unknown = [code for code in languages if self._tokenizer.token_to_id(f"<|{code}|>") is None]
        if unknown or not languages:
            raise ModelError(
                f"The recogniser does not know the languages {unknown}: give ISO 639-1 codes, such as es and en.",
                code="model_language_unknown",
            )
        self.languages = languages
        self._rules = _rules(folder / "config.json", self._tokenizer)
        self._before = [*self._context(vocabulary_hint), self._id("startoftranscript")]
        self._silence = self._decoder.sound(self._encoded_silence())

    def hear(
        self,
        samples: Samples,
        hint: str,
        *,
        careful: bool = True,
        stopped: Callable[[], bool] = lambda: False,
        earlier: Heard | None = None,
    ) -> Heard:
        """Recognise one window.

        Args:
            samples: shape (n,), 16 kHz; what is beyond `WINDOW_S` is left out.
            hint: the session's language.
            careful: look again, more slowly, where the first result looks wrong; an interim result need not.
            stopped: whether the caller went away; asked between the steps.
            earlier: what was found in a part of this sound from its beginning on, or in more of it; saves the time of
                finding it again, and no word of it is kept that is not heard here.

        Raises:
            StoppedError: the caller went away.
        """
        samples = np.nan_to_num(samples[: int(WINDOW_S * SAMPLE_RATE)], nan=0.0, posinf=1.0, neginf=-1.0)
        seconds = len(samples) / SAMPLE_RATE
        if seconds < _SHORTEST_S or not np.any(samples):
            return Heard("", hint if hint in self.languages else self.languages[0], 0.0, True)
        opened = self._listen(samples, seconds, partial(_check, stopped))
        decodings = {
            language: self._read(self._search(opened, language, _draft(earlier, language)), opened, seconds)
            for language in languages_to_try(opened.probabilities, hint, seconds)
        }
        language = max(decodings, key=lambda code: decodings[code].mean_log_probability)
        decoding = decodings[language]
        doubtful = _doubtful(decoding)
        if careful and doubtful:
            written = opened.search.likeliest(self._prompt(language), opened.begun, size=_BEAM, repeats=3)
            decoding = self._read(written, opened, seconds)
        settled = careful or not doubtful
        return Heard(_clean(decoding), language, opened.probabilities[language], settled, decoding.tokens)

    def _listen(self, samples: Samples, seconds: float, check: Callable[[], None]) -> _Opened:
        check()
        states = self._encode(np.pad(samples, (0, int(_TAIL_S * SAMPLE_RATE))))
        check()
        return self._open(states, seconds, check)

    def _open(self, states: Floats, seconds: float, check: Callable[[], None]) -> _Opened:
        """The sound as the decoder looks at it, and what it says before it knows the language."""
        sound = self._decoder.sound(states).before(self._silence, len(states), len(states) + _FILL)
        logits, begun = self._decoder.follow(sound, self._decoder.none(1), [self._before])
        likely = np.exp(log_probabilities(logits[0, -1]))
        return _Opened(
            Search(self._decoder, self._rules, sound, seconds, check),
            begun,
            shares({code: float(likely[self._id(code)]) for code in self.languages}),
            float(likely[self._id("nocaptions")]),
        )

    def _search(self, opened: _Opened, language: str, draft: tuple[int, ...]) -> Written:
        """The text by the quick way where that is sure, else by the wider one."""
        prompt = self._prompt(language)
        written = opened.search.likeliest(prompt, opened.begun, draft=draft)
        if written.ended and written.least_sure(self._rules.end) >= _DOUBTED:
            return written
        wider = opened.search.likeliest(prompt, opened.begun, size=_BEAM, draft=written.tokens)
        return max(written, wider, key=lambda each: each.mean_log_probability)

    def _encode(self, samples: Samples) -> Floats:
        """Encoder states of `samples`, shape (frames // 2, width); what is beyond the window is left out."""
        return self._encoder.states(log_mel(samples))

    def _encoded_silence(self) -> Floats:
        """States of a window without a sound; made in stretches, in which attention costs a third as much."""
        features = log_mel(np.zeros(int(_FILL * STATE_S * SAMPLE_RATE), np.float32))
        places = range(0, int(WINDOW_S / STATE_S), _FILL)
        return np.concatenate([self._encoder.states(features, first) for first in places])

    def _read(self, written: Written, opened: _Opened, seconds: float) -> _Decoding:
        text = self._tokenizer.decode(guards.words_within(written.tokens, seconds)).strip()
        return _Decoding(text, written.tokens, written.mean_log_probability, opened.no_speech, written.ended)

    def _prompt(self, language: str) -> tuple[int, int]:
        return self._id(language), self._id("transcribe")

    def _id(self, name: str) -> int:
        """Of the control token of this name."""
        number: int = self._tokenizer.token_to_id(f"<|{name}|>")
        return number

    def _context(self, vocabulary_hint: str) -> list[int]:
        if not vocabulary_hint:
            return []
        words = self._tokenizer.encode(f" {vocabulary_hint.strip()}", add_special_tokens=False).ids
        return [self._id("startofprev"), *words[-_CONTEXT:]]


def _rules(config: Path, tokenizer: Any) -> Rules:
    """What holds for the vocabulary of the multilingual models.

    Raises:
        ModelError: the vocabulary is another one, or `config` is damaged.
    """
    ids = {name: tokenizer.token_to_id(f"<|{name}|>") for name in _CONTROL}
    first_timestamp = (ids["notimestamps"] or 0) + 1
    known = (ids["endoftext"], first_timestamp) == (guards.FIRST_SPECIAL, guards.FIRST_TIMESTAMP)
    try:
        told = json.loads(config.read_text(encoding="utf-8"))
        never, not_first = (_token_ids(told[key]) for key in ("suppress_ids", "suppress_ids_begin"))
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _unusable(config.parent) from error
    if None in ids.values() or not known or guards.FIRST_SPECIAL in never:
        raise _unusable(config.parent)
    control = np.arange(guards.FIRST_SPECIAL + 1, first_timestamp)
    return Rules(guards.FIRST_SPECIAL, first_timestamp, np.union1d(never, control), not_first)


def _token_ids(listed: list[int]) -> NDArray[np.int64]:
    """Words and control tokens that a configuration lists; ValueError where one is none."""
    ids = np.array([int(each) for each in listed], np.int64)
    if np.any((ids < 0) | (ids >= guards.FIRST_TIMESTAMP)):
        raise ValueError("no token")
    return ids


def _unusable(folder: Path) -> ModelError:
    return ModelError(
        f"The vocabulary or the configuration in {folder} is damaged, or not a multilingual Whisper model's. Run "
        "`enterprise-stream models verify` and then `enterprise-stream models pull`.",
        code="model_damaged",
    )


def _draft(earlier: Heard | None, language: str) -> tuple[int, ...]:
    """What was found before, in this language."""
    return earlier.tokens if earlier is not None and earlier.language == language else ()


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


def _load(folder: Path, threads: int) -> tuple[Any, Encoder, Decoder]:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"The recogniser's files are not in {folder} ({', '.join(missing)}). "
            "Run `enterprise-stream models pull whisper-base`."
        )
    import tokenizers

    try:
        weights = read_weights(folder / "model.bin")
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        return tokenizer, Encoder(weights, threads), Decoder(weights, threads)
    except ModelError:
        raise
    except Exception as error:
        raise ModelError(
            f"The recogniser in {folder} cannot be opened. Run `enterprise-stream models verify` and then "
            "`enterprise-stream models pull`.",
            code="model_damaged",
        ) from error
