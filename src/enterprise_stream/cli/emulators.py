"""`emulators`: serve the vendors' emulators, and say with which settings they are used."""

import asyncio
import signal
from collections.abc import Sequence

from enterprise_stream.cli.exits import Exit, stderr
from enterprise_stream.errors import ConfigError
from enterprise_stream.testing.emulators.all import VENDORS, Emulated, Parts, emulated, hummed
from enterprise_stream.testing.emulators.live import live

WHAT_THEY_ARE = "EMULATORS, not the vendors: nothing leaves this machine, nothing is billed, any key is taken."
LIVE = "hear with Whisper and speak with Kokoro, both on this machine"
NO_MODEL = "answers are sentences of the prompt, no language model writes them."
_HUMMED = "understand nothing and hum their answers (--hum)"


def run(vendors: Sequence[str], port: int, *, hum: bool, as_env: bool) -> Exit:
    """Serve until stopped; returns the exit code."""
    unknown = set(vendors) - set(VENDORS)
    if unknown:
        raise ConfigError(f"{', '.join(sorted(unknown))}: there is an emulator of {', '.join(VENDORS)}.")
    parts = hummed() if hum else live()
    asyncio.run(_serve(parts, vendors or VENDORS, port, hum=hum, as_env=as_env))
    return Exit.OK


async def _serve(parts: Parts, vendors: Sequence[str], port: int, *, hum: bool, as_env: bool) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        async with emulated(parts, vendors, port=port) as served:
            print(told(served, hum=hum, as_env=as_env), flush=True)
            stderr.print("Serving; Ctrl-C ends it.")
            await stopped.wait()
    except OSError as error:
        raise ConfigError(f"A port from {port} on is taken ({error.strerror}): choose another --port.") from None


def told(served: Emulated, *, hum: bool, as_env: bool) -> str:
    """What is printed: a shell can read it (`eval`), and so can `.env`."""
    lines = [
        f"# {WHAT_THEY_ARE}",
        f"# They {_HUMMED if hum else LIVE}; {NO_MODEL}",
    ]
    start = "" if as_env else "export "
    lines += [f"{start}{name}={value}" for name, value in served.settings.items()]
    return "\n".join([*lines, "# Then, where these are set: enterprise-stream serve"])
