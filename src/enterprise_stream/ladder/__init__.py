"""Several engines of a kind behind one port: the next one serves where one before it fails.

A rung is an engine with its deadlines and its breaker; a ladder is rungs in order. `LadderRecogniser`, `LadderBrain`
and `LadderVoice` stand where an engine would, so nobody else knows that there is more than one. docs/adr/0016-ladder.md
says why it is so, docs/how-to/engines.md what a guest notices.
"""

from enterprise_stream.ladder.brain import LadderBrain
from enterprise_stream.ladder.breaker import Breaker, BreakerPolicy, Position
from enterprise_stream.ladder.budget import RetryBudget
from enterprise_stream.ladder.casting import cast
from enterprise_stream.ladder.deadlines import PATIENT_S
from enterprise_stream.ladder.recogniser import LadderRecogniser
from enterprise_stream.ladder.rung import Asked, FellBack, Hedged, Ladder, LadderEvent, Rung, Tell
from enterprise_stream.ladder.state import KindState, LadderState, RungState
from enterprise_stream.ladder.voice import LadderVoice, ladder_voice

__all__ = [
    "PATIENT_S",
    "Asked",
    "Breaker",
    "BreakerPolicy",
    "FellBack",
    "Hedged",
    "KindState",
    "Ladder",
    "LadderBrain",
    "LadderEvent",
    "LadderRecogniser",
    "LadderState",
    "LadderVoice",
    "Position",
    "RetryBudget",
    "Rung",
    "RungState",
    "Tell",
    "cast",
    "ladder_voice",
]
