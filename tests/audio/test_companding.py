import numpy as np
import pytest

from enterprise_stream.audio.companding import Law, compress, expand

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32_768, 32_768, dtype=np.int16)


def test_known_codes_of_the_standard() -> None:
    assert expand(b"\x00\x80\xff\x7f", "mulaw").tolist() == [-32_124, 32_124, 0, 0]
    assert expand(b"\xd5\x55\xaa\x2a", "alaw").tolist() == [8, -8, 32_256, -32_256]


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_each_code_is_its_own_best_code(law: Law) -> None:
    again = compress(expand(EVERY_CODE, law), law)
    expected = EVERY_CODE if law == "alaw" else EVERY_CODE.replace(b"\x7f", b"\xff")  # two zeros
    assert again == expected


@pytest.mark.parametrize(("law", "step"), [("mulaw", 8), ("alaw", 16)])
def test_the_error_grows_with_the_sample(law: Law, step: int) -> None:
    error = np.abs(expand(compress(EVERY_SAMPLE, law), law).astype(np.int32) - EVERY_SAMPLE)
    inside = np.abs(EVERY_SAMPLE.astype(np.int32)) <= 32_000
    assert np.all(error[inside] <= np.maximum(step, np.abs(EVERY_SAMPLE.astype(np.int32)[inside]) / 16))
    assert np.all(np.diff(expand(compress(EVERY_SAMPLE, law), law).astype(np.int32)) >= 0)
