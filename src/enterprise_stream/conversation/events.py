"""What can happen in a conversation. Every event says when, in ms on the session's clock."""

from dataclasses import dataclass
from typing import Literal

from enterprise_stream.conversation.draft_events import DraftEvent
from enterprise_stream.conversation.house_events import HouseEvent
from enterprise_stream.conversation.presence_events import PresenceEvent
from enterprise_stream.conversation.usage import Usage
from enterprise_stream.conversation.words import Words as Words  # noqa: PLC0414 - events carry it: imported from here

ResponseType = Literal["welcome", "luxury", "error", "support", "general"]
TurnMode = Literal["auto", "manual"]


# --- what the guest's sound tells -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpeechSuspected:
    """A first sound that may be the guest's voice; `SpeechStarted` or `SuspicionPassed` follows."""

    at: float


@dataclass(frozen=True, slots=True)
class SuspicionPassed:
    """It was no speech."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The guest is heard; nothing of this utterance was known before."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """The guest's voice has been silent for `silence_ms` after speech.

    Attributes:
        quiet_ms: how long ago his last audible sample came, where the sound tells that more exactly.
    """

    at: float
    silence_ms: float
    quiet_ms: float | None = None


@dataclass(frozen=True, slots=True)
class SilenceGrew:
    """The pause goes on; `silence_ms` counts from its start, in the guest's own samples."""

    at: float
    silence_ms: float


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """The pause is over: the guest goes on with the same utterance."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechWentOn:
    """The guest is still speaking, for `spoken_ms` without a pause, in the guest's own samples.

    Attributes:
        level_db: RMS of the speech since it began, in dB relative to full scale; None where nobody measures it.
    """

    at: float
    spoken_ms: float
    level_db: float | None = None


@dataclass(frozen=True, slots=True)
class AudioStalled:
    """The client has sent no audio for `silent_ms` while an utterance is open; told again as long as it lasts."""

    at: float
    silent_ms: float


@dataclass(frozen=True, slots=True)
class UtteranceFull:
    """The utterance has reached the longest that is listened to at once."""

    at: float


@dataclass(frozen=True, slots=True)
class WordsHeard:
    """The recogniser's answer to `AskWords`, or an interim result of its own.

    Attributes:
        revision: the utterance's revision that the words cover.
        paused: whether they cover everything up to the pause of that revision, as asked for by `AskWords`.
    """

    at: float
    turn: int
    revision: int
    words: Words
    paused: bool


@dataclass(frozen=True, slots=True)
class FinalWordsHeard:
    """The recogniser's answer to `AskFinal`."""

    at: float
    turn: int
    words: Words


@dataclass(frozen=True, slots=True)
class CompletionJudged:
    """Probability (0 to 1) that the turn is over.

    Attributes:
        by: who judges: the end-of-turn model from the sound, asked by `AskCompletion`, or the recogniser, unasked.
    """

    at: float
    turn: int
    revision: int
    probability: float
    by: Literal["sound", "recogniser"] = "sound"


@dataclass(frozen=True, slots=True)
class RecognitionFailed:
    """The recogniser could not do it."""

    at: float
    turn: int
    code: str
    retryable: bool


# --- what the client asks ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StopRequested:
    """The guest has finished talking: answer what was said now."""

    at: float


@dataclass(frozen=True, slots=True)
class TextReceived:
    """A typed message."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class InterruptRequested:
    """Be quiet now."""

    at: float


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The session speaks another language from now on."""

    at: float
    language: str


@dataclass(frozen=True, slots=True)
class ModeChosen:
    """Who ends turns from now on: the server (`auto`) or the client's `stop` (`manual`)."""

    at: float
    mode: TurnMode


@dataclass(frozen=True, slots=True)
class HistoryRequested:
    """What has been said and heard?"""

    at: float


@dataclass(frozen=True, slots=True)
class HistoryCleared:
    """Forget what has been said; `everywhere` it is kept, not here alone."""

    at: float
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class StatusRequested:
    """What is going on?"""

    at: float


@dataclass(frozen=True, slots=True)
class FirstSound:
    """What the client says of an answer's first audible sound, in ms on the session's clock.

    Attributes:
        heard: when it was heard.
        arrived: when the first audio was there; None when not told.
        round_trip_ms: to the server and back; None when not told.
    """

    heard: float
    arrived: float | None = None
    round_trip_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """The client has played this much of that turn's audio.

    Attributes:
        first: when its first sound was heard, if the client tells.
    """

    at: float
    turn: int
    played_ms: float
    first: FirstSound | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """The guest is gone, or the session ends."""

    at: float


# --- what a reply tells of itself -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReplyTextGrew:
    """The answer's next piece of text."""

    at: float
    reply: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyTextEnded:
    """The answer's text is whole; `answered` says whether she knew."""

    at: float
    reply: int
    response_type: ResponseType
    usage: Usage
    answered: bool = True


@dataclass(frozen=True, slots=True)
class ReplyPhrased:
    """The answer's first clause is given to the voice."""

    at: float
    reply: int


@dataclass(frozen=True, slots=True)
class ReplySent:
    """The answer's first audio has been handed to the client's network."""

    at: float
    reply: int


@dataclass(frozen=True, slots=True)
class ReplySounded:
    """Audio of the reply goes out: from now on there are `sent_ms` of it, and these words are in it.

    Attributes:
        captions: words that this piece adds, positions from the turn's start.
    """

    at: float
    reply: int
    sent_ms: float
    captions: tuple["Caption", ...] = ()


@dataclass(frozen=True, slots=True)
class Caption:
    """A word of an answer and where it sounds, in ms from the turn's start."""

    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class ReplyVoiceEnded:
    """All of the reply's audio has been handed out."""

    at: float
    reply: int


@dataclass(frozen=True, slots=True)
class ReplyVoiceMissing:
    """There is no audio for the rest of this answer: the client does not want any, or no voice works."""

    at: float
    reply: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """The brain failed; what was said so far is all there is."""

    at: float
    reply: int
    code: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer set by `SetTimer` is due."""

    at: float
    reply: int


ListeningEvent = (
    SpeechSuspected
    | SuspicionPassed
    | SpeechStarted
    | SpeechPaused
    | SilenceGrew
    | SpeechResumed
    | SpeechWentOn
    | AudioStalled
    | UtteranceFull
    | WordsHeard
    | FinalWordsHeard
    | CompletionJudged
    | RecognitionFailed
)
ClientEvent = (
    StopRequested
    | TextReceived
    | InterruptRequested
    | LanguageChosen
    | ModeChosen
    | HistoryRequested
    | HistoryCleared
    | HouseEvent
    | StatusRequested
    | Played
    | PresenceEvent
    | Left
)
ReplyEvent = (
    ReplyTextGrew
    | ReplyTextEnded
    | ReplyPhrased
    | ReplySounded
    | ReplySent
    | ReplyVoiceEnded
    | ReplyVoiceMissing
    | ReplyFailed
    | TimerFired
)
Event = ListeningEvent | ClientEvent | ReplyEvent | DraftEvent
