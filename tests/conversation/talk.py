"""Random conversations: numbers become events that mostly can happen next, and now and then anything at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.actions import Action, CancelTimer, SetTimer
from enterprise_stream.conversation.draft_events import DraftFailed, MeaningCompared
from enterprise_stream.conversation.house_events import PartingRequested, WarningRequested
from enterprise_stream.conversation.machine import step
from enterprise_stream.conversation.policy import SpeculationPolicy
from enterprise_stream.conversation.presence_events import ConnectionLost, ConnectionResumed
from enterprise_stream.conversation.replies import live_reply
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
from enterprise_stream.conversation.usage import Usage

PHRASES = ("", "ajá", "quería saber el", "¿A qué hora es el desayuno?", "yes", "No, espera, en junio.")
WAITS_MS = (0.0, 0.0, 20.0, 64.0, 100.0, 300.0, 1000.0, 4000.0)


class Move(NamedTuple):
    """One step of a random talk.

    Attributes:
        wild: 0 to 9; the lowest make an event that need not fit the phase.
        pick: which of the events that fit.
        wait: which of `WAITS_MS` passes before it.
        size: 0 to 5; how much of it, or which.
    """

    wild: int
    pick: int
    wait: int
    size: int


@dataclass(frozen=True, slots=True)
class Turned:
    """One step: what happened and what followed."""

    before: Conversation
    event: ev.Event
    after: Conversation
    actions: tuple[Action, ...]


@dataclass(slots=True)
class Talk:
    """A conversation under way and all its steps so far."""

    speculation: SpeculationPolicy
    conversation: Conversation = field(init=False)
    now: float = 0.0
    steps: list[Turned] = field(default_factory=list)
    due: float | None = None
    words: int = 0

    def __post_init__(self) -> None:
        """Nobody has said anything yet."""
        self.conversation = Conversation("es", speculation=self.speculation)

    def play(self, moves: list[Move]) -> "Talk":
        """Make all the moves."""
        for move in moves:
            self.move(move)
        return self

    def move(self, move: Move) -> None:
        """Make one move."""
        self.now += WAITS_MS[move.wait % len(WAITS_MS)]
        makers = ANYTHING if move.wild < 2 else FITTING[type(self.conversation.phase)]
        shift = 0 if move.wild else 1 - 2 * (move.size % 2)
        self.happen(makers[move.pick % len(makers)](self, move.size, shift))

    def happen(self, event: ev.Event) -> tuple[Action, ...]:
        """Step the conversation."""
        before = self.conversation
        self.conversation, actions = step(before, event)
        self.steps.append(Turned(before, event, self.conversation, actions))
        for action in actions:
            match action:
                case SetTimer(at=at):
                    self.due = at
                case CancelTimer():
                    self.due = None
        return actions

    @property
    def turn(self) -> int:
        """The turn of the utterance that an engine may be asked about."""
        match self.conversation.phase:
            case UserSpeaking(utterance=utterance) | Deciding(utterance=utterance) | Yielding(utterance=utterance):
                return utterance.turn
            case Finalizing(turn=turn):
                return turn
            case _:
                return self.conversation.last_turn

    @property
    def revision(self) -> int:
        """The revision of that utterance."""
        match self.conversation.phase:
            case UserSpeaking(utterance=utterance) | Deciding(utterance=utterance) | Yielding(utterance=utterance):
                return utterance.revision
            case _:
                return 0


Maker = Callable[[Talk, int, int], ev.Event]


def _silence(talk: Talk, size: int) -> float:
    match talk.conversation.phase:
        case Deciding(pause=pause):
            return pause.silence_ms + 64.0 * size * size
        case _:
            return 192.0 + 64.0 * size


def _words(size: int) -> ev.Words:
    return ev.Words(PHRASES[size], "en" if size == 4 else None)


def _text_grew(talk: Talk, size: int, shift: int) -> ev.Event:
    first = talk.words
    talk.words += size + 1
    text = "".join(f"palabra{number} " for number in range(first, talk.words))
    return ev.ReplyTextGrew(talk.now, talk.conversation.last_reply + shift, text)


def _sounded(talk: Talk, size: int, shift: int) -> ev.Event:
    reply = live_reply(talk.conversation)
    sent = reply.voice.sent_ms if reply is not None and reply.voice is not None else 0.0
    new = [] if reply is None else reply.text.split()[len(reply.captions) :][:size]
    each = 200.0
    captions = tuple(ev.Caption(word, sent + i * each, sent + (i + 1) * each) for i, word in enumerate(new))
    sent += each * max(1, len(new)) + 10.0 * size
    return ev.ReplySounded(talk.now, talk.conversation.last_reply + shift, sent, captions)


def _timer(talk: Talk, size: int, shift: int) -> ev.Event:
    if talk.due is not None and not shift:
        talk.now = max(talk.now, talk.due)
    return ev.TimerFired(talk.now, talk.conversation.last_reply + shift)


def _played(talk: Talk, size: int, shift: int) -> ev.Event:
    reply = live_reply(talk.conversation)
    sent = reply.voice.sent_ms if reply is not None and reply.voice is not None else 1000.0
    turn = talk.turn if reply is None else reply.turn
    first = ev.FirstSound(talk.now - 100.0 * size, talk.now - 150.0 * (5 - size), 40.0 * size) if size % 2 else None
    return ev.Played(talk.now, turn + shift, sent * (size - 1) / 4, first)


def _phrased(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.ReplyPhrased(talk.now, talk.conversation.last_reply + shift)


def _sent(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.ReplySent(talk.now, talk.conversation.last_reply + shift)


def _rest_unsaid(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.ReplyVoiceMissing(talk.now, talk.conversation.last_reply + shift, "lo que falta")


def _words_heard(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.WordsHeard(talk.now, talk.turn + shift, talk.revision, _words(size), paused=True)


def _interim(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.WordsHeard(talk.now, talk.turn, talk.revision - (size % 2), _words(size), paused=bool(shift))


def _judged(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.CompletionJudged(talk.now, talk.turn + shift, talk.revision - (size == 5), size / 5)


def _text_ended(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.ReplyTextEnded(talk.now, talk.conversation.last_reply + shift, "general", Usage(1, 2, 3))


def _mode(talk: Talk, size: int, shift: int) -> ev.Event:
    return ev.ModeChosen(talk.now, "manual" if size < 2 else "auto")


def _compared(talk: Talk, size: int, shift: int) -> ev.Event:
    return MeaningCompared(talk.now, talk.conversation.last_reply + shift, PHRASES[size], same=size % 2 == 0)


SUSPECTED: list[Maker] = [lambda t, s, x: ev.SpeechSuspected(t.now), lambda t, s, x: ev.SuspicionPassed(t.now)]
SPEECH: list[Maker] = [lambda t, s, x: ev.SpeechStarted(t.now)]
PAUSE: list[Maker] = [lambda t, s, x: ev.SpeechPaused(t.now, _silence(t, s))]
SILENCE: list[Maker] = [lambda t, s, x: ev.SilenceGrew(t.now, _silence(t, s))]
RESUMED: list[Maker] = [lambda t, s, x: ev.SpeechResumed(t.now)]
STALLED: list[Maker] = [lambda t, s, x: ev.AudioStalled(t.now, 700.0 * max(1, s))]
WENT_ON: list[Maker] = [lambda t, s, x: ev.SpeechWentOn(t.now, 256.0 * s, -20.0 - 8 * s if s % 2 else None)]
FULL: list[Maker] = [lambda t, s, x: ev.UtteranceFull(t.now)]
FINAL: list[Maker] = [lambda t, s, x: ev.FinalWordsHeard(t.now, t.turn + x, _words(s))]
UNRECOGNISED: list[Maker] = [lambda t, s, x: ev.RecognitionFailed(t.now, t.turn + x, "stt_failed", retryable=True)]
ASKED: list[Maker] = [
    lambda t, s, x: ev.StopRequested(t.now),
    lambda t, s, x: ev.TextReceived(t.now, PHRASES[max(1, s)]),
    lambda t, s, x: ev.InterruptRequested(t.now),
    lambda t, s, x: ev.LanguageChosen(t.now, "en" if s % 2 else "es"),
    _mode,
    lambda t, s, x: ev.HistoryRequested(t.now),
    lambda t, s, x: ev.HistoryCleared(t.now),
    lambda t, s, x: ev.StatusRequested(t.now),
    _played,
]
VOICE_ENDED: list[Maker] = [lambda t, s, x: ev.ReplyVoiceEnded(t.now, t.conversation.last_reply + x)]
FAILED: list[Maker] = [
    lambda t, s, x: ev.ReplyFailed(t.now, t.conversation.last_reply + x, "llm_failed", retryable=False)
]
DRAFTED: list[Maker] = [
    _compared,
    lambda t, s, x: DraftFailed(t.now, t.conversation.last_reply + x),
]
PRESENCE: list[Maker] = [
    lambda t, s, x: ConnectionLost(t.now),
    lambda t, s, x: ConnectionResumed(t.now),
    lambda t, s, x: ConnectionResumed(t.now),
]
LEFT: list[Maker] = [lambda t, s, x: ev.Left(t.now) if s == 0 else ev.StatusRequested(t.now)]
WARNED: list[Maker] = [lambda t, s, x: WarningRequested(t.now, "time" if s % 2 else "quiet")]
PARTED: list[Maker] = [lambda t, s, x: PartingRequested(t.now) if s == 0 else ev.StatusRequested(t.now)]

HEARING = [
    *WENT_ON,
    *PAUSE * 3,
    *SILENCE * 3,
    *RESUMED * 2,
    _words_heard,
    _words_heard,
    _interim,
    _judged,
    *UNRECOGNISED,
]
ANSWERING = [
    *[_text_grew] * 4,
    _text_ended,
    _phrased,
    *[_sounded] * 4,
    _sent,
    *VOICE_ENDED,
    _rest_unsaid,
    *FAILED,
    _timer,
    _played,
]
ANYTHING = [
    *SUSPECTED, *SPEECH, *HEARING, *DRAFTED, *STALLED, *FULL, *FINAL, *ASKED, *ANSWERING, *PRESENCE, *LEFT,
    *WARNED, *PARTED,
]  # fmt: skip
FITTING: dict[type, list[Maker]] = {
    Listening: [*SPEECH * 8, *ASKED, *PRESENCE, *WARNED],
    UserSpeaking: [
        *WENT_ON,
        *PAUSE * 6,
        *SILENCE,
        _interim,
        _interim,
        *DRAFTED,
        *STALLED,
        *FULL,
        *ASKED,
        *UNRECOGNISED,
    ],
    Deciding: [
        *SILENCE * 4,
        *[_words_heard] * 5,
        *[_judged] * 3,
        *DRAFTED,
        *RESUMED,
        *STALLED,
        ASKED[0],
        *UNRECOGNISED,
    ],
    Finalizing: [*FINAL * 4, *SPEECH * 2, *PAUSE, *SILENCE, *STALLED, *ASKED, *UNRECOGNISED, *PRESENCE],
    Replying: [*ANSWERING * 3, *SUSPECTED * 2, *SPEECH * 3, *STALLED, *ASKED, *PRESENCE * 2],
    Yielding: [*ANSWERING, *HEARING, *STALLED, *FULL, *PRESENCE],
    Parting: [*ANSWERING * 3, *SPEECH, *ASKED, *PRESENCE],
    Closed: ANYTHING,
}
