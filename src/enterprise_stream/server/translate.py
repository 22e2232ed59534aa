"""Between the conversation's vocabulary and the wire's; the only module that knows both."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation.events import FirstSound
from enterprise_stream.conversation.history import Item
from enterprise_stream.cost.account import Bill
from enterprise_stream.cost.money import dollars
from enterprise_stream.ladder.state import LadderState
from enterprise_stream.observe.slowness import Budgets, slowest
from enterprise_stream.server.texts import explain
from enterprise_stream.wire import messages as wire
from enterprise_stream.wire.codes import error_code
from enterprise_stream.wire.parts import Cost, EnginesInUse, HistoryItem, Usage


class Numbered(Protocol):
    """A message that waits for its `seq`."""

    def __call__(self, *, seq: int) -> wire.ServerMessage:
        """The message, numbered."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """What a notice alone does not tell.

    Attributes:
        to_wall_ms: from the session's clock to ms since 1970.
        language: ISO 639-1 code that errors are explained in.
        usual: what each stage of a turn usually takes.
        bill: what was bought for the turn that is complete.
        ladders: how the session's ladders stand.
    """

    to_wall_ms: Callable[[float], float]
    language: str
    usual: Budgets
    bill: Bill = field(default_factory=Bill)
    ladders: Callable[[], LadderState] = LadderState


def to_wire(notice: act.Notice, view: View) -> Numbered | None:  # noqa: C901 - one case per notice
    """The message for a notice; None for one that the session itself turns into messages (the voice's, a return)."""
    match notice:
        case act.GuestHeard():
            return partial(wire.SpeechStartedMessage, turn=notice.turn)
        case act.GuestPaused():
            return partial(wire.SpeechStoppedMessage, turn=notice.turn, unheard=notice.unheard)
        case act.WordsShown(words=words):
            return partial(
                wire.TranscriptionMessage,
                turn=notice.turn,
                text=words.text,
                final=notice.final,
                language=words.language,
            )
        case act.AnswerGrew():
            return partial(wire.ResponseChunkMessage, turn=notice.turn, text=notice.text)
        case act.Captioned():
            return partial(
                wire.CaptionMessage,
                turn=notice.turn,
                text=notice.text,
                start_ms=round(notice.start_ms),
                end_ms=round(notice.end_ms),
            )
        case act.AnswerComplete():
            return _complete(notice, view.bill)
        case act.TurnTimed():
            return _timed(notice, view.usual)
        case act.Ducked():
            return partial(wire.DuckMessage, turn=notice.turn, on=notice.on)
        case act.AnswerInterrupted():
            return partial(
                wire.InterruptedMessage,
                turn=notice.turn,
                heard_text=notice.heard_text,
                played_ms=round(notice.played_ms),
                reason=notice.reason,
            )
        case act.LanguageSet():
            return partial(wire.LanguageMessage, language=notice.language)
        case act.HistoryListed():
            return partial(wire.HistoryMessage, items=tuple(_item(item, view) for item in notice.items))
        case act.HistoryForgotten():
            return partial(wire.HistoryClearedMessage)
        case act.StatusReported():
            return _status(notice, view.ladders())
        case act.Failed():
            return partial(
                wire.ErrorMessage,
                code=error_code(notice.code),
                message=explain(notice.code, view.language),
                retryable=notice.retryable,
                turn=notice.turn,
            )
        case act.VoiceBegan() | act.VoiceEnded() | act.VoiceMissing() | act.CallEnded() | act.GuestReturned():
            return None


def _complete(notice: act.AnswerComplete, bill: Bill) -> Numbered:
    latency = notice.latency
    return partial(
        wire.ResponseCompleteMessage,
        turn=notice.turn,
        text=notice.text,
        responseType=notice.response_type,
        answered=notice.answered,
        latency=wire.Latency(
            endpoint=_whole(latency.endpoint),
            transcript=_whole(latency.transcript),
            first_text=_whole(latency.first_text),
            first_audio=_whole(latency.first_audio),
            speculated=latency.speculated,
            first_clause=_whole(latency.first_clause),
        ),
        usage=_usage(notice, bill),
        cost=Cost(stt=dollars(bill.stt), llm=dollars(bill.llm), tts=dollars(bill.tts), total=dollars(bill.total)),
    )


def _usage(notice: act.AnswerComplete, bill: Bill) -> Usage:
    """What was bought, stage by stage; of engines that sell nothing, what they have worked on."""
    answer = notice.usage
    sounded = notice.latency.first_audio is not None
    library_chars = answer.library_chars if sounded else 0
    fresh_chars = answer.spoken_chars - answer.library_chars if sounded else 0
    tokens = (bill.input_tokens, bill.cached_tokens, bill.output_tokens)
    read, cached, written = (
        tokens
        if any(tokens)
        else (
            answer.input_tokens,
            answer.cached_tokens,
            answer.output_tokens,
        )
    )
    return Usage(
        stt_ms=round(bill.stt_ms or notice.audio_ms),
        llm_input_tokens=read,
        llm_cached_tokens=cached,
        llm_output_tokens=written,
        tts_chars=(bill.tts_chars or fresh_chars) + library_chars,
        tts_cached_chars=library_chars,
    )


def _status(notice: act.StatusReported, ladders: LadderState) -> Numbered:
    engines = EnginesInUse(stt=ladders.in_use("stt"), llm=ladders.in_use("llm"), tts=ladders.in_use("tts"))
    return partial(wire.StatusMessage, state=notice.state, engines=engines, degraded=ladders.degraded)


def _timed(notice: act.TurnTimed, usual: Budgets) -> Numbered:
    timeline = notice.timeline.whole()
    most = slowest(timeline, usual)
    return partial(
        wire.TimelineMessage,
        turn=notice.turn,
        stages=tuple(wire.Stage(name=stage.name, ms=_whole(stage.ms)) for stage in timeline.stages),
        total_ms=round(timeline.total_ms),
        heard=timeline.heard,
        slowest=None if most is None else most.name,
        over_ms=0 if most is None else round(most.over_ms),
    )


def first_sound(given: wire.FirstSound, wall_offset: float) -> FirstSound:
    """What a client says of an answer's first sound, on the session's clock: `wall_offset` less than ms since 1970."""
    arrived = None if given.arrived_at is None else given.arrived_at - wall_offset
    return FirstSound(given.heard_at - wall_offset, arrived, given.round_trip_ms)


def _item(item: Item, view: View) -> HistoryItem:
    return HistoryItem(
        role=item.role,
        text=item.text,
        turn=item.turn,
        language=item.language,
        at=round(view.to_wall_ms(item.at)),
        interrupted=item.interrupted,
    )


def _whole(ms: float | None) -> int | None:
    return None if ms is None else round(ms)
