"""An independent account of what a guest can have heard: a player that is fed and plays at real time."""

from dataclasses import dataclass, field

from enterprise_stream.conversation import actions as act
from enterprise_stream.conversation import events as ev
from enterprise_stream.conversation.events import Caption
from enterprise_stream.conversation.presence_events import PresenceEvent

from .talk import Turned


@dataclass(slots=True)
class Answer:
    """One turn's answer as it came to the guest."""

    text: str = ""
    captions: list[Caption] = field(default_factory=list)
    voiced: bool = False
    silent: bool = False
    whole: bool = False
    sent: float = 0.0
    played: float = 0.0
    fed_at: float = 0.0
    reported: tuple[float, float] | None = None
    deaf: bool = False

    def advance(self, at: float) -> None:
        """Play until now."""
        if not self.deaf:
            self.played = min(self.played + at - self.fed_at, self.sent)
        self.fed_at = at

    def lose(self, at: float) -> None:
        """Nobody is connected."""
        self.advance(at)
        self.deaf = True

    def come_back(self, at: float) -> None:
        """Play on; what was reported is as old as this."""
        self.advance(at)
        self.deaf = False
        if self.reported is not None:
            self.reported = (at, self.reported[1])

    def heard_ms(self, at: float) -> float:
        """As the client reports, else as the player has played."""
        if self.reported is not None:
            return self.reported[1]
        return self.played if self.deaf else min(self.played + at - self.fed_at, self.sent)


class Ears:
    """Follows the notices and the client's reports of one conversation."""

    def __init__(self) -> None:
        self._answers: dict[int, Answer] = {}
        self._away = False

    def hear(self, turned: Turned) -> None:
        """Take one step in, before what it left in the history is looked at."""
        at = turned.event.at
        for action in turned.actions:
            match action:
                case act.WordsShown(turn=turn, final=True):
                    self._answers[turn] = Answer()
                case act.AnswerGrew(turn=turn, text=text):
                    self._answers[turn].text += text
                case act.VoiceBegan(turn=turn):
                    self._answers[turn].voiced = True
                    self._answers[turn].deaf = self._away
                    self._answers[turn].fed_at = at
                case act.Captioned(turn=turn, text=text, start_ms=start, end_ms=end):
                    self._answers[turn].captions.append(Caption(text, start, end))
                case act.VoiceEnded(turn=turn):
                    self._answers[turn].whole = True
                case act.VoiceMissing(turn=turn):
                    self._answers[turn].silent = not self._answers[turn].voiced
        self._feed(turned)

    def _feed(self, turned: Turned) -> None:
        if isinstance(turned.event, PresenceEvent) and turned.after.presence != turned.before.presence:
            self._away = turned.after.presence == "away"
        live = [answer for answer in self._answers.values() if answer.voiced]
        if not live:
            return
        answer, event = live[-1], turned.event
        if self._away and not answer.deaf:
            answer.lose(event.at)
        elif answer.deaf and not self._away:
            answer.come_back(event.at)
        if isinstance(event, ev.ReplySounded) and turned.after != turned.before:
            answer.advance(event.at)
            answer.sent = max(answer.sent, event.sent_ms)
        if isinstance(event, ev.Played) and turned.after != turned.before:
            before = 0.0 if answer.reported is None else answer.reported[1]
            answer.reported = (event.at, max(before, min(event.played_ms, answer.sent)))

    def words(self, turn: int) -> list[str]:
        """The whole answer's words."""
        return self._answers[turn].text.split()

    def sent_ms(self, turn: int) -> float:
        """Audio that has gone out."""
        return self._answers[turn].sent

    def at_most(self, turn: int, at: float) -> list[str]:
        """The words that can have been heard by now."""
        answer = self._answers[turn]
        heard = answer.heard_ms(at)
        if answer.silent or (answer.whole and heard >= answer.sent):
            return answer.text.split()
        return [caption.text for caption in answer.captions if caption.end_ms <= heard]

    def could_have_heard_all(self, turn: int, at: float, slack_ms: float) -> bool:
        """Whether the answer can have been heard to its end."""
        answer = self._answers[turn]
        if answer.silent:
            return True
        if not answer.whole or answer.deaf:
            return False
        if answer.reported is None:
            return answer.heard_ms(at) >= answer.sent - 1e-6
        reported_at, played = answer.reported
        return played + slack_ms >= answer.sent or at - reported_at >= answer.sent - played
