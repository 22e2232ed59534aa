"""Settings of how many guests are let in, and of how long each thing may take."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from enterprise_stream.setting_types import Allowed


class LimitSettings(BaseSettings):
    """Bounds of sessions and of the machine's load, and times; see docs/reference/limits.md."""

    max_sessions: Annotated[int, Field(ge=1, le=100_000), Allowed("a number from 1 to 100000")] = 32
    max_sessions_per_address: Annotated[
        int, Field(ge=0, le=100_000), Allowed("a number from 0 to 100000; 0 is no limit")
    ] = 16
    max_sessions_per_tenant: Annotated[
        int, Field(ge=0, le=100_000), Allowed("a number from 0 to 100000; 0 is no limit")
    ] = 0
    max_lag_ms: Annotated[int, Field(ge=0, le=10_000), Allowed("a number of ms from 0 to 10000; 0 is no limit")] = 50
    max_engine_wait_ms: Annotated[
        int, Field(ge=0, le=60_000), Allowed("a number of ms from 0 to 60000; 0 is no limit")
    ] = 3000
    idle_timeout_s: Annotated[int, Field(ge=5, le=86_400), Allowed("a number of seconds from 5 to 86400")] = 300
    resume_window_s: Annotated[int, Field(ge=0, le=86_400), Allowed("a number of seconds from 0 to 86400")] = 300
    quiet_timeout_s: Annotated[
        int, Field(ge=0, le=86_400), Allowed("a number of seconds from 0 to 86400; 0 is no limit")
    ] = 600
    max_call_s: Annotated[
        int, Field(ge=0, le=86_400), Allowed("a number of seconds from 0 to 86400; 0 is no limit")
    ] = 3600
    quiet_warning_s: Annotated[int, Field(ge=0, le=3600), Allowed("a number of seconds from 0 to 3600; 0 is none")] = 60
    call_warning_s: Annotated[int, Field(ge=0, le=3600), Allowed("a number of seconds from 0 to 3600; 0 is none")] = 60
    max_turn_s: Annotated[int, Field(ge=0, le=3600), Allowed("a number of seconds from 0 to 3600; 0 is no limit")] = 180
    drain_s: Annotated[int, Field(ge=0, le=600), Allowed("a number of seconds from 0 to 600")] = 10
