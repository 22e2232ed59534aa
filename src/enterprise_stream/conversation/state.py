"""The states of a conversation; each holds only its own data."""

from dataclasses import dataclass, field, replace
from typing import Literal

from enterprise_stream.conversation.endpointing import Evidence, Pauses
from enterprise_stream.conversation.events import Caption, ResponseType, TurnMode, Words
from enterprise_stream.conversation.history import History
from enterprise_stream.conversation.house_events import PartingReason
from enterprise_stream.conversation.policy import SpeculationPolicy, TurnPolicy
from enterprise_stream.conversation.usage import Usage

Presence = Literal["here", "away"]

FIRST_REPORT_MS = 1_000.0
"""A client that reports its playback, about every 200 ms, has done so by then."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply to a hypothesis of the guest's words, begun ahead of the turn's end and not yet let out.

    Attributes:
        reply: its id.
        words: what it answers.
        same: other texts, normalised, that it answers too.
        asked: the text, normalised, about which `CompareMeaning` was asked last.
    """

    reply: int
    words: Words
    same: frozenset[str] = frozenset()
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the guest is saying.

    Attributes:
        turn: the turn that it opened.
        began_at: when it was noticed.
        revision: counts its pauses; an engine's answer for an older one is stale.
        spoken_ms: how long the guest has been speaking without a pause.
        words: the latest that were shown.
        draft: the reply that is being worked on ahead, if any.
        drafts: how many have been begun for it.
    """

    turn: int
    began_at: float
    revision: int = 0
    spoken_ms: float = 0.0
    words: Words = field(default_factory=lambda: Words(""))
    draft: Draft | None = None
    drafts: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence of the guest's within or after an utterance.

    Attributes:
        speech_ended_at: when the voice was last heard.
        silence_ms: how long it has lasted, in the guest's samples.
        words: everything said before it, once known.
        completions: the end-of-turn model's answers so far, the latest last.
        judged: the recogniser's latest judgement whether the turn is over, where it has one.
        asked_ms: silence at which the model was last asked.
    """

    speech_ended_at: float
    silence_ms: float
    words: Words | None = None
    completions: tuple[float, ...] = ()
    judged: float | None = None
    asked_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Marks:
    """When the stages of a turn were passed, in ms on the session's clock; None for what is not known.

    Attributes:
        speculated: whether a draft answered it.
        first_clause: the first clause was given to the voice.
        sent: the first audio was handed to the client's network.
        arrived: it was with the client, as the client says.
        heard: it was heard, as the client says.
        way_in: how long the guest's sound takes to the server, as the client says.
    """

    speech_ended: float
    endpoint: float
    transcript: float
    first_text: float | None = None
    first_audio: float | None = None
    speculated: bool = False
    first_clause: float | None = None
    sent: float | None = None
    arrived: float | None = None
    heard: float | None = None
    way_in: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The client's own word of how much it has played."""

    at: float
    played_ms: float


@dataclass(frozen=True, slots=True)
class Voice:
    """The sounding part of a reply.

    Attributes:
        began_at: when its first audio went out.
        sent_ms: how much of it has gone out.
        starved_ms: how long a player that plays at real time has waited for more of it.
        report: the client's last report, if it sends any.
        whole: whether nothing more will come.
        halted_ms: how much had been heard when the connection was lost; while nobody is connected, that is all.
    """

    began_at: float
    sent_ms: float
    starved_ms: float = 0.0
    report: Report | None = None
    whole: bool = False
    halted_ms: float | None = None

    def heard_ms(self, now: float) -> float:
        """How much of it has been heard: as the client reports, else at real time; never more than was sent."""
        if self.halted_ms is not None:
            return self.halted_ms
        played = self.report.played_ms if self.report is not None else now - self.began_at - self.starved_ms
        return max(0.0, min(played, self.sent_ms))

    def halted(self, at: float) -> "Voice":
        """The connection is lost: nothing more is heard, beyond the client's last report where it sends any.

        Whether it does is known after a while only; until then nothing counts as heard, so that nothing is left out.
        """
        unsure = self.report is None and at - self.began_at < FIRST_REPORT_MS
        return replace(self, halted_ms=0.0 if unsure else self.heard_ms(at))

    def going_on(self, at: float) -> "Voice":
        """The guest is connected again and hears on from where he was."""
        if self.halted_ms is None:
            return self
        if self.report is not None:
            return replace(self, report=replace(self.report, at=at), halted_ms=None)
        return replace(self, starved_ms=at - self.began_at - self.halted_ms, halted_ms=None)

    def grown(self, at: float, sent_ms: float) -> "Voice":
        """More of it has gone out; a player that had played all there was has waited for it."""
        waited = at - self.began_at - self.starved_ms - self.sent_ms
        return replace(self, sent_ms=max(sent_ms, self.sent_ms), starved_ms=self.starved_ms + max(0.0, waited))


@dataclass(frozen=True, slots=True)
class TextEnd:
    """The answer's text is whole."""

    response_type: ResponseType
    usage: Usage
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """The one live answer.

    Attributes:
        id: rises with every reply of the session; whatever carries an older one is stale.
        audio_ms: the guest's sound that it answers.
        voice: None until the first audio.
        timed: whether its timeline has been told.
    """

    id: int
    turn: int
    language: str
    began_at: float
    marks: Marks
    audio_ms: float = 0.0
    text: str = ""
    end: TextEnd | None = None
    voice: Voice | None = None
    captions: tuple[Caption, ...] = ()
    timed: bool = False

    def heard_ms(self, now: float) -> float:
        """How much of its audio has been heard."""
        return 0.0 if self.voice is None else self.voice.heard_ms(now)

    def heard_text(self, now: float) -> str:
        """The words whose sound has ended by now; all of them where no more sound is to come."""
        heard = self.heard_ms(now)
        if self.voice is not None and self.voice.whole and heard >= self.voice.sent_ms:
            return self.text.strip()
        return " ".join(caption.text for caption in self.captions if caption.end_ms <= heard)


@dataclass(frozen=True, slots=True)
class GuestLevel:
    """How loud this guest speaks while nobody else does: a mean that the latest speech moves by a fifth.

    Attributes:
        db: RMS in dB relative to full scale; None before any speech was measured.
    """

    db: float | None = None

    def heard(self, level_db: float | None) -> "GuestLevel":
        """With one more piece of speech; None says nothing."""
        if level_db is None:
            return self
        return GuestLevel(level_db if self.db is None else self.db + 0.2 * (level_db - self.db))

    def above(self, level_db: float | None) -> float | None:
        """How much louder a piece of speech is, in dB; None while either is unknown."""
        return None if level_db is None or self.db is None else level_db - self.db


# --- phases -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listening:
    """Nobody speaks."""


@dataclass(frozen=True, slots=True)
class UserSpeaking:
    """The guest has the floor."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Deciding:
    """The guest has paused: is the turn over?"""

    utterance: Utterance
    pause: Pause


@dataclass(frozen=True, slots=True)
class Finalizing:
    """The turn is over; its final words are awaited.

    Attributes:
        next_utterance: what the guest has begun to say meanwhile.
        next_ended: whether that is over too, by `stop` or because the client has stopped sending audio.
        draft: the reply that was worked on ahead, if any.
    """

    turn: int
    speech_ended_at: float
    ended_at: float
    draft: Draft | None = None
    next_utterance: Utterance | None = None
    next_ended: bool = False


@dataclass(frozen=True, slots=True)
class Replying:
    """Sandra has the floor.

    Attributes:
        suspected: whether a sound has been heard that may be the guest's first; she is quieter meanwhile.
    """

    reply: Reply
    suspected: bool = False


@dataclass(frozen=True, slots=True)
class Yielding:
    """The guest speaks over the answer: an interruption, or "ajá"?

    Attributes:
        pause: the guest's silence since, if any.
        began_ms: how much of the answer had been heard when the guest began.
        asked_ms: speech so far when words were last asked for in mid-speech.
        known_ms: speech so far when those were asked for that are known.
        level_db: how loud the guest is, RMS in dB relative to full scale.
        before: what was understood of less of the sound than the utterance's words are of.
    """

    reply: Reply
    utterance: Utterance
    pause: Pause | None = None
    began_ms: float = 0.0
    asked_ms: float = 0.0
    known_ms: float = 0.0
    level_db: float | None = None
    before: Words = field(default_factory=lambda: Words(""))


@dataclass(frozen=True, slots=True)
class Parting:
    """She says goodbye; the guest is not heard any more."""

    reply: Reply
    why: PartingReason = "budget"


@dataclass(frozen=True, slots=True)
class Closed:
    """The guest is gone, or has heard her goodbye."""


Phase = Listening | UserSpeaking | Deciding | Finalizing | Replying | Yielding | Parting | Closed


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything that the core knows of one session.

    Attributes:
        pauses: how this guest pauses to think, as learnt so far.
        presence: whether the guest's client is connected.
        unheard: she has said that she cannot hear the guest, and has heard nothing since.
    """

    language: str
    phase: Phase = field(default_factory=Listening)
    mode: TurnMode = "auto"
    policy: TurnPolicy = field(default_factory=TurnPolicy)
    speculation: SpeculationPolicy = field(default_factory=SpeculationPolicy)
    history: History = field(default_factory=History)
    pauses: Pauses = field(default_factory=Pauses)
    last_turn: int = 0
    last_reply: int = 0
    guest_level: GuestLevel = field(default_factory=GuestLevel)
    presence: Presence = "here"
    unheard: bool = False

    def evidence(self, pause: Pause) -> Evidence:
        """What is known of a pause of this guest's."""
        words = pause.words
        text = None if words is None else words.text
        language = (words.language if words else None) or self.language
        return Evidence(pause.silence_ms, pause.completions, text, language, self.pauses, pause.judged)
