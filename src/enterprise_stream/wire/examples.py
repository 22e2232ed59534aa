"""One example of every message, as the reference and the AsyncAPI document show it."""

from enterprise_stream.wire.codes import ErrorCode
from enterprise_stream.wire.messages import (
    AudioEndMessage,
    AudioSettings,
    AudioStartMessage,
    CaptionMessage,
    ClearHistoryMessage,
    ClientMessage,
    DataErasedMessage,
    DuckMessage,
    EraseDataMessage,
    ErrorMessage,
    FirstSound,
    GetHistoryMessage,
    GetStatusMessage,
    GoingAwayMessage,
    HistoryClearedMessage,
    HistoryMessage,
    InputAudio,
    InterruptedMessage,
    InterruptMessage,
    LanguageMessage,
    Latency,
    OutputAudio,
    Persona,
    PingMessage,
    PlaybackMessage,
    Played,
    PlayVoiceMessage,
    PongMessage,
    RateLimitedMessage,
    ReadyMessage,
    ResponseChunkMessage,
    ResponseCompleteMessage,
    Resume,
    ServerInfo,
    ServerMessage,
    SetLanguageMessage,
    SpeechStartedMessage,
    SpeechStoppedMessage,
    Stage,
    StartedMessage,
    StartMessage,
    StatusMessage,
    StopMessage,
    TestMessage,
    TestResultMessage,
    TextMessage,
    TimelineMessage,
    TranscriptionMessage,
    TurnSettings,
)
from enterprise_stream.wire.parts import Consent, Cost, EnginesInUse, HistoryItem, Usage

_QUESTION = "¿Se admiten mascotas?"
_ANSWER = "Sí, las mascotas son bienvenidas: son quince euros por estancia."
_AUDIO = AudioSettings(
    input=InputAudio(encoding="pcm_s16le", sample_rate=16000),
    output=OutputAudio(encoding="pcm_s16le", sample_rate=24000),
    framing="bare",
)

CLIENT_EXAMPLES: tuple[ClientMessage, ...] = (
    StartMessage(
        language="es",
        audio=_AUDIO,
        turn=TurnSettings(mode="auto"),
        resume=Resume(
            session_id="s_7Qm2",
            resume_token="r_9f1c",  # noqa: S106 - made up
            last_seq=41,
            played=Played(turn=3, played_ms=1280),
        ),
        consent=Consent(version="2026-11", given=True),
    ),
    StopMessage(),
    TextMessage(text=_QUESTION),
    InterruptMessage(),
    PlaybackMessage(
        turn=3,
        played_ms=1280,
        first=FirstSound(heard_at=1767225601180.5, arrived_at=1767225601100, round_trip_ms=18.2),
    ),
    SetLanguageMessage(language="en"),
    GetHistoryMessage(),
    ClearHistoryMessage(),
    EraseDataMessage(),
    GetStatusMessage(),
    TestMessage(id="check-1"),
    PingMessage(t=1712.5),
)
"""One of each message that a client may send, in the protocol's order."""

SERVER_EXAMPLES: tuple[ServerMessage, ...] = (
    ReadyMessage(
        seq=1,
        session_id="s_7Qm2",
        resume_token="r_9f1c",  # noqa: S106 - made up
        language="es",
        persona=Persona(name="Sandra", voice="ef_dora"),
        server=ServerInfo(version="0.1.0", mode="embedded"),
        disclosure="Le atiende Sandra, una asistente de inteligencia artificial. La llamada no se graba.",
    ),
    StartedMessage(seq=2, language="es", audio=_AUDIO, turn=TurnSettings(mode="auto"), resume_token=None),
    SpeechStartedMessage(seq=3, turn=1),
    SpeechStoppedMessage(seq=4, turn=1),
    TranscriptionMessage(seq=5, turn=1, text=_QUESTION, final=True, language="es"),
    ResponseChunkMessage(seq=6, turn=1, text=_ANSWER),
    AudioStartMessage(seq=7, turn=1, stream=1, encoding="pcm_s16le", sample_rate=24000, voice="ef_dora"),
    CaptionMessage(seq=8, turn=1, text="Sí, las mascotas son bienvenidas:", start_ms=0, end_ms=1840),
    DuckMessage(seq=9, turn=1, on=True),
    AudioEndMessage(seq=10, turn=1, duration_ms=3920),
    ResponseCompleteMessage(
        seq=11,
        turn=1,
        text=_ANSWER,
        responseType="general",
        latency=Latency(
            endpoint=212, transcript=214, first_text=221, first_audio=402, speculated=True, first_clause=222
        ),
        usage=Usage(stt_ms=1900, tts_chars=64),
        cost=Cost(),
    ),
    TimelineMessage(
        seq=12,
        turn=1,
        stages=(
            Stage(name="way_in", ms=9),
            Stage(name="endpoint", ms=212),
            Stage(name="transcript", ms=2),
            Stage(name="first_text", ms=7),
            Stage(name="first_clause", ms=1),
            Stage(name="first_audio", ms=180),
            Stage(name="sent", ms=1),
            Stage(name="arrived", ms=11),
            Stage(name="heard", ms=84),
        ),
        total_ms=507,
        heard=True,
        slowest="heard",
        over_ms=0,
    ),
    PlayVoiceMessage(seq=13, turn=2, text=_ANSWER, responseType="general", clip=None),
    InterruptedMessage(
        seq=14, turn=3, heard_text="Sí, las mascotas son bienvenidas:", played_ms=1900, reason="barge_in"
    ),
    LanguageMessage(seq=15, language="en"),
    HistoryMessage(
        seq=16,
        items=(
            HistoryItem(role="user", text=_QUESTION, turn=1, language="es", at=1767225600000, interrupted=False),
            HistoryItem(role="assistant", text=_ANSWER, turn=1, language="es", at=1767225601000, interrupted=False),
        ),
    ),
    HistoryClearedMessage(seq=17),
    DataErasedMessage(seq=17),
    StatusMessage(
        seq=18,
        state="listening",
        engines=EnginesInUse(stt="deepgram-flux", llm="openai", tts="deepgram-aura2"),
    ),
    PongMessage(seq=19, t=1712.5, at=1767225600042.125),
    TestResultMessage(seq=20, id="check-1"),
    RateLimitedMessage(seq=21, retry_after_ms=1000, message="Too many messages; send at most 50 a second."),
    GoingAwayMessage(seq=22, grace_ms=10000, reason="This node is being replaced."),
    ErrorMessage(
        seq=23,
        code=ErrorCode.ENGINE_FAILED,
        message="No he podido responder a eso. Inténtelo de nuevo.",
        retryable=True,
        turn=4,
    ),
)
"""One of each message that a server may send, in the protocol's order."""
