"""When a connection can be let go without cutting anybody short."""

from enterprise_stream.conversation.state import (
    Closed,
    Conversation,
    Deciding,
    Listening,
    Replying,
    UserSpeaking,
    Voice,
    Yielding,
)

SENTENCE_ENDS = (".", "?", "!", "…")


def at_ease(conversation: Conversation) -> bool:
    """Whether nobody is in mid-word: nobody speaks, or all of an answer's sound is with the client, which plays on."""
    match conversation.phase:
        case Listening() | Closed():
            return True
        case Replying(reply=reply):
            return reply.voice is not None and reply.voice.whole
        case _:
            return False


def guest_speaks(conversation: Conversation) -> bool:
    """Whether the guest has the floor, or is about to take it."""
    return isinstance(conversation.phase, UserSpeaking | Deciding | Yielding)


def sentence_ends_in_ms(conversation: Conversation, now: float) -> float | None:
    """How long the sentence that the guest hears goes on, as far as its captions tell; None while none is heard."""
    match conversation.phase:
        case Replying(reply=reply) if isinstance(reply.voice, Voice):
            heard = reply.heard_ms(now)
            ends = (caption.end_ms for caption in reply.captions if caption.text.rstrip().endswith(SENTENCE_ENDS))
            return next((end - heard for end in ends if end >= heard), None)
        case _:
            return None
