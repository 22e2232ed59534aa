"""The recogniser behind the port: interim and final words of utterances of any length."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import numpy as np

from enterprise_stream.engines.whisper.model import WINDOW_S, Heard, StoppedError, WhisperModel
from enterprise_stream.engines.whisper.pauses import grew_by_silence, quietest_cut
from enterprise_stream.errors import EngineError, EnterpriseStreamError
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples, Transcript
from enterprise_stream.workers import WorkerPool

LONGEST_WINDOW = int((WINDOW_S - 2.0) * SAMPLE_RATE)
"""Samples that are recognised at once; a longer utterance is cut at a pause. Two seconds stay for the silence after."""

_EARLIEST_CUT = int(15.0 * SAMPLE_RATE)
_WARM_UP_S = 3.0


class WhisperRecogniser:
    """`SpeechToText` by Whisper on this machine.

    Args:
        model_dir: folder with `model.bin`, `config.json` and `tokenizer.json`.
        pool: where the work runs.
        threads: threads that one utterance's work uses. A second one saves nothing: an utterance's encoding is short,
            and decoding waits for memory.
        languages: ISO 639-1 codes that guests speak; others are not recognised.
        vocabulary_hint: names of the business, comma-separated; makes them likelier. Empty by default, see
            docs/adr/0003-short-window-whisper.md.

    Raises:
        ModelError: the files are missing or damaged; the message says what to run.
    """

    def __init__(
        self,
        model_dir: Path,
        pool: WorkerPool,
        *,
        threads: int = 1,
        languages: tuple[str, ...] = ("es", "en"),
        vocabulary_hint: str = "",
    ) -> None:
        self._model = WhisperModel(model_dir, threads=threads, languages=languages, vocabulary_hint=vocabulary_hint)
        self._pool = pool

    def utterance(self, owner: str, language: str) -> "WhisperUtterance":
        """Start recognising an utterance; see `SpeechToText.utterance`."""
        return WhisperUtterance(self._model, self._pool, owner, language)

    def warm_up(self) -> None:
        """Recognise a moment of noise, so that the first guest does not pay for first calls. Blocks for 0.3 s."""
        noise = np.random.default_rng(0).standard_normal(int(_WARM_UP_S * SAMPLE_RATE)).astype(np.float32)
        self._model.hear(noise * np.float32(0.01), self._model.languages[0])


@dataclass(frozen=True, slots=True)
class _Result:
    """Words of the first `samples` pushed samples; `settled` when a final would find the same."""

    transcript: Transcript
    samples: int
    settled: bool


class WhisperUtterance:
    """One utterance; see `Utterance`. Made by `WhisperRecogniser.utterance`.

    Stretches of a long utterance that have been left behind at a pause are recognised once and kept as text.
    """

    def __init__(self, model: WhisperModel, pool: WorkerPool, owner: str, language: str) -> None:
        self._model = model
        self._pool = pool
        self._owner = owner
        self._hint = language
        self._chunks: list[Samples] = []
        self._pushed = 0
        self._settled = 0  # samples before this one are in `_before` and out of `_chunks`
        self._before: list[Heard] = []
        self._earlier: Heard | None = None  # what was found last from where `_chunks` begins on
        self._last: _Result | None = None
        self._closed = Event()

    def push(self, samples: Samples) -> None:
        """Add audio to the end of the utterance; nothing happens after `close`."""
        if len(samples) and not self._closed.is_set():
            self._chunks.append(np.array(samples, np.float32))
            self._pushed += len(samples)

    async def partial(self) -> Transcript:
        """Words so far. Costs nothing when nothing was pushed since the last call.

        Raises:
            EngineError: the recogniser failed, or the utterance is closed.
        """
        return await self._transcript(careful=False)

    async def final(self) -> Transcript:
        """Words of the whole utterance. Costs nothing when only silence was pushed since the last `partial`.

        Raises:
            EngineError: the recogniser failed, or the utterance is closed.
        """
        return await self._transcript(careful=True)

    def close(self) -> None:
        """Drop the audio; work under way ends at its next step."""
        self._closed.set()
        self._chunks.clear()
        self._before.clear()
        self._earlier = self._last = None

    async def _transcript(self, *, careful: bool) -> Transcript:
        if self._closed.is_set():
            raise _closed()
        reused = self._reused(careful=careful)
        if reused is not None:
            return reused
        await self._settle(urgent=careful)
        audio, end = self._audio(), self._pushed
        self._earlier = heard = await self._hear(audio, careful=careful, urgent=careful)
        transcript = _joined([*self._before, heard], end)
        self._last = _Result(transcript, end, heard.settled)
        return transcript

    def _reused(self, *, careful: bool) -> Transcript | None:
        """The last result, when it covers all that was said."""
        last = self._last
        if last is None or last.samples < self._settled or (careful and not last.settled):
            return None
        if last.samples != self._pushed and not (
            careful and grew_by_silence(self._audio(), last.samples - self._settled)
        ):
            return None
        return replace(last.transcript, audio_ms=_ms(self._pushed))

    async def _settle(self, *, urgent: bool) -> None:
        """Turn what no longer fits into one window into text, up to a pause."""
        while self._pushed - self._settled > LONGEST_WINDOW:
            audio = self._audio()
            cut = quietest_cut(audio, _EARLIEST_CUT, LONGEST_WINDOW)
            self._before.append(await self._hear(audio[:cut], careful=True, urgent=urgent))
            self._chunks = [self._audio()[cut:]]
            self._settled += cut
            self._earlier = None

    def _audio(self) -> Samples:
        """What is not settled yet, as one array; the chunks become that array."""
        if len(self._chunks) != 1:
            self._chunks = [np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.float32)]
        return self._chunks[0]

    async def _hear(self, audio: Samples, *, careful: bool, urgent: bool) -> Heard:
        """Recognise one window in the pool; a caller that is cancelled stops the work at its next step."""
        cancelled, earlier = Event(), self._earlier

        def stopped() -> bool:
            return cancelled.is_set() or self._closed.is_set()

        def work() -> Heard:
            return self._model.hear(audio, self._hint, careful=careful, stopped=stopped, earlier=earlier)

        try:
            return await self._pool.run(self._owner, work, urgent=urgent)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        except StoppedError:
            raise _closed() from None
        except EnterpriseStreamError:
            raise
        except Exception as error:
            raise EngineError("The recogniser failed on this audio; say it again.") from error


def _joined(parts: list[Heard], end: int) -> Transcript:
    """One transcript of consecutive windows, in the language that most of the text is in."""
    main = max(parts, key=lambda part: len(part.text))
    text = " ".join(part.text for part in parts if part.text)
    confidences = tuple(one for part in parts for one in part.confidences)
    return Transcript(text, main.language, main.language_probability, _ms(end), confidences)


def _ms(samples: int) -> int:
    return samples * 1000 // SAMPLE_RATE


def _closed() -> EngineError:
    return EngineError("This utterance is closed; start another.", retryable=False)
