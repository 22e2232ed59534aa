"""Hostile clients against a real server process while others talk: the short version of `make hostile`."""

from pathlib import Path

import pytest
from bench.chaos.process import ServerProcess
from bench.hostile.siege import Plan, Secrets, siege


@pytest.mark.requirement("S7", "S19", "S23")
async def test_hostile_clients_crash_nothing_and_learn_nothing_while_others_are_answered(tmp_path: Path) -> None:
    known = Secrets()
    server = ServerProcess(tmp_path, log_level="info", **known.settings())
    await server.start()
    plan = Plan(120, a_second=60, guests=2, rounds=1, quiet_s=0.5, seed=5)  # long enough for others to be answered
    account = await siege(server, known, plan, lambda _: None)
    assert (account.crashed, account.leaked, account.shown) == ([], [], [])
    assert account.told.sent.total() == 120
    assert account.attacked_ms
