"""What changes in a running server when its settings are read again (SIGHUP)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from enterprise_stream.config import SECRET_FIELDS, Settings
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.price_file import load_prices
from enterprise_stream.errors import ConfigError
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.admission import Admission, Shares
from enterprise_stream.server.call_watch import CallLimits
from enterprise_stream.server.load import Load, LoadLimits
from enterprise_stream.thinking.knowledge import KnowledgeSource

log = structlog.get_logger(__name__)

RELOADED: Final = frozenset(
    {
        "log_level",
        "log_format",
        "max_sessions",
        "max_sessions_per_address",
        "max_sessions_per_tenant",
        "max_lag_ms",
        "max_engine_wait_ms",
        "quiet_timeout_s",
        "max_call_s",
        "quiet_warning_s",
        "call_warning_s",
        "max_turn_s",
        "prices_file",
        "max_cost_turn",
        "max_cost_call",
        "max_cost_day",
        "max_cost_tenant_day",
    }
)
"""Settings that take effect without a restart; the limits of a call, for calls that begin from then on."""


def call_limits(settings: Settings) -> CallLimits:
    """How long calls may last."""
    return CallLimits(
        settings.quiet_timeout_s,
        settings.max_call_s,
        settings.max_turn_s,
        settings.quiet_warning_s,
        settings.call_warning_s,
    )


def load_limits(settings: Settings) -> LoadLimits:
    """From where on the machine is too busy."""
    return LoadLimits(settings.max_lag_ms, settings.max_engine_wait_ms)


def shares(settings: Settings) -> Shares:
    """How many guests of one sort there may be."""
    return Shares(settings.max_sessions_per_address, settings.max_sessions_per_tenant)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is changed."""

    meter: Meter
    admission: Admission
    load: Load
    knowledge: KnowledgeSource


class InForce:
    """The settings in force.

    Args:
        settings: those that the server began with.
        read: reads them again; raises `ConfigError`.
    """

    def __init__(self, settings: Settings, read: Callable[[], Settings]) -> None:
        self.settings = settings
        self._read = read

    async def reload(self, parts: Parts) -> None:
        """Put what has changed into force, all of it or, where anything is wrong, nothing."""
        try:
            fresh = await asyncio.to_thread(self._read)
            prices = await asyncio.to_thread(load_prices, fresh.prices_file)
        except ConfigError as error:
            for line in error.message.splitlines():
                log.error("settings_not_reloaded", message=line)
            return
        changed = {name for name in Settings.model_fields if getattr(fresh, name) != getattr(self.settings, name)}
        self.settings = self.settings.model_copy(update={name: getattr(fresh, name) for name in changed & RELOADED})
        now = self.settings
        if changed & {"log_level", "log_format"}:
            configure_logs(now.log_level, now.log_format, development=now.development, secrets=now.secrets())
        parts.meter.renew(prices, now.caps)
        parts.admission.resize(now.max_sessions, shares(now))
        parts.load.limits = load_limits(now)
        await asyncio.to_thread(parts.knowledge.reread)
        log.info("settings_reloaded", changed=_named(changed & RELOADED))
        if changed - RELOADED:
            log.warning("settings_need_a_restart", changed=_named(changed - RELOADED))


def _named(fields: set[str]) -> str:
    """Names only, and of no secret."""
    return ",".join(sorted(name.upper() for name in fields if name not in SECRET_FIELDS)) or "nothing"
