"""The engines that sessions share."""

from collections.abc import Callable
from dataclasses import dataclass

from enterprise_stream.listening.ports import SpeechToText, TurnDetector, VoiceActivity
from enterprise_stream.speaking.ports import TextToSpeech
from enterprise_stream.thinking.ports import LanguageModel


@dataclass(frozen=True, slots=True)
class Engines:
    """One of each kind; `activity` makes a stream of its own for each guest.

    Attributes:
        busy: whether work waits for the machine, so that what is only nice to have is left out.
    """

    activity: Callable[[], VoiceActivity]
    recogniser: SpeechToText
    turn_detector: TurnDetector
    brain: LanguageModel
    voice: TextToSpeech
    busy: Callable[[], bool] = lambda: False
