"""What the console's endpoints answer, typed: the reference page and the console's types are made from these.

Times are ISO 8601 in UTC, lengths ms or seconds as their names say, money US dollars. What is not known is null.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

StageName = Literal[
    "way_in", "endpoint", "transcript", "first_text", "first_clause", "first_audio", "sent", "arrived", "heard"
]


class Shape(BaseModel):
    """An answer, in whole or in part."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


# --- calls ----------------------------------------------------------------------------------------------------------


class Call(Shape):
    """A call as a list shows it."""

    session: str = Field(description="Its id.")
    started_at: str = Field(description="When the guest came.")
    ended_at: str | None = Field(description="When it was over; null while it is live.")
    live: bool = Field(description="Whether it goes on, or its guest may still come back.")
    language: str = Field(description="ISO 639-1 code, as it was last.")
    voice: str = Field(description="Her voice.")
    turns: int = Field(description="Answers.")
    seconds: float = Field(description="How long it lasted, up to its last sign of life.")
    dollars: float = Field(description="What its answers cost.")
    end_reason: str | None = Field(
        description="Why: left, idle, session_over, budget_spent, policy, internal, lost (its server was killed)."
    )
    slowest_stage: StageName | None = Field(description="The stage that was too slow in most of its turns.")
    voice_to_voice_ms: int | None = Field(description="Median wait from the guest's last word to her voice as heard.")
    first_words: str = Field(description="The guest's, at most 120 characters; empty where words are not kept.")
    unanswered: int = Field(description="Turns in which she did not know.")
    words_kept: bool = Field(
        description="Whether its words are there; false after their retention, or where none are kept."
    )


class Calls(Shape):
    """A page of calls, newest first."""

    calls: tuple[Call, ...] = Field(description="At most `limit`.")
    next: str | None = Field(description="`before` of the next page; null on the last one.")


class Caption(Shape):
    """Words and where in the answer's sound they are."""

    text: str
    start_ms: int = Field(description="Where they begin, in ms from the answer's start.")
    end_ms: int = Field(description="Where they end.")


class Stage(Shape):
    """A bar of the waterfall."""

    name: StageName
    start_ms: int = Field(description="Since the end of the guest's speech.")
    ms: int = Field(description="How long it took.")


class Latency(Shape):
    """As `response_complete.latency`: ms from the end of the guest's speech; null for what did not happen."""

    endpoint: int | None = None
    transcript: int | None = None
    first_text: int | None = None
    first_audio: int | None = None
    first_clause: int | None = None
    speculated: bool = False


class Usage(Shape):
    """As `response_complete.usage`."""

    stt_ms: int = 0
    llm_input_tokens: int = 0
    llm_cached_tokens: int = 0
    llm_output_tokens: int = 0
    tts_chars: int = 0
    tts_cached_chars: int = 0


class Cost(Shape):
    """As `response_complete.cost`."""

    stt: float = 0.0
    llm: float = 0.0
    tts: float = 0.0
    total: float = 0.0


class Turn(Shape):
    """A question and its answer."""

    turn: int = Field(description="Its number; from 1, rising.")
    at: str = Field(description="When the question was understood.")
    language: str
    question: str = Field(description="The guest's words; empty where words are not kept.")
    answer: str = Field(description="The whole answer as far as it was made.")
    heard_text: str | None = Field(description="Of an interrupted answer, what was heard.")
    interrupted: Literal["barge_in", "client", "error"] | None = Field(description="Why it was, if it was.")
    response_type: Literal["welcome", "luxury", "error", "support", "general"]
    answered: bool = Field(description="Whether she knew.")
    captions: tuple[Caption, ...] = Field(description="Where in the sound each word of the answer is.")
    audio_ms: int | None = Field(description="Length of the answer's sound; null where there was none, or it was cut.")
    speculated: bool = Field(description="Whether work begun before the end of the turn was used.")
    stages: tuple[Stage, ...] = Field(description="The known waits, in order; they touch.")
    slow_stage: StageName | None = Field(description="The stage furthest beyond what it usually takes, if one is.")
    voice_to_voice_ms: int | None = Field(description="The whole wait, where the client told when it heard her.")
    latency: Latency
    usage: Usage
    cost: Cost


class Consent(Shape):
    """What the guest agreed to before the microphone was opened."""

    version: str = Field(description="Of the text that was shown.")
    given: bool
    at: str


class CallDetail(Call):
    """A call with all of its turns."""

    consent: Consent | None = Field(description="Null where the guest's page has told none.")
    turn_list: tuple[Turn, ...] = Field(serialization_alias="turns", description="In order.")


# --- figures --------------------------------------------------------------------------------------------------------


class Percentiles(Shape):
    """In ms; null without a turn."""

    p50: int | None
    p95: int | None


class LatencyFigures(Shape):
    """Waits from the guest's last word to her voice, as far along as they are known."""

    turns: int = Field(description="Turns that were timed.")
    p50: int | None
    p95: int | None
    p99: int | None
    stages: dict[StageName, Percentiles] = Field(description="The waits of each stage alone.")


class LatencyDay(LatencyFigures):
    """One day's."""

    day: str = Field(description="YYYY-MM-DD at the business.")


class LatencyReport(Shape):
    """Days without a turn are left out."""

    days: tuple[LatencyDay, ...] = Field(description="Oldest first.")
    overall: LatencyFigures


class CostDay(Shape):
    """One day's money, minutes and calls."""

    day: str = Field(description="YYYY-MM-DD at the business.")
    calls: int = Field(description="Calls that ended on it.")
    minutes: float
    dollars: float = Field(description="All that was bought, for calls and beside them.")
    stt: float
    llm: float
    tts: float
    library_share: float = Field(description="Of the characters said, those that needed no synthesis; 0 to 1.")


class Cap(Shape):
    """The most that may be spent, and how near it is."""

    cap: Literal["turn", "call", "day", "tenant_day"]
    limit: float | None = Field(description="In dollars; null for no limit.")
    used: float | None = Field(description="Today's, for the caps of a day; null for those of a turn or a call.")


class CostReport(Shape):
    """Days without a call or a purchase are left out."""

    days: tuple[CostDay, ...] = Field(description="Oldest first.")
    caps: tuple[Cap, ...]
    a_minute: float = Field(description="Dollars for a minute of call over all these days; 0 without calls.")


# --- health ---------------------------------------------------------------------------------------------------------


class Rung(Shape):
    """An engine on its ladder."""

    engine: str
    state: Literal["closed", "half_open", "open"] = Field(description="Of its breaker: `open` is not asked now.")
    in_use: bool = Field(description="Whether it would be asked now.")


class Viewer(Shape):
    """Who looks."""

    tenant: str | None = Field(description="Whose calls are shown; null for the operator, who sees everybody's.")


class Engines(Shape):
    """What answers guests now."""

    mode: str = Field(description="`embedded`, or the vendors whose engines come first.")
    ladders: dict[Literal["stt", "llm", "tts"], tuple[Rung, ...]] = Field(description="Best first.")
    ready: bool = Field(description="Whether the next guest would be served.")
    degraded: bool = Field(description="Whether any engine stands in for a better one.")
    sessions: int = Field(description="Guests who are connected; an owner's own.")
    places: int = Field(description="Guests who may be.")
    missing: tuple[str, ...] = Field(description="What is not ready yet, and kinds of which no engine is left.")
    store_failing: bool = Field(description="Whether the database did not take what was last written.")
    store_waiting: int = Field(description="Entries that it does not have yet; always 0 to an owner.")


class Shelf(Shape):
    """Clips of one sort."""

    tier: Literal["own", "kept", "live"] = Field(description="Recorded, built ahead, or kept of what was said.")
    language: str
    category: str
    clips: int
    seconds: float


class Suggestion(Shape):
    """What is said often and not built ahead."""

    text: str
    language: str
    said: int = Field(description="How many times.")


class LibraryUse(Shape):
    """One language's."""

    language: str
    share: float = Field(description="Of the characters said, 0 to 1.")
    chars: int
    library_chars: int
    work_saved_s: float = Field(description="Synthesis that was not needed.")
    wait_saved_ms: float = Field(description="How much sooner a clause begins, on average.")


class Library(Shape):
    """What the voice library holds and saved."""

    enabled: bool
    share: float = Field(description="Of all characters said, those from the library; 0 to 1.")
    since: str = Field(description="First day counted (YYYY-MM-DD); empty where nothing was.")
    clips: int
    bytes: int
    limit_bytes: int
    uses: tuple[LibraryUse, ...]
    shelves: tuple[Shelf, ...]
    suggestions: tuple[Suggestion, ...] = Field(description="Phrases to add, those that cost most first.")


class Gap(Shape):
    """A question that she did not know, with all that ask the same in the same words."""

    question: str = Field(description="As it was last asked.")
    language: str
    times: int
    last_at: str
    session: str = Field(description="Where it was last asked.")
    turn: int
    answer: str = Field(description="What she said instead.")


class Gaps(Shape):
    """Most often asked first, then the latest."""

    gaps: tuple[Gap, ...]


class Problem(Shape):
    """Why there is no answer."""

    code: str = Field(description="Stable.")
    message: str = Field(description="What to do.")
