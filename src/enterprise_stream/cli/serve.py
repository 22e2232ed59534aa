"""`serve`: check the settings, say what will happen, serve."""

import signal
import time
from functools import partial
from types import FrameType
from typing import Any, NoReturn

import structlog

from enterprise_stream.app import create_app, reload
from enterprise_stream.cli.address import listeners, why_not
from enterprise_stream.cli.exits import Exit
from enterprise_stream.cli.place import refuse_what_is_missing
from enterprise_stream.composition import vendors_in_use
from enterprise_stream.composition.listeners import server_for
from enterprise_stream.config import Settings, load_settings
from enterprise_stream.errors import ConfigError
from enterprise_stream.observe.logs import configure_logs
from enterprise_stream.server.serving import ASKED_TO_END

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
    from enterprise_stream.cli.emulators import LIVE, NO_MODEL, WHAT_THEY_ARE
    from enterprise_stream.testing.emulators.all import emulated_beside
    from enterprise_stream.testing.emulators.live import ON_THIS_MACHINE, live

    _configure_logs(_settings(given | ON_THIS_MACHINE))
    log.warning("emulated", message=f"{WHAT_THEY_ARE} They {LIVE}; {NO_MODEL}")
    with emulated_beside(live) as served:
        return _serve(given | served.given)


def _serve(given: dict[str, Any]) -> Exit:
    began = time.monotonic()
    settings = _settings(given)
    _configure_logs(settings)
    for doubt in settings.warnings:
        log.warning("setting", message=doubt)
    for finding in refuse_what_is_missing(settings):
        if finding.state == "advice":
            log.warning("setting", message=f"{finding.found}. {finding.advice}")
    _tell_mode(settings)
    for number in ASKED_TO_END:  # while engines load; then the server heeds them
        signal.signal(number, _leave)
    app = create_app(settings, partial(load_settings, given=given))
    server = server_for(settings, app, partial(reload, app))
    log.info("starting", engines_loaded_s=round(time.monotonic() - began, 2))
    server.run()
    if server.failed or not server.started:
        return Exit.FAILED
    if server.asked_by is not None:
        return _exit_for(server.asked_by)
    return Exit.OK


def _configure_logs(settings: Settings) -> None:
    configure_logs(
        settings.log_level, settings.log_format, development=settings.development, secrets=settings.secrets()
    )


def _exit_for(number: int) -> Exit:
    return Exit.OK if number == signal.SIGTERM else Exit.INTERRUPTED


def _leave(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(_exit_for(number))


def _settings(given: dict[str, Any]) -> Settings:
    settings = load_settings(given=given)
    for listener in listeners(settings):
        reason = why_not(listener.host, listener.port)
        if reason is not None:
            raise ConfigError(
                f"{listener.setting} is {listener.port}, and {listener} cannot be listened on ({reason}): stop what "
                f"listens there, or choose another port, such as {listener.instead}."
            )
    return settings


def _tell_mode(settings: Settings) -> None:
    mode = vendors_in_use.mode(settings)
    orders = {"stt": settings.stt_order, "llm": settings.llm_order, "tts": settings.tts_order}
    here = "no keys: Sandra hears, thinks and speaks on this machine"
    message = here if mode == "embedded" else "the next one of a list serves where one before it fails"
    log.info("engines", mode=mode, **{kind: ",".join(names) for kind, names in orders.items()}, message=message)
