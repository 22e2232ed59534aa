"""A lost connection and its return: what goes on while nobody hears, and what has to wait.

An answer goes on being made, as far ahead as it may be, and stands still for its guest: nothing more of it is heard.
What the guest was saying is dropped: half a sentence would be answered as if it were whole, and a client that comes
back sends it again. A turn that was over by then is answered.
"""

from dataclasses import replace

from enterprise_stream.conversation import drafts, replies, turns
from enterprise_stream.conversation.actions import Action, CloseUtterance, Ducked, GuestPaused, GuestReturned
from enterprise_stream.conversation.presence_events import ConnectionLost, ConnectionResumed, PresenceEvent
from enterprise_stream.conversation.state import Conversation, Finalizing, Replying, Utterance

Step = tuple[Conversation, tuple[Action, ...]]


def on_presence(conversation: Conversation, event: PresenceEvent) -> Step:
    """The connection is lost or there again; to hear so twice changes nothing."""
    match event:
        case ConnectionLost() if conversation.presence == "here":
            return _lost(conversation, event.at)
        case ConnectionResumed() if conversation.presence == "away":
            return _resumed(conversation, event.at)
        case _:
            return conversation, ()


def _lost(conversation: Conversation, at: float) -> Step:
    conversation, silenced = _without_guest(conversation)
    reply = replies.live_reply(conversation)
    if reply is not None and reply.voice is not None:
        conversation = replies.with_voice(conversation, reply, reply.voice.halted(at))
    return replace(conversation, presence="away"), silenced


def _without_guest(conversation: Conversation) -> Step:
    """Forget what the guest was about to say."""
    match conversation.phase:
        case Replying(reply=reply, suspected=True) as phase:
            unduck = () if reply.voice is None else (Ducked(reply.turn, on=False),)
            return replace(conversation, phase=replace(phase, suspected=False)), unduck
        case Finalizing(next_utterance=Utterance() as following, next_ended=False) as phase:
            dropped = (
                GuestPaused(following.turn, unheard=True),
                CloseUtterance(following.turn),
                *drafts.drop(following.draft),
            )
            return replace(conversation, phase=replace(phase, next_utterance=None)), dropped
        case Finalizing():
            return conversation, ()
        case _:
            conversation, dropped = turns.drop_utterance(conversation)
            return conversation, tuple(
                replace(action, unheard=True) if isinstance(action, GuestPaused) else action for action in dropped
            )


def _resumed(conversation: Conversation, at: float) -> Step:
    conversation = replace(conversation, presence="here")
    reply = replies.live_reply(conversation)
    if reply is None or reply.voice is None:
        return conversation, (GuestReturned(None, 0.0),)
    returned = GuestReturned(reply.turn, reply.heard_ms(at))
    conversation, waiting = replies.go_on(conversation, reply, reply.voice.going_on(at), at)
    return conversation, (returned, *waiting)
