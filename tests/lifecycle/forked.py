"""A real server process that is there at once."""

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bench.chaos.process import Process, ServerProcess


def _serve(arguments: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ |= settings
    from enterprise_stream.testing.scripted_server import main

    main(arguments)


class _Forked:
    """A process that needs not import anything any more, as `subprocess.Popen`."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        assert self._process.exitcode is not None
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, sig)


class ForkedServer(ServerProcess):
    """The same server, at once: each process is a fork of one that has imported everything."""

    _context = multiprocessing.get_context("forkserver")

    def _launch(self, arguments: Sequence[str], settings: Mapping[str, str]) -> Process:
        self._context.set_forkserver_preload(["enterprise_stream.testing.scripted_server"])
        return _Forked(self._context.Process(target=_serve, args=(arguments, settings, self.log)))
