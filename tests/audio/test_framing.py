import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprise_stream.audio.framing import MICROPHONE, Stamped, pack, unpack
from enterprise_stream.errors import AudioError


def test_the_stamp_is_as_the_protocol_has_it() -> None:
    frame = pack(last=True, stream=0x0203, position=0x04050607, samples_bytes=b"\x08\x09")
    assert frame == bytes([1, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert unpack(frame) == Stamped(1, True, 0x0203, 0x04050607, b"\x08\x09")


@given(st.booleans(), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF), st.binary(max_size=64))
def test_what_is_packed_is_unpacked(last: bool, stream: int, position: int, payload: bytes) -> None:
    frame = pack(last=last, stream=stream, position=position, samples_bytes=payload)
    assert unpack(frame) == Stamped(1, last, stream, position, payload)


def test_positions_wrap_and_unknown_flags_are_ignored() -> None:
    assert unpack(pack(last=False, stream=MICROPHONE, position=2**32 + 5, samples_bytes=b"")).position == 5
    assert not unpack(bytes([1, 0xFE, 0, 0, 0, 0, 0, 0])).last


@pytest.mark.parametrize("frame", [b"", b"\x01", bytes(7), bytes(8), b"\x02" + bytes(7)])
def test_a_frame_without_a_good_stamp_is_refused(frame: bytes) -> None:
    with pytest.raises(AudioError) as caught:
        unpack(frame)
    assert caught.value.code == "bad_frame"
