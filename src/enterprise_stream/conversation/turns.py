"""The end of a turn: when the guest has finished, whether speech over an answer takes the floor, what is answered."""

from dataclasses import replace

from enterprise_stream.conversation import drafts, replies
from enterprise_stream.conversation.actions import (
    Action,
    AskFinal,
    CloseUtterance,
    Ducked,
    Failed,
    GuestPaused,
    ReleaseReply,
    SayUnheard,
    StartReply,
    WordsShown,
)
from enterprise_stream.conversation.endpointing import turn_is_over
from enterprise_stream.conversation.events import (
    FinalWordsHeard,
    ModeChosen,
    RecognitionFailed,
    StopRequested,
    TextReceived,
    Words,
)
from enterprise_stream.conversation.history import Item
from enterprise_stream.conversation.interruptions import judge
from enterprise_stream.conversation.overlap import overlap
from enterprise_stream.conversation.state import (
    Conversation,
    Deciding,
    Draft,
    Finalizing,
    Listening,
    Marks,
    Reply,
    Replying,
    UserSpeaking,
    Utterance,
    Yielding,
)

Step = tuple[Conversation, tuple[Action, ...]]


def on_stop(conversation: Conversation, event: StopRequested) -> Step:
    """The guest has finished talking, by the client's word."""
    return end_utterance(conversation, event.at)


def on_mode(conversation: Conversation, event: ModeChosen) -> Step:
    """Who ends turns changes; a pause that was being judged is part of the utterance again."""
    conversation = replace(conversation, mode=event.mode)
    if event.mode == "manual" and isinstance(conversation.phase, Deciding):
        return replace(conversation, phase=UserSpeaking(conversation.phase.utterance)), ()
    return conversation, ()


def on_text(conversation: Conversation, event: TextReceived) -> Step:
    """A typed message is a turn of its own; it takes the floor from whoever has it."""
    conversation, dropped = drop_utterance(conversation)
    conversation, interrupted = replies.interrupt(conversation, event.at, "client")
    turn = conversation.last_turn + 1
    conversation = replace(conversation, last_turn=turn)
    marks = Marks(speech_ended=event.at, endpoint=event.at, transcript=event.at)
    conversation, answered = _answer(conversation, turn, Words(event.text), marks, None)
    return conversation, (*dropped, *interrupted, *answered)


# --- decisions --------------------------------------------------------------------------------------------------


def decide(conversation: Conversation, at: float) -> Step:
    """End the turn, drop an utterance that has no words, or wait on; in `Deciding` of automatic turns only."""
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause) if conversation.mode == "auto":
            pass
        case _:
            return conversation, ()
    if pause.words is not None and not pause.words.text:
        if pause.silence_ms < conversation.policy.noise_ms:
            return conversation, ()
        return replace(conversation, phase=Listening()), _dropped(utterance)
    if not turn_is_over(conversation.policy, conversation.evidence(pause)):
        return conversation, ()
    if pause.words is None:
        return _await_final(conversation, utterance, pause.speech_ended_at, at)
    # Words that were known earlier are final from here on: stages are in the order in which the guest waits for them.
    marks = Marks(pause.speech_ended_at, endpoint=at, transcript=at)
    closing: tuple[Action, ...] = (GuestPaused(utterance.turn), CloseUtterance(utterance.turn))
    conversation, answered = _answer(conversation, utterance.turn, pause.words, marks, utterance.draft)
    return conversation, (*closing, *answered)


def judge_interruption(conversation: Conversation, phase: Yielding, at: float) -> Step:
    """Speech over an answer, as `phase` has it now: take the floor, give it back, or wait for words."""
    conversation = replace(conversation, phase=phase)
    verdict = judge(conversation.policy.interruption, overlap(conversation, phase, at))
    utterance, pause = phase.utterance, phase.pause
    if verdict == "takes_floor":
        conversation, ended = replies.end_reply(conversation, phase.reply, at, "barge_in")
        words = utterance.words
        shown: tuple[Action, ...] = (WordsShown(utterance.turn, words, final=False),) if words.text else ()
        conversation, decided = decide(conversation, at)
        return conversation, (*ended, *shown, *decided)
    forget_ms = conversation.policy.interruption.forget_ms
    if pause is not None and pause.words is not None and pause.silence_ms >= forget_ms:
        return drop_utterance(conversation)
    return conversation, ()


def end_overlap(conversation: Conversation, phase: Yielding, at: float) -> Step:
    """An utterance over an answer is as long as one may be: the guest's turn, unless it took no floor so far."""
    if judge(conversation.policy.interruption, overlap(conversation, phase, at)) == "listens":
        return drop_utterance(conversation)
    return end_utterance(conversation, at)


# --- the end of an utterance ------------------------------------------------------------------------------------


def end_utterance(conversation: Conversation, at: float, silent_ms: float = 0.0) -> Step:
    """The utterance is over whatever its pauses say.

    Args:
        conversation: as it stands.
        at: now.
        silent_ms: how long nothing has come of the guest.
    """
    match conversation.phase:
        case UserSpeaking(utterance=utterance):
            return _await_final(conversation, utterance, max(utterance.began_at, at - silent_ms), at)
        case Deciding(utterance=utterance, pause=pause):
            return _await_final(conversation, utterance, pause.speech_ended_at, at)
        case Yielding(reply=reply, utterance=utterance):
            conversation, ended = replies.end_reply(conversation, reply, at, "barge_in")
            conversation, sealed = _await_final(conversation, utterance, at, at)
            return conversation, (*ended, *sealed)
        case Finalizing(next_utterance=Utterance(), next_ended=False) as waiting:
            return replace(conversation, phase=replace(waiting, next_ended=True)), ()
        case _:
            return conversation, ()


def drop_utterance(conversation: Conversation) -> Step:
    """Forget what the guest is saying; the answer that is being given goes on."""
    match conversation.phase:
        case UserSpeaking(utterance=utterance) | Deciding(utterance=utterance):
            return replace(conversation, phase=Listening()), _dropped(utterance)
        case Yielding(reply=reply, utterance=utterance):
            unduck: tuple[Action, ...] = () if reply.voice is None else (Ducked(reply.turn, on=False),)
            return replace(conversation, phase=Replying(reply)), (*_dropped(utterance), *unduck)
        case Finalizing(turn=turn, draft=draft, next_utterance=following):
            after = () if following is None else _dropped(following)
            return replace(conversation, phase=Listening()), (CloseUtterance(turn), *drafts.drop(draft), *after)
        case _:
            return conversation, ()


def _dropped(utterance: Utterance) -> tuple[Action, ...]:
    return (GuestPaused(utterance.turn), CloseUtterance(utterance.turn), *drafts.drop(utterance.draft))


def on_recognition_failed(conversation: Conversation, event: RecognitionFailed) -> Step:
    """The utterance is lost, and the guest is told; an answer that is being given goes on.

    Where nobody has the floor then, she says so too: once, until she has heard something again.
    """
    conversation, lost = _lose(conversation, event)
    if not lost or conversation.unheard or not isinstance(conversation.phase, Listening):
        return conversation, lost
    conversation, reply, shown = turn_of_hers(conversation, event.at)
    conversation = replace(conversation, phase=Replying(reply), unheard=True)
    return conversation, (*lost, shown, SayUnheard(reply.id, reply.turn))


def turn_of_hers(conversation: Conversation, at: float) -> tuple[Conversation, Reply, WordsShown]:
    """A turn that no words of the guest's began, for what she has to say by herself; its reply has the floor next."""
    turn = conversation.last_turn + 1
    reply = Reply(conversation.last_reply + 1, turn, conversation.language, at, Marks(at, endpoint=at, transcript=at))
    conversation = replace(conversation, last_turn=turn, last_reply=reply.id)
    return conversation, reply, WordsShown(turn, Words(""), final=True)


def _lose(conversation: Conversation, event: RecognitionFailed) -> Step:
    failed = Failed(event.code, event.retryable, event.turn)
    match conversation.phase:
        case UserSpeaking(utterance=utterance) | Deciding(utterance=utterance) | Yielding(utterance=utterance) if (
            utterance.turn == event.turn
        ):
            conversation, dropped = drop_utterance(conversation)
            return conversation, (*dropped, failed)
        case Finalizing(turn=turn) as waiting if turn == event.turn:
            conversation, after = _go_on(replace(conversation, phase=Listening()), waiting, event.at)
            return conversation, (CloseUtterance(turn), *drafts.drop(waiting.draft), failed, *after)
        case _:
            return conversation, ()


# --- final words ------------------------------------------------------------------------------------------------


def _await_final(conversation: Conversation, utterance: Utterance, speech_ended_at: float, at: float) -> Step:
    phase = Finalizing(utterance.turn, speech_ended_at, at, utterance.draft)
    return replace(conversation, phase=phase), (GuestPaused(utterance.turn), AskFinal(utterance.turn))


def on_final_words(conversation: Conversation, event: FinalWordsHeard) -> Step:
    """The turn is answered, unless nothing was said; then the guest's next words have their say."""
    match conversation.phase:
        case Finalizing(turn=turn) as waiting if turn == event.turn:
            pass
        case _:
            return conversation, ()
    conversation = replace(conversation, phase=Listening())
    answered = () if event.words.text else drafts.drop(waiting.draft)
    if event.words.text:
        marks = Marks(waiting.speech_ended_at, waiting.ended_at, event.at)
        conversation, answered = _answer(conversation, turn, event.words, marks, waiting.draft)
    conversation, after = _go_on(conversation, waiting, event.at)
    return conversation, (CloseUtterance(turn), *answered, *after)


def _go_on(conversation: Conversation, waited: Finalizing, at: float) -> Step:
    """After a turn whose final words were awaited: what the guest has begun to say meanwhile, if anything."""
    following = waited.next_utterance
    if following is None:
        return conversation, ()
    reply = replies.live_reply(conversation)
    phase = UserSpeaking(following) if reply is None else Yielding(reply, following)
    conversation = replace(conversation, phase=phase)
    return end_utterance(conversation, at) if waited.next_ended else (conversation, ())


def _answer(conversation: Conversation, turn: int, words: Words, marks: Marks, draft: Draft | None) -> Step:
    """The turn's words are final: keep them and answer, with the draft if it agrees with them."""
    conversation = replace(conversation, unheard=False)
    shown = WordsShown(turn, words, final=True)
    history = conversation.history.add(
        Item("user", words.text, turn, words.language or conversation.language, marks.speech_ended)
    )
    if draft is not None and drafts.agrees(draft, words):
        marks = replace(marks, speculated=True)
        reply = Reply(draft.reply, turn, conversation.language, marks.endpoint, marks, words.audio_ms)
        return replace(conversation, phase=Replying(reply), history=history), (shown, ReleaseReply(reply.id))
    reply = Reply(conversation.last_reply + 1, turn, conversation.language, marks.endpoint, marks, words.audio_ms)
    conversation = replace(conversation, phase=Replying(reply), last_reply=reply.id, history=history)
    return conversation, (*drafts.drop(draft), shown, StartReply(reply.id, turn, words))
