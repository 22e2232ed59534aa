"""The whole conversation as one pure function: `step(conversation, event) -> (conversation, actions)`.

It is total (every event is allowed in every phase; one that means nothing there changes nothing) and deterministic.
What the guest's sound says is in `hearing.py`, the end of a turn in `turns.py`, an answer in `replies.py`; this module
sends each event to its rule.
"""

from dataclasses import replace
from typing import assert_never

from enterprise_stream.conversation import drafts, hearing, parting, presence, replies, turns
from enterprise_stream.conversation.actions import (
    Action,
    HistoryForgotten,
    HistoryListed,
    LanguageSet,
    StateName,
    StatusReported,
)
from enterprise_stream.conversation.draft_events import DraftEvent
from enterprise_stream.conversation.events import (
    Event,
    HistoryCleared,
    HistoryRequested,
    InterruptRequested,
    LanguageChosen,
    Left,
    ListeningEvent,
    ModeChosen,
    ReplyEvent,
    StatusRequested,
    StopRequested,
    TextReceived,
)
from enterprise_stream.conversation.history import Item
from enterprise_stream.conversation.house_events import PartingRequested, WarningRequested
from enterprise_stream.conversation.presence_events import PresenceEvent
from enterprise_stream.conversation.state import (
    Closed,
    Conversation,
    Deciding,
    Finalizing,
    Listening,
    Parting,
    Replying,
    UserSpeaking,
    Yielding,
)

Step = tuple[Conversation, tuple[Action, ...]]


def step(conversation: Conversation, event: Event) -> Step:
    """What follows from an event."""
    if isinstance(conversation.phase, Closed):
        return conversation, ()
    if isinstance(phase := conversation.phase, Parting):
        return parting.last_words(phase, *_step(conversation, event)) if parting.heeds(event) else (conversation, ())
    return _step(conversation, event)


def _step(conversation: Conversation, event: Event) -> Step:  # noqa: C901 - one line per event
    match event:
        case TextReceived():
            return turns.on_text(conversation, event)
        case StopRequested():
            return turns.on_stop(conversation, event)
        case InterruptRequested():
            return replies.interrupt(conversation, event.at, "client")
        case LanguageChosen():
            conversation, dropped = drafts.without_draft(conversation)
            return replies.on_language(conversation, event.language), (*dropped, LanguageSet(event.language))
        case ModeChosen():
            return turns.on_mode(conversation, event)
        case HistoryRequested():
            return conversation, (HistoryListed(listing(conversation, event.at)),)
        case HistoryCleared(everywhere=everywhere):
            conversation, dropped = drafts.without_draft(conversation)
            cleared = conversation.history.clear(conversation.last_turn)
            return replace(conversation, history=cleared), (*dropped, HistoryForgotten(everywhere))
        case WarningRequested():
            return parting.on_warning(conversation, event)
        case PartingRequested():
            return parting.on_parting(conversation, event)
        case StatusRequested():
            return conversation, (StatusReported(describe(conversation)),)
        case Left():
            return _leave(conversation, event)
        case _ if isinstance(event, ListeningEvent):
            return hearing.on_listening(conversation, event)
        case _ if isinstance(event, ReplyEvent):
            return replies.on_reply(conversation, event)
        case _ if isinstance(event, PresenceEvent):
            return presence.on_presence(conversation, event)
        case _ if isinstance(event, DraftEvent):
            return drafts.on_draft(conversation, event)
        case _:
            return replies.on_played(conversation, event)


def listing(conversation: Conversation, now: float) -> tuple[Item, ...]:
    """The history, with what has been heard so far of the answer that is being given."""
    match conversation.phase:
        case Replying(reply=reply) | Yielding(reply=reply) | Parting(reply=reply):
            heard = replies.item(reply, reply.heard_text(now), now, interrupted=False)
            return conversation.history.add(heard).items
        case _:
            return conversation.history.items


def describe(conversation: Conversation) -> StateName:
    """The phase in one word, as `status.state` carries it."""
    match conversation.phase:
        case Listening():
            return "listening"
        case UserSpeaking():
            return "user_speaking"
        case Deciding():
            return "deciding"
        case Finalizing():
            return "thinking"
        case Replying(reply=reply) | Parting(reply=reply):
            return "thinking" if reply.voice is None else "speaking"
        case Yielding():
            return "yielding"
        case Closed():
            return "closed"
        case unreachable:
            assert_never(unreachable)


def _leave(conversation: Conversation, event: Left) -> Step:
    conversation, dropped = turns.drop_utterance(conversation)
    conversation, ended = replies.interrupt(conversation, event.at, "client")
    return replace(conversation, phase=Closed()), (*dropped, *ended)
