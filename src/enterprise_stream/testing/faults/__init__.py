"""Engines that fail in every way that vendors do, on the event loop's time."""

from enterprise_stream.testing.faults.engines import (
    FaultyBrain,
    FaultyRecogniser,
    FaultyVoice,
    StreamingFaultyVoice,
)
from enterprise_stream.testing.faults.kinds import FAULTS, PHASES, Fault, FaultKind, Phase

__all__ = [
    "FAULTS",
    "PHASES",
    "Fault",
    "FaultKind",
    "FaultyBrain",
    "FaultyRecogniser",
    "FaultyVoice",
    "Phase",
    "StreamingFaultyVoice",
]
