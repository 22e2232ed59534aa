"""The engines that sessions share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from enterprise_stream.ladder.state import LadderState
from enterprise_stream.listening.ports import SpeechToText, TurnDetector, VoiceActivity
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.ports import LanguageModel, Question
from enterprise_stream.thinking.tool_ports import NoTools, Toolbox


async def never_the_same(_question: Question, _text: str) -> bool:
    """Nothing here can tell that two wordings ask for the same."""
    return False


@dataclass(frozen=True, slots=True)
class Engines:
    """One of each kind; `activity` makes a stream of its own for each guest.

    Attributes:
        same_meaning: whether an answer to the question also answers these words; False where nothing can tell.
        covers: whether the voice says a clause (text, language) from its library, without synthesis.
        state: how the ladders stand that they are on.
        tools: what the brain may call.
        busy: whether work waits for the machine, so that what is only nice to have is left out.
    """

    activity: Callable[[], VoiceActivity]
    recogniser: SpeechToText
    turn_detector: TurnDetector
    brain: LanguageModel
    voice: TextToSpeech
    same_meaning: Callable[[Question, str], Awaitable[bool]] = never_the_same
    busy: Callable[[], bool] = lambda: False
    covers: Callable[[str, str], bool] = lambda _text, _language: False
    state: Callable[[], LadderState] = LadderState
    tools: Toolbox = field(default_factory=NoTools)
