import numpy as np
import pytest
from numpy.typing import NDArray

from enterprise_stream.audio.companding import Law, expand
from enterprise_stream.audio.encode import AudioEncoder, Encoded, make_encoder
from enterprise_stream.audio.formats import USUAL_RATES, OutputFormat
from enterprise_stream.audio.limits import FeedBudget
from enterprise_stream.audio.opus import OpusDecoder
from enterprise_stream.audio.pcm import from_bytes, to_float, to_int16


def tone(rate: int) -> NDArray[np.float32]:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)


def encoded(encoder: AudioEncoder, chunk: int = 480) -> list[Encoded]:
    pcm = to_int16(tone(24_000))
    parts = [part for at in range(0, pcm.size, chunk) for part in encoder.encode(pcm[at : at + chunk])]
    return parts + encoder.flush()


@pytest.mark.parametrize("rate", USUAL_RATES)
def test_pcm_at_any_usual_rate(rate: int) -> None:
    parts = encoded(make_encoder(OutputFormat("pcm_s16le", rate)))
    assert all(len(part.payload) == 2 * part.samples > 0 for part in parts)
    assert sum(part.duration_ms(rate) for part in parts) == pytest.approx(1_000.0)
    sound = to_float(from_bytes(b"".join(part.payload for part in parts)))
    assert np.abs(sound - tone(rate))[300:-300].max() < 2e-3


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
@pytest.mark.parametrize("rate", [8_000, 24_000])
def test_telephony(law: Law, rate: int) -> None:
    parts = encoded(make_encoder(OutputFormat(law, rate)))
    assert all(len(part.payload) == part.samples for part in parts)
    sound = to_float(expand(b"".join(part.payload for part in parts), law))
    assert sound.size == rate
    assert np.abs(sound - tone(rate))[300:-300].max() < 0.025


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 48_000])
@pytest.mark.parametrize("chunk", [1, 480, 777, 24_000])
def test_opus_packets_are_20_ms_each(rate: int, chunk: int) -> None:
    parts = encoded(make_encoder(OutputFormat("opus", rate)), chunk)
    assert {part.duration_ms(rate) for part in parts} == {20.0}
    assert 51 <= len(parts) <= 52
    assert sum(len(part.payload) for part in parts) * 8 < 48_000
    decoder = OpusDecoder(FeedBudget(), pre_skip=312)
    sound = np.concatenate([decoder.decode(part.payload) for part in parts])
    assert np.corrcoef(sound[4_000:44_000], tone(48_000)[4_000:44_000])[0, 1] > 0.9


def test_none_sends_nothing() -> None:
    assert encoded(make_encoder(OutputFormat("none", 24_000))) == []


@pytest.mark.parametrize("encoding", ["pcm_s16le", "opus", "mulaw", "alaw"])
def test_no_sound_makes_no_frame_and_a_flushed_encoder_begins_anew(encoding: str) -> None:
    encoder = make_encoder(OutputFormat.of(encoding))  # type: ignore[arg-type]
    assert encoder.encode(np.zeros(0, np.int16)) == []
    assert encoder.flush() == []
    first = sum(part.samples for part in encoded(encoder))
    assert sum(part.samples for part in encoded(encoder)) == first > 0
    assert encoder.flush() == []
