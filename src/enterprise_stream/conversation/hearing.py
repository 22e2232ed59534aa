"""What the guest's sound says while an utterance is open: its beginning, its pauses, its words so far.

When a turn is over, and what follows then, is in `turns.py`.
"""

from dataclasses import replace
from typing import assert_never

from enterprise_stream.conversation import drafts, turns
from enterprise_stream.conversation.actions import (
    Action,
    AskCompletion,
    AskWords,
    Ducked,
    GuestHeard,
    OpenUtterance,
    WordsShown,
)
from enterprise_stream.conversation.events import (
    AudioStalled,
    CompletionJudged,
    FinalWordsHeard,
    ListeningEvent,
    RecognitionFailed,
    SilenceGrew,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    SpeechSuspected,
    SpeechWentOn,
    SuspicionPassed,
    UtteranceFull,
    Words,
    WordsHeard,
)
from enterprise_stream.conversation.state import (
    Conversation,
    Deciding,
    Finalizing,
    Listening,
    Pause,
    Reply,
    Replying,
    UserSpeaking,
    Utterance,
    Yielding,
)

Step = tuple[Conversation, tuple[Action, ...]]


def on_listening(conversation: Conversation, event: ListeningEvent) -> Step:  # noqa: C901 - one line per event
    """What follows from something heard."""
    match event:
        case SpeechSuspected():
            return _suspected(conversation)
        case SuspicionPassed():
            return _suspicion_passed(conversation)
        case SpeechStarted():
            return _speech_started(conversation, event)
        case SpeechPaused():
            return _paused(conversation, event)
        case SilenceGrew():
            return _silence_grew(conversation, event)
        case SpeechResumed():
            return _resumed(conversation)
        case SpeechWentOn():
            return _went_on(conversation, event)
        case AudioStalled() if isinstance(conversation.phase, Replying):
            return _suspicion_passed(conversation)
        case AudioStalled() if conversation.mode == "manual":
            return conversation, ()
        case AudioStalled() if isinstance(conversation.phase, Yielding):
            # A sound over an answer that nothing follows is judged by its words, like one that a silence follows.
            return _silence_grew(conversation, SilenceGrew(event.at, event.silent_ms))
        case AudioStalled():
            return turns.end_utterance(conversation, event.at, event.silent_ms)
        case UtteranceFull() if isinstance(conversation.phase, Yielding):
            return turns.end_overlap(conversation, conversation.phase, event.at)
        case UtteranceFull():
            return turns.end_utterance(conversation, event.at)
        case WordsHeard():
            return _words_heard(conversation, event)
        case CompletionJudged():
            return _completion_judged(conversation, event)
        case FinalWordsHeard():
            return turns.on_final_words(conversation, event)
        case RecognitionFailed():
            return turns.on_recognition_failed(conversation, event)
        case unreachable:
            assert_never(unreachable)


# --- sound ------------------------------------------------------------------------------------------------------


def _suspected(conversation: Conversation) -> Step:
    """She is quieter at once; nothing else comes of a sound that may be a click."""
    match conversation.phase:
        case Replying(reply=reply, suspected=False):
            duck: tuple[Action, ...] = () if reply.voice is None else (Ducked(reply.turn, on=True),)
            return replace(conversation, phase=Replying(reply, suspected=True)), duck
        case _:
            return conversation, ()


def _suspicion_passed(conversation: Conversation) -> Step:
    match conversation.phase:
        case Replying(reply=reply, suspected=True):
            unduck: tuple[Action, ...] = () if reply.voice is None else (Ducked(reply.turn, on=False),)
            return replace(conversation, phase=Replying(reply)), unduck
        case _:
            return conversation, ()


def _speech_started(conversation: Conversation, event: SpeechStarted) -> Step:
    turn = conversation.last_turn + 1
    utterance = Utterance(turn, event.at)
    opened: tuple[Action, ...] = (OpenUtterance(turn), GuestHeard(turn))
    match conversation.phase:
        case Listening():
            return replace(conversation, phase=UserSpeaking(utterance), last_turn=turn), opened
        case Replying(reply=reply):
            conversation, duck = _suspected(_cut_off(conversation, reply, event.at))
            phase = Yielding(reply, utterance, began_ms=reply.heard_ms(event.at))
            return replace(conversation, phase=phase, last_turn=turn), (*opened, *duck)
        case Finalizing(next_utterance=None) as waiting:
            return replace(conversation, phase=replace(waiting, next_utterance=utterance), last_turn=turn), opened
        case _:
            return conversation, ()


def _cut_off(conversation: Conversation, reply: Reply, at: float) -> Conversation:
    """A guest who goes on before the answer sounds had only paused; without this, only short pauses would be learnt."""
    silence_ms = at - reply.marks.speech_ended
    if reply.voice is not None or reply.audio_ms <= 0 or silence_ms > conversation.policy.unfinished_ms:
        return conversation
    return replace(conversation, pauses=conversation.pauses.learn(silence_ms))


def _paused(conversation: Conversation, event: SpeechPaused | SilenceGrew) -> Step:
    match conversation.phase:
        case UserSpeaking(utterance=utterance) if conversation.mode == "auto":
            utterance, pause, asked = _new_pause(utterance, event)
            conversation, ahead = drafts.work_ahead(replace(conversation, phase=Deciding(utterance, pause)))
            return conversation, (*asked, *ahead)
        case Yielding(utterance=utterance, pause=None) as yielding:
            utterance, pause, asked = _new_pause(utterance, event)
            return replace(conversation, phase=replace(yielding, utterance=utterance, pause=pause)), asked
        case _:
            return conversation, ()


def _new_pause(utterance: Utterance, event: SpeechPaused | SilenceGrew) -> tuple[Utterance, Pause, tuple[Action, ...]]:
    utterance = replace(utterance, revision=utterance.revision + 1)
    # Audio that comes faster than real time holds more silence than has passed since its speech was noticed.
    exact = event.quiet_ms if isinstance(event, SpeechPaused) else None
    speech_ended_at = max(utterance.began_at, event.at - (event.silence_ms if exact is None else exact))
    pause = Pause(speech_ended_at, event.silence_ms, asked_ms=event.silence_ms)
    asked = (AskWords(utterance.turn, utterance.revision), AskCompletion(utterance.turn, utterance.revision))
    return utterance, pause, asked


def _silence_grew(conversation: Conversation, event: SilenceGrew) -> Step:
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause) as deciding:
            pause, asked = _longer(conversation, utterance, pause, event)
            conversation = replace(conversation, phase=replace(deciding, pause=pause))
            conversation, decided = turns.decide(conversation, event.at)
            return conversation, (*asked, *decided)
        case Yielding(pause=Pause() as pause) as yielding:
            pause = replace(pause, silence_ms=event.silence_ms)
            return turns.judge_interruption(conversation, replace(yielding, pause=pause), event.at)
        case _:
            # The pause began while nobody asked for pauses: turns were manual, or an earlier turn's words were awaited.
            return _paused(conversation, event)


def _longer(
    conversation: Conversation, utterance: Utterance, pause: Pause, event: SilenceGrew
) -> tuple[Pause, tuple[Action, ...]]:
    pause = replace(pause, silence_ms=event.silence_ms)
    if pause.silence_ms - pause.asked_ms < conversation.policy.ask_again_ms:
        return pause, ()
    return replace(pause, asked_ms=pause.silence_ms), (AskCompletion(utterance.turn, utterance.revision),)


def _went_on(conversation: Conversation, event: SpeechWentOn) -> Step:
    match conversation.phase:
        case Yielding(utterance=utterance, pause=None) as yielding:
            utterance = replace(utterance, spoken_ms=event.spoken_ms)
            yielding = replace(yielding, utterance=utterance, level_db=event.level_db)
            conversation, judged = turns.judge_interruption(conversation, yielding, event.at)
            conversation, asked = _ask_in_mid_speech(conversation)
            return conversation, (*judged, *asked)
        case UserSpeaking():
            return replace(conversation, guest_level=conversation.guest_level.heard(event.level_db)), ()
        case _:
            return conversation, ()


def _ask_in_mid_speech(conversation: Conversation) -> Step:
    """Ask for the words so far, early enough for a decision within half a second, one question at a time."""
    match conversation.phase:
        case Yielding(utterance=utterance, pause=None, asked_ms=asked, known_ms=known) as yielding:
            policy = conversation.policy.interruption
            due = policy.ask_words_ms if asked == 0 else asked * policy.ask_again
            if utterance.spoken_ms < due or known < asked:
                return conversation, ()
            phase = replace(yielding, asked_ms=utterance.spoken_ms)
            ask = AskWords(utterance.turn, utterance.revision, paused=False)
            return replace(conversation, phase=phase), (ask,)
        case _:
            return conversation, ()


def _resumed(conversation: Conversation) -> Step:
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause):
            pauses = conversation.pauses.learn(pause.silence_ms)
            return replace(conversation, phase=UserSpeaking(utterance), pauses=pauses), ()
        case Yielding(pause=Pause()) as yielding:
            phase = replace(yielding, pause=None, asked_ms=0.0, known_ms=0.0)
            return replace(conversation, phase=phase), ()
        case _:
            return conversation, ()


# --- words and verdicts -----------------------------------------------------------------------------------------


def _words_heard(conversation: Conversation, event: WordsHeard) -> Step:
    match conversation.phase:
        case UserSpeaking(utterance=utterance) if utterance.turn == event.turn:
            utterance, shown = _show(utterance, event.words)
            conversation, ahead = drafts.work_ahead(replace(conversation, phase=UserSpeaking(utterance)))
            return conversation, (*shown, *ahead)
        case Deciding(utterance=utterance, pause=pause) if utterance.turn == event.turn:
            utterance, shown = _show(utterance, event.words)
            if event.paused and event.revision == utterance.revision:
                pause = replace(pause, words=event.words)
            conversation, decided = turns.decide(replace(conversation, phase=Deciding(utterance, pause)), event.at)
            conversation, ahead = drafts.work_ahead(conversation)
            return conversation, (*shown, *decided, *ahead)
        case Yielding(utterance=utterance) as yielding if utterance.turn == event.turn:
            yielding = _understood(yielding, event.words)
            utterance = yielding.utterance
            if event.paused and event.revision == utterance.revision and yielding.pause is not None:
                yielding = replace(yielding, pause=replace(yielding.pause, words=event.words))
            conversation, judged = turns.judge_interruption(conversation, yielding, event.at)
            conversation, ahead = drafts.work_ahead(conversation)
            return conversation, (*judged, *ahead)
        case _:
            return conversation, ()


def _understood(yielding: Yielding, words: Words) -> Yielding:
    """The words so far; those before them are remembered, if they are of less of the sound."""
    before = yielding.utterance.words
    if words.audio_ms > before.audio_ms:
        yielding = replace(yielding, before=before)
    utterance = replace(yielding.utterance, words=words)
    return replace(yielding, utterance=utterance, known_ms=yielding.asked_ms)


def _completion_judged(conversation: Conversation, event: CompletionJudged) -> Step:
    asked = (event.turn, event.revision)
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause) as deciding if (utterance.turn, utterance.revision) == asked:
            phase = replace(deciding, pause=_judged(pause, event))
            return turns.decide(replace(conversation, phase=phase), event.at)
        case Yielding(utterance=utterance, pause=Pause() as pause) as yielding if (
            utterance.turn,
            utterance.revision,
        ) == asked:
            return replace(conversation, phase=replace(yielding, pause=_judged(pause, event))), ()
        case _:
            return conversation, ()


def _judged(pause: Pause, event: CompletionJudged) -> Pause:
    if event.by == "recogniser":
        return replace(pause, judged=event.probability)
    return replace(pause, completions=(*pause.completions, event.probability))


def _show(utterance: Utterance, words: Words) -> tuple[Utterance, tuple[Action, ...]]:
    if not words.text or words.text == utterance.words.text:
        return utterance, ()
    return replace(utterance, words=words), (WordsShown(utterance.turn, words, final=False),)
