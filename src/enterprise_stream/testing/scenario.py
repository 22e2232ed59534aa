"""Scenarios: what a guest, a client and the engines do, and what must and must not follow, as YAML.

A scenario names no class of this package. What follows is told in the words of the stream protocol (docs/reference),
so the same file can be played to the pure core (`core_stage`), to a session with scripted engines and to a socket.
Whoever plays it gives a record of `Seen` messages, and `Scenario.check` says what is wrong with it.

```yaml
title: A plain question is answered
guest:                                   # what the microphone hears
  - {at: 1000, says: "¿A qué hora es el desayuno?", for_ms: 1400}
brain:                                   # what each turn is answered, piece by piece
  - {answer: ["De siete ", "a once."]}
expect:                                  # in this order
  - {must: transcription, with: {turn: 1, final: true}, since: 2400, within_ms: 600}
  - {must_not: interrupted}
```

Times are ms from the start; the field `"on"` of `duck` is quoted, for YAML reads a bare one as true. `must` looks on
from the message that the `must` before it found; `since` is that message's time unless it is given, and `within_ms`
counts from it. `must_not` looks from there until `until`, or the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

TOLERANCE_MS = 1.0
"""Slack for fractions of a ms in positions and durations."""

Millis = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spoken(_Part):
    """Something that the microphone hears.

    Attributes:
        says: the words; empty for a cough or any other noise that passes for speech.
        heard_as: what the recogniser makes of it, where that differs.
        finished: the end-of-turn model's verdict after it, 0 to 1.
    """

    at: Millis
    says: str
    for_ms: Millis
    heard_as: str | None = None
    finished: Annotated[float, Field(ge=0, le=1)] = 0.9

    @property
    def words(self) -> list[str]:
        """The words as the recogniser understands them."""
        return (self.says if self.heard_as is None else self.heard_as).split()


class Sent(_Part):
    """A message of the client; `no_more_audio` stops the microphone's stream, `leave` ends the connection."""

    at: Millis
    sends: Literal[
        "stop", "text", "interrupt", "playback", "set_language", "get_history", "clear_history", "get_status",
        "no_more_audio", "leave",
    ]  # fmt: skip
    text: str = ""
    language: str = "es"
    turn: int = 1
    played_ms: Millis = 0.0


class Recogniser(_Part):
    """How the recogniser works; with `fails` its final words fail under that code."""

    words_ms: Millis = 100.0
    final_ms: Millis = 150.0
    interim_every_ms: Annotated[float, Field(gt=0)] = 400.0
    completion_ms: Millis = 40.0
    fails: str | None = None


class Answer(_Part):
    """What one turn is answered.

    Attributes:
        type: protocol.md's `responseType`.
        fails_after: pieces after which the brain fails.
        voice_fails_after: pieces after which the voice fails.
    """

    answer: tuple[str, ...]
    type: Literal["welcome", "luxury", "error", "support", "general"] = "general"
    first_text_ms: Millis = 120.0
    piece_every_ms: Millis = 40.0
    fails_after: Annotated[int, Field(ge=0)] | None = None
    voice_fails_after: Annotated[int, Field(ge=0)] | None = None


class SpokenVoice(_Part):
    """How the voice works: ms from a piece's text to its audio, and how long a word sounds."""

    first_audio_ms: Millis = 120.0
    word_ms: Annotated[float, Field(gt=0)] = 300.0


class Expected(_Part):
    """One expectation; see the module's text."""

    must: str | None = None
    must_not: str | None = None
    fields: dict[str, JsonValue] = Field(default_factory=dict, alias="with")
    since: Millis | None = None
    within_ms: Millis | None = None
    until: Millis | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Expected":
        if (self.must is None) == (self.must_not is None):
            raise ValueError("give either must or must_not")
        if self.must is None and self.within_ms is not None:
            raise ValueError("within_ms goes with must; must_not takes until")
        if self.must is not None and self.until is not None:
            raise ValueError("until goes with must_not; must takes within_ms")
        return self


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that came to the client, by its protocol name and fields."""

    at: float
    name: str
    fields: Mapping[str, object]


class ScenarioError(ValueError):
    """A scenario file that cannot be used; the message names the file, the place and what is allowed."""


class Scenario(_Part):
    """One timeline and what must follow from it.

    Attributes:
        mode: who ends turns (protocol.md's `turn.mode`).
        sound: whether the client wants audio; false is output `none`.
        speculation: when answers are begun ahead of a turn's end.
        agreement: what makes one of those the answer.
        lasts_ms: how long it is watched.
    """

    title: str
    about: str = ""
    language: str = "es"
    mode: Literal["auto", "manual"] = "auto"
    sound: bool = True
    lasts_ms: Millis = 15_000.0
    guest: tuple[Spoken, ...] = ()
    client: tuple[Sent, ...] = ()
    speculation: Literal["off", "pause", "interim"] = "off"
    agreement: Literal["words", "meaning"] = "words"
    recogniser: Recogniser = Recogniser()
    brain: tuple[Answer, ...] = ()
    voice: SpokenVoice = SpokenVoice()
    expect: Annotated[tuple[Expected, ...], Field(min_length=1)]

    def check(self, record: Sequence[Seen]) -> list[str]:
        """What is wrong with a record of this scenario; empty when all is as expected."""
        wrong: list[str] = []
        place, since = 0, 0.0
        for expected in self.expect:
            begin = since if expected.since is None else expected.since
            if expected.must_not is not None:
                wrong += _unwanted(expected, record[place:], begin)
                continue
            found = _find(expected, record, place, begin)
            if found is None:
                wrong.append(f"missing: {_say(expected, begin)}")
                continue
            place, since = found + 1, record[found].at
        return wrong


def load(path: Path) -> Scenario:
    """Read a scenario file.

    Raises:
        ScenarioError: when it is not one.
    """
    try:
        return Scenario.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ScenarioError(f"{path.name} is not YAML: {error}") from error
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ScenarioError(f"{path.name} is not a scenario: {places}") from error


def _find(expected: Expected, record: Sequence[Seen], place: int, since: float) -> int | None:
    latest = float("inf") if expected.within_ms is None else since + expected.within_ms
    for index in range(place, len(record)):
        seen = record[index]
        if seen.name == expected.must and since <= seen.at <= latest and agrees(expected.fields, seen.fields):
            return index
    return None


def _unwanted(expected: Expected, record: Sequence[Seen], since: float) -> list[str]:
    until = float("inf") if expected.until is None else expected.until
    return [
        f"unwanted: {seen.name} {dict(seen.fields)} at {seen.at:.0f} ms"
        for seen in record
        if seen.name == expected.must_not and since <= seen.at <= until and agrees(expected.fields, seen.fields)
    ]


def _say(expected: Expected, since: float) -> str:
    limit = "" if expected.within_ms is None else f" within {expected.within_ms:.0f} ms"
    return f"{expected.must} {expected.fields} after {since:.0f} ms{limit}"


def agrees(expected: object, seen: object) -> bool:
    """Whether what was seen holds all that is expected; mappings may hold more, numbers differ by `TOLERANCE_MS`."""
    if isinstance(expected, Mapping):
        return isinstance(seen, Mapping) and all(k in seen and agrees(v, seen[k]) for k, v in expected.items())
    if isinstance(expected, list):
        return (
            isinstance(seen, list | tuple)
            and len(seen) == len(expected)
            and all(agrees(*pair) for pair in zip(expected, seen, strict=True))
        )
    if isinstance(expected, float) and isinstance(seen, int | float):
        return abs(expected - seen) <= TOLERANCE_MS
    return expected == seen
