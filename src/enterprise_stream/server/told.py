"""A session read back from its log, after the process that led it is gone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from enterprise_stream.conversation.actions import AnswerInterrupted
from enterprise_stream.conversation.history import History, Item
from enterprise_stream.log.ports import Entry
from enterprise_stream.server.terms import Terms, changed
from enterprise_stream.session.settings import Past
from enterprise_stream.wire import messages as wire


@dataclass(frozen=True, slots=True)
class Told:
    """What a session has told, as far as going on with it needs that.

    Attributes:
        past: the conversation so far.
        terms: the settings that were in force.
        streams: audio streams so far.
        cut: the answer that the end of the process has cut, if one was being given.
    """

    language: str
    past: Past
    terms: Terms
    streams: int
    cut: AnswerInterrupted | None


@dataclass(slots=True)
class _Turn:
    question: str
    language: str
    answer: str = ""
    complete: bool = False
    interrupted: bool = False
    silent: bool = False
    sound_ms: float | None = None
    captions: list[tuple[str, float]] = field(default_factory=list)

    def heard(self, played_ms: float) -> str:
        """The words whose sound has been played."""
        return " ".join(text for text, end_ms in self.captions if end_ms <= played_ms)

    def over(self, played_ms: float) -> bool:
        """Whether the answer was given to its end."""
        whole = self.silent or (self.sound_ms is not None and played_ms >= self.sound_ms - _SLACK_MS)
        return self.interrupted or (self.complete and whole)


_SLACK_MS = 500.0
"""What a client may have played since its last report was noted, and then some."""


def read_back(entries: Sequence[Entry], played: tuple[int, float], now: float) -> Told:
    """The session that these entries tell of.

    Args:
        entries: all that it has told, from the first on.
        played: turn and ms of the last playback that is known; (0, 0.0) for none.
        now: what its lines are dated, in ms on the new session's clock: a log does not say when.
    """
    language, terms, streams, forgotten, last_turn = "", Terms(), 0, 0, 0
    turns: dict[int, _Turn] = {}
    for entry in entries:
        message: dict[str, Any] = json.loads(entry.text)
        number = message.get("turn")
        last_turn = max(last_turn, number) if isinstance(number, int) else last_turn
        match message["type"]:
            case "ready" | "language":
                language = message["language"]
            case "started":
                language = message["language"]
                terms = _terms(message)
            case "history_cleared":
                forgotten = last_turn
            case "audio_start":
                streams = message["stream"]
            case "transcription" if message["final"]:
                turns[message["turn"]] = _Turn(message["text"], message["language"] or language)
            case _ if isinstance(number, int) and number in turns:
                _answer(turns[number], message)
    cut = _cut(turns, played)
    history = History(forgotten_through=forgotten)
    for key, turn in turns.items():
        history = history.add(Item("user", turn.question, key, turn.language, now))
        answer = (turn.answer.strip(), turn.interrupted)
        text, interrupted = answer if cut is None or cut.turn != key else (cut.heard_text, True)
        history = history.add(Item("assistant", text, key, language, now, interrupted))
    return Told(language, Past(history, last_turn, terms.mode), terms, streams, cut)


def _answer(turn: _Turn, message: dict[str, Any]) -> None:
    match message["type"]:
        case "response_chunk":
            turn.answer += message["text"]
        case "response_complete":
            turn.answer, turn.complete = message["text"], True
        case "caption":
            turn.captions.append((message["text"], message["end_ms"]))
        case "audio_end":
            turn.sound_ms = message["duration_ms"]
        case "play_voice":
            turn.silent = True
        case "interrupted":
            turn.answer, turn.interrupted = message["heard_text"], True


def _cut(turns: dict[int, _Turn], played: tuple[int, float]) -> AnswerInterrupted | None:
    """Only the last answer can have been cut: a turn ends the one before it."""
    if not turns:
        return None
    number, turn = max(turns.items())
    played_ms = played[1] if played[0] == number else 0.0
    if turn.over(played_ms):
        return None
    return AnswerInterrupted(number, turn.heard(played_ms), played_ms, "error")


def _terms(started: dict[str, Any]) -> Terms:
    given = {name: started[name] for name in ("audio", "turn")}
    return changed(Terms(), wire.StartMessage.model_validate(given))
