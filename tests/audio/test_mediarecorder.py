"""What Chromium's MediaRecorder really sent: stereo, clusters of unknown size, chunks cut amid elements."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from enterprise_stream.audio.decode import make_decoder
from enterprise_stream.audio.formats import InputFormat

Samples = NDArray[np.float32]
FIXTURES = Path(__file__).parent / "fixtures"


def recordings() -> list[list[bytes]]:
    """The chunks of both recordings."""
    chunked = []
    for name, sizes in json.loads((FIXTURES / "chunks.json").read_text())["sizes"].items():
        data = (FIXTURES / name).read_bytes()
        ends = np.cumsum(sizes)
        assert ends[-1] == len(data)
        chunked.append([data[end - size : end] for end, size in zip(ends, sizes, strict=True)])
    return chunked


def similarity(sound: Samples, reference: Samples) -> float:
    """Correlation from where the reference begins in the sound."""
    start = int(np.correlate(sound[:24_000], reference[:16_000], "valid").argmax())
    found = sound[start : start + reference.size]
    assert found.size > 30_000
    return float(np.corrcoef(found, reference[: found.size])[0, 1])


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("stop_between", [True, False])
def test_two_recordings_on_one_connection(heard: Callable[[], Samples], stated: bool, stop_between: bool) -> None:
    decoder = make_decoder(InputFormat.of("webm") if stated else None)
    for chunks in recordings():
        assert len(chunks) > 15
        parts = [decoder.feed(chunk) for chunk in chunks]
        assert all(part.size > 0 for part in parts)  # each chunk holds the end of a block
        if stop_between:
            parts.append(decoder.flush())
        assert similarity(np.concatenate(parts), heard()) > 0.98


def test_a_recording_in_one_frame_is_the_same(heard: Callable[[], Samples]) -> None:
    for chunks in recordings():
        decoder, at_once = make_decoder(None), make_decoder(None)
        pieces = np.concatenate([*(decoder.feed(chunk) for chunk in chunks), decoder.flush()])
        whole = np.concatenate([at_once.feed(b"".join(chunks)), at_once.flush()])
        np.testing.assert_allclose(whole, pieces, atol=1e-5)
