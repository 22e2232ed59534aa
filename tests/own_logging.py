"""Logs that a test sets up for itself."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from enterprise_stream.observe.logs import configure_logs


@contextmanager
def own_logging() -> Iterator[None]:
    """Leave the process's logging as it was."""
    loggers = [
        logging.getLogger(),
        *(logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access")),
    ]
    before = [(logger, logger.level, list(logger.handlers), logger.propagate) for logger in loggers]
    yield
    configure_logs(stream=io.StringIO())
    for logger, level, handlers, propagate in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.propagate = propagate
    structlog.reset_defaults()
