"""The evaluation set plays the policy that is shipped: it ends a turn when the conversation core would."""

import numpy as np
import pytest
from bench.turns.evidence import ASKED_MS, Heard
from bench.turns.simulate import COMPLETION_MS, Case, Engines, ours, play
from bench.turns.speech import Turn

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.policy import TurnPolicy
from enterprise_stream.conversation.state import Conversation
from enterprise_stream.listening.gate import FRAME_MS, GateSettings

ENDS_MS = 1_000.0
FIRST_MS = GateSettings().pause_frames * FRAME_MS
SILENCES_MS = np.arange(FIRST_MS, 2_500.0, GateSettings().mark_frames * FRAME_MS).tolist()
PLAIN, WHOLE, OPEN, HANGING = "Busco piso en el centro", "¿Hay piscina en la casa?", "Del quince", "Quería saber el"


@pytest.mark.parametrize("words_ms", [100.0, 300.0])
@pytest.mark.parametrize("words", [PLAIN, WHOLE, OPEN, HANGING])
@pytest.mark.parametrize(
    "verdicts", [(0.9,), (0.02, 0.02, 0.98), (0.6, 0.4, 0.5, 0.7, 0.1), (0.02, 0.1, 0.1, 0.3, 0.9)], ids=str
)
def test_a_simulated_turn_ends_when_the_core_ends_it(words: str, words_ms: float, verdicts: tuple[float, ...]) -> None:
    completion = {
        ms: verdicts[min(index, len(verdicts) - 1)] for index, ms in enumerate(m for m in ASKED_MS if m != 192)
    }
    reports = tuple((silence, ENDS_MS + silence) for silence in SILENCES_MS)
    heard = Heard(ENDS_MS, reports, completion, words, "es", words_ms)
    sound = np.zeros(0, np.float32)
    turn = Turn("t", "es", "tune", "synthetic", "g", "call", (words,), sound, (0.0,), (ENDS_MS,))
    (outcome,) = play([Case(turn, (heard,))], ours(TurnPolicy()), Engines(words_ms=words_ms))
    assert ENDS_MS + outcome.delay_ms == _ended_by_the_core(words, words_ms, completion)


def _ended_by_the_core(words: str, words_ms: float, completion: dict[int, float]) -> float:
    """When a session's core ends the turn, with engines that answer as late and the same."""
    core = Conversation("es")
    agenda: list[tuple[float, ev.Event]] = [(0.0, ev.SpeechStarted(0.0))]
    for silence in SILENCES_MS:
        told = ev.SpeechPaused if silence == FIRST_MS else ev.SilenceGrew
        agenda.append((ENDS_MS + silence, told(ENDS_MS + silence, silence)))
    silence_ms = 0.0
    while agenda:
        agenda.sort(key=lambda entry: entry[0])
        at, event = agenda.pop(0)
        silence_ms = event.silence_ms if isinstance(event, ev.SpeechPaused | ev.SilenceGrew) else silence_ms
        core, actions = step(core, event)
        for action in actions:
            match action:
                case act.StartReply():
                    return at
                case act.AskWords(turn=turn, revision=revision):
                    heard = ev.Words(words, "es", 0.9)
                    agenda.append((at + words_ms, ev.WordsHeard(at + words_ms, turn, revision, heard, paused=True)))
                case act.AskCompletion(turn=turn, revision=revision):
                    verdict = completion[max(ms for ms in completion if ms <= silence_ms)]
                    later = at + COMPLETION_MS
                    agenda.append((later, ev.CompletionJudged(later, turn, revision, verdict)))
                case _:
                    pass
    raise AssertionError("the turn never ended")
