import numpy as np
import pytest

from enterprise_stream.audio.companding import Law, compress
from enterprise_stream.audio.formats import USUAL_RATES
from enterprise_stream.audio.pcm import to_bytes, to_int16
from enterprise_stream.audio.raw import RawDecoder
from enterprise_stream.errors import AudioError


def tone(rate: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", USUAL_RATES)
@pytest.mark.parametrize("chunk", [1, 3, 640, 1 << 20])
def test_pcm_at_any_usual_rate_in_any_pieces(rate: int, chunk: int) -> None:
    data = to_bytes(to_int16(tone(rate)[: rate // 4]))
    decoder = RawDecoder("pcm_s16le", rate)
    parts = [decoder.feed(data[at : at + chunk]) for at in range(0, len(data), chunk)]
    sound = np.concatenate([*parts, decoder.flush()])
    assert sound.dtype == np.float32
    assert sound.size == -(-(rate // 4) * 16_000 // rate)
    assert np.abs(sound - tone(16_000)[: sound.size])[300:-300].max() < 2e-3


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_telephony(law: Law) -> None:
    decoder = RawDecoder(law, 8_000)
    sound = np.concatenate([decoder.feed(compress(to_int16(tone(8_000)), law)), decoder.flush()])
    assert np.abs(sound - tone(16_000))[300:-300].max() < 0.02


def test_half_a_sample_waits_for_its_other_half_but_not_over_a_flush() -> None:
    decoder = RawDecoder("pcm_s16le", 16_000)
    assert decoder.feed(b"\x00").size == 0
    assert decoder.feed(b"\x40\x00").tolist() == [0.5]
    decoder.flush()
    assert decoder.feed(b"\x00\x40").tolist() == [0.5]
    assert decoder.feed(b"").size == 0
    decoder.close()


def test_a_megabyte_is_taken_and_hours_are_not() -> None:
    assert RawDecoder("pcm_s16le", 8_000).feed(bytes(1 << 20)).size > 60 * 16_000
    decoder = RawDecoder("mulaw", 8_000)
    with pytest.raises(AudioError, match="smaller pieces") as caught:
        decoder.feed(bytes(121 * 8_000))
    assert caught.value.code == "audio_too_long"
    assert decoder.feed(bytes(8_000)).size > 15_000
