"""A call as its messages tell of it. Folding the same messages again gives the same call."""

from collections import Counter
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Final

from enterprise_stream.cost.money import micro
from enterprise_stream.store.calls import Caption, Conversation, Turn
from enterprise_stream.store.calls.folding import folded
from enterprise_stream.store.calls.rows import FIRST_WORDS_CHARS, MOST_WORDS_CHARS
from enterprise_stream.wire import messages as wire

MOST_CAPTIONS: Final = 2_000
"""Words of one answer whose place in the sound is kept: a quarter of an hour of speech."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """What a call's row needs of a turn."""

    answered: bool
    microdollars: int
    voice_to_voice_ms: int | None
    slow_stage: str | None


class CallFold:
    """One call; `tell` it every message in order.

    Args:
        session: the session's id.
        at: when it began, in ms since 1970-01-01 UTC.

    Attributes:
        session: its id.
        unwritten: turns that have changed since `written`.
        ended: whether nothing more is told.
    """

    def __init__(self, session: str, at: int) -> None:
        self.session = session
        self._call = Conversation(session, 0, at, at, "", "")
        self._open: dict[int, Turn] = {}
        self._sums: dict[int, _Sum] = {}
        self._words: dict[str, None] = {}
        self._words_chars = 0
        self.unwritten: dict[int, Turn] = {}
        self.ended = False

    @property
    def begun(self) -> bool:
        """Whether the guest has said anything: a page that is only opened is no call."""
        return bool(self._sums)

    def tell(self, message: wire.ServerMessage, at: int) -> bool:
        """What the guest was told at a moment, in ms since 1970; returns whether the database should know soon."""
        seq = message.seq
        self._call = replace(self._call, seq=seq, seen_at=max(at, self._call.seen_at))
        match message:
            case wire.ReadyMessage():
                self._call = replace(self._call, language=message.language, voice=message.persona.voice)
            case wire.StartedMessage() | wire.LanguageMessage():
                self._call = replace(self._call, language=message.language)
            case wire.TranscriptionMessage(final=True):
                language = message.language or self._call.language
                self._put(Turn(self._call.session, message.turn, seq, at, language, message.text))
                return True
            case wire.ResponseChunkMessage(turn=turn) if turn in self._open:
                self._open[turn] = replace(self._open[turn], answer=self._open[turn].answer + message.text)
            case wire.CaptionMessage(turn=turn) if turn in self._open:
                self._caption(self._open[turn], message)
            case wire.AudioEndMessage(turn=turn) if turn in self._open:
                return self._put(replace(self._open[turn], seq=seq, audio_ms=message.duration_ms))
            case wire.ResponseCompleteMessage(turn=turn) if turn in self._open:
                return self._put(_completed(self._open[turn], message))
            case wire.TimelineMessage(turn=turn) if turn in self._open:
                return self._put(_timed(self._open[turn], message))
            case wire.InterruptedMessage(turn=turn) if turn in self._open:
                return self._put(
                    replace(self._open[turn], seq=seq, heard_text=message.heard_text, interrupted=message.reason)
                )
        return False

    def belongs(self, tenant: str) -> None:
        """Whose guest it is."""
        self._call = replace(self._call, tenant=tenant)

    def consent(self, version: str, given: bool, at: int) -> None:
        """The guest has answered the notice."""
        self._call = replace(self._call, consent_version=version, consent_given=given, consent_at=at)

    def sign(self, at: int) -> None:
        """It still goes on."""
        self._call = replace(self._call, seen_at=max(at, self._call.seen_at))

    def end(self, reason: str, at: int) -> None:
        """It was over at that moment."""
        self._call = replace(self._call, ended_at=at, end_reason=reason, seen_at=at)
        self.ended = True

    def written(self, turns: dict[int, Turn]) -> None:
        """The database has these turns; of turns before the last two nothing more is told."""
        for number, turn in turns.items():
            if self.unwritten.get(number) == turn:
                del self.unwritten[number]
        for number in sorted(self._open)[:-2]:
            if number not in self.unwritten:
                del self._open[number]

    def row(self, *, words: bool) -> Conversation:
        """The call as it is now, with or without what was said in it."""
        sums = self._sums.values()
        waits = [each.voice_to_voice_ms for each in sums if each.voice_to_voice_ms is not None]
        slow = Counter(each.slow_stage for each in sums if each.slow_stage is not None)
        return replace(
            self._call,
            turns=len(sums),
            unanswered=sum(not each.answered for each in sums),
            microdollars=sum(each.microdollars for each in sums),
            voice_to_voice_ms=median_low(waits) if waits else None,
            slowest_stage=slow.most_common(1)[0][0] if slow else None,
            first_words=self._call.first_words if words else "",
            words=" ".join(self._words) if words else "",
        )

    def remember(self, turn: Turn) -> None:
        """Have the words of a turn, as they may be written, found by a search."""
        if not self._call.first_words:
            self._call = replace(self._call, first_words=turn.question[:FIRST_WORDS_CHARS])
        for word in (*folded(turn.question), *folded(turn.answer)):
            if word not in self._words and self._words_chars + len(word) < MOST_WORDS_CHARS:
                self._words[word] = None
                self._words_chars += len(word) + 1

    def _put(self, turn: Turn) -> bool:
        self._open[turn.turn] = self.unwritten[turn.turn] = turn
        self._sums[turn.turn] = _Sum(turn.answered, turn.microdollars, turn.voice_to_voice_ms, turn.slow_stage)
        return True

    def _caption(self, turn: Turn, message: wire.CaptionMessage) -> None:
        if len(turn.captions) < MOST_CAPTIONS:
            captions = (*turn.captions, Caption(message.text, message.start_ms, message.end_ms))
            self._open[turn.turn] = replace(turn, captions=captions)


def _completed(turn: Turn, message: wire.ResponseCompleteMessage) -> Turn:
    return replace(
        turn,
        seq=message.seq,
        answer=message.text,
        response_type=message.responseType,
        answered=message.answered,
        speculated=message.latency.speculated,
        latency=message.latency.model_dump(),
        usage=message.usage.model_dump(),
        stt=micro(message.cost.stt),
        llm=micro(message.cost.llm),
        tts=micro(message.cost.tts),
    )


def _timed(turn: Turn, message: wire.TimelineMessage) -> Turn:
    return replace(
        turn,
        seq=message.seq,
        stages=tuple((stage.name, stage.ms) for stage in message.stages if stage.ms is not None),
        slow_stage=message.slowest if message.over_ms else None,
        total_ms=message.total_ms,
        voice_to_voice_ms=message.total_ms if message.heard else None,
    )
