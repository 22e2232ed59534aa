"""`serve`: check the settings, say what will happen, serve."""

import signal
import time
from types import FrameType
from typing import Any, NoReturn

import structlog
import uvicorn

from enterprise_stream.app import create_app
from enterprise_stream.cli.address import why_not
from enterprise_stream.cli.exits import Exit
from enterprise_stream.composition.ladders import vendors_in_use
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.errors import ConfigError
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.serving import server_config

log = structlog.get_logger(__name__)


def run(host: str | None, port: int | None, *, emulated: bool = False) -> Exit:
    """Serve until stopped; returns the exit code.

    Args:
        host: address to listen on; None is the setting's.
        port: likewise.
        emulated: use emulators of the vendors on this machine, whatever engines and keys the settings name.
    """
    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    if not emulated:
        return _serve(given)
    from enterprise_stream.testing.emulators.all import emulated_beside
    from enterprise_stream.testing.emulators.live import live

    with emulated_beside(live) as served:
        return _serve(given | served.given)


def _serve(given: dict[str, Any]) -> Exit:
    began = time.monotonic()
    settings = _settings(given)
    configure_logs(
        settings.log_level, settings.log_format, development=settings.development, secrets=settings.secrets()
    )
    for doubt in settings.warnings:
        log.warning("setting", message=doubt)
    _tell_mode(settings)
    server = uvicorn.Server(server_config(create_app(settings), host=settings.host, port=settings.port))
    # uvicorn raises a signal again once it has stopped; then the process is to end as one that was asked to.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    log.info("starting", engines_loaded_s=round(time.monotonic() - began, 2))
    server.run()
    return Exit.OK if server.started else Exit.FAILED


def _leave(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(Exit.OK if number == signal.SIGTERM else 130)


def _settings(given: dict[str, Any]) -> Settings:
    settings = load_settings(given=given)
    if settings.session_secret is not None:
        raise ConfigError(
            "SESSION_SECRET is set, but this version makes no session tokens yet and serves this machine only: "
            "remove it, and keep HOST at 127.0.0.1."
        )
    reason = why_not(settings.host, settings.port)
    if reason is not None:
        raise ConfigError(
            f"PORT is {settings.port}, and {settings.host}:{settings.port} cannot be listened on ({reason}): stop what "
            "listens there, or choose another port, such as PORT=3001."
        )
    return settings


def _tell_mode(settings: Settings) -> None:
    mode = vendors_in_use(settings)
    orders = {"stt": settings.stt_order, "llm": settings.llm_order, "tts": settings.tts_order}
    here = "no keys: Sandra hears, thinks and speaks on this machine"
    message = here if mode == "embedded" else "the next one of a list serves where one before it fails"
    log.info("engines", mode=mode, **{kind: ",".join(names) for kind, names in orders.items()}, message=message)
