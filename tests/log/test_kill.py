"""What a log has said is written is there after its process was killed, whatever it was doing."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.testing import FakeClock

WRITER = """
import asyncio, sys
from pathlib import Path
from enterprise_stream.log.ports import Entry
from enterprise_stream.log.sqlite import SqliteLog
from enterprise_stream.testing import FakeClock

async def owner(log, name):
    epoch = (await log.claim(name)).epoch
    for seq in range(1, 100_000):
        await log.append(name, epoch, [Entry(seq, f"{name} {seq}")])
        print(name, seq, flush=True)

async def main():
    async with SqliteLog(Path(sys.argv[1]), FakeClock(), 60) as log:
        await asyncio.gather(*(owner(log, name) for name in "abcd"))

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [1, 150, 700])
async def test_nothing_acknowledged_is_lost_to_a_kill(tmp_path: Path, after: int) -> None:
    path = tmp_path / "log.db"
    acknowledged = await asyncio.to_thread(_write_and_kill, path, after)
    async with SqliteLog(path, FakeClock(), 60) as log:
        for name, seq in acknowledged.items():
            entries = await log.read(name, 0)
            assert [entry.text for entry in entries] == [f"{name} {n}" for n in range(1, len(entries) + 1)]
            assert len(entries) >= seq
            assert (await log.claim(name)).epoch == 2


def _write_and_kill(path: Path, after: int) -> dict[str, int]:
    """Have a process write, kill it after so many acknowledgements, and return the last of each session."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.readlines()
    process.wait()
    process.stdout.close()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {name: int(seq) for name, seq in whole}
