"""Exit codes, and how a failure is told."""

import functools
from collections.abc import Callable
from enum import IntEnum
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from enterprise_stream.errors import AudioError, ConfigError, EnterpriseStreamError, KnowledgeError, ModelError

P = ParamSpec("P")
R = TypeVar("R")

stderr = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """What the command's exit code says."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_CONFIG = 3
    MODELS_MISSING = 4
    BAD_INPUT = 5
    INTERRUPTED = 130


def exit_for(error: EnterpriseStreamError) -> Exit:
    """The exit code for an error of the tree."""
    match error:
        case ConfigError():
            return Exit.BAD_CONFIG
        case ModelError():
            return Exit.MODELS_MISSING
        case KnowledgeError() | AudioError():
            return Exit.BAD_INPUT
        case _:
            return Exit.FAILED


def fail(error: EnterpriseStreamError) -> typer.Exit:
    """Tell the error on standard error; returns the exit to raise."""
    for line in error.message.splitlines():
        stderr.print(f"[bold red]error[/]: {escape(line)}", soft_wrap=True)
    return typer.Exit(exit_for(error))


def tells_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn an error of our tree into its message and its exit code."""

    @functools.wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except EnterpriseStreamError as error:
            raise fail(error) from None

    return told
