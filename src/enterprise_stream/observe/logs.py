"""Logs that a person can follow on a terminal and a machine can read elsewhere.

One format for everything, our own events and the server's: columns on a terminal, JSON lines otherwise. Secrets are
taken out of every line, and what guests say is shown in development only; elsewhere just how long it was.
"""

import logging
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from enterprise_stream.conversation.timeline import Timeline
from enterprise_stream.observe.redaction import redact, redact_text
from enterprise_stream.observe.slowness import Budgets, slowest

LogFormat = Literal["auto", "console", "json"]

MAX_WORDS_CHARS = 200
"""Most of what somebody said that one line shows, in characters."""

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_TALKATIVE = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "uvicorn.asgi",
    "websockets",
    "httpx",
    "httpcore",
    "httpx2",
    "httpcore2",
    "openai",
    "aiosqlite",
    "asyncio",
)
"""Loggers whose debug lines hold whole frames, headers or what goes into the database, that is, guests' words and keys:
never below INFO."""

_UNTOLD = {
    "httpx": logging.WARNING,  # whole addresses: a tool's arguments stand in the query
    "httpx2": logging.WARNING,
    "mcp": logging.CRITICAL,  # what an owner's servers send; that one is lost is told by us
    "alembic.runtime": logging.WARNING,  # at each start that there is a database
}
"""Loggers whose lines of lower levels would hold what nobody should read there, or needs to."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(slots=True)
class _Setup:
    """What `configure_logs` last decided. Until it is called, guests' words are not shown."""

    show_words: bool = False
    known_secrets: tuple[str, ...] = ()
    handler: logging.Handler | None = None


_setup = _Setup()


def configure_logs(
    level: str = "info",
    fmt: LogFormat = "auto",
    *,
    development: bool = False,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log line of the process to one place in one format; may be called again.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        fmt: `console`, `json`, or `auto`, which is `console` when `stream` is a terminal and `json` otherwise.
        development: whether `words` shows what guests say.
        secrets: values that never appear, whatever name they come under.
        stream: where the lines go; standard error by default.
    """
    out = sys.stderr if stream is None else stream
    terminal = out.isatty()
    console = fmt == "console" or (fmt == "auto" and terminal)
    number = _LEVELS[level]
    _setup.show_words = development
    _setup.known_secrets = tuple(sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True))

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S.%f" if console else "iso", utc=not console),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.UnicodeDecoder(),
                redact_event,
                *_renderers(console, colours=terminal),
            ],
        )
    )
    _install(handler, number)


def _renderers(console: bool, *, colours: bool) -> list[Processor]:
    if not console:
        return [in_order, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        one_line,
        structlog.dev.ConsoleRenderer(
            colors=colours, pad_event_to=22, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]


def _install(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    if _setup.handler is not None:
        root.removeHandler(_setup.handler)
    _setup.handler = handler
    root.addHandler(handler)
    root.setLevel(level)
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(max(level, logging.INFO))
    for name, least in _UNTOLD.items():
        logging.getLogger(name).setLevel(max(level, least))


def redact_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take secrets out of one line: by the field's name, by the value's look, and the known ones anywhere."""
    line: EventDict = redact(dict(event), _setup.known_secrets)
    return line


def in_order(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put first what every line has."""
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


def one_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Escape control characters, so that nobody's words can start a line or colour the terminal."""
    return {
        name: value if name in {"exception", "stack"} or not isinstance(value, str) else _escaped(value)
        for name, value in event.items()
    }


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def words(text: str) -> dict[str, str | int]:
    """What somebody said, as fields of a log line: the words in development, elsewhere only how many characters."""
    if not _setup.show_words:
        return {"chars": len(text)}
    return {"text": text if len(text) <= MAX_WORDS_CHARS else text[: MAX_WORDS_CHARS - 1] + "…"}


def get_log(**fields: Any) -> structlog.typing.FilteringBoundLogger:
    """A logger whose every line carries `fields`."""
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger("enterprise_stream")
    return log.bind(**fields)


def short_id(session_id: str) -> str:
    """The part of a session's identifier that tells sessions apart at a glance: its last 6 characters."""
    return session_id[-6:]


class SessionLog:
    """What a person wants to follow of one session, one line each; every line carries the session's short id."""

    def __init__(self, session_id: str) -> None:
        self._log = get_log(session=short_id(session_id))

    def connected(self, *, client: str | None, language: str, voice: str) -> None:
        """A guest has come."""
        self._log.info("connected", client=client, language=language, voice=voice)

    def audio_received(self, *, turn: int, encoding: str, audio_ms: int) -> None:
        """A turn's audio is complete."""
        self._log.info("audio received", turn=turn, encoding=encoding, audio_ms=audio_ms)

    def transcribed(self, *, turn: int, text: str, language: str | None, waited_ms: int | None) -> None:
        """The guest's words are known."""
        self._log.info("transcription", turn=turn, language=language, waited_ms=waited_ms, **words(text))

    def answered(self, *, turn: int, text: str, response_type: str, waited_ms: int | None) -> None:
        """The answer's text is known."""
        self._log.info("answer", turn=turn, response_type=response_type, waited_ms=waited_ms, **words(text))

    def spoke(self, *, turn: int, voice: str, audio_ms: int, waited_ms: int | None) -> None:
        """The voice has said it all."""
        self._log.info("voice", turn=turn, voice=voice, audio_ms=audio_ms, waited_ms=waited_ms)

    def timed(self, *, turn: int, timeline: Timeline, usual: Budgets) -> None:
        """The turn's ledger: every stage in ms, their sum, and the stage that stands out."""
        whole = timeline.whole()
        most = slowest(whole, usual)
        stages = {stage.name: None if stage.ms is None else round(stage.ms) for stage in whole.stages}
        self._log.info(
            "turn",
            turn=turn,
            total_ms=round(whole.total_ms),
            was_heard=whole.heard,
            slowest=None if most is None else most.name,
            over_ms=0 if most is None else round(most.over_ms),
            why=None if most is None else most.sentence(),
            **stages,
        )

    def interrupted(self, *, turn: int, reason: str, played_ms: int) -> None:
        """The answer was cut short."""
        self._log.info("interrupted", turn=turn, reason=reason, played_ms=played_ms)

    def resumed(self, *, replayed: int, away_ms: int) -> None:
        """A guest whose connection was lost is back."""
        self._log.info("resumed", replayed=replayed, away_ms=away_ms)

    def unlogged(self, *, code: str) -> None:
        """The session's log cannot be written: the conversation goes on, but cannot be resumed."""
        self._log.warning("not resumable", code=code)

    def logged_again(self, *, entries: int) -> None:
        """The session's log can be written again, and holds all that waited for it."""
        self._log.info("resumable again", entries=entries)

    def refused(self, *, code: str, message: str) -> None:
        """A message or frame of the client could not be used."""
        self._log.info("refused", code=code, message=message)

    def failed(self, *, code: str, turn: int | None, error: BaseException) -> None:
        """Something of ours or of an engine failed; the trace goes with the line."""
        self._log.error("failed", turn=turn, code=code, exc_info=error)

    def debug(self, event: str, **fields: Any) -> None:
        """A detail that only somebody who looks for a fault wants."""
        self._log.debug(event, **fields)

    def closed(self, *, code: int, reason: str, turns: int, seconds: float) -> None:
        """The guest has gone."""
        self._log.info("closed", code=code, reason=redact_text(reason), turns=turns, seconds=round(seconds, 1))
