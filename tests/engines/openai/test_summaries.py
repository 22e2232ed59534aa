"""Summaries are made beside the guests' calls, and whatever goes wrong with one touches none of these."""

import asyncio

import pytest

from enterprise_stream.engines.openai.faults import failure
from enterprise_stream.engines.openai.history import SummaryOrder
from enterprise_stream.engines.openai.summaries import KEPT_S, Summaries
from enterprise_stream.thinking.ports import Message

ORDER = SummaryOrder("", (Message("user", "Hola.", "es"),), "mark")


@pytest.mark.parametrize("error", [failure("vendor_down"), RuntimeError("a fault of ours")], ids=["vendor", "ours"])
async def test_one_that_cannot_be_made_is_known_as_such_and_ends_nothing_else(error: Exception) -> None:
    async def write(_owner: str, _order: SummaryOrder, _language: str) -> str:
        raise error

    summaries = Summaries(write)
    async with asyncio.TaskGroup() as group:
        summaries.ask(group, "ana", ORDER, "es")
        await asyncio.sleep(1)
        assert summaries.has(ORDER.key)
        assert summaries.of(ORDER.key) is None
        await asyncio.sleep(KEPT_S)
        assert not summaries.has(ORDER.key)
