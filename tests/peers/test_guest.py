"""The benchmark's guest measures what it says, and its wires say what the systems say."""

from itertools import cycle

import numpy as np
import pytest
from bench.peers.guest import BARGE_AFTER_S, GAP_S, Guest, Speech, Turn, room, speech_of
from bench.peers.wires import OurWire, PipecatWire, Signal

from enterprise_stream.testing.simulated.recordings import babble

ASKS = babble("asks", "¿Tienen una suite?")
LOUD = np.full(2_400, 8_000, np.int16).tobytes()
SILENT = bytes(4_800)
STOP = '{"type":"interrupted","turn":1}'


class Scene:
    """A guest in steps of 20 ms; the system answers as the test tells."""

    def __init__(self, *, interrupts: bool = False) -> None:
        self.sent: list[bytes | str] = []
        self.now = 100.0
        speech = speech_of(ASKS, bytes)
        self.speech = speech
        self.guest = Guest(OurWire(), self.sent.append, cycle([speech]), room(bytes), 100.0, interrupts=interrupts)

    def step(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            self.guest.tick(self.now)
            self.now += 0.02

    def speak(self) -> float:
        """Speak a recording to its end; returns when its last speech was sent."""
        self.step(0.02 * (len(self.speech.frames) + 1))
        return self.now - 0.02 * (len(self.speech.frames) - self.speech.last)

    def answer(self, seconds: float = 1.0, pcm: bytes = LOUD) -> None:
        for _ in range(round(seconds / 0.1)):
            self.guest.hear(pcm, self.now, text=False)

    def turns(self) -> list[Turn]:
        return self.guest.seen()


def test_voice_to_voice_is_from_the_last_loud_frame_to_the_first_audible_sound() -> None:
    scene = Scene()
    ended = scene.speak()
    scene.step(0.3)
    scene.answer(0.1, SILENT)
    scene.step(0.1)
    scene.answer()
    (turn,) = scene.turns()
    assert turn.facts()["v2v_ms"] == pytest.approx((scene.now - ended) * 1000, abs=1)
    assert (turn.answers, turn.cuts) == (1, 0)


def test_an_answer_before_the_end_is_a_cut_and_the_one_after_it_is_another() -> None:
    scene = Scene()
    scene.step(0.6)
    scene.answer(0.2)
    scene.step(0.02 * len(scene.speech.frames) - 0.5)
    scene.answer()
    (turn,) = scene.turns()
    assert (turn.answers, turn.cuts) == (2, 1)


def test_the_guest_plays_the_answer_out_before_speaking_again() -> None:
    scene = Scene()
    scene.speak()
    scene.answer(2.0)
    scene.step(2.0 + GAP_S - 0.1)
    assert not scene.guest.turns
    scene.step(0.2)
    assert len(scene.guest.turns) == 1


def test_an_interruption_is_from_the_first_loud_frame_to_the_message_that_stops_the_answer() -> None:
    scene = Scene(interrupts=True)
    scene.speak()
    scene.answer(5.0)
    scene.step(BARGE_AFTER_S + 0.06 + 0.02 * scene.speech.first)
    began = scene.now
    scene.step(0.2)
    scene.guest.hear(STOP.encode(), scene.now, text=True)
    scene.step(1.5)
    scene.answer()
    turn = scene.turns()[-1]
    assert turn.over
    stop_ms = turn.facts()["stop_ms"]
    assert isinstance(stop_ms, float)
    assert abs(stop_ms - (scene.now - 1.5 - began) * 1000) <= 60


def test_a_turn_without_an_answer_is_not_waited_for_forever() -> None:
    scene = Scene()
    scene.speak()
    scene.step(9.0)
    (turn,) = scene.guest.turns
    assert (turn.answers, turn.heard) == (0, None)


def test_pipecats_frames() -> None:
    wire = PipecatWire()
    pcm = bytes(range(256)) * 3
    sent = wire.microphone(pcm)
    assert wire.read(sent, text=False) == pcm
    assert wire.read(bytes.fromhex("2a020801"), text=False) is Signal.STOPPED
    assert wire.read(bytes.fromhex("22040a027b7d"), text=False) is None


def test_our_messages() -> None:
    wire = OurWire()
    assert wire.read(b'{"type":"audio_start","turn":7,"seq":3}', text=True) is None
    assert wire.played(123.4) == '{"type":"playback","turn":7,"played_ms":123}'
    assert wire.read(b'{"type":"duck","turn":7,"on":true}', text=True) is Signal.DUCKED
    assert wire.read(b'{"type":"duck","turn":7,"on":false}', text=True) is None
    assert wire.read(STOP.encode(), text=True) is Signal.STOPPED
    assert wire.read(b'{"type":"response_chunk","text":"\\"interrupted\\""}', text=True) is None


def test_a_recording_is_cut_into_frames_of_20_ms() -> None:
    speech: Speech = speech_of(ASKS, bytes)
    assert {len(frame) for frame in speech.frames} == {640}
    assert abs(speech.first * 20 - ASKS.words[0].start_ms) <= 20
    assert abs((speech.last + 1) * 20 - ASKS.words[-1].end_ms) <= 20
