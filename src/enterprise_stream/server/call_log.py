"""One session's notices as log lines that a person can follow."""

from enterprise_stream.clock import Clock
from enterprise_stream.conversation import actions as act
from enterprise_stream.observe.logs import SessionLog
from enterprise_stream.observe.slowness import Budgets


class CallLog:
    """Turns what the guest is sent into lines, and counts the turns.

    Args:
        log: the session's lines.
        clock: how long a guest spoke, and how long the call lasted.
        voice: the session's one voice.
        usual: what each stage of a turn usually takes.
    """

    def __init__(self, log: SessionLog, clock: Clock, voice: str, usual: Budgets) -> None:
        self.lines = log
        self._clock = clock
        self._voice = voice
        self._usual = usual
        self._began = clock.now_ms()
        self._heard_at = self._began
        self._turns = 0
        self._first_audio: int | None = None

    def note(self, notice: act.Notice, encoding: str) -> None:
        """Log a notice; most have no line.

        Args:
            notice: what the guest is sent.
            encoding: how the guest's audio comes, as far as it is known.
        """
        match notice:
            case act.GuestHeard():
                self._heard_at = self._clock.now_ms()
            case act.GuestPaused(turn=turn):
                audio_ms = round(self._clock.now_ms() - self._heard_at)
                self.lines.audio_received(turn=turn, encoding=encoding, audio_ms=audio_ms)
            case act.WordsShown(turn=turn, words=words, final=True):
                self._turns += 1
                self.lines.transcribed(turn=turn, text=words.text, language=words.language, waited_ms=None)
            case act.AnswerComplete(turn=turn, text=text, response_type=response_type, latency=latency):
                self._first_audio = _rounded(latency.first_audio)
                waited_ms = _rounded(latency.first_text)
                self.lines.answered(turn=turn, text=text, response_type=response_type, waited_ms=waited_ms)
            case act.VoiceEnded(turn=turn, duration_ms=duration_ms):
                self.lines.spoke(turn=turn, voice=self._voice, audio_ms=round(duration_ms), waited_ms=self._first_audio)
            case act.TurnTimed(turn=turn, timeline=timeline):
                self.lines.timed(turn=turn, timeline=timeline, usual=self._usual)
            case act.AnswerInterrupted(turn=turn, reason=reason, played_ms=played_ms):
                self.lines.interrupted(turn=turn, reason=reason, played_ms=round(played_ms))
            case act.Failed(code=code, turn=turn):
                self.lines.refused(code=code, message=f"turn {turn} got no answer")
            case _:
                pass

    def closed(self, code: int, reason: str) -> None:
        """The guest has gone."""
        seconds = (self._clock.now_ms() - self._began) / 1000
        self.lines.closed(code=code, reason=reason, turns=self._turns, seconds=seconds)


def _rounded(ms: float | None) -> int | None:
    return None if ms is None else round(ms)
