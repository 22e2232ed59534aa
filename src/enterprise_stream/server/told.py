"""A session read back from its log, after the process that led it is gone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from enterprise_stream.conversation.actions import AnswerInterrupted, Notice
from enterprise_stream.conversation.events import Caption, ResponseType
from enterprise_stream.conversation.history import History, Item
from enterprise_stream.conversation.unfinished import Unfinished
from enterprise_stream.log.ports import Entry
from enterprise_stream.server.kept_sound import KeptSound
from enterprise_stream.server.notes import Since
from enterprise_stream.server.terms import Terms, changed
from enterprise_stream.server.unheard import Unheard
from enterprise_stream.session.settings import Past
from enterprise_stream.wire import messages as wire


@dataclass(frozen=True, slots=True)
class Told:
    """What a session has told, as far as going on with it needs that.

    Attributes:
        past: the conversation so far.
        terms: the settings that were in force.
        streams: audio streams so far.
        played: turn and ms of the last playback that is known; (0, 0.0) for none.
        news: what the end of the process has cut for good, in the order in which the guest is told: what he was saying,
            and the answer, if one was whose words are not all known.
    """

    language: str
    past: Past
    terms: Terms
    streams: int
    played: tuple[int, float]
    news: tuple[Notice, ...]

    def kept(self) -> KeptSound | None:
        """Of the answer that is gone on with, the sound from there on: none so far."""
        left = self.past.unfinished
        return None if left is None else KeptSound(left.turn, left.begin_ms, left.reach_ms)


@dataclass(slots=True)
class _Turn:
    question: str
    language: str
    answer: str = ""
    kind: ResponseType | None = None
    sounded: bool = False
    interrupted: bool = False
    silent: bool = False
    sound_ms: float | None = None
    captions: list[Caption] = field(default_factory=list)

    def heard(self, played_ms: float) -> str:
        """The words whose sound has been played."""
        return " ".join(caption.text for caption in self.captions if caption.end_ms <= played_ms)

    def over(self, has_ms: float) -> bool:
        """Whether the answer was given to its end, to a guest who has so much of its sound."""
        whole = self.silent or (self.sound_ms is not None and has_ms >= self.sound_ms - 1)
        return self.interrupted or (self.kind is not None and whole)


class _Nameless:
    """An answer that was being given while its question was erased: nobody can go on with it."""

    def __init__(self) -> None:
        self._asked: set[int] = set()
        self._turn: int | None = None

    def follow(self, message: dict[str, Any]) -> None:
        """The next message."""
        match message["type"]:
            case "transcription" if message["final"]:
                self._asked.add(message["turn"])
                self._turn = None
            case "response_chunk" | "audio_start" | "caption" if message["turn"] not in self._asked:
                self._turn = message["turn"]
            case "audio_end" | "interrupted" | "play_voice":
                self._turn = None

    def cut(self) -> AnswerInterrupted | None:
        """What the guest is told of it, if it was not over."""
        return None if self._turn is None else AnswerInterrupted(self._turn, "", 0.0, "error")


_SLACK_MS = 500.0
"""What a client may have played since its last report was noted, and then some."""


def read_back(
    entries: Sequence[Entry],
    played: tuple[int, float],
    now: float,
    has: tuple[int, float] = (0, 0.0),
    since: Since | None = None,
) -> Told:
    """The session that these entries tell of.

    Args:
        entries: all that it has told, from the first on, or from where its beginning was erased.
        played: turn and ms of the last playback that is known; (0, 0.0) for none.
        has: turn and ms up to which the client has the sound and goes on playing, if it says so.
        since: how it stood there.
        now: what its lines are dated, in ms on the new session's clock: a log does not say when.
    """
    language, terms, streams, forgotten, last_turn = "", Terms(), 0, 0, 0
    if since is not None:
        entries = (Entry(since.seq, since.started), *entries)
        streams, last_turn = since.streams, since.last_turn
    turns: dict[int, _Turn] = {}
    unheard, nameless = Unheard(), _Nameless()
    for entry in entries:
        message: dict[str, Any] = json.loads(entry.text)
        unheard.follow(message)
        nameless.follow(message)
        number = message.get("turn")
        last_turn = max(last_turn, number) if isinstance(number, int) else last_turn
        match message["type"]:
            case "ready" | "language":
                language = message["language"]
            case "started":
                language = message["language"]
                terms = _terms(message)
            case "history_cleared" | "data_erased":
                forgotten = last_turn
            case "audio_start":
                streams = message["stream"]
                if number in turns:
                    turns[number].sounded = True
            case "transcription" if message["final"]:
                turns[message["turn"]] = _Turn(message["text"], message["language"] or language)
            case _ if isinstance(number, int) and number in turns:
                _answer(turns[number], message)
    left = nameless.cut() or _left(turns, language, played, has)
    cut = left if isinstance(left, AnswerInterrupted) else None
    unfinished = left if isinstance(left, Unfinished) else None
    history = History(forgotten_through=forgotten)
    for key, turn in turns.items():
        history = history.add(Item("user", turn.question, key, turn.language, now))
        if unfinished is not None and unfinished.turn == key:
            continue
        answer = (turn.answer.strip(), turn.interrupted)
        text, interrupted = answer if cut is None or cut.turn != key else (cut.heard_text, True)
        history = history.add(Item("assistant", text, key, language, now, interrupted))
    news = unheard.notices() if cut is None else (*unheard.notices(), cut)
    return Told(language, Past(history, last_turn, terms.mode, unfinished), terms, streams, played, news)


def _answer(turn: _Turn, message: dict[str, Any]) -> None:
    match message["type"]:
        case "response_chunk":
            turn.answer += message["text"]
        case "response_complete":
            turn.answer, turn.kind = message["text"], message["responseType"]
        case "caption":
            turn.captions.append(Caption(message["text"], message["start_ms"], message["end_ms"]))
        case "audio_end":
            turn.sound_ms = message["duration_ms"]
        case "play_voice":
            turn.silent = True
        case "interrupted":
            turn.answer, turn.interrupted = message["heard_text"], True


def _left(
    turns: dict[int, _Turn], language: str, played: tuple[int, float], has: tuple[int, float]
) -> AnswerInterrupted | Unfinished | None:
    """Only the last answer can have been cut: a turn ends the one before it, and who has all of it hears it all."""
    if not turns:
        return None
    number, turn = max(turns.items())
    played_ms = played[1] if played[0] == number else 0.0
    known_ms = has[1] if has[0] == number else 0.0
    given = has[0] > 0
    if turn.over(known_ms if given else played_ms + _SLACK_MS):
        return None
    if turn.kind is None or not turn.sounded:
        return AnswerInterrupted(number, turn.heard(played_ms), played_ms, "error")
    told_ms = max((caption.end_ms for caption in turn.captions), default=0.0)
    reach_ms = min(known_ms if given else played_ms, told_ms)
    reported = played_ms if played[0] == number else None
    captions = tuple(turn.captions)
    return Unfinished(number, language, turn.answer.strip(), turn.kind, captions, reach_ms, reported)


def _terms(started: dict[str, Any]) -> Terms:
    given = {name: started[name] for name in ("audio", "turn")}
    return changed(Terms(), wire.StartMessage.model_validate(given))
