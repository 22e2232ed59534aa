"""Settings that are read again while a server runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from enterprise_stream.composition import reload as reloading
from enterprise_stream.composition.reload import RELOADED, InForce, Parts, call_limits
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.cost.governor import Amounts
from enterprise_stream.cost.meter import Meter
from enterprise_stream.cost.prices import Prices
from enterprise_stream.errors import ConfigError
from enterprise_stream.purchases import Purchase
from enterprise_stream.server.admission import Admission, NotAdmittedError, Visitor
from enterprise_stream.server.load import Load, LoadLimits
from enterprise_stream.testing import LoopClock
from enterprise_stream.thinking.knowledge import KnowledgeSource

PRICES = """
prices:
  - {engine: openai, models: [dear], valid_from: 2020-01-01, million_input: 1000}
"""


class Running:
    """A server's parts, and the settings that the next reading gives."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **given: Any) -> None:
        self.levels: list[str] = []
        monkeypatch.setattr(reloading, "configure_logs", lambda level, *_, **__: self.levels.append(level))
        self.given = given
        self.in_force = InForce(self.read(), self.read)
        clock = LoopClock()
        knowledge = KnowledgeSource(self.in_force.settings.knowledge_file)
        self.parts = Parts(
            Meter(Prices(()), clock, Amounts()),
            Admission(4, lambda: 0, 8),
            Load(LoadLimits(), clock),
            knowledge,
        )

    def read(self) -> Settings:
        return load_settings(None, self.given)

    async def reload(self, **given: Any) -> list[Any]:
        """Reads again, with these changed; what was logged."""
        self.given |= given
        with structlog.testing.capture_logs() as logged:
            await self.in_force.reload(self.parts)
        return [*logged]


@pytest.fixture
async def running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Running:
    return Running(monkeypatch, xdg_data_home=tmp_path)


async def test_what_has_changed_is_in_force_and_told(running: Running, tmp_path: Path) -> None:
    own = tmp_path / "prices.yaml"
    own.write_text(PRICES)
    logged = await running.reload(
        log_level="debug", max_sessions=1, max_lag_ms=7, max_call_s=60, max_cost_call=0.25, prices_file=own
    )
    assert logged[-1]["event"] == "settings_reloaded"
    assert logged[-1]["changed"] == "LOG_LEVEL,MAX_CALL_S,MAX_COST_CALL,MAX_LAG_MS,MAX_SESSIONS,PRICES_FILE"
    assert running.levels == ["debug"]
    assert running.parts.load.limits.lag_ms == 7
    assert call_limits(running.in_force.settings).call_s == 60
    assert running.parts.meter.caps.call == 250_000
    running.parts.meter(Purchase("one", "llm", "openai", "dear", input_tokens=1_000))
    assert running.parts.meter.spent("two").day == 1_000_000
    with running.parts.admission.enter(), pytest.raises(NotAdmittedError), running.parts.admission.enter():
        pass


async def test_shares_of_those_who_come_then_are_those_that_are_set(running: Running) -> None:
    one = Visitor("203.0.113.7", "casas")
    with running.parts.admission.enter(one):
        await running.reload(max_sessions_per_address=1)
        with pytest.raises(NotAdmittedError, match="address"), running.parts.admission.enter(one):
            pass
        await running.reload(max_sessions_per_address=0, max_sessions_per_tenant=1, max_engine_wait_ms=7)
        with pytest.raises(NotAdmittedError, match="business"), running.parts.admission.enter(one):
            pass
        assert running.parts.load.limits.wait_ms == 7


async def test_what_takes_a_restart_is_told_and_stays(running: Running) -> None:
    before = running.in_force.settings
    logged = await running.reload(port=4_000, openai_api_key="sk-0123456789abcdef")
    assert logged[-1] == {"event": "settings_need_a_restart", "log_level": "warning", "changed": "PORT"}
    assert running.in_force.settings.port == before.port


def wrong_setting(_: Path) -> dict[str, Any]:
    return {"max_sessions": 0, "log_level": "debug"}


def wrong_prices(folder: Path) -> dict[str, Any]:
    own = folder / "prices.yaml"
    own.write_text("prices: [")
    return {"prices_file": own, "log_level": "debug"}


@pytest.mark.parametrize("wrong", [wrong_setting, wrong_prices])
async def test_a_bad_file_leaves_all_of_the_old_in_force_and_says_so(
    running: Running, tmp_path: Path, wrong: Callable[[Path], dict[str, Any]]
) -> None:
    before = running.in_force.settings
    logged = await running.reload(**wrong(tmp_path))
    assert {line["event"] for line in logged} == {"settings_not_reloaded"}
    assert all(line["message"] for line in logged)
    assert running.in_force.settings is before
    assert not running.levels


async def test_nothing_changed_is_fine(running: Running) -> None:
    logged = await running.reload()
    assert [(line["event"], line["changed"]) for line in logged] == [("settings_reloaded", "nothing")]


def test_every_reloaded_setting_is_one() -> None:
    assert set(Settings.model_fields) >= RELOADED
    with pytest.raises(ConfigError):
        load_settings(None, {"max_sessions": 0})
