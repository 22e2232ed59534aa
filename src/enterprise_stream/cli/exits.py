"""Exit codes, and how a failure is told."""

from enum import IntEnum

import typer
from rich.console import Console
from rich.markup import escape

from enterprise_stream.errors import AudioError, ConfigError, EnterpriseStreamError, KnowledgeError, ModelError

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
