"""What holds in every conversation, said over its steps. Each function raises `AssertionError` where it does not.

They are written from protocol.md's "What always holds" and know nothing of the core but its events and actions; where
a state is looked at, it is to know what is still open.
"""

from collections import Counter
from collections.abc import Iterator

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.draft_events import MeaningCompared
from enterprise_stream.conversation.drafts import normalised
from enterprise_stream.conversation.history import Item
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.replies import CLOCK_SLACK_MS, HEARD_SLACK_MS, live_reply
from enterprise_stream.conversation.state import (
    Closed,
    Conversation,
    Deciding,
    Finalizing,
    Listening,
    Replying,
    UserSpeaking,
    Yielding,
)
from enterprise_stream.conversation.timeline import STAGES

from .ears import Ears
from .talk import Turned

Steps = list[Turned]

OF_AN_ANSWER = (
    act.AnswerGrew,
    act.Captioned,
    act.VoiceBegan,
    act.VoiceEnded,
    act.AnswerComplete,
    act.VoiceMissing,
    act.TurnTimed,
    act.Ducked,
    act.AnswerInterrupted,
)


def actions_of(steps: Steps) -> Iterator[act.Action]:
    """All actions in order."""
    for turned in steps:
        yield from turned.actions


def one_live_reply_at_most(steps: Steps) -> None:
    live: set[int] = set()
    for turned in steps:
        for action in turned.actions:
            match action:
                case (
                    act.StartReply(reply=reply)
                    | act.ReleaseReply(reply=reply)
                    | act.SayGoodbye(reply=reply)
                    | act.SayWarning(reply=reply)
                    | act.SayUnheard(reply=reply)
                ):
                    assert not live, f"reply {reply} begins while {live} lives"
                    live.add(reply)
                case act.CancelTimer(reply=reply):
                    live.discard(reply)
        lives = live_reply(turned.after)
        assert live == (set() if lives is None else {lives.id})


def every_reply_ends_once(steps: Steps) -> None:
    begun = act.StartReply | act.ReleaseReply | act.OwnWords
    started = [a.reply for a in actions_of(steps) if isinstance(a, begun)]
    ended = Counter(a.reply for a in actions_of(steps) if isinstance(a, act.CancelTimer))
    cancelled = Counter(a.reply for a in actions_of(steps) if isinstance(a, act.CancelReply))
    live = live_reply(steps[-1].after)
    for reply in started:
        assert ended[reply] == (0 if live is not None and live.id == reply else 1)
        assert cancelled[reply] <= ended[reply]
    assert set(ended) <= set(started)


def nothing_of_a_stale_reply(steps: Steps) -> None:
    over: set[int] = set()
    for turned in steps:
        for action in turned.actions:
            if isinstance(action, OF_AN_ANSWER):
                assert action.turn not in over, f"{action} after its turn was interrupted"
            if isinstance(action, act.AnswerInterrupted):
                over.add(action.turn)


def one_voice(steps: Steps) -> None:
    speaking: int | None = None
    began: set[int] = set()
    for action in actions_of(steps):
        match action:
            case act.VoiceBegan(turn=turn):
                assert speaking is None, f"turn {turn} speaks over turn {speaking}"
                assert turn not in began
                speaking = turn
                began.add(turn)
            case act.Captioned(turn=turn):
                assert speaking == turn
            case act.VoiceEnded(turn=turn):
                assert speaking == turn
                speaking = None
            case act.AnswerInterrupted(turn=turn):
                assert speaking in (None, turn)
                speaking = None


def stages_come_in_their_order(steps: Steps) -> None:
    for action in actions_of(steps):
        if isinstance(action, act.AnswerComplete):
            latency = action.latency
            # What an engine tells first, text or sound, is its own affair.
            for last in (latency.first_text, latency.first_audio):
                known = [each for each in (latency.endpoint, latency.transcript, last) if each is not None]
                assert known == sorted(known), latency
                assert not known or known[0] >= 0


def every_answered_turn_is_timed_once(steps: Steps) -> None:
    timed = Counter(action.turn for action in actions_of(steps) if isinstance(action, act.TurnTimed))
    answered = {action.turn for action in actions_of(steps) if isinstance(action, act.WordsShown) and action.final}
    live = live_reply(steps[-1].after)
    assert set(timed) <= answered
    assert answered - set(timed) == (set() if live is None or live.timed else {live.turn})
    assert all(count == 1 for count in timed.values())


def a_timeline_ends_when_the_answer_was_heard(steps: Steps) -> None:
    began: dict[int, float] = {}
    for turned in steps:
        reply = live_reply(turned.after)
        if reply is not None:  # one that is cut in the step that begins it is told of, with nothing to compare
            began[reply.turn] = reply.marks.speech_ended
        for action in turned.actions:
            if isinstance(action, act.TurnTimed) and action.turn in began:
                _check_timeline(action, turned.event, began[action.turn])


def _check_timeline(timed: act.TurnTimed, event: ev.Event, speech_ended: float) -> None:
    timeline = timed.timeline
    assert [stage.name for stage in timeline.stages] == list(STAGES)
    assert all(stage.ms is None or stage.ms >= 0 for stage in timeline.stages)
    ms = {spent.name: spent.ms for spent in timeline.known()}
    if timeline.heard:
        assert isinstance(event, ev.Played)
        assert event.first is not None
        assert timeline.total_ms - ms["way_in"] >= event.first.heard - speech_ended - 1e-6
    assert timeline.total_ms - ms.get("way_in", 0.0) <= event.at - speech_ended + CLOCK_SLACK_MS + 1e-6


def final_words_once_and_first(steps: Steps) -> None:
    final: set[int] = set()
    for action in actions_of(steps):
        match action:
            case act.WordsShown(turn=turn, final=True):
                assert turn not in final
                final.add(turn)
            case act.WordsShown(turn=turn, words=words):
                assert turn not in final, "an interim result after the final one"
                assert words.text
            case act.StartReply(turn=turn) | act.AnswerGrew(turn=turn):
                assert turn in final


def drafts_are_used_or_dropped_once_and_unseen(steps: Steps) -> None:
    """A draft that is let out answers the final words; one that is not is cancelled; of neither anything is told."""
    drafts: dict[int, act.DraftReply] = {}
    final: ev.Words | None = None
    same: set[tuple[int, str]] = set()
    for turned in steps:
        if isinstance(turned.event, MeaningCompared) and turned.event.same:
            same.add((turned.event.reply, normalised(turned.event.text)))
        for action in turned.actions:
            match action:
                case act.DraftReply(reply=reply):
                    assert not drafts, "two drafts at once"
                    drafts[reply] = action
                case act.WordsShown(words=words, final=True):
                    final = words
                case act.ReleaseReply(reply=reply):
                    drafted = drafts.pop(reply).words
                    assert final is not None
                    agreed = (reply, normalised(final.text)) in same
                    assert agreed or normalised(drafted.text) == normalised(final.text)
                case act.CancelReply(reply=reply):
                    drafts.pop(reply, None)
                case act.CompareMeaning(reply=reply):
                    assert reply in drafts
                case _:
                    assert not (isinstance(action, act.StartReply) and drafts), "a draft is left behind"
        live = live_reply(turned.after)
        assert live is None or live.id not in drafts
    assert len(drafts) <= (1 if _speaking(steps[-1].after) or isinstance(steps[-1].after.phase, Finalizing) else 0)


def the_answer_is_its_pieces(steps: Steps) -> None:
    pieces: dict[int, str] = {}
    complete: set[int] = set()
    for action in actions_of(steps):
        match action:
            case act.AnswerGrew(turn=turn, text=text):
                assert turn not in complete
                pieces[turn] = pieces.get(turn, "") + text
            case act.AnswerComplete(turn=turn, text=text):
                assert turn not in complete, "complete twice"
                assert text == pieces.get(turn, "")
                complete.add(turn)


def heard_and_paused_pair_up(steps: Steps) -> None:
    heard: list[int] = []
    paused: list[int] = []
    for action in actions_of(steps):
        match action:
            case act.GuestHeard(turn=turn):
                heard.append(turn)
            case act.GuestPaused(turn=turn):
                assert turn in heard
                paused.append(turn)
            case act.WordsShown(turn=turn, final=True):
                assert (turn in heard) == (turn in paused), "answered before the guest paused"
    assert len(heard) == len(set(heard))
    assert len(paused) == len(set(paused))
    assert set(heard) - set(paused) == set(_speaking(steps[-1].after))


def every_utterance_is_closed_once(steps: Steps) -> None:
    open_now: set[int] = set()
    seen: set[int] = set()
    sealed: set[int] = set()
    for turned in steps:
        for action in turned.actions:
            match action:
                case act.OpenUtterance(turn=turn):
                    assert turn not in seen
                    seen.add(turn)
                    open_now.add(turn)
                case act.AskWords(turn=turn) | act.AskCompletion(turn=turn):
                    assert turn in open_now - sealed
                case act.AskFinal(turn=turn):
                    assert turn in open_now - sealed
                    sealed.add(turn)
                case act.CloseUtterance(turn=turn):
                    assert turn in open_now
                    open_now.remove(turn)
        phase = turned.after.phase
        awaited = {phase.turn} if isinstance(phase, Finalizing) else set()
        assert open_now == set(_speaking(turned.after)) | awaited
        assert open_now & sealed == awaited


def history_holds_only_what_was_heard(steps: Steps) -> None:
    ears = Ears()
    for turned in steps:
        ears.hear(turned)
        kept = Counter(turned.before.history.items)
        for item in turned.after.history.items:
            if item.role == "assistant" and not kept[item]:
                _check_heard(item, turned, ears)
        for action in turned.actions:
            if isinstance(action, act.HistoryListed):
                for item in action.items:
                    if item.role == "assistant" and not kept[item]:
                        _check_prefix(item, ears.at_most(item.turn, turned.event.at))
            if isinstance(action, act.AnswerInterrupted):
                assert action.played_ms <= ears.sent_ms(action.turn)


def _check_heard(item: Item, turned: Turned, ears: Ears) -> None:
    at = turned.event.at
    if item.interrupted:
        _check_prefix(item, ears.at_most(item.turn, at))
        return
    assert item.text == " ".join(ears.words(item.turn)), "an answer that was not cut is kept whole"
    assert ears.could_have_heard_all(item.turn, at, HEARD_SLACK_MS)


def _check_prefix(item: Item, heard: list[str]) -> None:
    words = item.text.split()
    assert words == heard[: len(words)], f"{words} were not heard; {heard} were"


def turns_rise(steps: Steps) -> None:
    opened = 0
    replies = 0
    for turned in steps:
        for action in turned.actions:
            match action:
                case act.GuestHeard(turn=turn):
                    assert turn > opened
                    opened = turn
                case (
                    act.StartReply(reply=reply, turn=turn)
                    | act.DraftReply(reply=reply, turn=turn)
                    | act.SayWarning(reply=reply, turn=turn)
                    | act.SayUnheard(reply=reply, turn=turn)
                ):
                    assert reply == replies + 1
                    replies = reply
                    opened = max(opened, turn)
            turn_of = getattr(action, "turn", None)
            assert turn_of is None or 1 <= turn_of <= turned.after.last_turn


def timers_do_not_outlive_their_reply(steps: Steps) -> None:
    live: set[int] = set()
    for turned in steps:
        for action in turned.actions:
            match action:
                case act.SetTimer(reply=reply, at=at):
                    live.add(reply)
                    assert at >= 0.0
                case act.CancelTimer(reply=reply):
                    live.discard(reply)
        if isinstance(turned.event, ev.TimerFired) and not any(isinstance(a, act.SetTimer) for a in turned.actions):
            live.discard(turned.event.reply)
        lives = live_reply(turned.after)
        assert live <= (set() if lives is None else {lives.id})


def ducking_is_balanced(steps: Steps) -> None:
    ducked: int | None = None
    speaking_or_waiting: set[int] = set()
    for turned in steps:
        for action in turned.actions:
            match action:
                case act.VoiceBegan(turn=turn):
                    speaking_or_waiting.add(turn)
                case act.Ducked(turn=turn, on=True):
                    assert ducked is None
                    assert turn in speaking_or_waiting, "ducked before it sounds"
                    ducked = turn
                case act.Ducked(turn=turn, on=False):
                    assert ducked == turn
                    ducked = None
                case act.AnswerInterrupted(turn=turn):
                    assert ducked in (None, turn)
                    ducked = None
        reply = live_reply(turned.after)
        quieter = reply is not None and reply.voice is not None and _is_talked_over(turned.after)
        assert ducked == (reply.turn if reply is not None and quieter else None)


def a_suspicion_opens_nothing(steps: Steps) -> None:
    for turned in steps:
        if isinstance(turned.event, ev.SpeechSuspected | ev.SuspicionPassed):
            assert all(isinstance(action, act.Ducked) for action in turned.actions)
            assert turned.after.last_turn == turned.before.last_turn
            assert turned.after.history == turned.before.history


def _is_talked_over(conversation: Conversation) -> bool:
    match conversation.phase:
        case Replying(suspected=suspected):
            return suspected
        case phase:
            return isinstance(phase, Yielding)


def an_answer_that_goes_on_has_lost_nothing(steps: Steps) -> None:
    """What was said over an answer and took no floor leaves no word, and no answer, behind."""
    for turned in steps:
        over = isinstance(turned.before.phase, Yielding) and isinstance(turned.after.phase, Replying)
        if over and not any(isinstance(action, act.StartReply) for action in turned.actions):
            assert turned.after.history == turned.before.history
            assert not any(isinstance(action, act.WordsShown | act.CancelReply) for action in turned.actions)


def what_is_stale_changes_nothing(steps: Steps) -> None:
    for turned in steps:
        reply = live_reply(turned.before)
        if isinstance(turned.event, ev.ReplyEvent) and (reply is None or turned.event.reply != reply.id):
            assert (turned.after, turned.actions) == (turned.before, ())
        if isinstance(turned.event, ev.WordsHeard | ev.CompletionJudged):
            speaking = _speaking(turned.before)
            if turned.event.turn not in speaking:
                assert (turned.after, turned.actions) == (turned.before, ())


def closed_absorbs(steps: Steps) -> None:
    for turned in steps:
        if isinstance(turned.before.phase, Closed):
            assert (turned.after, turned.actions) == (turned.before, ())
        if isinstance(turned.event, ev.Left):
            assert isinstance(turned.after.phase, Closed)
            assert not _speaking(turned.after)


def the_same_again(steps: Steps) -> None:
    conversation = steps[0].before
    for turned in steps:
        conversation, actions = step(conversation, turned.event)
        assert (conversation, actions) == (turned.after, turned.actions)


def what_is_forgotten_stays_forgotten(steps: Steps) -> None:
    through = 0
    for turned in steps:
        if isinstance(turned.event, ev.HistoryCleared) and not isinstance(turned.before.phase, Closed):
            through = turned.before.last_turn
            assert turned.after.history.items == ()
        assert all(item.turn > through and item.text for item in turned.after.history.items)


def _speaking(conversation: Conversation) -> tuple[int, ...]:
    """The turns whose guest is taken to be speaking."""
    match conversation.phase:
        case UserSpeaking(utterance=utterance) | Deciding(utterance=utterance) | Yielding(utterance=utterance):
            return (utterance.turn,)
        case Finalizing(next_utterance=following) if following is not None:
            return (following.turn,)
        case _:
            return ()


def a_goodbye_is_the_last_that_is_said(steps: Steps) -> None:
    actions = list(actions_of(steps))
    said = [n for n, action in enumerate(actions) if isinstance(action, act.SayGoodbye)]
    ended = [n for n, action in enumerate(actions) if isinstance(action, act.CallEnded)]
    assert len(said) <= 1
    assert len(ended) == (len(said) if said and isinstance(steps[-1].after.phase, Closed) else 0)
    if said:
        after = actions[said[0] + 1 :]
        another = (
            act.StartReply
            | act.ReleaseReply
            | act.SayUnheard
            | act.SayWarning
            | act.DraftReply
            | act.OpenUtterance
            | act.GuestHeard
        )
        assert not any(isinstance(action, another) for action in after)
    if ended:
        assert ended[0] == len(actions) - 1


def a_warning_talks_over_nobody(steps: Steps) -> None:
    for turned in steps:
        if any(isinstance(action, act.SayWarning) for action in turned.actions):
            assert isinstance(turned.before.phase, Listening)
            assert turned.before.presence == "here"


INVARIANTS = (
    a_goodbye_is_the_last_that_is_said,
    a_warning_talks_over_nobody,
    one_live_reply_at_most,
    every_reply_ends_once,
    nothing_of_a_stale_reply,
    one_voice,
    stages_come_in_their_order,
    every_answered_turn_is_timed_once,
    a_timeline_ends_when_the_answer_was_heard,
    final_words_once_and_first,
    drafts_are_used_or_dropped_once_and_unseen,
    the_answer_is_its_pieces,
    heard_and_paused_pair_up,
    every_utterance_is_closed_once,
    history_holds_only_what_was_heard,
    turns_rise,
    timers_do_not_outlive_their_reply,
    ducking_is_balanced,
    a_suspicion_opens_nothing,
    an_answer_that_goes_on_has_lost_nothing,
    what_is_stale_changes_nothing,
    closed_absorbs,
    the_same_again,
    what_is_forgotten_stays_forgotten,
)
