"""Doubles for tests of this package and of what is built with it.

`FakeClock` and `LoopClock`, `VirtualTimeLoop` and `run_virtual`, and scripted engines: those of `testing.listening`
hear, those of `testing.engines` think and speak; `ScriptedTools` are what a brain may call. `testing.guest_voice`
speaks as a guest; it needs the models and is imported by its own name.
"""

from enterprise_stream.testing.clock import FakeClock, LoopClock
from enterprise_stream.testing.engines import Reply, ScriptedBrain, ScriptedVoice, scripted_engines
from enterprise_stream.testing.listening import (
    EnergyActivity,
    Heard,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    quiet,
    speech,
)
from enterprise_stream.testing.loop import StuckError, VirtualTimeLoop, run_virtual
from enterprise_stream.testing.tools import ScriptedTool, ScriptedTools

__all__ = [
    "EnergyActivity",
    "FakeClock",
    "Heard",
    "LoopClock",
    "Reply",
    "ScriptedBrain",
    "ScriptedRecogniser",
    "ScriptedTool",
    "ScriptedTools",
    "ScriptedTurnDetector",
    "ScriptedVoice",
    "StuckError",
    "VirtualTimeLoop",
    "quiet",
    "run_virtual",
    "scripted_engines",
    "speech",
]
