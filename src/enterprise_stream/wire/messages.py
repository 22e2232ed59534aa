"""Every message of the stream protocol, both directions, typed.

The one definition: the JSON Schemas, the AsyncAPI document, the TypeScript types and the reference page are made from
it by `enterprise_stream.wire.export`. Fields are never renamed or removed; messages and fields may be added.

Client messages are strict about types (a number in quotes is refused) and ignore fields that they do not know. A
field that is null counts as not given. Server messages always carry every field; what is not known is null.
"""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, FiniteFloat, JsonValue

from enterprise_stream.wire.codes import PROTOCOL_VERSION, ErrorCode
from enterprise_stream.wire.parts import Consent, Cost, EnginesInUse, HistoryItem, Usage
from enterprise_stream.wire.parts import Given as _Given
from enterprise_stream.wire.parts import Part as _Part

MAX_TEXT_CHARS = 4000
"""Longest typed text, in characters: about four minutes of speech, far beyond a question."""

MAX_JSON_INTEGER = 2**53 - 1
"""Largest integer that every JSON reader, JavaScript's included, keeps exact."""

InputEncoding: TypeAlias = Literal["pcm_s16le", "webm", "ogg", "wav", "opus", "mulaw", "alaw"]
OutputEncoding: TypeAlias = Literal["pcm_s16le", "opus", "mulaw", "alaw", "none"]
Framing: TypeAlias = Literal["bare", "stamped"]
TurnMode: TypeAlias = Literal["auto", "manual"]
ResponseType: TypeAlias = Literal["welcome", "luxury", "error", "support", "general"]
InterruptReason: TypeAlias = Literal["barge_in", "client", "error"]
SessionState: TypeAlias = Literal[
    "listening", "user_speaking", "deciding", "thinking", "speaking", "yielding", "closed"
]
StageName: TypeAlias = Literal[
    "way_in", "endpoint", "transcript", "first_text", "first_clause", "first_audio", "sent", "arrived", "heard"
]


def _whole(value: Any) -> Any:
    """JSON has one number type: 16000.0 is the integer 16000."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_WHOLE = BeforeValidator(_whole)

Turn = Annotated[int, Field(ge=1, le=MAX_JSON_INTEGER, description="Number of the turn; from 1, rising."), _WHOLE]
Language = Annotated[str, Field(max_length=35, description="ISO 639-1 code, such as `es` or `en`.")]
SampleRate = Annotated[int, Field(ge=8000, le=96000, description="Sample rate in Hz."), _WHOLE]
PlayedMs = Annotated[
    FiniteFloat,
    Field(ge=0, le=1e12, description="How much of the turn's audio has been heard, in ms from the turn's start."),
]
Milliseconds = Annotated[int, Field(ge=0)]
ServerMs = Annotated[FiniteFloat, Field(ge=0, le=1e15)]


# --- settings, as `start` names them -----------------------------------------------------------------------------


class InputAudio(_Given):
    """The microphone's format."""

    encoding: InputEncoding | None = Field(
        default=None, description="Encoding; null in `started` while it is to be sniffed from the first bytes."
    )
    sample_rate: SampleRate | None = Field(
        default=None, description="Sample rate in Hz; null where the container or the packets tell it."
    )


class OutputAudio(_Given):
    """The answer's format."""

    encoding: OutputEncoding | None = Field(default=None, description="Encoding; `none` sends no audio at all.")
    sample_rate: SampleRate | None = Field(default=None, description="Sample rate in Hz; null with `none`.")


class AudioSettings(_Given):
    """Formats of the binary frames, both ways."""

    input: InputAudio | None = Field(default=None, description="The microphone's format.")
    output: OutputAudio | None = Field(default=None, description="The answer's format.")
    framing: Framing | None = Field(
        default=None, description="`bare` samples, or `stamped` with 8 bytes before them, both ways."
    )


class TurnSettings(_Given):
    """Who ends a turn."""

    mode: TurnMode | None = Field(default=None, description="`auto`: the server judges; `manual`: only `stop` ends it.")


class Played(_Given):
    """Up to where the client has an answer's sound, and has played or goes on playing it."""

    turn: Turn
    played_ms: PlayedMs


class Resume(_Given):
    """A session to go on with."""

    session_id: str = Field(max_length=200, description="`ready.session_id` of the session to go on with.")
    resume_token: str = Field(max_length=4096, description="The last `resume_token` of that session.")
    last_seq: Annotated[int, Field(ge=0, le=MAX_JSON_INTEGER), _WHOLE] = Field(
        description="`seq` of the last message received; what came after it is sent again."
    )
    played: Played | None = Field(
        default=None, description="Where the client stopped; null to go on from its last `playback`."
    )


# --- client to server --------------------------------------------------------------------------------------------


class _FromClient(_Given):
    type: str


class StartMessage(_FromClient):
    """Settings; answered by `started` with what is in force. A later `start` replaces only what it names."""

    type: Literal["start"] = "start"
    language: Language | None = Field(default=None, description="Language to speak, ISO 639-1.")
    audio: AudioSettings | None = Field(default=None, description="Formats of the binary frames.")
    turn: TurnSettings | None = Field(default=None, description="Who ends a turn.")
    resume: Resume | None = Field(default=None, description="A session to go on with.")
    consent: Consent | None = Field(default=None, description="What the guest said to the notice before the talk.")


class StopMessage(_FromClient):
    """The guest has finished talking: answer what was said now. With nothing said it does nothing."""

    type: Literal["stop"] = "stop"


class TextMessage(_FromClient):
    """A typed message, answered like a spoken one."""

    type: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=MAX_TEXT_CHARS, pattern=r"\S", description="What the guest typed.")


class InterruptMessage(_FromClient):
    """Be quiet now. With nothing to interrupt it does nothing."""

    type: Literal["interrupt"] = "interrupt"


class FirstSound(_Given):
    """When an answer's first sound was heard. Moments are on the server's clock, as `pong.at` tells it."""

    heard_at: ServerMs = Field(
        description="When the first audible sample left the loudspeaker, in ms on the server's clock."
    )
    arrived_at: ServerMs | None = Field(
        default=None, description="When the first frame of it had arrived, in ms on the server's clock."
    )
    round_trip_ms: Annotated[FiniteFloat, Field(ge=0, le=60_000)] | None = Field(
        default=None, description="Shortest recent time from a `ping` to its `pong`, in ms."
    )


class PlaybackMessage(_FromClient):
    """How much of a turn's audio has been heard; about every 200 ms, and once when it ends or is flushed."""

    type: Literal["playback"] = "playback"
    turn: Turn
    played_ms: PlayedMs
    first: FirstSound | None = Field(
        default=None, description="Once per turn: when its first sound was heard; answered by `timeline`."
    )


class SetLanguageMessage(_FromClient):
    """Speak another language; answered by `language`."""

    type: Literal["set_language"] = "set_language"
    language: Language


class GetHistoryMessage(_FromClient):
    """Ask for the conversation so far; answered by `history`."""

    type: Literal["get_history"] = "get_history"


class ClearHistoryMessage(_FromClient):
    """Forget the conversation so far; answered by `history_cleared`."""

    type: Literal["clear_history"] = "clear_history"


class EraseDataMessage(_FromClient):
    """Forget the conversation here and wherever it is kept; answered by `data_erased`."""

    type: Literal["erase_data"] = "erase_data"


class GetStatusMessage(_FromClient):
    """Ask what the session is doing; answered by `status`."""

    type: Literal["get_status"] = "get_status"


class TestMessage(_FromClient):
    """A probe with any content; answered by `test` with `ok: true` and the same `id`."""

    __test__: ClassVar[bool] = False  # pytest takes classes by this name for tests

    type: Literal["test"] = "test"
    id: JsonValue = Field(default=None, description="Anything; comes back as it is.")


class PingMessage(_FromClient):
    """A sign of life; answered by `pong` with the same `t`."""

    type: Literal["ping"] = "ping"
    t: int | FiniteFloat | Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="The client's clock, or any short mark; comes back as it is."
    )


ClientMessage = Annotated[
    StartMessage
    | StopMessage
    | TextMessage
    | InterruptMessage
    | PlaybackMessage
    | SetLanguageMessage
    | GetHistoryMessage
    | ClearHistoryMessage
    | EraseDataMessage
    | GetStatusMessage
    | TestMessage
    | PingMessage,
    Field(discriminator="type"),
]

# --- server to client --------------------------------------------------------------------------------------------


class _FromServer(_Part):
    type: str
    seq: int = Field(ge=1, le=MAX_JSON_INTEGER, description="Number of the message; from 1, per session.")


class Persona(_Part):
    """Who answers."""

    name: str = Field(description="Name that she gives herself.")
    voice: str = Field(description="The one voice of the session.")


class ServerInfo(_Part):
    """What answers."""

    version: str = Field(description="Version of the server.")
    mode: str = Field(
        description="`embedded`, or the first engines' vendors by `+`: `openai`, `local-openai`, `other-openai`."
    )


class Latency(_Part):
    """Milliseconds from the moment the guest stopped speaking; null for what did not happen (yet)."""

    endpoint: int | None = Field(default=None, description="The turn was judged to be over.")
    transcript: int | None = Field(default=None, description="The final transcription was known.")
    first_text: int | None = Field(default=None, description="The first of the answer's text was known.")
    first_audio: int | None = Field(default=None, description="The first of the answer's audio was sent.")
    speculated: bool = Field(default=False, description="Whether work begun before the end of the turn was used.")
    first_clause: int | None = Field(default=None, description="The first clause was given to the voice.")


class Stage(_Part):
    """One wait of a turn; it ends at the mark of its name."""

    name: StageName = Field(description="`way_in`, then as in `latency`, then `sent`, `arrived`, `heard`.")
    ms: int | None = Field(description="How long it took, in ms; null when not known: the next one holds it too.")


class ReadyMessage(_FromServer):
    """Sent at once, first."""

    type: Literal["ready"] = "ready"
    protocol: Literal[1] = Field(default=PROTOCOL_VERSION, description="Version of this protocol.")
    session_id: str = Field(description="Identifier of the session.")
    resume_token: str = Field(description="Allows a later connection to go on with this session, once.")
    language: Language
    persona: Persona = Field(description="Who answers.")
    server: ServerInfo = Field(description="What answers.")
    disclosure: str = Field(description="Tells the guest that an AI answers and how the call is kept.")


class StartedMessage(_FromServer):
    """The settings in force, in the shape of `start`."""

    type: Literal["started"] = "started"
    language: Language
    audio: AudioSettings = Field(description="Formats of the binary frames.")
    turn: TurnSettings = Field(description="Who ends a turn.")
    resume_token: str | None = Field(default=None, description="The next resume token; null without `resume`.")


class SpeechStartedMessage(_FromServer):
    """The guest is heard."""

    type: Literal["speech_started"] = "speech_started"
    turn: Turn


class SpeechStoppedMessage(_FromServer):
    """The guest is taken to have paused."""

    type: Literal["speech_stopped"] = "speech_stopped"
    turn: Turn
    unheard: bool = Field(default=False, description="Cut off by a lost connection, dropped: send the audio again.")


class TranscriptionMessage(_FromServer):
    """What was heard: interim results, then exactly one final for a turn that is answered."""

    type: Literal["transcription"] = "transcription"
    turn: Turn
    text: str = Field(description="The guest's words.")
    final: bool = Field(description="Whether these are the words that are answered.")
    language: Language | None = Field(default=None, description="Language heard, ISO 639-1; null when not known.")


class ResponseChunkMessage(_FromServer):
    """The answer's text as it is made; the chunks of a turn, joined, are its `response_complete.text`."""

    type: Literal["response_chunk"] = "response_chunk"
    turn: Turn
    text: str = Field(description="The next piece of the answer.")


class AudioStartMessage(_FromServer):
    """The voice begins: the binary frames until `audio_end` or `interrupted` are this turn's audio."""

    type: Literal["audio_start"] = "audio_start"
    turn: Turn
    stream: int = Field(ge=1, description="Number of the stream, as stamped frames carry it.")
    encoding: Literal["pcm_s16le", "opus", "mulaw", "alaw"] = Field(description="Encoding of the frames.")
    sample_rate: SampleRate
    voice: str = Field(description="The session's voice, `persona.voice`.")
    start_ms: int = Field(default=0, ge=0, description="Where in the turn's audio it begins; above 0 after a resume.")


class CaptionMessage(_FromServer):
    """Which words the audio between two positions says."""

    type: Literal["caption"] = "caption"
    turn: Turn
    text: str = Field(description="The words.")
    start_ms: Milliseconds = Field(description="Where they begin, in ms from the turn's start.")
    end_ms: Milliseconds = Field(description="Where they end, in ms from the turn's start.")


class DuckMessage(_FromServer):
    """The guest may be interrupting: play more quietly until `interrupted` or `on: false`."""

    type: Literal["duck"] = "duck"
    turn: Turn
    on: bool = Field(description="Whether to play more quietly.")


class AudioEndMessage(_FromServer):
    """The voice has said it all."""

    type: Literal["audio_end"] = "audio_end"
    turn: Turn
    duration_ms: Milliseconds = Field(description="Length of the turn's audio in ms.")


class ResponseCompleteMessage(_FromServer):
    """The whole answer's text is known; its audio may still be playing."""

    type: Literal["response_complete"] = "response_complete"
    turn: Turn
    text: str = Field(description="The whole answer.")
    responseType: ResponseType = Field(description="Kind of answer.")  # noqa: N815 - the wire's name
    latency: Latency = Field(description="How long the guest waited.")
    usage: Usage = Field(description="What was bought.")
    cost: Cost = Field(description="What it cost.")
    answered: bool = Field(default=True, description="Whether she knew; false where she said that she does not.")


class TimelineMessage(_FromServer):
    """How long the guest waited, by stage: once a turn, when the client has told `first`, else when the answer ends."""

    type: Literal["timeline"] = "timeline"
    turn: Turn
    stages: tuple[Stage, ...] = Field(description="All stages, in order.")
    total_ms: Milliseconds = Field(description="The sum of the known stages, in ms.")
    heard: bool = Field(description="Whether it reaches to what the guest heard.")
    slowest: StageName | None = Field(description="The stage that took the most over what it usually takes.")
    over_ms: Milliseconds = Field(description="How much over that, in ms; 0 when no stage was slow.")


class PlayVoiceMessage(_FromServer):
    """The server has no audio for this answer: the client plays the clip, or speaks the text itself."""

    type: Literal["play_voice"] = "play_voice"
    turn: Turn
    text: str = Field(description="What of the answer has no audio: all of it, or the rest that a voice left unsaid.")
    responseType: ResponseType = Field(description="Kind of answer.")  # noqa: N815 - the wire's name
    clip: str | None = Field(default=None, description="URL of a recording; null when there is none.")


class InterruptedMessage(_FromServer):
    """That answer is over: nothing more of it follows, and the client drops what it has not played."""

    type: Literal["interrupted"] = "interrupted"
    turn: Turn
    heard_text: str = Field(description="The part that was heard; only this stays in the history.")
    played_ms: Milliseconds = Field(description="How much of its audio was heard, in ms.")
    reason: InterruptReason = Field(description="Who or what ended it.")


class LanguageMessage(_FromServer):
    """The language in force; answers `set_language`, and tells of a switch that the conversation made."""

    type: Literal["language"] = "language"
    language: Language


class HistoryMessage(_FromServer):
    """The conversation so far, oldest first; answers `get_history`."""

    type: Literal["history"] = "history"
    items: tuple[HistoryItem, ...] = Field(description="The lines, oldest first.")


class HistoryClearedMessage(_FromServer):
    """The conversation so far is forgotten; answers `clear_history`."""

    type: Literal["history_cleared"] = "history_cleared"


class DataErasedMessage(_FromServer):
    """All that was kept of the session is forgotten; answers `erase_data`."""

    type: Literal["data_erased"] = "data_erased"


class StatusMessage(_FromServer):
    """What the session is doing; answers `get_status`."""

    type: Literal["status"] = "status"
    state: SessionState = Field(description="Where the conversation stands.")
    engines: EnginesInUse = Field(default_factory=EnginesInUse, description="What serves the session now.")
    degraded: bool = Field(default=False, description="Whether any of them stands in for a better one.")


class PongMessage(_FromServer):
    """Answers `ping`."""

    type: Literal["pong"] = "pong"
    t: int | float | str | None = Field(default=None, description="`ping.t`.")
    at: float | None = Field(
        default=None, description="The server's clock, in ms since 1970-01-01 UTC; never set back within a connection."
    )


class TestResultMessage(_FromServer):
    """Answers `test`."""

    __test__: ClassVar[bool] = False

    type: Literal["test"] = "test"
    ok: Literal[True] = Field(default=True, description="The probe arrived.")
    id: JsonValue = Field(default=None, description="`test.id`; null when none was given.")


class RateLimitedMessage(_FromServer):
    """Messages come too fast; those beyond the limit are dropped."""

    type: Literal["rate_limited"] = "rate_limited"
    retry_after_ms: Milliseconds = Field(description="When to try again, in ms.")
    message: str = Field(description="What to do.")


class GoingAwayMessage(_FromServer):
    """This node is leaving; reconnect with `resume`."""

    type: Literal["going_away"] = "going_away"
    grace_ms: Milliseconds = Field(description="How long this connection stays open, in ms.")
    reason: str = Field(description="Why.")


class ErrorMessage(_FromServer):
    """Something failed; the message tells the guest or the developer what to do."""

    type: Literal["error"] = "error"
    code: ErrorCode = Field(description="Stable code.")
    message: str = Field(description="What happened and what to do next; never a key or a stack trace.")
    retryable: bool = Field(description="Whether the same may succeed later.")
    turn: Turn | None = Field(default=None, description="Turn that it concerns; null for none.")


ServerMessage = Annotated[
    ReadyMessage
    | StartedMessage
    | SpeechStartedMessage
    | SpeechStoppedMessage
    | TranscriptionMessage
    | ResponseChunkMessage
    | AudioStartMessage
    | CaptionMessage
    | DuckMessage
    | AudioEndMessage
    | ResponseCompleteMessage
    | TimelineMessage
    | PlayVoiceMessage
    | InterruptedMessage
    | LanguageMessage
    | HistoryMessage
    | HistoryClearedMessage
    | DataErasedMessage
    | StatusMessage
    | PongMessage
    | TestResultMessage
    | RateLimitedMessage
    | GoingAwayMessage
    | ErrorMessage,
    Field(discriminator="type"),
]
