"""The end of a call that the house wants: a warning, and a goodbye, during which nothing else is heard or answered."""

from dataclasses import replace

from enterprise_stream.conversation import replies, turns
from enterprise_stream.conversation.actions import Action, CallEnded, SayGoodbye, SayWarning
from enterprise_stream.conversation.events import (
    Event,
    HistoryCleared,
    HistoryRequested,
    InterruptRequested,
    LanguageChosen,
    Left,
    Played,
    ReplyEvent,
    StatusRequested,
)
from enterprise_stream.conversation.house_events import PartingRequested, WarningRequested
from enterprise_stream.conversation.presence_events import PresenceEvent
from enterprise_stream.conversation.state import Closed, Conversation, Listening, Parting, Replying

Step = tuple[Conversation, tuple[Action, ...]]


def heeds(event: Event) -> bool:
    """Whether the event means something in a goodbye: nothing that the guest says or writes does."""
    asks = HistoryRequested | HistoryCleared | StatusRequested | InterruptRequested | LanguageChosen | Played | Left
    return isinstance(event, ReplyEvent | PresenceEvent | asks)


def last_words(parting: Parting, conversation: Conversation, actions: tuple[Action, ...]) -> Step:
    """What followed in a goodbye, and that the call is over if that was its end."""
    return conversation, (*actions, CallEnded(parting.why)) if isinstance(conversation.phase, Closed) else actions


def on_warning(conversation: Conversation, event: WarningRequested) -> Step:
    """Say that the end is near, in a turn of her own that the guest may interrupt; nobody is talked over for it."""
    if conversation.presence == "away" or not isinstance(conversation.phase, Listening):
        return conversation, ()
    conversation, reply, shown = turns.turn_of_hers(conversation, event.at)
    conversation = replace(conversation, phase=Replying(reply))
    return conversation, (shown, SayWarning(reply.id, reply.turn, event.why))


def on_parting(conversation: Conversation, event: PartingRequested) -> Step:
    """Take the floor from whoever has it and say goodbye, in a turn of its own that no words of the guest's began."""
    conversation, dropped = turns.drop_utterance(conversation)
    conversation, ended = replies.interrupt(conversation, event.at, "error")
    conversation, reply, shown = turns.turn_of_hers(conversation, event.at)
    conversation = replace(conversation, phase=Parting(reply, event.why))
    return conversation, (*dropped, *ended, shown, SayGoodbye(reply.id, reply.turn, event.why))
