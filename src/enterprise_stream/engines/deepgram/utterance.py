"""One utterance on a guest's socket; see `listening.ports.Utterance`."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import numpy as np

from enterprise_stream.audio.pcm import SILENCE, to_bytes, to_int16
from enterprise_stream.engines.deepgram.failures import failure
from enterprise_stream.engines.deepgram.levels import Levels
from enterprise_stream.engines.deepgram.reading import Heard, Reading
from enterprise_stream.errors import EngineError, VendorError
from enterprise_stream.listening.ports import SAMPLE_RATE, Samples, Transcript

CHUNK = SAMPLE_RATE * 80 // 1000
"""Samples sent at once. Flux is made for 80 ms, Nova takes 20 to 250."""

MOST_UNSENT = 40 * SAMPLE_RATE
"""Audio that may wait for the socket: the 30 s that are told again when another recogniser has failed, and what comes
while the socket opens. A service that takes less is given up."""

PARTIAL_S = 0.45
"""What `partial` waits for words of all that was said; then it tells what there is. They are 0.2 to 0.35 s behind."""

FINAL_S = 1.5
"""What `final` waits for the next sign of progress. With the next recogniser's work it stays below 2.5 s."""

AGAIN_S = 0.3
"""What `final` waits for more when the service has told the end but not of all the sound; then those were all words."""

HEAR_OUT_CHUNKS = 4
"""Silence after an utterance that has no words although it sounded, once: Flux tells of words every 250 ms of audio."""

_ROUNDING_S = 0.005


class OwnSocket(Protocol):
    """The guest's socket, as his utterances use it."""

    def send_audio(self, utterance: "DeepgramUtterance", pcm: bytes) -> None:
        """Send a chunk after all that was given before; never blocks."""
        ...

    def end_turn(self, utterance: "DeepgramUtterance") -> None:
        """Tell the service, after its audio, that the utterance is over."""
        ...

    def is_last(self, utterance: "DeepgramUtterance") -> bool:
        """Whether the socket's next audio may still be its own."""
        ...

    def release(self, utterance: "DeepgramUtterance") -> None:
        """Nobody waits for its words any more."""
        ...

    def lose(self, error: VendorError) -> None:
        """The socket cannot be used: end it, and all utterances on it."""
        ...


class DeepgramUtterance:
    """A `StreamingUtterance`. Made by a recogniser of this package.

    Args:
        socket: the guest's socket.
        bill: told how much audio was sent, in ms, when no more will be.

    Attributes:
        reading: its words, from its first audio on.
        sent: samples that went out.
        closed: whether nobody waits for its words any more.
    """

    def __init__(self, socket: OwnSocket, bill: Callable[[float], None]) -> None:
        self._socket = socket
        self._bill = bill
        self._billed = 0
        self._levels = Levels()
        self._rest: Samples = SILENCE
        self._pushed = 0
        self._queued = 0
        self._asked = 0
        self._sealed = False
        self._answered = False
        self._heard_out = False
        self._asked_again = False
        self._final = False
        self._error: EngineError | None = None
        self._news = asyncio.Event()
        self._told = ""
        self._tell: Callable[[Transcript], None] | None = None
        self._begins_s = float("inf")
        self._ends_s = float("inf")
        self.reading: Reading | None = None
        self.sent = 0
        self.closed = False

    # --- the port -----------------------------------------------------------------------------------------------

    def on_interim(self, tell: Callable[[Transcript], None]) -> None:
        """Call `tell` with each new interim result, until the utterance is closed."""
        self._tell = tell

    def push(self, samples: Samples) -> None:
        """Add audio to the end of the utterance; nothing happens once it has failed or is closed."""
        if self._sealed or self.closed or self._error is not None:
            return
        self._pushed += samples.size
        audio = np.concatenate([self._rest, samples]) if self._rest.size else samples
        whole = audio.size // CHUNK * CHUNK
        for start in range(0, whole, CHUNK):
            self._send(audio[start : start + CHUNK])
        self._rest = np.array(audio[whole:], np.float32)
        if self._queued - self.sent > MOST_UNSENT:
            self._socket.lose(failure("vendor_timeout"))

    async def partial(self) -> Transcript:
        """Words of what was said so far, waited for a little; else those that are known.

        Raises:
            VendorError: the service failed.
            EngineError: the utterance is closed.
        """
        if self._reaches(self._asked, settled=False):
            self._asked = self._levels.loud_until  # else who asks again still waits for what was said at first
        await self._wait(lambda: self._reaches(self._asked, settled=False), PARTIAL_S, patient=False)
        if self._reaches(self._levels.loud_until, settled=False):  # of the silence since, not every service tells
            return self._transcript(self._queued * 1000 // SAMPLE_RATE)
        return self._transcript(self._heard_ms())

    async def final(self) -> Transcript:
        """All words: at once when the service has called them final already, else when it has been told to.

        Raises:
            VendorError: the service failed.
            EngineError: the utterance is closed.
        """
        self._final = True
        self._seal()
        if not await self._wait(self._complete, FINAL_S, patient=True) and not self._asked_again:
            self._socket.lose(failure("vendor_timeout"))
            self._raise_failure()
        return self._transcript(self._pushed * 1000 // SAMPLE_RATE)

    def close(self) -> None:
        """Nobody waits for words any more; the service is told, so that its next words are another utterance's."""
        if not self.closed:
            if not self._sealed and self._error is None:
                self._sealed = True
                self._socket.end_turn(self)
            self.closed = True
            self._rest = SILENCE
            self._settle_bill()
            self._news.set()
            self._socket.release(self)

    # --- for its socket -----------------------------------------------------------------------------------------

    @property
    def owed(self) -> bool:
        """Whether words were asked for that have not come: only then is a service's silence a failure."""
        asked = not self._reaches(self._asked, settled=False)
        return self.sent > 0 and (asked or (self._final and not self._complete()))

    def begins(self, reading: Reading) -> None:
        """Its first audio goes out now."""
        self.reading = reading
        self._begins_s = reading.heard_s

    def ends(self, at_s: float) -> None:
        """All its audio has gone out, up to `at_s` of the socket's."""
        self._ends_s = at_s
        self._settle_bill()

    def holds(self, at_s: float) -> bool:
        """Whether the audio that ends at `at_s` on the socket is its own."""
        return self._begins_s + _ROUNDING_S < at_s <= self._ends_s + _ROUNDING_S

    def take(self, heard: Heard) -> None:
        """Read a message about it."""
        if self.reading is None or self.closed:
            return
        self.reading.take(heard)
        if heard.closes and heard.until_s is None and not self._complete() and self._can_hear_out():
            self._hear_out()
        elif heard.closes:
            self._answered = True
        elif heard.answers and not self._complete() and not self._asked_again:
            self._asked_again = True
            self._socket.end_turn(self)  # its end came before its last words were heard
        self._news.set()
        text = self.reading.text
        if self._tell is not None and text and text != self._told:
            self._told = text
            self._tell(self._transcript(self._heard_ms()))

    def fail(self, error: EngineError) -> None:
        """The socket is over."""
        self._error = self._error or error
        self._settle_bill()
        self._news.set()

    # --- inside -------------------------------------------------------------------------------------------------

    def _send(self, chunk: Samples) -> None:
        self._levels.add(chunk)
        self._queued += chunk.size
        self._socket.send_audio(self, to_bytes(to_int16(chunk)))

    def _seal(self) -> None:
        """Send what is left, in a whole chunk: the service reads no other."""
        if self._sealed:
            return
        self._sealed = True
        if self._rest.size:
            self._send(np.pad(self._rest, (0, CHUNK - self._rest.size)))
            self._rest = SILENCE
        if self._queued:
            self._socket.end_turn(self)

    def _can_hear_out(self) -> bool:
        return not self._heard_out and self._socket.is_last(self)

    def _hear_out(self) -> None:
        """A short word's turn may not have begun when it was to end: silence lets the service hear the word out."""
        self._heard_out = True
        for _ in range(HEAR_OUT_CHUNKS):
            self._send(np.zeros(CHUNK, np.float32))
        self._socket.end_turn(self)

    def _complete(self) -> bool:
        return self._answered or self._reaches(self._levels.loud_until, settled=True)

    def _reaches(self, samples: int, *, settled: bool) -> bool:
        """Whether words are known up to there in the utterance; `settled`: those that will not change."""
        if samples == 0 or self.reading is None:
            return samples == 0
        known_s = self.reading.settled_s if settled else self.reading.heard_s
        return known_s >= self._begins_s + samples / SAMPLE_RATE - _ROUNDING_S

    async def _wait(self, done: Callable[[], bool], patience_s: float, *, patient: bool) -> bool:
        """Wait until `done`; false when `patience_s` were not enough, `patient` counting from the last progress."""
        loop = asyncio.get_running_loop()
        known_s = self._known_s()
        try:
            async with asyncio.timeout(patience_s) as deadline:
                while True:
                    self._raise_failure()
                    if done():
                        return True
                    if patient and (self._asked_again or self._known_s() > known_s):
                        known_s = self._known_s()
                        deadline.reschedule(loop.time() + (AGAIN_S if self._asked_again else patience_s))
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False

    def _known_s(self) -> float:
        return self.reading.heard_s if self.reading is not None else 0.0

    def _raise_failure(self) -> None:
        if self._error is not None:
            raise self._error
        if self.closed:
            raise EngineError("This utterance is closed; start another.", retryable=False)

    def _heard_ms(self) -> int:
        heard_ms = 0.0 if self.reading is None else (self.reading.heard_s - self._begins_s) * 1000
        return min(round(heard_ms), self._pushed * 1000 // SAMPLE_RATE)

    def _transcript(self, audio_ms: int) -> Transcript:
        reading = self.reading
        if reading is None or not reading.text:
            return Transcript("", None, 0.0, audio_ms)
        return Transcript(reading.text, reading.language, reading.language_probability, audio_ms)

    def _settle_bill(self) -> None:
        unbilled, self._billed = self.sent - self._billed, self.sent
        if unbilled:
            self._bill(unbilled * 1000 / SAMPLE_RATE)


class JudgingDeepgramUtterance(DeepgramUtterance):
    """A `JudgingUtterance`: the same, of a recogniser that judges whether the guest has finished."""

    def __init__(self, socket: OwnSocket, bill: Callable[[float], None]) -> None:
        super().__init__(socket, bill)
        self._judge: Callable[[float], None] | None = None

    def on_completion(self, tell: Callable[[float], None]) -> None:
        """Call `tell` with the probability that the turn is complete, with every message that holds words."""
        self._judge = tell

    def take(self, heard: Heard) -> None:
        """Read a message about it, and tell what it says of the turn's end."""
        before = self._completion()
        super().take(heard)
        now = self._completion()
        if self._judge is not None and not self.closed and now is not None and now != before:
            self._judge(now)

    def _completion(self) -> float | None:
        return self.reading.completion if self.reading is not None else None
