"""What the core knows of speech over an answer, gathered for its judgement."""

from enterprise_stream.conversation.interruptions import InterruptionPolicy, Overlap
from enterprise_stream.conversation.lexicon import words_of
from enterprise_stream.conversation.state import Conversation, Reply, Yielding
from enterprise_stream.conversation.sureness import unsure_words

_ANSWER_EARLY_MS = 400.0
"""How long before her question's last word is over its answer may begin: people do not wait for the last syllable."""


def overlap(conversation: Conversation, phase: Yielding, at: float) -> Overlap:
    """The evidence at this moment."""
    policy = conversation.policy.interruption
    reply, utterance, pause = phase.reply, phase.utterance, phase.pause
    words = utterance.words if pause is None or pause.words is None else pause.words
    heard = reply.heard_ms(at)
    return Overlap(
        text=words.text,
        sure=words.language is None or words.probability >= policy.sure_at,
        whole=pause is not None and pause.words is not None,
        spoken_ms=utterance.spoken_ms,
        level_db=conversation.guest_level.above(phase.level_db),
        saying=_saying(reply, phase.began_ms - policy.echo_reach_ms, heard + policy.echo_reach_ms),
        asked=_has_asked(policy, reply, heard),
        doubtful=reply.voice is not None and phase.began_ms < policy.doubt_ms,
        sounding=reply.voice is not None,
        streamed=words.streamed,
        unsure=unsure_words(words, phase.before, policy.word_at),
        doubted=unsure_words(words, phase.before, policy.claim_at),
        languages=tuple(dict.fromkeys((words.language or conversation.language, conversation.language))),
    )


def _saying(reply: Reply, from_ms: float, until_ms: float) -> tuple[str, ...]:
    """Her words that sound between these positions; all of her text where no positions are known."""
    if reply.voice is None:
        return ()
    if not reply.captions:
        return tuple(words_of(reply.text))
    around = (c.text for c in reply.captions if c.end_ms >= from_ms and c.start_ms <= until_ms)
    return tuple(words_of(" ".join(around)))


def _has_asked(policy: InterruptionPolicy, reply: Reply, heard_ms: float) -> bool:
    """Whether a question of hers has just ended, or is about to."""
    since, until = heard_ms - policy.answer_ms, heard_ms + _ANSWER_EARLY_MS
    return any(c.text.rstrip("»\"')").endswith("?") for c in reply.captions if since <= c.end_ms <= until)
