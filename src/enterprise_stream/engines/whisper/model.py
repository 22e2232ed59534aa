"""Whisper: one window of sound in, words out. Blocking; runs on a thread of the pool.

The weights are those of CTranslate2's format; encoder and decoder are graphs made of them at start
(docs/adr/0028-own-decoder.md and docs/adr/0029-one-runtime.md say why).

The model was trained on windows of 30 s, and most of what a window costs is encoding the silence that fills it. Here
only the sound is encoded, and the decoder is handed the encoding of silence, made once for the positions that follow:
it finds the end of the speech where it expects it, and does not start to repeat itself as it does over a short
window. docs/adr/0003-short-window-whisper.md has the measurements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from enterprise_stream.engines.whisper import guards
from enterprise_stream.engines.whisper.confidence import kept, of_words
from enterprise_stream.engines.whisper.decoder import Hypotheses
from enterprise_stream.engines.whisper.features import log_mel
from enterprise_stream.engines.whisper.language import languages_to_try, shares
from enterprise_stream.engines.whisper.parts import FILL, open_parts
from enterprise_stream.engines.whisper.rules import log_probabilities
from enterprise_stream.engines.whisper.search import Search, Written
from enterprise_stream.engines.whisper.weights import Floats
from enterprise_stream.errors import ModelError
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples

WINDOW_S = 30.0
"""Seconds that the encoder has positions for."""

_TAIL_S = 1.0
"""Silence that is encoded together with the sound, so that its last word is surrounded as it was in training."""

_BEAM = 5
"""Hypotheses kept at once where the first search, which keeps one, leaves doubt."""

_DOUBTED = -1.1
"""Log-probability of a word's token under which the wider search looks for another; docs/adr/0028-own-decoder.md."""

_CONTEXT = 220
"""Most tokens of a vocabulary hint, its last ones: of the decoder's 448 places, 224 are for text and 4 for prompts."""

_SHORTEST_S = 0.1


@dataclass(frozen=True, slots=True)
class Heard:
    """What one window holds.

    Attributes:
        text: words; empty when nothing was said.
        language: ISO 639-1 code that the words are in.
        language_probability: 0 to 1, among the candidate languages.
        settled: whether a careful look would give the same.
        tokens: the words and their times as the decoder wrote them.
        confidences: 0 to 1 for each word of `text`.
    """

    text: str
    language: str
    language_probability: float
    settled: bool
    tokens: tuple[int, ...] = ()
    confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Decoding:
    text: str
    confidences: tuple[float, ...]
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
        folder: holds `parts.FILES`.
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
        parts = open_parts(folder, threads)
        self._tokenizer, self._rules = parts.tokenizer, parts.rules
        self._encoder, self._decoder, self._silence = parts.encoder, parts.decoder, parts.silence
        unknown = [code for code in languages if self._tokenizer.token_to_id(f"<|{code}|>") is None]
        if unknown or not languages:
            raise ModelError(
                f"The recogniser does not know the languages {unknown}: give ISO 639-1 codes, such as es and en.",
                code="model_language_unknown",
            )
        self.languages = languages
        self._before = [*self._context(vocabulary_hint), self._id("startoftranscript")]

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
        text = _clean(decoding)
        confidences = kept(decoding.confidences, decoding.text, text)
        return Heard(text, language, opened.probabilities[language], settled, decoding.tokens, confidences)

    def _listen(self, samples: Samples, seconds: float, check: Callable[[], None]) -> _Opened:
        check()
        states = self._encode(np.pad(samples, (0, int(_TAIL_S * SAMPLE_RATE))))
        check()
        return self._open(states, seconds, check)

    def _open(self, states: Floats, seconds: float, check: Callable[[], None]) -> _Opened:
        """The sound as the decoder looks at it, and what it says before it knows the language."""
        sound = self._decoder.sound(states).before(self._silence, len(states), len(states) + FILL)
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

    def _read(self, written: Written, opened: _Opened, seconds: float) -> _Decoding:
        places = guards.places_within(written.tokens, seconds)
        tokens = [written.tokens[place] for place in places]
        text = self._tokenizer.decode(tokens).strip()
        pieces = [self._tokenizer.id_to_token(token) for token in tokens]
        sure = of_words(pieces, [written.likely[place] for place in places])
        return _Decoding(text, sure, written.tokens, written.mean_log_probability, opened.no_speech, written.ended)

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
