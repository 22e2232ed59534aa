"""Working ahead: an answer to what the guest seems to have said, begun before the turn is over.

A draft belongs to an utterance. It is let out when the turn ends and the final words agree with those that it answers,
and dropped unheard otherwise; until then nothing of it is told to anybody.
"""

from dataclasses import replace

from enterprise_stream.conversation.actions import Action, CancelReply, CompareMeaning, DraftReply
from enterprise_stream.conversation.events import DraftEvent, DraftFailed, Words
from enterprise_stream.conversation.lexicon import is_unfinished, words_of
from enterprise_stream.conversation.state import Conversation, Deciding, Draft, Finalizing, UserSpeaking, Utterance

Step = tuple[Conversation, tuple[Action, ...]]


def normalised(text: str) -> str:
    """The words alone: what two texts must share to be the same words."""
    return " ".join(words_of(text))


def agrees(draft: Draft, words: Words) -> bool:
    """Whether the draft answers these words."""
    languages = {draft.words.language, words.language} - {None}
    if len(languages) > 1:
        return False
    text = normalised(words.text)
    return text == normalised(draft.words.text) or text in draft.same


def work_ahead(conversation: Conversation) -> Step:
    """Begin, keep, compare or replace the draft for what the guest seems to have said by now."""
    match conversation.phase:
        case Deciding(utterance=utterance, pause=pause) as phase:
            words = pause.words or utterance.words
            utterance, actions = _work_ahead(conversation, utterance, words, paused=pause.words is not None)
            return _began(replace(conversation, phase=replace(phase, utterance=utterance)), actions)
        case UserSpeaking(utterance=utterance):
            utterance, actions = _work_ahead(conversation, utterance, utterance.words, paused=False)
            return _began(replace(conversation, phase=UserSpeaking(utterance)), actions)
        case _:
            return conversation, ()


def on_draft(conversation: Conversation, event: DraftEvent) -> Step:
    """What follows from something a draft tells; a stale draft's word is nothing."""
    draft = _draft_of(conversation)
    if draft is None or draft.reply != event.reply:
        return conversation, ()
    if isinstance(event, DraftFailed):
        return without_draft(conversation)
    if event.same:
        return _with(conversation, replace(draft, same=draft.same | {normalised(event.text)})), ()
    conversation, dropped = without_draft(conversation)
    conversation, begun = work_ahead(conversation)
    return conversation, (*dropped, *begun)


def drop(draft: Draft | None) -> tuple[Action, ...]:
    """Nobody will hear it."""
    return () if draft is None else (CancelReply(draft.reply),)


def without_draft(conversation: Conversation) -> Step:
    """Drop the draft, for what it was made from has changed; the guest speaks on."""
    return _with(conversation, None), drop(_draft_of(conversation))


def _draft_of(conversation: Conversation) -> Draft | None:
    match conversation.phase:
        case Deciding(utterance=utterance) | UserSpeaking(utterance=utterance):
            return utterance.draft
        case Finalizing(draft=draft):
            return draft
        case _:
            return None


def _with(conversation: Conversation, draft: Draft | None) -> Conversation:
    match conversation.phase:
        case Deciding(utterance=utterance) | UserSpeaking(utterance=utterance) as phase:
            phase = replace(phase, utterance=replace(utterance, draft=draft))
            return replace(conversation, phase=phase)
        case Finalizing() as waiting:
            return replace(conversation, phase=replace(waiting, draft=draft))
        case _:
            return conversation


def _work_ahead(
    conversation: Conversation, utterance: Utterance, words: Words, *, paused: bool
) -> tuple[Utterance, tuple[Action, ...]]:
    draft, policy = utterance.draft, conversation.speculation
    if not words.text or (draft is not None and agrees(draft, words)):
        return utterance, ()
    if not _worthwhile(conversation, utterance, words, paused=paused):
        return utterance, ()
    text = normalised(words.text)
    if draft is not None and draft.asked == text:
        return utterance, ()
    if draft is not None and policy.agreement == "meaning":
        compare = CompareMeaning(draft.reply, draft.words, words)
        return replace(utterance, draft=replace(draft, asked=text)), (compare,)
    begun = Draft(conversation.last_reply + 1, words)
    utterance = replace(utterance, draft=begun, drafts=utterance.drafts + 1)
    return utterance, (*drop(draft), DraftReply(begun.reply, utterance.turn, words))


def _worthwhile(conversation: Conversation, utterance: Utterance, words: Words, *, paused: bool) -> bool:
    policy = conversation.speculation
    if is_unfinished(words.text, words.language or conversation.language):
        return False
    if paused:
        return policy.when != "off" and utterance.drafts < policy.drafts
    return policy.when == "interim" and utterance.drafts < policy.drafts - 1


def _began(conversation: Conversation, actions: tuple[Action, ...]) -> Step:
    begun = [action.reply for action in actions if isinstance(action, DraftReply)]
    return replace(conversation, last_reply=max([conversation.last_reply, *begun])), actions
