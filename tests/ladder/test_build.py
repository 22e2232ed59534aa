"""Rungs as the settings name them."""

from enterprise_stream.ladder.build import by_voice, rungs_of
from enterprise_stream.ladder.deadlines import FIRST_SOUND_S, PATIENT_S
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.testing.faults import FaultyVoice


def test_vendors_have_deadlines_and_this_machine_has_patience() -> None:
    aura, kokoro = rungs_of("tts", [("deepgram-aura2", FaultyVoice()), ("kokoro", FaultyVoice())])
    assert (aura.first_s, aura.local) == (FIRST_SOUND_S, False)
    assert (kokoro.first_s, kokoro.local) == (PATIENT_S, True)


def test_engines_of_one_voice_stand_on_one_ladder() -> None:
    voices = (("a", "ana"), ("b", "eva"), ("c", "ana"))
    engines: list[tuple[str, TextToSpeech]] = [(name, FaultyVoice(voice=voice)) for name, voice in voices]
    rungs = rungs_of("tts", engines)
    assert [[rung.name for rung in same] for same in by_voice(rungs)] == [["a", "c"], ["b"]]
