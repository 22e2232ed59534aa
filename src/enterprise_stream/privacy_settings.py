"""Settings of what is kept of calls, and for how long."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings

from enterprise_stream.setting_types import Allowed, ReadableFile, lower_case


def _none_is_zero(given: Any) -> Any:
    """`none` keeps nothing, as 0 does."""
    return 0 if isinstance(given, str) and given.strip().lower() == "none" else given


class PrivacySettings(BaseSettings):
    """How many days each kind of data is kept; see docs/privacy.md."""

    retention_transcript_days: Annotated[
        int, BeforeValidator(_none_is_zero), Field(ge=0, le=36_500), Allowed("a number of days, or none")
    ] = 30
    retention_call_days: Annotated[int, Field(ge=1, le=36_500), Allowed("a number of days from 1 to 36500")] = 365
    retention_request_days: Annotated[int, Field(ge=1, le=36_500), Allowed("a number of days from 1 to 36500")] = 365
    retention_spending_days: Annotated[
        int, Field(ge=0, le=36_500), Allowed("a number of days from 0 to 36500; 0 keeps it for ever")
    ] = 0
    backup_days: Annotated[int, Field(ge=1, le=36_500), Allowed("a number of days from 1 to 36500")] = 365
    erasure_ledger: Annotated[
        ReadableFile | None, Allowed("a file that is there and that the server may write; an empty one to begin with")
    ] = None
    transcript_numbers: Annotated[Literal["hide", "keep"], lower_case, Allowed("hide or keep")] = "hide"
