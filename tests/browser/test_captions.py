"""The words light up with the sound: each against its own place in the recording."""

import numpy as np
import pytest

from .kit.captions import late_ms, say_all_words, watch
from .kit.figures import Figures
from .kit.guest import Visit
from .mock_server import MockServer

pytestmark = [pytest.mark.browser, pytest.mark.alone]

WITHIN_MS = 100


def test_each_word_lights_up_within_100_ms_of_its_sound(visit: Visit, server: MockServer, figures: Figures) -> None:
    guest = visit()
    guest.talk()
    watch(guest)
    say_all_words(server, 1)
    guest.until("speaking")
    guest.until("listening")
    late = late_ms(guest)
    figures.tell("a word lights up after it is heard", late)
    assert np.abs(late).max() <= WITHIN_MS, late
