"""Parts of messages, and what all parts have in common."""

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """What the server sends, in whole or in part."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)


class EnginesInUse(Part):
    """Names of the engines that would be asked now; null where none is to be had, or nobody knows."""

    stt: str | None = Field(default=None, description="The recogniser.")
    llm: str | None = Field(default=None, description="The brain.")
    tts: str | None = Field(default=None, description="The voice's engine.")
