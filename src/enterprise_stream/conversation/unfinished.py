"""An answer whose sound the end of a process has cut, and from which word another process says the rest.

Its text is known to the end and was told; its sound is not kept anywhere and is made anew, from the first word that the
guest has not got.
"""

from dataclasses import dataclass

from enterprise_stream.conversation.events import Caption, ResponseType
from enterprise_stream.conversation.state import Marks, Reply, Report, TextEnd, Voice
from enterprise_stream.conversation.usage import Usage

REPLY = 1
"""The answer's id: nothing has been answered in this process before."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One such answer.

    Attributes:
        turn: that it answers.
        text: all of it.
        captions: the words that were told to sound so far; they are not told again.
        reach_ms: up to where the guest has the sound and plays it, from the turn's start.
        played_ms: how much of it had been heard by the guest's last report; None where there was none.
    """

    turn: int
    language: str
    text: str
    response_type: ResponseType
    captions: tuple[Caption, ...]
    reach_ms: float
    played_ms: float | None

    @property
    def words(self) -> int:
        """How many words the guest has whole."""
        return sum(1 for caption in self.captions if caption.end_ms <= self.reach_ms)

    @property
    def begin_ms(self) -> float:
        """Where the next word begins, which the guest may have a part of; never after what he has."""
        following = self.captions[self.words : self.words + 1]
        return min([self.reach_ms, *(caption.start_ms for caption in following)])

    def reply(self, at: float) -> Reply:
        """The live answer that it is, with nobody connected."""
        report = None if self.played_ms is None else Report(at, self.played_ms)
        return Reply(
            id=REPLY,
            turn=self.turn,
            language=self.language,
            began_at=at,
            marks=Marks(at, endpoint=at, transcript=at),
            text=self.text,
            end=TextEnd(self.response_type, Usage()),
            voice=Voice(at, self.begin_ms, report=report, halted_ms=self.played_ms or 0.0),
            captions=self.captions,
            timed=True,
        )
