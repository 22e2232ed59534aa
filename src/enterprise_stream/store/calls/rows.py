"""A call and its turns, and how the tables hold them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

FIRST_WORDS_CHARS = 120
"""Characters of the guest's first words that a list shows."""

MOST_WORDS_CHARS = 4000
"""Characters of a call's words that are kept to search in: some hundreds of different ones, a quarter of an hour."""


class Caption(NamedTuple):
    """Words and where in the answer's sound they are, in ms from its start."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A call; money in micro-dollars, moments in ms since 1970-01-01 UTC.

    Attributes:
        seq: of the last message that it tells of.
        seen_at: when it last gave a sign of life.
        ended_at: None while it goes on, or its guest may come back.
        unanswered: turns in which she did not know.
        voice_to_voice_ms: median of the turns.
        slowest_stage: the stage that was too slow in most turns.
        consent_given: to the text of `consent_version`; None where the guest's page has not told.
        words: what was said, folded, each word once.
        tenant: whose guest it is; empty where there is only one tenant.
    """

    session: str
    seq: int
    started_at: int
    seen_at: int
    language: str
    voice: str
    ended_at: int | None = None
    end_reason: str | None = None
    turns: int = 0
    unanswered: int = 0
    microdollars: int = 0
    voice_to_voice_ms: int | None = None
    slowest_stage: str | None = None
    consent_version: str | None = None
    consent_given: bool | None = None
    consent_at: int | None = None
    first_words: str = ""
    words: str = ""
    tenant: str = ""

    def row(self) -> dict[str, Any]:
        """As the table holds it."""
        short = {"language": self.language[:8], "voice": self.voice[:64]}
        return asdict(self) | short


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer.

    Attributes:
        seq: of the last message that it tells of.
        at: when the question was understood, in ms since 1970-01-01 UTC.
        heard_text: of an answer that was interrupted, the part that was heard.
        interrupted: why it was, if it was.
        answered: whether she knew; an engine's failure is no ignorance.
        stages: the known waits in order, name and ms.
        total_ms: all known stages together.
        voice_to_voice_ms: the same, where they reach to what the guest heard.
        latency: as `response_complete.latency`.
        usage: as `response_complete.usage`.
        stt, llm, tts: what was paid, in micro-dollars.
    """

    session: str
    turn: int
    seq: int
    at: int
    language: str
    question: str
    answer: str = ""
    heard_text: str | None = None
    interrupted: str | None = None
    response_type: str = "general"
    answered: bool = True
    captions: tuple[Caption, ...] = ()
    audio_ms: int | None = None
    speculated: bool = False
    stages: tuple[tuple[str, int], ...] = ()
    slow_stage: str | None = None
    total_ms: int | None = None
    voice_to_voice_ms: int | None = None
    latency: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, Any] = field(default_factory=dict)
    stt: int = 0
    llm: int = 0
    tts: int = 0

    @property
    def microdollars(self) -> int:
        """What the turn cost."""
        return self.stt + self.llm + self.tts

    def row(self) -> dict[str, Any]:
        """As the table holds it."""
        held = {name: getattr(self, name) for name in self.__slots__}
        texts = {
            name: json.dumps(held[name], ensure_ascii=False) for name in ("captions", "stages", "latency", "usage")
        }
        return held | texts | {"day": day_of(self.at), "language": self.language[:8]}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Turn":
        """What `row` made."""
        held = {name: row[name] for name in cls.__slots__}
        read = {name: json.loads(row[name]) for name in ("captions", "stages", "latency", "usage")}
        lists = {
            "captions": tuple(Caption(*each) for each in read.pop("captions")),
            "stages": tuple((str(name), int(ms)) for name, ms in read.pop("stages")),
        }
        return cls(**held | read | lists)


def day_of(ms: float) -> str:
    """The business's date at a moment, YYYY-MM-DD: that of this machine."""
    return datetime.fromtimestamp(ms / 1000).astimezone().date().isoformat()
