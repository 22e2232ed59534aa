"""What a client wrote down: frames with their arrival times, and how long a piece of audio is."""

from dataclasses import dataclass

from .shapes import JsonObject

STAMP_BYTES = 8
_BYTES_PER_SAMPLE = {"pcm_s16le": 2, "mulaw": 1, "alaw": 1}
_SILK_MS = (10.0, 20.0, 40.0, 60.0)
_HYBRID_MS = (10.0, 20.0)
_CELT_MS = (2.5, 5.0, 10.0, 20.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame from the server: `at` in seconds since the connection opened; either a message or audio bytes."""

    at: float
    message: JsonObject | None = None
    audio: bytes | None = None

    @property
    def kind(self) -> str:
        """The message's type, or `binary`."""
        return "binary" if self.message is None else str(self.message.get("type"))


@dataclass(frozen=True, slots=True)
class Stamp:
    """The eight bytes before the samples in stamped framing."""

    version: int
    last: bool
    stream: int
    position: int


def read_stamp(frame: bytes) -> Stamp:
    """Reads u8 version, u8 flags (bit 0: last), u16 stream, u32 position, big-endian."""
    return Stamp(
        version=frame[0],
        last=bool(frame[1] & 1),
        stream=int.from_bytes(frame[2:4], "big"),
        position=int.from_bytes(frame[4:8], "big"),
    )


def write_stamp(stream: int, position: int, *, last: bool = False, version: int = 1) -> bytes:
    """Makes the eight bytes that go before the samples."""
    return bytes([version, int(last)]) + stream.to_bytes(2, "big") + position.to_bytes(4, "big")


def duration_ms(encoding: str, sample_rate: int, payload: bytes) -> float:
    """Length in ms of one binary frame's payload; an Opus frame is one bare packet (RFC 6716, section 3.1)."""
    if encoding == "opus":
        return opus_packet_ms(payload)
    return 1000.0 * len(payload) / (_BYTES_PER_SAMPLE[encoding] * sample_rate)


def opus_packet_ms(packet: bytes) -> float:
    """Length in ms of one Opus packet, from its table-of-contents byte."""
    if not packet:
        return 0.0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = _SILK_MS[config % 4]
    elif config < 16:
        frame = _HYBRID_MS[config % 2]
    else:
        frame = _CELT_MS[config % 4]
    if code == 3:
        return frame * (packet[1] & 0x3F)
    return frame * (1 if code == 0 else 2)


def story(frames: list[Frame], last: int = 60) -> str:
    """The last frames as text, runs of audio in one line, for a failing test."""
    lines: list[str] = []
    run_bytes = run_count = 0
    for frame in frames[-last * 4 :]:
        if frame.audio is not None:
            run_bytes, run_count = run_bytes + len(frame.audio), run_count + 1
            continue
        if run_count:
            lines.append(f"          {run_count} binary frames, {run_bytes} bytes")
            run_bytes = run_count = 0
        lines.append(f"{frame.at:8.3f}  {_short(frame.message or {})}")
    if run_count:
        lines.append(f"          {run_count} binary frames, {run_bytes} bytes")
    return "frames seen:\n" + "\n".join(lines[-last:])


def _short(message: JsonObject) -> str:
    fields = {name: value for name, value in message.items() if name not in ("type", "seq")}
    text = f"#{message.get('seq')} {message.get('type')} {fields}"
    return text if len(text) <= 260 else text[:257] + "..."
