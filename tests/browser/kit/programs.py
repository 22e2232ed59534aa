"""Other programs that a test needs, each ended with it."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

WITHIN_S = 60.0


@contextlib.contextmanager
def program(command: Sequence[str], environment: Mapping[str, str], ready: Callable[[], bool]) -> Iterator[None]:
    """Run a program from when it is ready.

    Args:
        command: as for a shell, word by word.
        environment: all of its environment.
        ready: whether it can be used.
    """
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_ready(process, ready)
        yield
    finally:
        process.terminate()
        process.wait(WITHIN_S)


@contextlib.contextmanager
def silent_loudspeaker(folder: Path) -> Iterator[dict[str, str]]:
    """A loudspeaker that nobody hears, on a machine that has none: PulseAudio with a sink that goes nowhere.

    Args:
        folder: for its socket and what else its users keep.

    Yields:
        The environment of the programs that are to sound there.
    """
    place = folder / "loudspeaker"
    modules = (f"module-native-protocol-unix socket={place} auth-anonymous=1", "module-null-sink sink_name=nobody")
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit"]
    environment = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PATH": "/usr/bin:/bin"}
    with program([*command, *(f"--load={module}" for module in modules)], environment, place.exists):
        yield environment | {"PULSE_SERVER": f"unix:{place}"}


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody listens at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until_ready(process: "subprocess.Popen[bytes]", ready: Callable[[], bool]) -> None:
    """Wait for another program, for which there is no other clock than the real one."""
    end = time.monotonic() + WITHIN_S
    while not ready():
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        assert time.monotonic() < end, f"{process.args!r} is not ready after {WITHIN_S:.0f} s"
        time.sleep(0.05)
