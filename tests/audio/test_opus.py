from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprise_stream.audio.limits import FeedBudget
from enterprise_stream.audio.opus import OpusDecoder, OpusFrames, packet_samples
from enterprise_stream.errors import AudioError


@lru_cache
def packets(rate: int = 24_000) -> tuple[bytes, ...]:
    frames = OpusFrames(rate)
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
    return (*frames.encode(tone), *frames.flush())


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"\x00", 480),  # SILK 10 ms
        (b"\x18", 2_880),  # SILK 60 ms
        (b"\x60", 480),  # hybrid 10 ms
        (b"\x68", 960),  # hybrid 20 ms
        (b"\x80", 120),  # CELT 2.5 ms
        (b"\x99\x00", 1_920),  # CELT 20 ms, two frames
        (b"\x83\x03", 360),  # three of 2.5 ms
        (b"\x1b\x02", 5_760),  # two of 60 ms: the most there is
    ],
)
def test_a_packet_says_how_long_it_is(packet: bytes, samples: int) -> None:
    assert packet_samples(packet) == samples


@pytest.mark.parametrize("packet", [b"", b"\x03", b"\x03\x00", b"\x1b\x03", b"\xfb\x3f"])
def test_no_packet_is_like_this(packet: bytes) -> None:
    with pytest.raises(AudioError, match="damaged Opus packet"):
        packet_samples(packet)
    with pytest.raises(AudioError, match="damaged Opus packet"):
        OpusDecoder(FeedBudget()).decode(packet)


def test_a_tone_survives_with_its_start_in_place() -> None:
    decoder = OpusDecoder(FeedBudget(), pre_skip=312)
    sound = np.concatenate([decoder.decode(packet) for packet in packets()])
    expected = 0.3 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
    assert np.corrcoef(sound[4_000:44_000], expected[4_000:44_000])[0, 1] > 0.9


def test_keep_cuts_the_end_and_gain_makes_louder() -> None:
    plain, loud = OpusDecoder(FeedBudget()), OpusDecoder(FeedBudget(), gain_db=6.0)
    for packet in packets()[:20]:
        quiet, strong = plain.decode(packet, keep=100), loud.decode(packet, keep=100)
        assert quiet.size == 100
        np.testing.assert_allclose(strong, quiet * 10 ** (6 / 20), rtol=1e-5)
    assert np.abs(quiet).max() > 0.01


def test_more_than_a_feed_may_give_is_refused_before_it_is_decoded() -> None:
    decoder = OpusDecoder(FeedBudget(max_ms=50))
    first, second, third, *_ = packets()
    decoder.decode(first)
    decoder.decode(second)
    with pytest.raises(AudioError) as caught:
        decoder.decode(third)
    assert caught.value.code == "audio_too_long"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_garbage_is_refused_and_good_packets_go_on(garbage: list[bytes]) -> None:
    decoder = OpusDecoder(FeedBudget(max_ms=1e9))
    codes: set[str] = set()
    for packet in garbage:
        try:
            sound = decoder.decode(packet)
        except AudioError as error:
            codes.add(error.code)
        else:
            assert sound.size == packet_samples(packet)
            assert np.isfinite(sound).all()
    assert codes <= {"bad_audio"}
    assert decoder.decode(packets()[3]).size == 960


@pytest.mark.parametrize("rate", [8_000, 12_000, 16_000, 24_000, 48_000])
def test_packets_are_20_ms_and_hold_everything(rate: int) -> None:
    frames = OpusFrames(rate)
    assert frames.flush() == []
    got = frames.encode(np.zeros(rate // 100, np.float32))
    assert got == []
    got += frames.encode(np.zeros(rate, np.float32))
    assert len(got) == 50
    got += frames.flush()
    assert all(packet_samples(packet) == 960 for packet in got)
    assert len(got) * frames.frame_samples >= rate * 1.01 + rate // 150
    assert frames.flush() == []
