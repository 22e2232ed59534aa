"""Talking over Sandra, measured in the page's own output: how soon she is silent, and that she stays it."""

import time
from typing import Any

import pytest

from .kit.figures import Figures
from .kit.guest import Guest, Visit
from .mock_server import MockServer, tone

pytestmark = [pytest.mark.browser, pytest.mark.alone]

SILENT_WITHIN_MS = 150
"""After the server's word."""

TIMES = 8


def interrupted(guest: Guest[Any], server: MockServer, turn: int) -> float:
    """Have her speak and be interrupted in mid-word; returns when the server said so, s since 1970."""
    server.speak(turn, tone(6000))
    guest.until("speaking")
    before = len(server.of("playback"))
    server.wait(lambda: len(server.of("playback")) >= before + 2, "the answer to sound")
    decided = time.time()
    server.send("interrupted", turn=turn, heard_text="", played_ms=300, reason="barge_in")
    server.send_audio(tone(400))  # what was on its way
    guest.until("listening")
    return decided


def test_she_is_silent_within_150_ms_of_the_servers_word_each_time(
    visit: Visit, server: MockServer, figures: Figures
) -> None:
    guest = visit()
    guest.talk()
    decisions = [interrupted(guest, server, turn) for turn in range(1, TIMES + 1)]
    server.send("speech_started", turn=TIMES + 1)  # a message that comes back behind all that went before
    guest.wait_for("speech_started")
    heard = guest.heard()
    took = [(heard.silent_from(decided) - decided) * 1000 for decided in decisions]
    figures.tell("silent after the server's word", took)
    assert max(took) <= SILENT_WITHIN_MS, took
