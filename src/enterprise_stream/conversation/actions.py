"""What the core decides: commands to the session's engines, and notices to the guest's client."""

from dataclasses import dataclass
from typing import Literal

from enterprise_stream.conversation.events import ResponseType, Words
from enterprise_stream.conversation.history import Item
from enterprise_stream.conversation.house_events import PartingReason, WarningReason
from enterprise_stream.conversation.timeline import Timeline
from enterprise_stream.conversation.usage import Usage

StateName = Literal["listening", "user_speaking", "deciding", "thinking", "speaking", "yielding", "closed"]
InterruptionReason = Literal["barge_in", "client", "error"]

# --- commands ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenUtterance:
    """Recognise from here on, a little before the speech that was just noticed included."""

    turn: int


@dataclass(frozen=True, slots=True)
class AskWords:
    """Transcribe what was said up to now; answered by `WordsHeard`.

    Attributes:
        paused: whether now is this revision's pause; in mid-speech the words are nice to have, and may fail unnoticed.
    """

    turn: int
    revision: int
    paused: bool = True


@dataclass(frozen=True, slots=True)
class AskCompletion:
    """Judge from the sound whether the turn is over; answered by `CompletionJudged`."""

    turn: int
    revision: int


@dataclass(frozen=True, slots=True)
class AskFinal:
    """Seal the utterance and transcribe all of it; answered by `FinalWordsHeard`. Later audio is another utterance."""

    turn: int


@dataclass(frozen=True, slots=True)
class CloseUtterance:
    """The utterance is done with, answered or not."""

    turn: int


@dataclass(frozen=True, slots=True)
class StartReply:
    """Think and speak an answer to these words."""

    reply: int
    turn: int
    words: Words


@dataclass(frozen=True, slots=True)
class DraftReply:
    """Begin an answer to these words ahead of the turn's end; nothing of it gets out before `ReleaseReply`."""

    reply: int
    turn: int
    words: Words


@dataclass(frozen=True, slots=True)
class ReleaseReply:
    """The turn is over and the draft answers it: what there is of it goes out, and it goes on as any reply."""

    reply: int


@dataclass(frozen=True, slots=True)
class CompareMeaning:
    """Find out whether an answer to the draft's words also answers these; answered by `MeaningCompared`."""

    reply: int
    drafted: Words
    words: Words


@dataclass(frozen=True, slots=True)
class SayGoodbye:
    """Say that the call is over, as this reply, and why."""

    reply: int
    turn: int
    why: PartingReason = "budget"


@dataclass(frozen=True, slots=True)
class SayWarning:
    """Say that the call is about to end, as this reply, and why."""

    reply: int
    turn: int
    why: WarningReason


@dataclass(frozen=True, slots=True)
class SayUnheard:
    """Say that the guest was not heard, as this reply."""

    reply: int
    turn: int


@dataclass(frozen=True, slots=True)
class CancelReply:
    """Stop thinking and speaking; nothing of this reply or draft gets out any more."""

    reply: int


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send `TimerFired` for this reply at `at`; replaces the timer that was set before."""

    reply: int
    at: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """The timer is not needed any more."""

    reply: int


# --- notices ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GuestHeard:
    """The guest is heard."""

    turn: int


@dataclass(frozen=True, slots=True)
class GuestPaused:
    """The guest is taken to have paused.

    Attributes:
        unheard: whether it is only that his connection is lost: what he said is dropped.
    """

    turn: int
    unheard: bool = False


@dataclass(frozen=True, slots=True)
class WordsShown:
    """What was understood: interim, then once final for a turn that is answered."""

    turn: int
    words: Words
    final: bool


@dataclass(frozen=True, slots=True)
class AnswerGrew:
    """The answer's next piece of text."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class VoiceBegan:
    """The voice begins; the audio of `reply` is this turn's."""

    turn: int
    reply: int


@dataclass(frozen=True, slots=True)
class Captioned:
    """Which word the audio between these positions says, in ms from the turn's start."""

    turn: int
    text: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class VoiceEnded:
    """The voice has said it all."""

    turn: int
    duration_ms: float


@dataclass(frozen=True, slots=True)
class VoiceMissing:
    """There is no audio for this text: the client says it, if at all."""

    turn: int
    text: str
    response_type: ResponseType


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the moment the guest stopped speaking (or the typed message came); None is not known."""

    endpoint: float | None
    transcript: float | None
    first_text: float | None
    first_audio: float | None
    speculated: bool = False
    first_clause: float | None = None


@dataclass(frozen=True, slots=True)
class AnswerComplete:
    """The whole answer's text is known.

    Attributes:
        audio_ms: the guest's sound that was transcribed for it.
        answered: whether she knew.
    """

    turn: int
    text: str
    response_type: ResponseType
    latency: Latency
    usage: Usage
    audio_ms: float
    answered: bool = True


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """How long the guest waited for this turn's answer; told once, as soon as it was heard or the answer is over."""

    turn: int
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Ducked:
    """The guest may be interrupting: play more quietly, or go on as before."""

    turn: int
    on: bool


@dataclass(frozen=True, slots=True)
class AnswerInterrupted:
    """That answer is over; only `heard_text` was heard."""

    turn: int
    heard_text: str
    played_ms: float
    reason: InterruptionReason


@dataclass(frozen=True, slots=True)
class GuestReturned:
    """The guest is connected again.

    Attributes:
        turn: whose answer goes on, if one sounds.
        heard_ms: how much of it is taken to have been heard.
    """

    turn: int | None
    heard_ms: float


@dataclass(frozen=True, slots=True)
class LanguageSet:
    """The session's language now."""

    language: str


@dataclass(frozen=True, slots=True)
class HistoryListed:
    """What was said and heard, oldest first."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class HistoryForgotten:
    """The history is empty.

    Attributes:
        everywhere: what else is kept of the conversation is to go too.
    """

    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class StatusReported:
    """What is going on."""

    state: StateName


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The goodbye was heard: the call is over."""

    why: PartingReason = "budget"


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong that the guest should know."""

    code: str
    retryable: bool
    turn: int | None


OwnWords = SayGoodbye | SayWarning | SayUnheard
ReplyCommand = StartReply | DraftReply | ReleaseReply | CompareMeaning | OwnWords | CancelReply
Command = OpenUtterance | AskWords | AskCompletion | AskFinal | CloseUtterance | SetTimer | CancelTimer | ReplyCommand
Notice = (
    GuestHeard
    | GuestPaused
    | WordsShown
    | AnswerGrew
    | VoiceBegan
    | Captioned
    | VoiceEnded
    | VoiceMissing
    | AnswerComplete
    | TurnTimed
    | Ducked
    | AnswerInterrupted
    | GuestReturned
    | LanguageSet
    | HistoryListed
    | HistoryForgotten
    | StatusReported
    | CallEnded
    | Failed
)
Action = Command | Notice
