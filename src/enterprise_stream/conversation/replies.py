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
    VoiceBegan,
    VoiceEnded,
    VoiceMissing,
)
from enterprise_stream.conversation.events import (
    Played,
    ReplyEvent,
    ReplyFailed,
    ReplySounded,
    ReplyTextEnded,
    ReplyTextGrew,
    ReplyVoiceEnded,
    ReplyVoiceMissing,
    TimerFired,
)
from enterprise_stream.conversation.history import Item
from enterprise_stream.conversation.state import (
    Conversation,
    Deciding,
    Listening,
    Marks,
    Reply,
    Replying,
    Report,
    TextEnd,
    Unvoiced,
    UserSpeaking,
    Voice,
    Yielding,
)

Step = tuple[Conversation, tuple[Action, ...]]

HEARD_SLACK_MS = 60.0
"""An answer counts as heard to its end when this little is missing: the last report before a player drains."""


def live_reply(conversation: Conversation) -> Reply | None:
    """The reply that is being given, if any."""
    match conversation.phase:
        case Replying(reply=reply) | Yielding(reply=reply):
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
            ended = replace(reply, end=TextEnd(event.response_type, event.usage))
            return _update(conversation, ended), _completed(reply, ended)
        case ReplySounded():
            return _sounded(conversation, reply, event)
        case ReplyVoiceEnded():
            return _voice_ended(conversation, reply, event)
        case ReplyVoiceMissing():
            return _voice_missing(conversation, reply, event)
        case ReplyFailed():
            conversation, ended_early = end_reply(conversation, reply, event.at, "error")
            return conversation, (*ended_early, Failed(event.code, event.retryable, reply.turn))
        case TimerFired():
            whole = isinstance(reply.sound, Voice) and reply.sound.whole
            return _finish(conversation, reply, event.at) if whole else (conversation, ())
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
    if reply is None or reply.turn != event.turn or not isinstance(reply.sound, Voice):
        return conversation, ()
    voice = reply.sound
    before = voice.report.played_ms if voice.report is not None else 0.0
    played = max(before, min(event.played_ms, voice.sent_ms))
    reply = replace(reply, sound=replace(voice, report=Report(event.at, played)))
    conversation = _update(conversation, reply)
    if not voice.whole:
        return conversation, ()
    if played >= voice.sent_ms - HEARD_SLACK_MS:
        return _finish(conversation, reply, event.at)
    return conversation, (_due(conversation, reply),)


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
        AnswerInterrupted(reply.turn, heard_text, reply.heard_ms(at), reason),
    )


def item(reply: Reply, text: str, at: float, *, interrupted: bool) -> Item:
    """The reply's line in the history."""
    voice = reply.sound if isinstance(reply.sound, Voice) else None
    return Item("assistant", text, reply.turn, reply.language, voice.began_at if voice else at, interrupted)


# --- sound ------------------------------------------------------------------------------------------------------


def _sounded(conversation: Conversation, reply: Reply, event: ReplySounded) -> Step:
    captions = tuple(Captioned(reply.turn, c.text, c.start_ms, c.end_ms) for c in event.captions)
    match reply.sound:
        case None:
            voice = Voice(event.at, event.sent_ms)
            marks = replace(reply.marks, first_audio=event.at)
            began: tuple[Action, ...] = (VoiceBegan(reply.turn, reply.id),)
            if isinstance(conversation.phase, Yielding):
                began = (*began, Ducked(reply.turn, on=True))
        case Voice() as voice:
            voice, marks, began = replace(voice, sent_ms=event.sent_ms), reply.marks, ()
        case Unvoiced():
            return conversation, ()
    sounding = replace(reply, sound=voice, marks=marks, captions=(*reply.captions, *event.captions))
    return _update(conversation, sounding), (*began, *captions, *_completed(reply, sounding))


def _voice_ended(conversation: Conversation, reply: Reply, event: ReplyVoiceEnded) -> Step:
    if not isinstance(reply.sound, Voice) or reply.sound.whole or reply.end is None:
        return conversation, ()
    reply = replace(reply, sound=replace(reply.sound, whole=True))
    conversation = _update(conversation, reply)
    said = VoiceEnded(reply.turn, reply.sound.sent_ms) if isinstance(reply.sound, Voice) else None
    if said is None:
        return conversation, ()
    report = reply.sound.report if isinstance(reply.sound, Voice) else None
    if report is not None and report.played_ms >= said.duration_ms - HEARD_SLACK_MS:
        conversation, finished = _finish(conversation, reply, event.at)
        return conversation, (said, *finished)
    return conversation, (said, _due(conversation, reply))


def _voice_missing(conversation: Conversation, reply: Reply, event: ReplyVoiceMissing) -> Step:
    if reply.end is None or isinstance(reply.sound, Unvoiced):
        return conversation, ()
    said: tuple[Action, ...] = ()
    if isinstance(reply.sound, Voice):
        said = (VoiceEnded(reply.turn, reply.sound.sent_ms),)
    silent = replace(reply, sound=Unvoiced(reply.sound))
    missing = VoiceMissing(reply.turn, event.text, reply.end.response_type)
    conversation = _update(conversation, silent)
    conversation, finished = _finish(conversation, silent, event.at)
    return conversation, (*said, *_completed(reply, silent), missing, *finished)


def _due(conversation: Conversation, reply: Reply) -> SetTimer:
    """When the whole voice will have been heard: at real time, or a grace after the client's reports say so."""
    voice = reply.sound
    if not isinstance(voice, Voice):
        raise TypeError("only a sounding reply has an end to wait for")
    if voice.report is None:
        return SetTimer(reply.id, voice.began_at + voice.sent_ms)
    left = voice.sent_ms - voice.report.played_ms
    return SetTimer(reply.id, voice.report.at + left + conversation.policy.played_grace_ms)


# --- the end ----------------------------------------------------------------------------------------------------


def _completed(before: Reply, after: Reply) -> tuple[Action, ...]:
    if before.complete or not after.complete or after.end is None:
        return ()
    speech_ms = max(0.0, after.marks.speech_ended - after.marks.speech_began)
    return (
        AnswerComplete(
            after.turn, after.text, after.end.response_type, _latency(after.marks), after.end.usage, speech_ms
        ),
    )


def _latency(marks: Marks) -> Latency:
    def since(moment: float | None) -> float | None:
        return None if moment is None else max(0.0, moment - marks.speech_ended)

    return Latency(since(marks.endpoint), since(marks.transcript), since(marks.first_text), since(marks.first_audio))


def _finish(conversation: Conversation, reply: Reply, at: float) -> Step:
    """The answer was heard to its end, as far as anybody can tell."""
    duck: tuple[Action, ...] = ()
    if isinstance(conversation.phase, Yielding) and isinstance(reply.sound, Voice):
        duck = (Ducked(reply.turn, on=False),)
    conversation = _release_floor(conversation)
    history = conversation.history.add(item(reply, reply.text.strip(), at, interrupted=False))
    return replace(conversation, history=history), (CancelTimer(reply.id), *duck)


def _release_floor(conversation: Conversation) -> Conversation:
    """The phase after a reply: the guest's, if the guest is speaking."""
    match conversation.phase:
        case Yielding(utterance=utterance, pause=pause):
            if pause is None or conversation.mode == "manual":
                return replace(conversation, phase=UserSpeaking(utterance))
            return replace(conversation, phase=Deciding(utterance, pause))
        case _:
            return replace(conversation, phase=Listening())


def _update(conversation: Conversation, reply: Reply) -> Conversation:
    phase = conversation.phase
    if isinstance(phase, Replying | Yielding):
        return replace(conversation, phase=replace(phase, reply=reply))
    return conversation
