"""Whatever compressed sound does to its decoders, the kernel sees that it takes 1 s of CPU and 64 MiB at most."""

import json
import subprocess
import sys

import pytest
from tests.audio.bounded import CONTROLS


@pytest.mark.requirement("S23")
def test_no_input_ends_its_decoder_or_takes_more_than_a_second_and_64_mib() -> None:
    """All that fuzzers have kept, mutations of it, and sounds made to break decoders; each in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "tests.audio.bounded"], check=True, capture_output=True)
    found = json.loads(done.stdout)
    assert found["bad"] == {}, (found, done.stderr.decode())
    assert found["inputs"] > 250
    assert found["controls"] == {name: name for name in CONTROLS}, "the bounds are none"
