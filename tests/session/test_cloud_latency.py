"""Voice-to-voice with vendors' engines at realistic latencies, on emulators and virtual time; see the bench."""

import argparse

import numpy as np
from bench.cloud_latency import ROWS, EarInTime, measure
from bench.speculation import sentences

from enterprise_stream.testing.emulators.ears import BLOCK, BLOCK_MS

GOAL_MS = 450.0
TURNS = 6


def test_by_default_half_of_all_turns_are_answered_within_the_goal() -> None:
    given = argparse.Namespace(ahead_ms=0.0, brief=False, wall=False)
    counts = measure(ROWS["default"], sentences(TURNS), None, given)
    assert len(counts.first) == len(counts.own) == TURNS
    assert np.median(counts.first) <= GOAL_MS
    assert sum(end.used for end in counts.drafts) == TURNS


async def test_the_ear_knows_no_word_before_it_was_said() -> None:
    """What the table stands on: the words of a recogniser come no earlier than they are spoken."""
    recording = sentences(2)[0]
    ear = EarInTime(ahead_ms=0.0)
    ear.recording = recording
    hearing, begins_ms = ear.listen("es"), recording.words[0].start_ms
    block = np.zeros(BLOCK, np.float32)
    for at_ms in np.arange(begins_ms, recording.words[-1].end_ms, BLOCK_MS):
        hearing.hear(block, loud=True)
        said = [word.text for word in recording.words if word.end_ms <= at_ms + BLOCK_MS]
        assert [word.text for word in await hearing.words()] == said
