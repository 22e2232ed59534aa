"""Opus packets to samples and back, through libopus."""

from typing import Any, Final

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from enterprise_stream.audio.limits import FeedBudget
from enterprise_stream.audio.pcm import SILENCE, to_float, to_int16
from enterprise_stream.errors import AudioError

DECODE_RATE: Final = 48_000
"""Rate that every stream is decoded at, in Hz; pre-skip and granule positions count in it (RFC 7845, section 4)."""

MAX_PACKET_SAMPLES: Final = 5_760
"""120 ms at 48 kHz, the longest packet (RFC 6716, section 3.4, requirement 5)."""

_FRAME_MS: Final = 20
_BIT_RATE: Final = 32_000
_COMPLEXITY: Final = "5"
"""Of 10: a fifth less work than the default for a difference that is hard to hear in speech at 32 kbit/s."""

_LOOKAHEAD_DIVISOR: Final = 150
"""libopus holds back 1/150 s (6.5 ms, rounded up) of what it encodes in its `voip` mode."""


def packet_samples(packet: bytes) -> int:
    """Samples at 48 kHz that an Opus packet holds, from its first two bytes (RFC 6716, section 3.1).

    Raises:
        AudioError: code `bad_audio`: no packet looks like this.
    """
    if packet:
        count = _frames_in(packet)
        samples = count * _frame_samples(packet[0] >> 3)
        if 0 < samples <= MAX_PACKET_SAMPLES:
            return samples
    raise damaged_packet()


def _frame_samples(configuration: int) -> int:
    if configuration < 12:  # SILK
        return (480, 960, 1_920, 2_880)[configuration % 4]
    if configuration < 16:  # hybrid
        return (480, 960)[configuration % 2]
    return (120, 240, 480, 960)[configuration % 4]  # CELT


def _frames_in(packet: bytes) -> int:
    code = packet[0] & 3
    if code < 3:
        return 1 if code == 0 else 2
    return packet[1] & 0x3F if len(packet) > 1 else 0


def damaged_packet() -> AudioError:
    """What is said about a packet that is none."""
    return AudioError("the audio holds a damaged Opus packet; record it again, or send 16-bit PCM")


class OpusDecoder:
    """One stream of packets to mono float32 at 48 kHz; stereo is mixed down by libopus itself."""

    def __init__(self, budget: FeedBudget, pre_skip: int = 0, gain_db: float = 0.0) -> None:
        """Begin a stream.

        Args:
            budget: what a feed may give.
            pre_skip: samples at 48 kHz to drop at the start.
            gain_db: to be added, from the stream's header.
        """
        self._budget = budget
        self._skip = pre_skip
        self._gain = np.float32(10.0 ** (gain_db / 20.0))
        codec: Any = av.CodecContext.create("libopus", "r")
        codec.sample_rate = DECODE_RATE
        codec.layout = "mono"
        codec.thread_count = 1
        self._codec = codec

    def decode(self, packet: bytes, keep: int | None = None) -> NDArray[np.float32]:
        """Decode the next packet.

        Args:
            packet: whole.
            keep: samples at 48 kHz that count, from the packet's start; None for all.

        Returns:
            Shape (n,); empty while the pre-skip lasts.

        Raises:
            AudioError: `bad_audio` or `audio_too_long`; the next packet may be given all the same.
        """
        samples = packet_samples(packet)
        self._budget.take(samples * 1000.0 / DECODE_RATE)
        try:
            frames = self._codec.decode(av.Packet(packet))
        except (av.error.FFmpegError, EOFError) as error:
            raise damaged_packet() from error
        if not frames:
            return SILENCE
        sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])[:keep]
        if self._skip:
            dropped = min(self._skip, sound.size)
            self._skip -= dropped
            sound = sound[dropped:]
        mono = to_float(sound)
        return mono if self._gain == 1.0 else mono * self._gain


class OpusFrames:
    """float32 at an Opus rate to packets of 20 ms.

    Attributes:
        frame_samples: samples in every packet, at that rate.
    """

    def __init__(self, sample_rate: int) -> None:
        self.frame_samples = sample_rate * _FRAME_MS // 1000
        self._rate = sample_rate
        self._lookahead = -(-sample_rate // _LOOKAHEAD_DIVISOR)
        self._held = SILENCE
        codec: Any = av.CodecContext.create("libopus", "w")
        codec.sample_rate = sample_rate
        codec.layout = "mono"
        codec.format = "s16"
        codec.bit_rate = _BIT_RATE
        codec.thread_count = 1
        codec.options = {
            "application": "voip",
            "frame_duration": str(_FRAME_MS),
            "compression_level": _COMPLEXITY,
        }
        self._codec = codec
        self._sent = 0

    def encode(self, samples: NDArray[np.float32]) -> list[bytes]:
        """Add samples, shape (n,), and return the packets that they fill."""
        self._held = np.concatenate((self._held, samples))
        whole = self._held.size // self.frame_samples * self.frame_samples
        if not whole:
            return []
        frames = to_int16(self._held[:whole]).reshape(-1, self.frame_samples)
        self._held = self._held[whole:].copy()
        return [packet for frame in frames for packet in self._packets(frame)]

    def flush(self) -> list[bytes]:
        """Fill up with silence until everything that was given, and what libopus holds back of it, is out."""
        if not self._sent and not self._held.size:
            return []
        wanted = self._held.size + self._lookahead
        padding = -wanted % self.frame_samples + self._lookahead
        packets = self.encode(np.zeros(padding, dtype=np.float32))
        self._sent = 0
        return packets

    def _packets(self, samples: NDArray[np.int16]) -> list[bytes]:
        frame: Any = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = self._rate
        self._sent += 1
        return [bytes(packet) for packet in self._codec.encode(frame)]
