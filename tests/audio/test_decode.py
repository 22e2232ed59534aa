from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from enterprise_stream.audio.decode import AudioDecoder, make_decoder
from enterprise_stream.audio.encode import make_encoder
from enterprise_stream.audio.formats import InputEncoding, InputFormat, OutputFormat
from enterprise_stream.audio.pcm import SPEAK_RATE, to_bytes, to_int16
from enterprise_stream.audio.resample import Resampler
from enterprise_stream.errors import AudioError

Samples = NDArray[np.float32]
Heard = Callable[..., Samples]
Like = Callable[[Samples, Samples], float]
KINDS = ("webm", "webm_file", "ogg", "wav", "wav_endless")
ENDLESS = ("webm", "webm_file", "wav_endless")
PAIRS = [
    (first, second)
    for first in (*KINDS, "pcm")
    for second in (*KINDS, "pcm")
    if second != "pcm" or first not in ENDLESS  # a stream that knows no end goes on after a flush
]


def whole(decoder: AudioDecoder, data: bytes, chunk: int = 1 << 20) -> Samples:
    parts = [decoder.feed(data[at : at + chunk]) for at in range(0, len(data), chunk)]
    return np.concatenate([*parts, decoder.flush()])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunk", [1, 3, 500, 1 << 20])
def test_a_real_stream_is_heard_in_any_pieces(
    containers: dict[str, bytes], heard: Heard, like: Like, kind: str, chunk: int
) -> None:
    data = containers[kind]
    if len(data) > 100_000 and chunk < 100:
        data = data[:50_000]
    sound = whole(make_decoder(None), data, chunk)
    assert sound.size == 32_000 or len(data) == 50_000
    assert like(sound, heard()[: sound.size]) > 0.9995


@pytest.mark.parametrize("kind", ["webm", "ogg", "wav"])
def test_a_stated_container_is_heard_like_a_sniffed_one(containers: dict[str, bytes], kind: InputEncoding) -> None:
    stated = whole(make_decoder(InputFormat.of(kind)), containers[kind], 999)
    sniffed = whole(make_decoder(None), containers[kind], 999)
    assert np.array_equal(stated, sniffed)
    assert stated.size == 32_000


@pytest.mark.parametrize("rate", [8_000, 24_000, 48_000])
def test_bare_packets_are_heard(heard: Heard, like: Like, rate: int) -> None:
    at_24k = Resampler(16_000, SPEAK_RATE)
    pcm = to_int16(np.concatenate([at_24k.feed(heard()[:8_000]), at_24k.flush()]))
    encoder = make_encoder(OutputFormat("opus", rate))
    decoder = make_decoder(InputFormat.of("opus"))
    parts = [decoder.feed(part.payload) for part in [*encoder.encode(pcm), *encoder.flush()]]
    sound = np.concatenate([*parts, decoder.flush()])
    delay = 104 + rate // 8_000  # 6.5 ms of the encoder, which bare packets do not announce, and the resampler's
    assert like(sound[delay:], heard()[:8_000]) > 0.9
    assert decoder.feed(b"").size == 0
    decoder.close()


def test_anything_else_is_16_bit_at_16_khz(heard: Heard) -> None:
    data = to_bytes(to_int16(heard()))
    for chunk in (1, 641, 1 << 20):
        sound = whole(make_decoder(None), data, chunk)
        assert np.abs(sound - heard()).max() < 1e-4


@pytest.mark.parametrize("start", [b"O", b"OggR", b"RI", b"RIFE", b"\x1a\x45\xdf", b"\x1a\x45\xdf\x00"])
def test_samples_that_begin_almost_like_a_header_are_not_lost(start: bytes) -> None:
    data = start + bytes(len(start) % 2)
    for chunk in (1, 2, 3, 100):
        assert whole(make_decoder(None), data, chunk).size == len(data) // 2


def recordings(containers: dict[str, bytes], heard: Heard) -> dict[str, bytes]:
    return {**containers, "pcm": to_bytes(to_int16(heard()))}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_after_a_flush_another_recording_may_follow(
    containers: dict[str, bytes], heard: Heard, like: Like, first: str, second: str
) -> None:
    streams = recordings(containers, heard)
    decoder = make_decoder(None)
    assert whole(decoder, streams[first], 4_000).size == 32_000
    assert like(whole(decoder, streams[second], 4_001), heard()) > 0.9995


@pytest.mark.parametrize("first", [*KINDS, "pcm"])
@pytest.mark.parametrize("second", KINDS)
def test_a_header_at_the_start_of_a_frame_begins_anew_without_a_flush(
    containers: dict[str, bytes], heard: Heard, like: Like, first: str, second: str
) -> None:
    decoder = make_decoder(None)
    before = decoder.feed(recordings(containers, heard)[first][:-7])  # cut off, as when a tab is closed
    after = whole(decoder, containers[second])
    assert like(np.concatenate([before, after])[-32_000:], heard()) > 0.9995


def test_a_recorder_that_goes_on_after_stop_is_still_heard(webm: bytes, heard: Heard, like: Like) -> None:
    decoder = make_decoder(None)
    first = np.concatenate([decoder.feed(webm[:8_000]), decoder.flush()])
    second = np.concatenate([decoder.feed(webm[8_000:]), decoder.flush()])
    sound = np.concatenate([first, second])
    assert abs(sound.size - 32_000) <= 2
    assert like(second, heard()[-second.size :]) > 0.999


TINY = b"\x1b\x42\x00"  # 120 ms in three bytes


def ogg_bomb(ogg: bytes) -> bytes:
    _, head, tags, _ = ogg.split(b"OggS", 3)
    page = b"OggS\0\0" + bytes(8) + ogg[14:18] + bytes(8) + b"\xff" + b"\x03" * 255 + TINY * 255
    return b"OggS" + head + b"OggS" + tags + page * 900


def webm_bomb() -> bytes:
    block = b"\xa3\x87\x81\0\0\x80" + TINY
    track = b"\xd7\x81\x01\x86\x86A_OPUS"
    tracks = b"\x16\x54\xae\x6b" + bytes([0x80 | len(track) + 2]) + b"\xae" + bytes([0x80 | len(track)]) + track
    unknown = b"\x01" + b"\xff" * 7
    head = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67" + unknown + tracks + b"\x1f\x43\xb6\x75" + unknown
    return head + block * 110_000


@pytest.mark.parametrize("kind", ["webm", "ogg"])
def test_hours_of_tiny_packets_are_refused_once_they_are_too_long(ogg: bytes, kind: str) -> None:
    data = webm_bomb() if kind == "webm" else ogg_bomb(ogg)
    assert 900_000 < len(data) < 1 << 20
    with pytest.raises(AudioError, match="send it in smaller pieces") as caught:
        make_decoder(None).feed(data)
    assert caught.value.code == "audio_too_long"


@pytest.mark.parametrize("kind", ["webm", "ogg", "wav"])
def test_a_lost_stream_says_so_once_and_goes_on_with_the_next_header(
    containers: dict[str, bytes], kind: InputEncoding
) -> None:
    data = containers[kind]
    for fmt in (InputFormat.of(kind), None):
        decoder = make_decoder(fmt)
        damaged = data[:4] + b"\xff" * 900
        with pytest.raises(AudioError, match=r"record|save|send"):
            decoder.feed(damaged)
        compressed = np.random.default_rng(0).bytes(700)
        assert decoder.feed(compressed).size == 0
        assert decoder.flush().size == 0
        assert decoder.feed(compressed).size == 0
        assert whole(decoder, data, 501).size == 32_000
        decoder.close()
        decoder.close()


def test_samples_after_a_lost_stream_are_heard(heard: Heard) -> None:
    decoder = make_decoder(None)
    with pytest.raises(AudioError):
        decoder.feed(b"OggS" + b"\xff" * 100)
    sound = whole(decoder, to_bytes(to_int16(heard())), 640)
    assert np.abs(sound - heard()).max() < 1e-4


@pytest.mark.parametrize("kind", ["webm", "ogg", "wav"])
def test_a_stated_container_without_its_header_is_refused_with_what_to_do(kind: InputEncoding) -> None:
    decoder = make_decoder(InputFormat.of(kind))
    with pytest.raises(AudioError, match="send the recording from its first chunk on") as caught:
        decoder.feed(bytes(640))
    assert caught.value.code == "bad_audio"


def test_silence_in_gives_silence_out() -> None:
    for fmt in (None, InputFormat.of("webm"), InputFormat.of("opus"), InputFormat.of("mulaw")):
        decoder = make_decoder(fmt)
        assert decoder.flush().size == 0
        assert decoder.feed(b"").size == 0
        assert decoder.flush().size == 0
        decoder.close()
