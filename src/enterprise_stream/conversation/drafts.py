"""Working ahead: an answer to what the guest seems to have said, begun before the turn is over.

A draft belongs to an utterance. It is let out when the turn ends and the final words agree with those that it answers,
and dropped unheard otherwise; until then nothing of it is told to anybody.
"""

from dataclasses import replace

from enterprise_stream.conversation.actions import Action, CancelReply, CompareMeaning, DraftReply
from enterprise_stream.conversation.draft_events import DraftEvent, DraftFailed
from enterprise_stream.conversation.endings import Ending, ending
from enterprise_stream.conversation.events import Words
from enterprise_stream.conversation.lexicon import words_of
from enterprise_stream.conversation.state import Conversation, Deciding, Draft, Finalizing, UserSpeaking, Utterance

Step = tuple[Conversation, tuple[Action, ...]]

FOR_THE_PAUSE = 1
"""Drafts of a turn that are kept for the words before a pause."""

FOR_THE_END = 1
"""Drafts of a turn that are kept for the first words known in a pause."""

LEAST_WORDS = 2
"""A single word of a guest who still speaks is hardly ever all; one before a pause is answered soon enough."""


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
            kept = 0 if pause.words is not None else FOR_THE_PAUSE
            utterance, actions = _work_ahead(conversation, utterance, words, kept)
            return _began(replace(conversation, phase=replace(phase, utterance=utterance)), actions)
        case UserSpeaking(utterance=utterance):
            utterance, actions = _work_ahead(conversation, utterance, utterance.words, FOR_THE_PAUSE + FOR_THE_END)
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
    conversation: Conversation, utterance: Utterance, words: Words, kept: int
) -> tuple[Utterance, tuple[Action, ...]]:
    """The draft for these words, of which `kept` are left for what is surer; none are where the words cover a pause."""
    draft, policy = utterance.draft, conversation.speculation
    if not words.text or (draft is not None and agrees(draft, words)):
        return utterance, ()
    if policy.when == "off" or (kept and policy.when != "interim") or not _may_be_all(conversation, words):
        return utterance, ()
    text = normalised(words.text)
    if draft is not None and draft.asked == text:
        return utterance, ()
    if draft is not None and policy.agreement == "meaning":
        compare = CompareMeaning(draft.reply, draft.words, words)
        return replace(utterance, draft=replace(draft, asked=text)), (compare,)
    if utterance.drafts >= policy.drafts - kept:
        return utterance, ()
    begun = Draft(conversation.last_reply + 1, words)
    utterance = replace(utterance, draft=begun, drafts=utterance.drafts + 1)
    return utterance, (*drop(draft), DraftReply(begun.reply, utterance.turn, words))


def _may_be_all(conversation: Conversation, words: Words) -> bool:
    """Whether a guest may end with these words, as far as the words tell."""
    last = ending(words.text, words.language or conversation.language)
    return last is not Ending.HANGING and len(words_of(words.text)) >= LEAST_WORDS


def _began(conversation: Conversation, actions: tuple[Action, ...]) -> Step:
    begun = [action.reply for action in actions if isinstance(action, DraftReply)]
    return replace(conversation, last_reply=max([conversation.last_reply, *begun])), actions
