"""The `enterprise-stream` command."""

from enterprise_stream.cli.main import main

__all__ = ["main"]
