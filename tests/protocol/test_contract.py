"""The checker itself: a good record passes, and each broken one is caught by the rule that it breaks."""

from collections.abc import Callable
from typing import Any

import pytest

from .contract import violations
from .record import Frame, opus_packet_ms, read_stamp, write_stamp
from .sounds import opus_packets, silence

Frames = list[Frame]
Change = Callable[[Frames], None]

LATENCY = {"endpoint": 200, "transcript": 210, "first_text": 220, "first_audio": None, "speculated": False}
USAGE = dict.fromkeys(
    ("stt_ms", "llm_input_tokens", "llm_cached_tokens", "llm_output_tokens", "tts_chars", "tts_cached_chars"), 0
)
COST = {"stt": 0, "llm": 0, "tts": 0, "total": 0}
AUDIO = bytes(4800)  # 100 ms at 24 kHz


def _message(kind: str, **fields: Any) -> Frame:
    return Frame(0.0, message={"type": kind, **fields})


def _good() -> Frames:
    start = {"stream": 1, "encoding": "pcm_s16le", "sample_rate": 24000, "voice": "ef_dora"}
    frames = [
        _message(
            "ready",
            protocol=1,
            session_id="s",
            resume_token="t",
            language="es",
            persona={"name": "Sandra", "voice": "ef_dora"},
            server={"version": "0", "mode": "embedded"},
            disclosure="Soy una IA.",
        ),
        _message("speech_started", turn=1),
        _message("speech_stopped", turn=1),
        _message("transcription", turn=1, text="hola", final=True),
        _message("response_chunk", turn=1, text="Hola, "),
        _message("audio_start", turn=1, **start),
        _message("caption", turn=1, text="Hola", start_ms=0, end_ms=100),
        Frame(0.1, audio=AUDIO),
        _message("response_chunk", turn=1, text="buenas."),
        _message(
            "response_complete",
            turn=1,
            text="Hola, buenas.",
            responseType="welcome",
            latency=LATENCY,
            usage=USAGE,
            cost=COST,
        ),
        Frame(0.2, audio=AUDIO),
        _message("audio_end", turn=1, duration_ms=200),
    ]
    return _numbered(frames)


def _numbered(frames: Frames) -> Frames:
    numbered: Frames = []
    for frame in frames:
        if frame.message is None:
            numbered.append(frame)
        else:
            seq = 1 + sum(f.message is not None for f in numbered)
            numbered.append(Frame(frame.at, message={**frame.message, "seq": seq}))
    return numbered


def _at(frames: Frames, kind: str) -> int:
    return next(i for i, frame in enumerate(frames) if frame.kind == kind)


def _set(kind: str, **fields: Any) -> Change:
    def change(frames: Frames) -> None:
        frame = frames[_at(frames, kind)]
        assert frame.message is not None
        frame.message.update(fields)

    return change


def _drop_field(kind: str, field: str) -> Change:
    def change(frames: Frames) -> None:
        frame = frames[_at(frames, kind)]
        assert frame.message is not None
        del frame.message[field]

    return change


def _move(kind: str, before: str) -> Change:
    def change(frames: Frames) -> None:
        frame = frames.pop(_at(frames, kind))
        frames.insert(_at(frames, before), frame)

    return change


def _repeat(kind: str) -> Change:
    def change(frames: Frames) -> None:
        frame = frames[_at(frames, kind)]
        frames.append(Frame(frame.at, dict(frame.message) if frame.message else None, frame.audio))

    return change


def _insert(index: int, frame: Frame) -> Change:
    return lambda frames: frames.insert(index, frame)


CUT = _message("interrupted", turn=1, heard_text="Hola,", played_ms=60, reason="client")
BROKEN: dict[str, tuple[Change, str]] = {
    "a field left out": (_drop_field("response_complete", "cost"), "left out"),
    "a null field left out": (
        _set("response_complete", latency={k: v for k, v in LATENCY.items() if k != "first_audio"}),
        "first_audio is left out",
    ),
    "a wrong type": (_set("transcription", text=5), "wrong type"),
    "a bool for a number": (_set("audio_end", duration_ms=True), "wrong type"),
    "an unknown response type": (_set("response_complete", responseType="other"), "allowed"),
    "turn zero": (_set("speech_started", turn=0), "count from 1"),
    "another voice": (_set("audio_start", voice="bf_emma"), "persona.voice"),
    "speech stopped before it started": (_move("speech_stopped", "speech_started"), "without a speech_started"),
    "the transcription before speech stopped": (_move("transcription", "speech_stopped"), "rule 3"),
    "a chunk before the transcription": (_move("response_chunk", "transcription"), "before its final"),
    "audio before the transcription": (_move("audio_start", "transcription"), "before its final"),
    "audio outside": (_insert(1, Frame(0.0, audio=AUDIO)), "outside"),
    "audio after the end": (_repeat("binary"), "outside"),
    "two finals": (_repeat("transcription"), "rule 2"),
    "two completes": (_repeat("response_complete"), "rule 2"),
    "chunks that do not join": (_set("response_complete", text="Hola."), "joined"),
    "two voices": (_insert(8, _message("audio_start", turn=2, stream=2, encoding="mulaw", sample_rate=8000,
                                       voice="ef_dora")), "has the voice"),
    "a wrong duration": (_set("audio_end", duration_ms=260), "duration_ms is 260"),
    "a caption past the end": (_set("caption", end_ms=230), "outside its 200 ms"),
    "a caption backwards": (_set("caption", start_ms=120), "backwards"),
    "audio after interrupted": (_insert(10, CUT), "outside"),
    "text after interrupted": (_insert(8, CUT), "response_chunk of turn 1 follows"),
    "heard what was not said": (_insert(12, _message("interrupted", turn=1, heard_text="Adiós", played_ms=60,
                                                     reason="client")), "does not begin"),
    "played what was not sent": (_insert(12, _message("interrupted", turn=1, heard_text="", played_ms=900,
                                                      reason="client")), "played_ms 900"),
    "a total that is no sum": (_set("response_complete", cost={**COST, "total": 1}), "not the sum"),
    "a falling turn": (_insert(1, _message("speech_started", turn=4)), "turns rise"),
    "a stack trace": (_insert(1, _message("error", code="x", retryable=False, message="Traceback (most")), "shows"),
}  # fmt: skip


def test_a_good_record_passes() -> None:
    assert violations(_good()) == []


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_record_is_caught(name: str) -> None:
    change, expected = BROKEN[name]
    frames = _good()
    change(frames)
    found = violations(_numbered(frames))
    assert any(expected in sentence for sentence in found), found


def test_a_gap_in_seq_is_caught() -> None:
    frames = [frame for frame in _good() if frame.kind != "speech_started"]
    assert any("seq is 3, expected 2" in sentence for sentence in violations(frames))


def test_audio_too_far_ahead_is_caught() -> None:
    frames = _good()
    index = _at(frames, "binary")
    frames[index] = Frame(0.1, audio=bytes(48 * 31_000))
    _set("audio_end", duration_ms=31_100)(frames)
    assert violations(frames) == []
    assert any("ahead" in sentence for sentence in violations(frames, played=lambda _turn, _at: 0.0))


def test_stamped_frames_are_followed() -> None:
    frames = _good()
    first, second = (i for i, frame in enumerate(frames) if frame.audio is not None)
    frames[first] = Frame(0.1, audio=write_stamp(1, 0) + AUDIO)
    frames[second] = Frame(0.1, audio=write_stamp(1, 2400, last=True) + AUDIO)
    assert violations(frames, stamped=True) == []
    frames[second] = Frame(0.1, audio=write_stamp(1, 2399) + AUDIO)
    found = violations(frames, stamped=True)
    assert any("position 2399" in sentence for sentence in found)
    assert any("flag bit 0" in sentence for sentence in found)


def test_a_stamp_is_read_as_it_was_written() -> None:
    assert write_stamp(258, 66_051, last=True) == bytes([1, 1, 1, 2, 0, 1, 2, 3])
    stamp = read_stamp(write_stamp(258, 66_051, last=True))
    assert (stamp.version, stamp.last, stamp.stream, stamp.position) == (1, True, 258, 66_051)


def test_opus_packets_say_their_length() -> None:
    packets = opus_packets(silence(1.0))
    assert {opus_packet_ms(packet) for packet in packets} == {20.0}
    assert 50 <= len(packets) <= 52
