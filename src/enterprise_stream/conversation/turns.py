"""The guest's side of the floor: from the first sound of an utterance to the words that are answered."""

from dataclasses import replace

from enterprise_stream.conversation import replies
from enterprise_stream.conversation.actions import (
    Action,
    AskCompletion,
    AskFinal,
    AskWords,
    CloseUtterance,
    Ducked,
    Failed,
    GuestHeard,
    GuestPaused,
    OpenUtterance,
    StartReply,
    WordsShown,
)
from enterprise_stream.conversation.events import (
    AudioStalled,
    CompletionJudged,
    FinalWordsHeard,
    ListeningEvent,
    ModeChosen,
    RecognitionFailed,
    SilenceGrew,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    StopRequested,
    TextReceived,
    UtteranceFull,
    Words,
    WordsHeard,
)
from enterprise_stream.conversation.history import Item
from enterprise_stream.conversation.policy import interrupts, turn_is_over
from enterprise_stream.conversation.state import (
    Conversation,
    Deciding,
    Finalizing,
    Listening,
    Marks,
    Pause,
    Reply,
    Replying,
    UserSpeaking,
    Utterance,
    Yielding,
)

Step = tuple[Conversation, tuple[Action, ...]]


def on_listening(conversation: Conversation, event: ListeningEvent) -> Step:
    """What follows from something heard."""
    match event:
        case SpeechStarted():
            return _speech_started(conversation, event)
        case SpeechPaused():
            return _paused(conversation, event)
        case SilenceGrew():
            return _silence_grew(conversation, event)
        case SpeechResumed():
            return _resumed(conversation)
        case AudioStalled():
            if conversation.mode == "manual":
                return conversation, ()
            return _end_utterance(conversation, event.at)
        case UtteranceFull():
            return _end_utterance(conversation, event.at)
        case WordsHeard():
            return _words_heard(conversation, event)
        case CompletionJudged():
            return _completion_judged(conversation, event)
        case FinalWordsHeard():
            return _final_words(conversation, event)
        case RecognitionFailed():
            return _recognition_failed(conversation, event)


def on_stop(conversation: Conversation, event: StopRequested) -> Step:
    """The guest has finished talking, by the client's word."""
    return _end_utterance(conversation, event.at)


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
    marks = Marks(speech_began=event.at, speech_ended=event.at, endpoint=event.at, transcript=event.at)
    conversation, answered = _answer(conversation, turn, Words(event.text), marks)
    return conversation, (*dropped, *interrupted, *answered)


def drop_utterance(conversation: Conversation) -> Step:
    """Forget what the guest is saying; the answer that is being given goes on."""
    match conversation.phase:
        case UserSpeaking(utterance=utterance) | Deciding(utterance=utterance):
            return replace(conversation, phase=Listening()), _dropped(utterance)
        case Yielding(reply=reply, utterance=utterance):
            return (
                replace(conversation, phase=Replying(reply)),
                (*_dropped(utterance), *_unduck(reply)),
            )
        case Finalizing(turn=turn, next_utterance=following):
            after = () if following is None else _dropped(following)
            return replace(conversation, phase=Listening()), (CloseUtterance(turn), *after)
        case _:
            return conversation, ()


# --- sound ------------------------------------------------------------------------------------------------------


def _speech_started(conversation: Conversation, event: SpeechStarted) -> Step:
    turn = conversation.last_turn + 1
    utterance = Utterance(turn, event.at)
    opened: tuple[Action, ...] = (OpenUtterance(turn), GuestHeard(turn))
    match conversation.phase:
        case Listening():
            return replace(conversation, phase=UserSpeaking(utterance), last_turn=turn), opened
        case Replying(reply=reply):
            phase = Yielding(reply, utterance)
            duck: tuple[Action, ...] = () if reply.sound is None else (Ducked(reply.turn, on=True),)
            return replace(conversation, phase=phase, last_turn=turn), (*opened, *duck)
        case Finalizing(next_utterance=None) as waiting:
            return replace(conversation, phase=replace(waiting, next_utterance=utterance), last_turn=turn), opened
        case _:
            return conversation, ()


def _paused(conversation: Conversation, event: SpeechPaused) -> Step:
    match conversation.phase:
        case UserSpeaking(utterance=utterance) if conversation.mode == "auto":
            utterance, pause, asked = _new_pause(utterance, event)
            return replace(conversation, phase=Deciding(utterance, pause)), asked
        case Yielding(utterance=utterance, pause=None) as yielding:
            utterance, pause, asked = _new_pause(utterance, event)
            return replace(conversation, phase=replace(yielding, utterance=utterance, pause=pause)), asked
        case _:
            return conversation, ()


def _new_pause(utterance: Utterance, event: SpeechPaused) -> tuple[Utterance, Pause, tuple[Action, ...]]:
    utterance = replace(utterance, revision=utterance.revision + 1)
    pause = Pause(event.at - event.silence_ms, event.silence_ms, asked_ms=event.silence_ms)
    asked = (AskWords(utterance.turn, utterance.revision), AskCompletion(utterance.turn, utterance.revision))
    return utterance, pause, asked


def _silence_grew(conversation: Conversation, event: SilenceGrew) -> Step:
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause) as deciding:
            pause, asked = _longer(conversation, utterance, pause, event)
            conversation = replace(conversation, phase=replace(deciding, pause=pause))
            conversation, decided = _decide(conversation, event.at)
            return conversation, (*asked, *decided)
        case Yielding(pause=Pause() as pause) as yielding:
            pause = replace(pause, silence_ms=event.silence_ms)
            return _judge_interruption(replace(conversation, phase=replace(yielding, pause=pause)), event.at)
        case _:
            return conversation, ()


def _longer(
    conversation: Conversation, utterance: Utterance, pause: Pause, event: SilenceGrew
) -> tuple[Pause, tuple[Action, ...]]:
    pause = replace(pause, silence_ms=event.silence_ms)
    if pause.silence_ms - pause.asked_ms < conversation.policy.ask_again_ms:
        return pause, ()
    return replace(pause, asked_ms=pause.silence_ms), (AskCompletion(utterance.turn, utterance.revision),)


def _resumed(conversation: Conversation) -> Step:
    match conversation.phase:
        case Deciding(utterance=utterance):
            return replace(conversation, phase=UserSpeaking(utterance)), ()
        case Yielding(pause=Pause()) as yielding:
            return replace(conversation, phase=replace(yielding, pause=None)), ()
        case _:
            return conversation, ()


# --- words and verdicts -----------------------------------------------------------------------------------------


def _words_heard(conversation: Conversation, event: WordsHeard) -> Step:
    match conversation.phase:
        case UserSpeaking(utterance=utterance) if utterance.turn == event.turn:
            utterance, shown = _show(utterance, event.words)
            return replace(conversation, phase=UserSpeaking(utterance)), shown
        case Deciding(utterance=utterance, pause=pause) if utterance.turn == event.turn:
            utterance, shown = _show(utterance, event.words)
            if event.paused and event.revision == utterance.revision:
                pause = replace(pause, words=event.words, words_at=event.at)
            conversation, decided = _decide(replace(conversation, phase=Deciding(utterance, pause)), event.at)
            return conversation, (*shown, *decided)
        case Yielding(utterance=utterance) as yielding if utterance.turn == event.turn:
            utterance = replace(utterance, words=event.words)
            yielding = replace(yielding, utterance=utterance)
            if event.paused and event.revision == utterance.revision and yielding.pause is not None:
                yielding = replace(yielding, pause=replace(yielding.pause, words=event.words, words_at=event.at))
            return _judge_interruption(replace(conversation, phase=yielding), event.at)
        case _:
            return conversation, ()


def _completion_judged(conversation: Conversation, event: CompletionJudged) -> Step:
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause) as deciding if (utterance.turn, utterance.revision) == (
            event.turn,
            event.revision,
        ):
            pause = replace(pause, completion=event.probability)
            return _decide(replace(conversation, phase=replace(deciding, pause=pause)), event.at)
        case Yielding(utterance=utterance, pause=Pause() as pause) as yielding if (
            utterance.turn,
            utterance.revision,
        ) == (event.turn, event.revision):
            pause = replace(pause, completion=event.probability)
            return replace(conversation, phase=replace(yielding, pause=pause)), ()
        case _:
            return conversation, ()


def _show(utterance: Utterance, words: Words) -> tuple[Utterance, tuple[Action, ...]]:
    if not words.text or words.text == utterance.words.text:
        return utterance, ()
    return replace(utterance, words=words), (WordsShown(utterance.turn, words, final=False),)


def _decide(conversation: Conversation, at: float) -> Step:
    """End the turn, drop an utterance that has no words, or wait on."""
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause) if conversation.mode == "auto":
            pass
        case _:
            return conversation, ()
    if pause.words is not None and not pause.words.text:
        if pause.silence_ms < conversation.policy.noise_ms:
            return conversation, ()
        return replace(conversation, phase=Listening()), _dropped(utterance)
    text = None if pause.words is None else pause.words.text
    language = (pause.words.language if pause.words else None) or conversation.language
    if not turn_is_over(conversation.policy, pause.silence_ms, pause.completion, text, language):
        return conversation, ()
    if pause.words is None:
        return _await_final(conversation, utterance, pause.speech_ended_at, at)
    known_at = at if pause.words_at is None else pause.words_at
    marks = Marks(utterance.began_at, pause.speech_ended_at, at, known_at)
    closing: tuple[Action, ...] = (GuestPaused(utterance.turn), CloseUtterance(utterance.turn))
    conversation, answered = _answer(conversation, utterance.turn, pause.words, marks)
    return conversation, (*closing, *answered)


def _judge_interruption(conversation: Conversation, at: float) -> Step:
    """Speech over an answer: take the floor, give it back, or wait for words."""
    phase = conversation.phase
    if not isinstance(phase, Yielding):
        return conversation, ()
    utterance, pause = phase.utterance, phase.pause
    policy = conversation.policy
    spoken_ms = (pause.speech_ended_at if pause is not None else at) - utterance.began_at + policy.interrupt_min_ms
    language = utterance.words.language or conversation.language
    if interrupts(policy, spoken_ms, utterance.words.text, language):
        conversation, ended = replies.end_reply(conversation, phase.reply, at, "barge_in")
        shown = WordsShown(utterance.turn, utterance.words, final=False)
        conversation, decided = _decide(conversation, at)
        return conversation, (*ended, shown, *decided)
    if pause is not None and pause.words is not None and pause.silence_ms >= policy.forget_backchannel_ms:
        return drop_utterance(conversation)
    return conversation, ()


# --- the end of a turn ------------------------------------------------------------------------------------------


def _end_utterance(conversation: Conversation, at: float) -> Step:
    """The utterance is over whatever its pauses say."""
    match conversation.phase:
        case UserSpeaking(utterance=utterance):
            return _await_final(conversation, utterance, at, at)
        case Deciding(utterance=utterance, pause=pause):
            return _await_final(conversation, utterance, pause.speech_ended_at, at)
        case Yielding(reply=reply, utterance=utterance):
            conversation, ended = replies.end_reply(conversation, reply, at, "barge_in")
            conversation, sealed = _await_final(conversation, utterance, at, at)
            return conversation, (*ended, *sealed)
        case _:
            return conversation, ()


def _await_final(conversation: Conversation, utterance: Utterance, speech_ended_at: float, at: float) -> Step:
    phase = Finalizing(utterance.turn, utterance.began_at, speech_ended_at, at)
    return replace(conversation, phase=phase), (GuestPaused(utterance.turn), AskFinal(utterance.turn))


def _final_words(conversation: Conversation, event: FinalWordsHeard) -> Step:
    match conversation.phase:
        case Finalizing(turn=turn) as waiting if turn == event.turn:
            pass
        case _:
            return conversation, ()
    closed = CloseUtterance(turn)
    following = waiting.next_utterance
    if not event.words.text:
        phase = Listening() if following is None else UserSpeaking(following)
        return replace(conversation, phase=phase), (closed,)
    marks = Marks(waiting.speech_began_at, waiting.speech_ended_at, waiting.ended_at, event.at)
    conversation, answered = _answer(conversation, turn, event.words, marks)
    if following is not None and isinstance(conversation.phase, Replying):
        conversation = replace(conversation, phase=Yielding(conversation.phase.reply, following))
    return conversation, (closed, *answered)


def _answer(conversation: Conversation, turn: int, words: Words, marks: Marks) -> Step:
    """The turn's words are final: keep them and answer."""
    language = words.language or conversation.language
    reply = Reply(conversation.last_reply + 1, turn, conversation.language, marks.endpoint, marks)
    history = conversation.history.add(Item("user", words.text, turn, language, marks.speech_ended))
    conversation = replace(conversation, phase=Replying(reply), last_reply=reply.id, history=history)
    return conversation, (WordsShown(turn, words, final=True), StartReply(reply.id, turn, words))


def _recognition_failed(conversation: Conversation, event: RecognitionFailed) -> Step:
    failed = Failed(event.code, event.retryable, event.turn)
    match conversation.phase:
        case UserSpeaking(utterance=utterance) | Deciding(utterance=utterance) | Yielding(utterance=utterance) if (
            utterance.turn == event.turn
        ):
            conversation, dropped = drop_utterance(conversation)
            return conversation, (*dropped, failed)
        case Finalizing(turn=turn, next_utterance=following) if turn == event.turn:
            phase = Listening() if following is None else UserSpeaking(following)
            return replace(conversation, phase=phase), (CloseUtterance(turn), failed)
        case _:
            return conversation, ()


def _dropped(utterance: Utterance) -> tuple[Action, ...]:
    return (GuestPaused(utterance.turn), CloseUtterance(utterance.turn))


def _unduck(reply: Reply) -> tuple[Action, ...]:
    return () if reply.sound is None else (Ducked(reply.turn, on=False),)
