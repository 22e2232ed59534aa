"""A server that guests talk to while faults strike does not grow; the long version is `make soak`."""

from pathlib import Path
from statistics import median

import pytest
from bench.chaos.faults import cut
from bench.chaos.storm import Plan
from bench.soak import Look, growths, soak

from .forked import ForkedServer

MOST_LEFT = 6
"""Tasks of two connections that end or begin just then; a leak at each comeback leaves more."""


async def test_comebacks_leave_no_tasks_and_no_descriptors_behind(tmp_path: Path) -> None:
    account, looks = await soak(ForkedServer(tmp_path), Plan(4, 6, {"cut": (cut, 12)}, 0.15, seed=4), look_s=0.03)
    assert account.sound, (account.wrong(), account.differences, account.left())
    middle = len(looks) // 2
    for counts in zip(*(look.unaccounted for look in looks), strict=True):
        usual = median(counts[:middle]), median(counts[middle:])
        assert usual[1] - usual[0] <= MOST_LEFT, counts


@pytest.mark.parametrize("leaks", ["memory", "tasks", "descriptors"])
def test_what_grows_with_the_answers_is_told(leaks: str) -> None:
    count = dict.fromkeys(("memory", "tasks", "descriptors"), 100.0)
    looks = []
    for second in range(100):
        count[leaks] += 1.0  # 50 a thousand answers
        looks.append(Look(second, count["memory"], round(count["tasks"]), round(count["descriptors"])))
    assert [growth.name for growth in growths(looks, 2_000) if not growth.flat] == [leaks]
