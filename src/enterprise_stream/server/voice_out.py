"""An answer's voice on its way to whoever is connected: streams that begin and end, and what is kept of its sound."""

from collections.abc import Awaitable, Callable
from functools import partial

from enterprise_stream.conversation import actions as act
from enterprise_stream.server.kept_sound import KeptSound
from enterprise_stream.server.terms import Terms
from enterprise_stream.server.translate import Numbered
from enterprise_stream.server.voice_stream import VoiceStream
from enterprise_stream.session.outbox import Sound
from enterprise_stream.speaking.ports import SAMPLE_RATE
from enterprise_stream.wire import messages as wire


class VoiceOut:
    """One session's voice. A stream belongs to a connection; an answer may take several, one after another.

    Args:
        voice: its name.
        send: numbers, logs and sends a message.
        deliver: sends a binary frame, if anybody is connected.
        sent: told, with the reply, when a stream's first frames have been handed to the network.
        streams: how many there have been.
        kept: of an answer that is gone on with.
    """

    def __init__(
        self,
        voice: str,
        send: Callable[[Numbered], Awaitable[None]],
        deliver: Callable[[bytes], Awaitable[None]],
        sent: Callable[[int], None],
        streams: int = 0,
        kept: KeptSound | None = None,
    ) -> None:
        self._name = voice
        self._send = send
        self._deliver = deliver
        self._sent = sent
        self._streams = streams
        self._stream: VoiceStream | None = None
        self._stream_at = 0
        self._kept = kept

    @property
    def streams(self) -> int:
        """How many there have been."""
        return self._streams

    async def begin(self, notice: act.VoiceBegan, terms: Terms, *, connected: bool) -> None:
        """An answer begins to sound; with nobody connected its stream begins when somebody is."""
        self._kept = KeptSound(notice.turn)
        self._stream = None
        if connected:
            await self._open(notice.turn, terms, 0)

    async def sound(self, sound: Sound) -> None:
        """More of the answer."""
        samples = sound.samples
        if self._kept is not None:
            samples = samples[max(0, self._stream_at - self._kept.end) :]
            self._kept.add(sound.samples)
        stream = self._stream
        if stream is None:
            return
        frames = stream.frames(samples)
        for frame in frames:
            await self._deliver(frame)
        if frames and not stream.went_out:
            stream.went_out = True
            self._sent(sound.reply)

    async def end(self, now: float) -> None:
        """The answer has been said."""
        if self._kept is None:
            return
        self._kept.whole_at = now
        if self._stream is not None:
            await self._close(self._kept)

    def drop(self) -> None:
        """The answer was cut."""
        self._stream = self._kept = None

    def tidy(self, now: float) -> None:
        """Let go of what a connected guest cannot need any more."""
        if self._kept is not None and self._kept.needless(now):
            self._kept = None

    def heard(self, turn: int, played_ms: float) -> None:
        """So much of a turn's answer was played."""
        if self._kept is not None and self._kept.turn == turn:
            self._kept.let_go(played_ms)

    async def go_on(self, notice: act.GuestReturned, played: wire.Played | None, terms: Terms) -> None:
        """Say the rest of the answer on a new connection.

        Args:
            notice: where its guest is taken to have been, if the answer is not over.
            played: up to where the client has the sound, if it says so.
            terms: the settings in force.
        """
        kept, self._stream = self._kept, None
        if kept is None:
            return
        if played is not None:
            position_ms = played.played_ms if played.turn == kept.turn else 0.0  # who has another turn's has none of it
        elif notice.turn == kept.turn:
            position_ms = notice.heard_ms
        else:
            return  # heard to its end, as far as anybody can tell
        if kept.end_told and position_ms >= kept.end_ms:
            return
        start_ms, pieces = kept.after(position_ms)
        stream = await self._open(kept.turn, terms, start_ms)
        for piece in pieces:
            for frame in stream.frames(piece):
                await self._deliver(frame)
        if kept.whole:
            await self._close(kept)

    async def _open(self, turn: int, terms: Terms, start_ms: int) -> VoiceStream:
        self._streams = self._streams % 0xFFFF + 1
        stream = VoiceStream(turn, self._streams, terms.sound, stamped=terms.framing == "stamped")
        self._stream, self._stream_at = stream, start_ms * SAMPLE_RATE // 1000
        await self._send(
            partial(
                wire.AudioStartMessage,
                turn=turn,
                stream=stream.stream,
                encoding=stream.encoding,
                sample_rate=stream.format.sample_rate,
                voice=self._name,
                start_ms=start_ms,
            )
        )
        return stream

    async def _close(self, kept: KeptSound) -> None:
        stream, self._stream = self._stream, None
        for frame in stream.end() if stream is not None else []:
            await self._deliver(frame)
        kept.end_told = True
        await self._send(partial(wire.AudioEndMessage, turn=kept.turn, duration_ms=round(kept.end_ms)))
