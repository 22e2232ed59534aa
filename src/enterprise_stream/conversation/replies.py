"""Sandra's side of the floor: an answer from its first word to what was heard of it."""

from dataclasses import replace
from typing import assert_never

from enterprise_stream.conversation.actions import (
    Action,
    AnswerComplete,
    AnswerGrew,
    AnswerInterrupted,
    CancelReply,
    CancelTimer,
    Captioned,
    Ducked,
    Failed,
    InterruptionReason,
    Latency,
    SetTimer,
    TurnTimed,
    VoiceBegan,
    VoiceEnded,
    VoiceMissing,
)
from enterprise_stream.conversation.events import (
    FirstSound,
    Played,
    ReplyEvent,
    ReplyFailed,
    ReplyPhrased,
    ReplySent,
    ReplySounded,
    ReplyTextEnded,
    ReplyTextGrew,
    ReplyVoiceEnded,
    ReplyVoiceMissing,
    TimerFired,
)
from enterprise_stream.conversation.history import Item
from enterprise_stream.conversation.state import (
    Closed,
    Conversation,
    Deciding,
    Listening,
    Marks,
    Parting,
    Reply,
    Replying,
    Report,
    TextEnd,
    UserSpeaking,
    Voice,
    Yielding,
)
from enterprise_stream.conversation.timeline import timeline

Step = tuple[Conversation, tuple[Action, ...]]

HEARD_SLACK_MS = 60.0
"""An answer counts as heard to its end when this little is missing: the last report before a player drains."""

CLOCK_SLACK_MS = 250.0
"""A client's mark may lie this far before the audio was sent or after now; one further off is not believed."""


def live_reply(conversation: Conversation) -> Reply | None:
    """The reply that is being given, if any."""
    match conversation.phase:
        case Replying(reply=reply) | Yielding(reply=reply) | Parting(reply=reply):
            return reply
        case _:
            return None


def on_reply(conversation: Conversation, event: ReplyEvent) -> Step:
    """What follows from something a reply tells; a stale reply's word is nothing."""
    reply = live_reply(conversation)
    if reply is None or reply.id != event.reply:
        return conversation, ()
    match event:
        case ReplyTextGrew() | ReplyTextEnded() if reply.end is not None:
            return conversation, ()
        case ReplyTextGrew():
            marks = reply.marks if reply.marks.first_text is not None else replace(reply.marks, first_text=event.at)
            grown = replace(reply, text=reply.text + event.text, marks=marks)
            return _update(conversation, grown), (AnswerGrew(reply.turn, event.text),)
        case ReplyTextEnded():
            ended = replace(reply, end=TextEnd(event.response_type, event.usage, event.answered))
            return _update(conversation, ended), _completed(ended)
        case ReplyPhrased():
            return _update(conversation, _phrased(reply, event.at)), ()
        case ReplySounded():
            return _sounded(conversation, reply, event)
        case ReplySent():
            return _update(conversation, _sent(reply, event.at)), ()
        case ReplyVoiceEnded():
            return _voice_ended(conversation, reply, event.at)
        case ReplyVoiceMissing():
            return _voice_missing(conversation, reply, event)
        case ReplyFailed():
            conversation, ended_early = end_reply(conversation, reply, event.at, "error")
            return conversation, (*ended_early, Failed(event.code, event.retryable, reply.turn))
        case TimerFired():
            return _timer_fired(conversation, reply, event.at)
        case unreachable:
            assert_never(unreachable)


def on_language(conversation: Conversation, language: str) -> Conversation:
    """Another language from now on; an answer that has no word yet is given in it."""
    conversation = replace(conversation, language=language)
    reply = live_reply(conversation)
    if reply is None or reply.text:
        return conversation
    return _update(conversation, replace(reply, language=language))


def on_played(conversation: Conversation, event: Played) -> Step:
    """The client's word of how much was heard; it never goes back and never exceeds what was sent."""
    reply = live_reply(conversation)
    if reply is None or reply.turn != event.turn or reply.voice is None:
        return conversation, ()
    voice = reply.voice
    if voice.halted_ms is not None:
        return conversation, ()
    before = voice.report.played_ms if voice.report is not None else 0.0
    played = max(before, min(event.played_ms, voice.sent_ms))
    voice = replace(voice, report=Report(event.at, played))
    reply, timed = _first_heard(replace(reply, voice=voice), event.first, event.at)
    conversation, waiting = _await_heard(_update(conversation, reply), reply, voice, event.at)
    return conversation, (*timed, *waiting)


def interrupt(conversation: Conversation, at: float, reason: InterruptionReason) -> Step:
    """Be quiet now; nothing to interrupt changes nothing."""
    reply = live_reply(conversation)
    if reply is None:
        return conversation, ()
    return end_reply(conversation, reply, at, reason)


def end_reply(conversation: Conversation, reply: Reply, at: float, reason: InterruptionReason) -> Step:
    """Cut the live reply: only what was heard of it stays."""
    heard_text = reply.heard_text(at)
    conversation = _release_floor(conversation)
    conversation = replace(
        conversation, history=conversation.history.add(item(reply, heard_text, at, interrupted=True))
    )
    return conversation, (
        CancelReply(reply.id),
        CancelTimer(reply.id),
        *_timed(reply),
        AnswerInterrupted(reply.turn, heard_text, reply.heard_ms(at), reason),
    )


def with_voice(conversation: Conversation, reply: Reply, voice: Voice) -> Conversation:
    """The live reply with its sound as it is now."""
    return _update(conversation, replace(reply, voice=voice))


def go_on(conversation: Conversation, reply: Reply, voice: Voice, at: float) -> Step:
    """The live reply is heard again, by a guest who is back."""
    reply = replace(reply, voice=voice)
    return _await_heard(_update(conversation, reply), reply, voice, at)


def item(reply: Reply, text: str, at: float, *, interrupted: bool) -> Item:
    """The reply's line in the history."""
    said_at = at if reply.voice is None else reply.voice.began_at
    return Item("assistant", text, reply.turn, reply.language, said_at, interrupted)


# --- voice ------------------------------------------------------------------------------------------------------


def _sounded(conversation: Conversation, reply: Reply, event: ReplySounded) -> Step:
    if reply.voice is None:
        return _voice_began(conversation, reply, event)
    if reply.voice.whole:
        return conversation, ()
    voice = reply.voice.grown(event.at, event.sent_ms)
    sounding = replace(reply, voice=voice, captions=(*reply.captions, *event.captions))
    return _update(conversation, sounding), _captioned(reply, event)


def _voice_began(conversation: Conversation, reply: Reply, event: ReplySounded) -> Step:
    began: tuple[Action, ...] = (VoiceBegan(reply.turn, reply.id),)
    if _is_ducked(conversation):
        began = (*began, Ducked(reply.turn, on=True))
    marks = replace(reply.marks, first_audio=event.at)
    heard_ms = 0.0 if conversation.presence == "away" else None
    voice = Voice(event.at, event.sent_ms, halted_ms=heard_ms)
    sounding = replace(reply, voice=voice, marks=marks, captions=event.captions)
    return _update(conversation, sounding), (*began, *_captioned(reply, event), *_completed(sounding))


def _captioned(reply: Reply, event: ReplySounded) -> tuple[Action, ...]:
    return tuple(Captioned(reply.turn, c.text, c.start_ms, c.end_ms) for c in event.captions)


def _voice_ended(conversation: Conversation, reply: Reply, at: float, missing: tuple[Action, ...] = ()) -> Step:
    """No more audio will come; the answer lives on until what there is has been heard."""
    if reply.voice is None or reply.voice.whole or reply.end is None:
        return conversation, ()
    voice = replace(reply.voice, whole=True)
    reply = replace(reply, voice=voice)
    conversation, waiting = _await_heard(_update(conversation, reply), reply, voice, at)
    return conversation, (VoiceEnded(reply.turn, voice.sent_ms), *missing, *waiting)


def _voice_missing(conversation: Conversation, reply: Reply, event: ReplyVoiceMissing) -> Step:
    """The client says the text, or the rest of it after what has sounded; it counts as heard when that has been."""
    if reply.end is None:
        return conversation, ()
    missing = VoiceMissing(reply.turn, event.text, reply.end.response_type)
    if reply.voice is not None:
        return _voice_ended(conversation, reply, event.at, (missing,))
    conversation, finished = _finish(conversation, reply, event.at)
    return conversation, (_complete(reply, reply.end), missing, *finished)


def _await_heard(conversation: Conversation, reply: Reply, voice: Voice, at: float) -> Step:
    """Finish an answer that the client has reported as heard; else look again when that is due."""
    if not voice.whole or voice.halted_ms is not None:
        return conversation, ()
    if voice.report is not None and voice.report.played_ms >= voice.sent_ms - HEARD_SLACK_MS:
        return _finish(conversation, reply, at)
    return conversation, (SetTimer(reply.id, _due(conversation, voice)),)


def _timer_fired(conversation: Conversation, reply: Reply, at: float) -> Step:
    """Take the answer as heard, unless a report has moved its end since this timer was set."""
    if reply.voice is None or reply.voice.halted_ms is not None:
        return conversation, ()
    if reply.voice.whole and at >= _due(conversation, reply.voice):
        return _finish(conversation, reply, at)
    return _await_heard(conversation, reply, reply.voice, at)


def _due(conversation: Conversation, voice: Voice) -> float:
    """When the whole voice will have been heard: at real time, or a grace after the client's reports say so."""
    if voice.report is None:
        return voice.began_at + voice.starved_ms + voice.sent_ms
    left = voice.sent_ms - voice.report.played_ms
    return voice.report.at + left + conversation.policy.played_grace_ms


# --- the ledger -------------------------------------------------------------------------------------------------


def _phrased(reply: Reply, at: float) -> Reply:
    marks = reply.marks
    return reply if marks.first_clause is not None else replace(reply, marks=replace(marks, first_clause=at))


def _sent(reply: Reply, at: float) -> Reply:
    return reply if reply.marks.sent is not None else replace(reply, marks=replace(reply.marks, sent=at))


def _first_heard(reply: Reply, first: FirstSound | None, at: float) -> tuple[Reply, tuple[Action, ...]]:
    """The client says when its guest heard the first sound: the turn's timeline is whole."""
    if first is None or reply.timed or not _believable(reply, first, at):
        return reply, ()
    arrived = None if first.arrived is None else min(first.arrived, first.heard)
    way_in = None if first.round_trip_ms is None else first.round_trip_ms / 2
    reply = replace(reply, marks=replace(reply.marks, arrived=arrived, heard=first.heard, way_in=way_in))
    return replace(reply, timed=True), _timed(reply)


def _believable(reply: Reply, first: FirstSound, at: float) -> bool:
    marks = reply.marks
    earliest = max(mark for mark in (marks.transcript, marks.first_audio, marks.sent) if mark is not None)
    return earliest - CLOCK_SLACK_MS <= first.heard <= at + CLOCK_SLACK_MS


def _timed(reply: Reply) -> tuple[Action, ...]:
    return () if reply.timed else (TurnTimed(reply.turn, timeline(reply.marks)),)


# --- the end ----------------------------------------------------------------------------------------------------


def _completed(reply: Reply) -> tuple[Action, ...]:
    """Told once: when the later of its text's end and its voice's beginning has come."""
    return () if reply.end is None or reply.voice is None else (_complete(reply, reply.end),)


def _complete(reply: Reply, end: TextEnd) -> AnswerComplete:
    latency = _latency(reply.marks)
    return AnswerComplete(
        reply.turn, reply.text, end.response_type, latency, end.usage, reply.audio_ms, answered=end.answered
    )


def _latency(marks: Marks) -> Latency:
    def since(moment: float | None) -> float | None:
        return None if moment is None else max(0.0, moment - marks.speech_ended)

    return Latency(
        since(marks.endpoint),
        since(marks.transcript),
        since(marks.first_text),
        since(marks.first_audio),
        marks.speculated,
        first_clause=since(marks.first_clause),
    )


def _finish(conversation: Conversation, reply: Reply, at: float) -> Step:
    """The answer was heard to its end, as far as anybody can tell."""
    duck: tuple[Action, ...] = ()
    if _is_ducked(conversation) and reply.voice is not None:
        duck = (Ducked(reply.turn, on=False),)
    conversation = _release_floor(conversation)
    history = conversation.history.add(item(reply, reply.text.strip(), at, interrupted=False))
    return replace(conversation, history=history), (CancelTimer(reply.id), *duck, *_timed(reply))


def _is_ducked(conversation: Conversation) -> bool:
    """Whether the answer is to sound quieter: somebody speaks over it, or may have begun to."""
    match conversation.phase:
        case Replying(suspected=suspected):
            return suspected
        case phase:
            return isinstance(phase, Yielding)


def _release_floor(conversation: Conversation) -> Conversation:
    """The phase after a reply: the guest's, if the guest is speaking."""
    match conversation.phase:
        case Yielding(utterance=utterance, pause=pause):
            if pause is None or conversation.mode == "manual":
                return replace(conversation, phase=UserSpeaking(utterance))
            return replace(conversation, phase=Deciding(utterance, pause))
        case Parting():
            return replace(conversation, phase=Closed())
        case _:
            return replace(conversation, phase=Listening())


def _update(conversation: Conversation, reply: Reply) -> Conversation:
    """The conversation with its live reply as it is now."""
    match conversation.phase:
        case Replying() | Yielding() | Parting() as phase:
            return replace(conversation, phase=replace(phase, reply=reply))
        case _:
            return replace(conversation, phase=Replying(reply))
