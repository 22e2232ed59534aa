"""Parts of messages, and what all parts have in common."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """What the server sends, in whole or in part."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)


class Given(BaseModel):
    """What a client sends, in whole or in part: strict about types, and fields that are not known are passed over."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", strict=True, json_schema_serialization_defaults_required=True
    )


class Consent(Given):
    """What the guest said to the notice that an AI answers and what is kept."""

    version: str = Field(min_length=1, max_length=64, description="Which notice was shown.")
    given: bool = Field(description="Whether the guest agreed to it.")


class EnginesInUse(Part):
    """Names of the engines that would be asked now; null where none is to be had, or nobody knows."""

    stt: str | None = Field(default=None, description="The recogniser.")
    llm: str | None = Field(default=None, description="The brain.")
    tts: str | None = Field(default=None, description="The voice's engine.")


class HistoryItem(Part):
    """One line of the conversation, as it was said and heard."""

    role: Literal["user", "assistant"] = Field(description="Who spoke.")
    text: str = Field(description="What was said; of an interrupted answer only what was heard.")
    turn: int | None = Field(description="Turn that it belongs to; null for what answers no turn, such as a greeting.")
    language: str = Field(description="Language of the text, ISO 639-1.")
    at: int = Field(description="When it was said, in ms since 1970-01-01 UTC.")
    interrupted: bool = Field(description="Whether the answer was cut short.")


class Usage(Part):
    """What was bought since the answer before was complete; of embedded engines, what they have worked on."""

    stt_ms: int = Field(default=0, description="Audio given to the recogniser, in ms.")
    llm_input_tokens: int = Field(default=0, description="Tokens that the brain read.")
    llm_cached_tokens: int = Field(default=0, description="Of these, tokens at the cached price.")
    llm_output_tokens: int = Field(default=0, description="Tokens that the brain wrote.")
    tts_chars: int = Field(default=0, description="Characters that the voice says.")
    tts_cached_chars: int = Field(
        default=0, description="Of these, characters from the voice library, which need no synthesis."
    )


class Cost(Part):
    """What was paid since the answer before was complete, in US dollars: so they add up to what the call cost."""

    stt: float = Field(default=0.0, description="The recogniser.")
    llm: float = Field(default=0.0, description="The brain.")
    tts: float = Field(default=0.0, description="The voice.")
    total: float = Field(default=0.0, description="All of it.")
