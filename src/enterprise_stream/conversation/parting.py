"""The end of a call that the house wants: a goodbye, during which nothing else is heard or answered."""

from dataclasses import replace

from enterprise_stream.conversation import replies, turns
from enterprise_stream.conversation.actions import Action, CallEnded, SayGoodbye, WordsShown
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
    Words,
)
from enterprise_stream.conversation.house_events import PartingRequested
from enterprise_stream.conversation.presence_events import PresenceEvent
from enterprise_stream.conversation.state import Closed, Conversation, Marks, Parting, Reply

Step = tuple[Conversation, tuple[Action, ...]]


def heeds(event: Event) -> bool:
    """Whether the event means something in a goodbye: nothing that the guest says or writes does."""
    asks = HistoryRequested | HistoryCleared | StatusRequested | InterruptRequested | LanguageChosen | Played | Left
    return isinstance(event, ReplyEvent | PresenceEvent | asks)


def last_words(conversation: Conversation, actions: tuple[Action, ...]) -> Step:
    """What followed in a goodbye, and that the call is over if that was its end."""
    return conversation, (*actions, CallEnded()) if isinstance(conversation.phase, Closed) else actions


def on_parting(conversation: Conversation, event: PartingRequested) -> Step:
    """Take the floor from whoever has it and say goodbye, in a turn of its own that no words of the guest's began."""
    conversation, dropped = turns.drop_utterance(conversation)
    conversation, ended = replies.interrupt(conversation, event.at, "error")
    turn = conversation.last_turn + 1
    marks = Marks(speech_ended=event.at, endpoint=event.at, transcript=event.at)
    reply = Reply(conversation.last_reply + 1, turn, conversation.language, event.at, marks)
    conversation = replace(conversation, phase=Parting(reply), last_turn=turn, last_reply=reply.id)
    shown = WordsShown(turn, Words(""), final=True)
    return conversation, (*dropped, *ended, shown, SayGoodbye(reply.id, turn))
