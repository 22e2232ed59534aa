from typing import Any, get_args

import pytest

from enterprise_stream.audio.formats import InputEncoding, InputFormat, OutputEncoding, OutputFormat
from enterprise_stream.errors import AudioError


@pytest.mark.parametrize("encoding", get_args(InputEncoding))
def test_each_input_encoding_has_a_usual_rate(encoding: InputEncoding) -> None:
    assert InputFormat.of(encoding).encoding == encoding
    assert InputFormat.of(encoding, 48_000).sample_rate == 48_000


@pytest.mark.parametrize("encoding", get_args(OutputEncoding))
def test_each_output_encoding_has_a_usual_rate(encoding: OutputEncoding) -> None:
    assert OutputFormat.of(encoding).encoding == encoding
    assert OutputFormat.of(encoding, 48_000).sample_rate == 48_000


def test_telephony_is_8_khz_and_the_rest_what_the_protocol_says() -> None:
    assert InputFormat.of("mulaw").sample_rate == 8_000
    assert InputFormat.of("pcm_s16le").sample_rate == 16_000
    assert OutputFormat.of("alaw").sample_rate == 8_000
    assert OutputFormat.of("pcm_s16le").sample_rate == 24_000


@pytest.mark.parametrize("rate", [0, -1, 7_999, 8_001, 96_000, 16_000.0, True, None, "16000"])
def test_an_odd_rate_is_refused_with_the_rates_that_are_taken(rate: Any) -> None:
    for refused in (lambda: InputFormat("pcm_s16le", rate), lambda: OutputFormat("mulaw", rate)):
        with pytest.raises(AudioError, match="use one of 8000, 11025") as caught:
            refused()
        assert caught.value.code == "unsupported_audio"


def test_opus_output_has_only_the_rates_of_its_encoder() -> None:
    with pytest.raises(AudioError, match="use one of 8000, 12000, 16000, 24000, 48000"):
        OutputFormat("opus", 44_100)


def test_a_container_says_its_rate_itself() -> None:
    assert InputFormat("webm", 0).encoding == "webm"


@pytest.mark.parametrize("encoding", ["mp3", "", None, "x" * 500, ["webm"]])
def test_an_unknown_encoding_is_refused_with_those_that_are_taken(encoding: Any) -> None:
    for refused in (lambda: InputFormat(encoding, 16_000), lambda: OutputFormat(encoding, 16_000)):
        with pytest.raises(AudioError, match="use one of pcm_s16le") as caught:
            refused()
        assert caught.value.code == "unsupported_audio"
        assert len(str(caught.value)) < 200
