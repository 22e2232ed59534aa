"""One guest's socket to a recogniser, and whose words a message on it holds.

Utterances follow each other on the socket without the silence between them, so a place in its audio belongs to one of
them. Every end of an utterance is told to the service before the next one's audio, which cuts its turns and segments
there too.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from enterprise_stream.clock import Clock
from enterprise_stream.engines.deepgram.failures import failure
from enterprise_stream.engines.deepgram.line import Line
from enterprise_stream.engines.deepgram.reading import Dialect, Heard, Reading
from enterprise_stream.engines.deepgram.sdk import Connect, Socket
from enterprise_stream.engines.deepgram.utterance import DeepgramUtterance
from enterprise_stream.errors import VendorError
from enterprise_stream.listening.ports import SAMPLE_RATE

MUTE_MS = 3_000.0
"""A socket that has answered nothing for so long while it was sent audio is taken for dead. Flux tells every 0.25 s of
audio, Nova every 1.0; streams that stay open and go mute have been seen with both."""

_MUTE_SAMPLES = 2 * SAMPLE_RATE
"""Audio that must have been sent in that time: a client that stalls is not the service's silence."""

DOUBT_S = 0.6
"""What a socket has to tell anything after an utterance was given up whose words it still owed; else the next utterance
would wait for the same dead socket. Who gives up waits for 0.9 s, so it has 1.5 in all, as `utterance.FINAL_S`."""

_ENDS_REMEMBERED = 16


class Hearing:
    """A socket with the utterances on it; see `Dialect` for what differs between models.

    Args:
        dialect: of the model.
        connect: opens the socket.
        language: what it was told to expect.
        clock: tells a mute socket.
        ended: told once when the socket is over.
    """

    def __init__(
        self, dialect: Dialect, connect: Connect, language: str, clock: Clock, ended: Callable[["Hearing"], None]
    ) -> None:
        self._dialect = dialect
        self._clock = clock
        self._ended = ended
        self._language = language
        self._line = Line(
            connect, self._hear, self._lost, keep_alive=dialect.keep_alive, keep_alive_s=dialect.keep_alive_s
        )
        self._utterances: list[DeepgramUtterance] = []
        self._awaiting: deque[DeepgramUtterance] = deque(maxlen=_ENDS_REMEMBERED)
        self._last_reading: Reading | None = None
        self._sent = 0
        self._unanswered = 0
        self._unanswered_since_ms = 0.0
        self._idle: asyncio.TimerHandle | None = None
        self._doubt: asyncio.TimerHandle | None = None

    # --- its life -----------------------------------------------------------------------------------------------

    def start(self, group: asyncio.TaskGroup) -> None:
        """Begin to open the socket."""
        self._line.start(group)
        self.stay()

    @property
    def over(self) -> bool:
        """Whether nothing can be heard here any more."""
        return self._line.over

    def stay(self) -> None:
        """The guest may soon speak: stay open for another while; one that has had no audio yet has only its first."""
        if self._idle is not None and not self._sent:
            return
        self._stop_idling()
        if not self._utterances and not self.over:
            idle_s = self._dialect.idle_s if self._sent else self._dialect.unused_s
            self._idle = asyncio.get_running_loop().call_later(idle_s, self.leave)

    def leave(self) -> None:
        """Nobody will speak here: close it; an utterance that is still open fails."""
        self._line.hang_up(self._dialect.goodbye)
        self._end(failure("vendor_down"))

    def drop(self) -> None:
        """As `leave`, and without a goodbye."""
        self._line.drop()
        self._end(failure("vendor_down"))

    def expects(self, language: str) -> bool:
        """Have the socket expect a language from here on; false when that takes another socket."""
        if language != self._language:
            if self._dialect.set_language is None:
                return False
            self._language = language
            self._line.send(self._dialect.set_language(language))
        return True

    # --- for its utterances -------------------------------------------------------------------------------------

    def begin(self, utterance: DeepgramUtterance) -> None:
        """The next audio is another utterance's."""
        self._utterances.append(utterance)
        self._unanswered = 0  # what was said about the one before need not have been told
        self._stop_idling()

    def send_audio(self, utterance: DeepgramUtterance, pcm: bytes) -> None:
        """Send a chunk; notices a socket that has gone mute."""
        self._line.send(partial(self._send_audio, utterance, pcm))
        waited_ms = self._clock.now_ms() - self._unanswered_since_ms
        if self._unanswered >= _MUTE_SAMPLES and waited_ms >= MUTE_MS:
            self.lose(failure("vendor_timeout"))

    def end_turn(self, utterance: DeepgramUtterance) -> None:
        """Tell the service that the utterance is over."""
        self._line.send(partial(self._send_end, utterance))

    def is_last(self, utterance: DeepgramUtterance) -> bool:
        """Whether the socket's next audio may still be its own."""
        return self._utterances[-1:] == [utterance]

    def release(self, utterance: DeepgramUtterance) -> None:
        """Nobody waits for its words any more."""
        if utterance in self._utterances:
            self._utterances.remove(utterance)
            if utterance.owed and self._doubt is None and not self.over:
                self._doubt = asyncio.get_running_loop().call_later(DOUBT_S, self.lose, failure("vendor_timeout"))
            self.stay()

    def lose(self, error: VendorError) -> None:
        """The socket cannot be used: end it, and all utterances on it."""
        self._line.lose(error)

    # --- on the socket ------------------------------------------------------------------------------------------

    async def _send_audio(self, utterance: DeepgramUtterance, pcm: bytes, socket: Socket) -> None:
        if utterance.closed:
            return
        if utterance.reading is None:
            self._last_reading = self._dialect.reading(self._language, self._sent / SAMPLE_RATE, self._last_reading)
            utterance.begins(self._last_reading)
        samples = len(pcm) // 2
        self._sent += samples
        utterance.sent += samples
        if not self._unanswered:
            self._unanswered_since_ms = self._clock.now_ms()
        self._unanswered += samples
        await socket.send_media(pcm)

    async def _send_end(self, utterance: DeepgramUtterance, socket: Socket) -> None:
        if utterance.reading is not None:
            utterance.ends(self._sent / SAMPLE_RATE)
            self._awaiting.append(utterance)
            await self._dialect.end_turn(socket)

    def _hear(self, message: Any) -> None:
        self._unanswered = 0
        self._stop_doubting()
        try:
            heard = self._dialect.parse(message)
        except VendorError as error:
            self.lose(error)
            return
        if heard is not None:
            heard = self._inside(heard)
            utterance = self._whose(heard)
            if utterance is not None:
                utterance.take(heard)

    def _inside(self, heard: Heard) -> Heard:
        """A message about the audio that was sent: no message is about more, however it counts or rounds."""
        sent_s = self._sent / SAMPLE_RATE
        return heard if heard.until_s is None or heard.until_s <= sent_s else replace(heard, until_s=sent_s)

    def _whose(self, heard: Heard) -> DeepgramUtterance | None:
        answered = self._awaiting.popleft() if heard.answers and self._awaiting else None
        if heard.until_s is None:
            return answered
        return next((each for each in self._utterances if each.holds(heard.until_s)), None)

    def _lost(self, error: VendorError) -> None:
        self._end(error)

    def _end(self, error: VendorError) -> None:
        self._stop_idling()
        self._stop_doubting()
        utterances, self._utterances = self._utterances, []
        self._ended(self)
        for utterance in utterances:
            utterance.fail(error)

    def _stop_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _stop_doubting(self) -> None:
        if self._doubt is not None:
            self._doubt.cancel()
            self._doubt = None
